/** Things that change by versions and keep events until they are handed on. */

/** New values of some fields; `undefined` takes a field away. */
export type Changes<T> = { -readonly [K in keyof T]?: T[K] | undefined };

/** The next version. */
export function revised<T extends { readonly version: number }>(before: T, changes: Changes<T>): T {
  const after: Record<string, unknown> = { ...before, ...changes, version: before.version + 1 };
  for (const name of Object.keys(after)) if (after[name] === undefined) delete after[name];
  return after as T;
}

/** An outbox without the events up to this one; itself where there are none, `undefined` where none is left. */
export function withoutUpTo<E extends { readonly sequence: number }>(
  outbox: readonly E[] | undefined,
  sequence: number,
): readonly E[] | undefined {
  const left = outbox?.filter((event) => event.sequence > sequence) ?? [];
  if (left.length === outbox?.length) return outbox;
  return left.length > 0 ? left : undefined;
}
