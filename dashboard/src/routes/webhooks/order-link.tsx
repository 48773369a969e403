import { AppLink } from '../../parts/app-link.tsx';

interface OrderLinkProps {
  readonly id: string;
  /** Where it is shown, as far as that is known. */
  readonly to: string | undefined;
}

export function OrderLink({ id, to }: OrderLinkProps) {
  const text = <span className="anywhere">{id}</span>;
  return to === undefined ? text : <AppLink to={to}>{text}</AppLink>;
}
