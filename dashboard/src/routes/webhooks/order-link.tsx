import { AppLink } from '../../parts/app-link.tsx';

interface OrderLinkProps {
  readonly id: string;
  /** Where it is shown, as far as that is known. */
  readonly to: string | undefined;
}

export function OrderLink({ id, to }: OrderLinkProps) {
  return to === undefined ? <span className="anywhere">{id}</span> : <AppLink to={to}>{id}</AppLink>;
}
