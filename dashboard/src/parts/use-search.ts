import { useNavigate, useSearch } from '@tanstack/react-router';

export type Search = Readonly<Record<string, string>>;

/** What the URL says after the question mark: filters live there, so that a link shows what its sender saw. */
export function useUrlSearch(): [Search, (change: Readonly<Record<string, string | undefined>>) => void] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (values: Readonly<Record<string, string | undefined>>) => {
    const next = Object.entries({ ...search, ...values }).filter(([, value]) => value !== undefined && value !== '');
    navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true });
  };
  return [search, change];
}
