import { worker } from '../../shared/aws/worker.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { reconcileOrder } from '../../shared/flows/orders/reconcile-order.ts';
import { checkDueTopup } from '../../shared/flows/wallet/check-topup.ts';
import { METRICS, PREFUNDED_ACCOUNTS } from '../../shared/manifest/metrics.ts';
import { readHealth } from '../../shared/store/health.ts';
import { dueOrders, measureDoubt } from '../../shared/store/orders.ts';
import { dueTopups, topupsInReview } from '../../shared/store/topups.ts';
import type { World } from '../../shared/world.ts';

/** Leaves room below the function's timeout for the looks that are under way. */
const RUN_MS_MAX = 45 * SECOND;
const READ_PER_SHARD = 250;
const AT_ONCE = 25;

/**
 * Works through what is due, oldest first. Its cost grows with what is unresolved, never with history; what one run
 * does not reach, the next does. An order that fails is logged and left due; it does not stop the others.
 */
export async function reconcile(world: World): Promise<void> {
  const startedAt = world.now();
  const due = await dueOrders(world, startedAt, READ_PER_SHARD);
  let done = 0;
  let failed = 0;
  while (done < due.length && elapsed(startedAt, world.now()) < RUN_MS_MAX) {
    const some = due.slice(done, done + AT_ONCE);
    done += some.length;
    for (const result of await Promise.allSettled(some.map((key) => reconcileOrder(world, key)))) {
      if (result.status === 'fulfilled') continue;
      failed += 1;
      world.log.error('reconcile.order_failed', {}, result.reason);
    }
  }
  const topups = await checkTopups(world, startedAt);
  const { inReview, oldestUnknownSince } = await measureDoubt(world);
  const age = oldestUnknownSince === undefined ? 0 : elapsed(oldestUnknownSince, world.now()) / SECOND;
  world.log.metric(METRICS.oldestUnknown, Math.round(age));
  world.log.metric(METRICS.ordersInReview, inReview);
  const topupsWaiting = (await topupsInReview(world)).filter(({ mode }) => mode === 'live');
  world.log.metric(METRICS.topupsInReview, topupsWaiting.length);
  for (const provider of new Set(PREFUNDED_ACCOUNTS.map((account) => account.provider))) {
    const { openSince } = await readHealth(world, provider);
    world.log.metric(METRICS.providerDown, openSince === undefined ? 0 : 1, { provider });
  }
  world.log.info('reconcile.done', { due: due.length, done, failed, topups, ms: elapsed(startedAt, world.now()) });
}

/** Asks about payments that nobody told us of; answers how many there were. */
async function checkTopups(world: World, startedAt: Instant): Promise<number> {
  const due = await dueTopups(world, startedAt, READ_PER_SHARD);
  for (let done = 0; done < due.length && elapsed(startedAt, world.now()) < RUN_MS_MAX; done += AT_ONCE) {
    const results = await Promise.allSettled(due.slice(done, done + AT_ONCE).map((id) => checkDueTopup(world, id)));
    for (const result of results) {
      if (result.status === 'rejected') world.log.error('reconcile.topup_failed', {}, result.reason);
    }
  }
  return due.length;
}

export const handler = worker({ onSchedule: reconcile });
