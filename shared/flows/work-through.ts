interface Limits<T> {
  readonly atOnce: number;
  /** Absent: until everything is done. */
  readonly isTimeLeft?: () => boolean;
  readonly onFailure: (error: unknown, item: T) => void;
}

/**
 * Works through a list, a few items at a time, while there is time. One that fails is reported and does not stop the
 * others. Answers how many were begun, and how many of them failed.
 */
export async function workThrough<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  { atOnce, isTimeLeft = () => true, onFailure }: Limits<T>,
): Promise<{ done: number; failed: number }> {
  let done = 0;
  let failed = 0;
  const attempt = async (item: T) => {
    try {
      await work(item);
    } catch (error) {
      failed += 1;
      onFailure(error, item);
    }
  };
  while (done < items.length && isTimeLeft()) {
    const some = items.slice(done, done + atOnce);
    done += some.length;
    await Promise.all(some.map(attempt));
  }
  return { done, failed };
}
