import type { Mode } from '../../domain/ledger.ts';
import { orderInReview, topupInReview } from '../../domain/occurrence.ts';
import type { Instant } from '../../domain/time.ts';
import { later, MINUTE, plus } from '../../domain/time.ts';
import { ordersReviewedSince } from '../../store/due-orders.ts';
import type { ReviewCursor, Reviewed } from '../../store/notices.ts';
import { readReviewCursor, saveReviewCursor } from '../../store/notices.ts';
import { topupsReviewedSince } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { addToNotices } from './add-to-notices.ts';

/**
 * Adds what went to manual review to notices. There is no event of it: merchants see such an order as unknown. It is
 * found in the partition of the due index that has it, by since when it is there, so that whoever sends an order there
 * does nothing more. What was written late, or shows late in the index, is found because each run begins a little
 * before the last one; each is added once all the same.
 */

/** Longer than any function lives that sends something to review, and than the index lags. */
const OVERLAP_MS = 10 * MINUTE;

/** The first run begins with what goes to review after it. */
export async function addReviews(
  world: World,
  of: Reviewed,
  mode: Mode,
  isTimeLeft: () => boolean = () => true,
): Promise<void> {
  const startedAt = world.now();
  let cursor = (await readReviewCursor(world, of, mode)) ?? { since: startedAt, version: 0 };
  if (cursor.version === 0) {
    await saveReviewCursor(world, of, mode, next(cursor, startedAt));
    return;
  }
  while (isTimeLeft()) {
    const { last, isAll } = await addPage(world, of, mode, cursor.since);
    if (last === undefined) return;
    const since = isAll ? plus(startedAt, -OVERLAP_MS) : last;
    cursor = next(cursor, later(since, isAll ? cursor.since : plus(cursor.since, 1)));
    if (!(await saveReviewCursor(world, of, mode, cursor)) || isAll) return;
  }
}

function next({ version }: ReviewCursor, since: Instant): ReviewCursor {
  return { since, version: version + 1 };
}

async function addPage(
  world: World,
  of: Reviewed,
  mode: Mode,
  since: Instant,
): Promise<{ last: Instant | undefined; isAll: boolean }> {
  if (of === 'topups') {
    const { topups, last, isAll } = await topupsReviewedSince(world, mode, since);
    await addToNotices(world, topups.map(topupInReview));
    return { last, isAll };
  }
  const { orders, isAll } = await ordersReviewedSince(world, mode, since);
  await addToNotices(
    world,
    orders.map((order) => orderInReview(order, order.at)),
  );
  return { last: orders.at(-1)?.at, isAll };
}
