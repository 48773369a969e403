import { worker } from '../../shared/aws/worker.ts';
import type { ProviderName } from '../../shared/domain/catalogue.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { PENDING_AGE_MAX_MS } from '../../shared/domain/order-life.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, plus, SECOND } from '../../shared/domain/time.ts';
import { isStillDown } from '../../shared/flows/orders/circuit-breaker.ts';
import type { Controls } from '../../shared/flows/orders/not-found.ts';
import type { IsDown } from '../../shared/flows/orders/reconcile-order.ts';
import { reconcileOrder } from '../../shared/flows/orders/reconcile-order.ts';
import { putOffFailed } from '../../shared/flows/put-off.ts';
import { checkDueTopup } from '../../shared/flows/wallet/check-topup.ts';
import { WorkPool } from '../../shared/flows/work-through.ts';
import { METRICS, PREFUNDED_ACCOUNTS } from '../../shared/manifest/metrics.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import type { Due } from '../../shared/store/due-items.ts';
import { countInReview } from '../../shared/store/due-items.ts';
import type { DueOrder } from '../../shared/store/due-orders.ts';
import { dueOrders, measureDoubt } from '../../shared/store/due-orders.ts';
import { readHealth } from '../../shared/store/health.ts';
import { readFreeze } from '../../shared/store/terms.ts';
import { dueTopups } from '../../shared/store/topups.ts';
import type { World } from '../../shared/world.ts';

/**
 * Nothing is begun later. A status query takes up to 20 s, so a run ends before the next begins, which handles what
 * becomes due in between and finds no query of this one under way.
 */
const RUN_MS_MAX = 95 * SECOND;
const AT_ONCE = 25;
/**
 * Of one provider's orders, so that one that hangs holds up nobody's but its own: as many as it takes in a second, each
 * of which may last one.
 */
const QUERIES_AT_ONCE_MIN = 20;
const QUERIES_AT_ONCE_MAX = 200;
/** Test orders and test payments get fewer slots, beside those of live ones. */
const TEST_AT_ONCE = 5;

/**
 * Works through what is due, oldest first, each item when it is due: what becomes due while it runs is waited for,
 * because a gap as long as the schedule's would else be missed every second time. Every provider's status queries, all
 * that needs no provider, and top-ups have slots of their own. Its cost grows with what is unresolved, never with
 * history; what one run does not reach, the next does. An item that fails is put off; it does not stop the others.
 */
export async function reconcile(world: World): Promise<void> {
  const startedAt = world.now();
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const until = plus(startedAt, RUN_MS_MAX);
  const controls: Controls = new Map();
  let oldestPending: Instant | undefined;
  const onPending = (createdAt: Instant) => {
    if (oldestPending === undefined || createdAt < oldestPending) oldestPending = createdAt;
  };
  const bulkheads = [
    ...(['live', 'test'] as const).map((mode) => topupBulkhead(world, mode, isTimeLeft)),
    ...PROVIDERS.map((provider) => orderBulkhead(world, provider, { isTimeLeft, until, controls, onPending })),
  ];
  const reads = await Promise.allSettled(bulkheads.map((bulkhead) => bulkhead.read(until)));
  const work = reads.flatMap((read) => (read.status === 'fulfilled' ? read.value : []));
  for (const { dueAt, begin } of work.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))) {
    const waitMs = elapsed(world.now(), dueAt);
    if (waitMs > 0) await world.sleep(waitMs);
    begin();
  }
  await Promise.all(bulkheads.map((bulkhead) => bulkhead.isDone()));
  await recordMetrics(world, oldestPending);
  world.log.info('reconcile.done', { due: work.length, ...sumOf(bulkheads), ms: elapsed(startedAt, world.now()) });
  // What could not be read held up nobody else's work.
  for (const read of reads) if (read.status === 'rejected') throw read.reason;
}

/** Work with slots of its own, so that it waits for nobody else's. */
interface Bulkhead {
  read(until: Instant): Promise<{ dueAt: Instant; begin(): void }[]>;
  /** Resolves when all is done that was begun. */
  isDone(): Promise<void>;
  readonly pools: readonly { readonly begun: number; readonly failed: number }[];
}

function sumOf(bulkheads: readonly Bulkhead[]): { done: number; failed: number } {
  const pools = bulkheads.flatMap((bulkhead) => bulkhead.pools);
  const sum = (of: 'begun' | 'failed') => pools.reduce((total, pool) => total + pool[of], 0);
  return { done: sum('begun'), failed: sum('failed') };
}

function topupBulkhead(world: World, mode: Mode, isTimeLeft: () => boolean): Bulkhead {
  const pool = new WorkPool(({ topupId }: { topupId: string; due: Due }) => checkDueTopup(world, topupId), {
    atOnce: mode === 'live' ? AT_ONCE : TEST_AT_ONCE,
    isTimeLeft,
    onFailure: (error, { due }) => putOffFailed(world, 'reconcile.topup_failed', due, error),
  });
  return {
    pools: [pool],
    isDone: () => pool.isDone(),
    async read(until) {
      const topups = await dueTopups(world, mode, until);
      return topups.map((topup) => ({ dueAt: topup.due.at, begin: () => pool.add(topup) }));
    },
  };
}

interface RunOfAll {
  readonly isTimeLeft: () => boolean;
  readonly until: Instant;
  readonly controls: Controls;
  /** Called with when a live order was placed that is still unsent. */
  readonly onPending: (createdAt: Instant) => void;
}

/**
 * One provider's orders. What needs no answer from it does not wait for what does, nor for those that are to be sent:
 * these are enqueued as fast as it may be called, and so are sent as they are enqueued.
 */
function orderBulkhead(
  world: World,
  name: ProviderName,
  { isTimeLeft, until, controls, onPending }: RunOfAll,
): Bulkhead {
  const isLive = name !== 'sandbox';
  const onFailure = (error: unknown, { due }: DueOrder) => putOffFailed(world, 'reconcile.order_failed', due, error);
  const limits = { atOnce: isLive ? AT_ONCE : TEST_AT_ONCE, isTimeLeft, onFailure };
  const calls = { isDown: breakerOf(world, until), until };
  const queries = new WorkPool((due: DueOrder) => reconcileOrder(world, due, { controls, calls }), {
    ...limits,
    get atOnce() {
      return isLive ? queriesAtOnce(world.provider(name)) : TEST_AT_ONCE;
    },
  });
  const sends = new WorkPool((due: DueOrder) => reconcileOrder(world, due, { controls, calls }), limits);
  const others = new WorkPool(async (due: DueOrder) => {
    const needs = await reconcileOrder(world, due, { controls });
    if (needs === 'a query') queries.add(due);
    if (needs !== 'a message') return;
    if (isLive) onPending(due.createdAt);
    sends.add(due);
  }, limits);
  // Of these there may be many, for days: each costs nothing but its row, until its freeze ends or it expires.
  const frozen = new WorkPool(async (due: DueOrder) => {
    const isExpired = elapsed(due.createdAt, world.now()) >= PENDING_AGE_MAX_MS;
    if ((await readFreeze(world, due)) === undefined) others.add(due);
    else if (isExpired) await reconcileOrder(world, due, { controls });
  }, limits);
  const pools = [frozen, others, queries, sends];
  return {
    pools,
    async isDone() {
      for (const pool of pools) await pool.isDone();
    },
    async read() {
      const orders = await dueOrders(world, name, until);
      const poolOf = ({ dueFor }: DueOrder) => {
        if (dueFor === 'unfreezing') return frozen;
        return dueFor === 'query' || dueFor === 'recheck' ? queries : others;
      };
      return orders.map((order) => ({ dueAt: order.due.at, begin: () => poolOf(order).add(order) }));
    },
  };
}

function queriesAtOnce({ capabilities }: Provider): number {
  return Math.max(QUERIES_AT_ONCE_MIN, Math.min(capabilities.queriesPerSecondMax, QUERIES_AT_ONCE_MAX));
}

async function recordMetrics(world: World, oldestPending: Instant | undefined): Promise<void> {
  const { inReview, oldestUnknownSince } = await measureDoubt(world);
  world.log.metric(METRICS.oldestUnknown, secondsSince(world, oldestUnknownSince));
  world.log.metric(METRICS.oldestPending, secondsSince(world, oldestPending));
  world.log.metric(METRICS.ordersInReview, inReview);
  world.log.metric(METRICS.topupsInReview, await countInReview(world, 'topups', 'live'));
  for (const provider of new Set(PREFUNDED_ACCOUNTS.map((account) => account.provider))) {
    const { openSince, reason } = await readHealth(world, provider);
    world.log.metric(METRICS.providerDown, openSince !== undefined && reason === undefined ? 1 : 0, { provider });
    // Its orders wait, so no send is refused meanwhile that would keep the alarm on.
    if (reason !== undefined) world.log.metric(METRICS.providerRefusesUs, 1, { provider });
  }
}

function secondsSince(world: World, at: Instant | undefined): number {
  return at === undefined ? 0 : Math.round(elapsed(at, world.now()) / SECOND);
}

/**
 * Whether a provider is down, asked once for all who ask at the same time. That it is down stands for the rest of the
 * run, so that no query waits for another probe. Nobody waits for one past the end of the run.
 */
function breakerOf(world: World, until: Instant): IsDown {
  let asked: Promise<boolean> | undefined;
  return async (provider, order) => {
    if (order.mode === 'test') return false;
    asked ??= isStillDown(world, provider, until);
    let isDown = false;
    try {
      isDown = await asked;
    } finally {
      if (!isDown) asked = undefined;
    }
    return isDown;
  };
}

export const handler = worker({ schedule: 'reconcile', onSchedule: reconcile });
