import { ProblemAlert } from './problem-alert.tsx';

/** Where a page itself could not be loaded or shown. Loading it again is what helps, also after a new deployment. */
export function Broken({ error }: { readonly error: unknown }) {
  const known = error instanceof Error ? error : new Error(String(error));
  return <ProblemAlert error={known} onRetry={() => window.location.reload()} />;
}
