import type { Entry, WalletId } from '../../domain/ledger.ts';
import { listBetween, readTail } from '../../store/ledger.ts';
import type { World } from '../../world.ts';

/** Entries asked for at once: less than a megabyte, which is what one answer holds. */
const PAGE = 1000;
const AHEAD = 3;

/**
 * A wallet's entries from one place to another, or to the last there is now: oldest first, page by page. Appending
 * meanwhile changes nothing. The next pages are on their way while the caller is busy with this one. Pages adjoin, so
 * that nothing lies between two of them, not even what was put at half a place; one without entries is a gap.
 */
export async function* walkLedger(
  world: World,
  wallet: WalletId,
  from: number,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Entry[]> {
  const end = Math.min(to, (await readTail(world, wallet))?.seq ?? 0);
  const read = async (start: number) => {
    const entries = await listBetween(world, wallet, start, Math.min(start + PAGE, end));
    return entries.filter((entry) => entry.seq < start + PAGE);
  };
  const begin = (start: number) => {
    const page = start > end ? undefined : read(start);
    // Told where it is waited for; a caller that stops early waits for none.
    page?.catch(() => undefined);
    return page;
  };
  const pages = Array.from({ length: AHEAD }, (_, page) => begin(from + page * PAGE));
  for (let start = from + AHEAD * PAGE; ; start += PAGE) {
    const entries = await pages.shift();
    if (!entries) return;
    pages.push(begin(start));
    yield entries;
  }
}
