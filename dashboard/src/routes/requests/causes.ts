import type { KeptRequest } from '../../../../sdk/typescript/src/api.ts';

export interface Cause {
  readonly code: string | null;
  readonly operation: string;
  readonly status: number;
  readonly count: number;
  readonly lastAt: string;
}

/** Refusals and failures by what was asked for and why not, the most frequent first. The rows are newest first. */
export function causesOf(rows: readonly KeptRequest[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { code, operation, status, created_at } of rows.filter((each) => each.status >= 400)) {
    const id = causeId({ code, operation, status });
    const known = causes.get(id) ?? { code, operation, status, count: 0, lastAt: created_at };
    causes.set(id, { ...known, count: known.count + 1 });
  }
  return [...causes.values()].toSorted((one, other) => other.count - one.count || (one.lastAt < other.lastAt ? 1 : -1));
}

export function causeId({ code, operation, status }: Pick<Cause, 'code' | 'operation' | 'status'>): string {
  return `${status} ${code ?? ''} ${operation}`;
}
