import type { Entry, WalletId } from '../../domain/ledger.ts';
import { lastSeq, listBetween } from '../../store/ledger.ts';
import type { World } from '../../world.ts';

/** Entries per page: less than a megabyte, which is the limit of one query. */
const PAGE = 1000;
const PAGES_AHEAD = 3;

/**
 * A wallet's entries from one sequence number to another, or to the last one now: oldest first, page by page. Entries
 * appended meanwhile are left out. The next pages are read while the caller works on this one. Pages adjoin, so nothing
 * lies between two of them, not even an entry with a forged fractional number; an empty page is a gap.
 */
export async function* walkLedger(
  world: World,
  wallet: WalletId,
  from: number,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Entry[]> {
  const end = Math.min(to, await lastSeq(world, wallet));
  const read = async (start: number) => {
    const entries = await listBetween(world, wallet, start, Math.min(start + PAGE, end));
    return entries.filter((entry) => entry.seq < start + PAGE);
  };
  const begin = (start: number) => {
    const page = start > end ? undefined : read(start);
    // The error is thrown where the page is awaited; a caller that stops early awaits none.
    page?.catch(() => undefined);
    return page;
  };
  const pages = Array.from({ length: PAGES_AHEAD }, (_, page) => begin(from + page * PAGE));
  for (let start = from + PAGES_AHEAD * PAGE; ; start += PAGE) {
    const entries = await pages.shift();
    if (!entries) return;
    pages.push(begin(start));
    yield entries;
  }
}
