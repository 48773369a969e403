const TRIES_MAX = 5;

/**
 * How things with versions change: decide, write if nothing moved, else decide again from what is there. `decide`
 * answers `undefined` when there is nothing left to change; `commit` says what is there after its try. Answers with the
 * change that was written, if one was.
 */
export async function decideAgain<T extends { readonly id: string }, C>(
  thing: T,
  decide: (current: T) => C | undefined,
  commit: (change: C) => Promise<{ readonly there: T; readonly isDone: boolean }>,
): Promise<{ there: T; change?: C }> {
  let current = thing;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const change = decide(current);
    if (!change) return { there: current };
    const { there, isDone } = await commit(change);
    if (isDone) return { there, change };
    current = there;
  }
  throw new Error(`${thing.id} keeps changing`);
}
