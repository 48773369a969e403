import { Problem } from '../api/problem.ts';

/** What the API says about one field, to be shown beside it. */
export function fieldProblem(error: Error | null, param: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  const { param: named = '', detail } = error.body;
  return named === param || named.startsWith(`${param}.`) || named.startsWith(`${param}[`) ? detail : undefined;
}
