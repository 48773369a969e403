/** Objects with a version and an outbox of unpublished events. */

/** New values of some fields; `undefined` removes a field. */
export type Changes<T> = { -readonly [K in keyof T]?: T[K] | undefined };

/** The next version. */
export function revised<T extends { readonly version: number }>(before: T, changes: Changes<T>): T {
  const after: Record<string, unknown> = { ...before, ...changes, version: before.version + 1 };
  for (const name of Object.keys(after)) if (after[name] === undefined) delete after[name];
  return after as T;
}

/** An outbox without the events up to this one: the same object if none is removed, `undefined` if none is left. */
export function withoutUpTo<E extends { readonly sequence: number }>(
  outbox: readonly E[] | undefined,
  sequence: number,
): readonly E[] | undefined {
  const left = outbox?.filter((event) => event.sequence > sequence) ?? [];
  if (left.length === outbox?.length) return outbox;
  return left.length > 0 ? left : undefined;
}
