import { elapsed } from '../domain/time.ts';
import type { World } from '../world.ts';

interface Limits<T> {
  readonly wants: (row: T) => boolean;
  /** A row's position, rising from row to row. */
  readonly placeOf: (row: T) => number;
  /** One past the last position there is. */
  readonly end?: number;
  readonly rowsMax: number;
  readonly runMsMax: number;
}

/**
 * Takes the rows that are wanted, until there are enough or the time is up. `next` is the position to continue from:
 * the first row that is left, or the first that was not read in time.
 */
export async function takeRows<T>(
  world: World,
  pages: AsyncIterable<readonly T[]>,
  { wants, placeOf, end = Number.POSITIVE_INFINITY, rowsMax, runMsMax }: Limits<T>,
): Promise<{ rows: T[]; next?: number }> {
  const startedAt = world.now();
  const rows: T[] = [];
  for await (const page of pages) {
    for (const row of page) {
      if (!wants(row)) continue;
      if (rows.length === rowsMax) return { rows, next: placeOf(row) };
      rows.push(row);
    }
    const last = page.at(-1);
    const next = last === undefined ? undefined : placeOf(last) + 1;
    const isTimeUp = elapsed(startedAt, world.now()) >= runMsMax;
    if (next !== undefined && next < end && isTimeUp) return { rows, next };
  }
  return { rows };
}
