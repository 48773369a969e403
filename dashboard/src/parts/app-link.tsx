import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface AppLinkProps {
  /** Below `/app`, e.g. `/orders`. */
  readonly to: string;
  readonly children: ReactNode;
  readonly variant?: LinkProps.Variant;
}

/** A link between pages of the dashboard: a real one, so that it also opens in another tab. */
export function AppLink({ to, children, variant = 'primary' }: AppLinkProps) {
  const follow = useFollow();
  return (
    <Link href={`/app${to}`} variant={variant} onFollow={follow}>
      {children}
    </Link>
  );
}

interface Followed {
  readonly detail: { readonly href?: string; readonly external?: boolean };
  preventDefault(): void;
}

/** Follows links of components without loading the dashboard again. */
export function useFollow(): (event: Followed) => void {
  const navigate = useNavigate();
  return (event) => {
    const { href, external } = event.detail;
    if (!href?.startsWith('/app') || external) return;
    event.preventDefault();
    const url = new URL(href, window.location.origin);
    navigate({ to: url.pathname.slice('/app'.length) || '/', search: Object.fromEntries(url.searchParams) as never });
  };
}
