import { worker } from '../../shared/aws/worker.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import type { ProviderName } from '../../shared/domain/catalogue.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { messageOf } from '../../shared/domain/message-of.ts';
import type { Change, Finding, Order } from '../../shared/domain/order.ts';
import { isFinal } from '../../shared/domain/order.ts';
import { unpublished } from '../../shared/domain/order-events.ts';
import {
  abandon,
  expire,
  freeze,
  hold,
  isAbandoned,
  PENDING_AGE_MAX_MS,
  postpone,
} from '../../shared/domain/order-life.ts';
import { leaveToMessage } from '../../shared/domain/order-publishing.ts';
import { applyQueryResult, applyRecheck } from '../../shared/domain/order-queries.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, MINUTE, plus, SECOND } from '../../shared/domain/time.ts';
import { isOverdue } from '../../shared/domain/versioned.ts';
import { changeOrder, completeOrder } from '../../shared/flows/orders/change-order.ts';
import { findHold, isStillDown } from '../../shared/flows/orders/circuit-breaker.ts';
import { enqueueOrder } from '../../shared/flows/orders/enqueue-order.ts';
import { recordAnswer, waitForCall, waitToEnqueue } from '../../shared/flows/orders/keep-pace.ts';
import type { Controls } from '../../shared/flows/orders/not-found.ts';
import { checkNotFound, rememberDelivery } from '../../shared/flows/orders/not-found.ts';
import { rechargeOf } from '../../shared/flows/orders/recharge-of.ts';
import { putOffFailed } from '../../shared/flows/put-off.ts';
import { checkDueTopup } from '../../shared/flows/wallet/check-topup.ts';
import { enqueueLostEvents, sourceOf } from '../../shared/flows/webhooks/enqueue-events.ts';
import { WorkPool } from '../../shared/flows/work-through.ts';
import { METRICS, PREFUNDED_ACCOUNTS } from '../../shared/manifest/metrics.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import { evidence } from '../../shared/providers/provider.ts';
import type { Due } from '../../shared/store/due-items.ts';
import { countInReview } from '../../shared/store/due-items.ts';
import type { DueOrder } from '../../shared/store/due-orders.ts';
import { dueOrders, measureDoubt } from '../../shared/store/due-orders.ts';
import { readHealth } from '../../shared/store/health.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import { readOrder } from '../../shared/store/orders.ts';
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
/** What the sweep has enqueued it leaves to that message so long, which may wait behind many others. */
const MESSAGE_MS = 10 * MINUTE;
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
  const bulkheads = [
    ...(['live', 'test'] as const).map((mode) => topupBulkhead(world, mode, isTimeLeft)),
    ...PROVIDERS.map((provider) => orderBulkhead(world, provider, { isTimeLeft, until, controls })),
  ];
  const reads = await Promise.allSettled(bulkheads.map((bulkhead) => bulkhead.read(until)));
  const work = reads.flatMap((read) => (read.status === 'fulfilled' ? read.value : []));
  for (const { dueAt, begin } of work.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))) {
    const waitMs = elapsed(world.now(), dueAt);
    if (waitMs > 0) await world.sleep(waitMs);
    begin();
  }
  await Promise.all(bulkheads.map((bulkhead) => bulkhead.isDone()));
  await recordMetrics(world);
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

/**
 * One provider's orders. What needs no answer from it does not wait for what does, nor for those that are to be sent:
 * these are enqueued as fast as it may be called, and so are sent as they are enqueued.
 */
function orderBulkhead(
  world: World,
  name: ProviderName,
  { isTimeLeft, until, controls }: { isTimeLeft: () => boolean; until: Instant; controls: Controls },
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
    else if (needs === 'a message') sends.add(due);
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

async function recordMetrics(world: World): Promise<void> {
  const { inReview, oldestUnknownSince } = await measureDoubt(world);
  const age = oldestUnknownSince === undefined ? 0 : elapsed(oldestUnknownSince, world.now()) / SECOND;
  world.log.metric(METRICS.oldestUnknown, Math.round(age));
  world.log.metric(METRICS.ordersInReview, inReview);
  world.log.metric(METRICS.topupsInReview, await countInReview(world, 'topups', 'live'));
  for (const provider of new Set(PREFUNDED_ACCOUNTS.map((account) => account.provider))) {
    const { openSince, reason } = await readHealth(world, provider);
    world.log.metric(METRICS.providerDown, openSince !== undefined && reason === undefined ? 1 : 0, { provider });
    // Its orders wait, so no send is refused meanwhile that would keep the alarm on.
    if (reason !== undefined) world.log.metric(METRICS.providerRefusesUs, 1, { provider });
  }
}

type IsDown = (provider: Provider, order: Order) => Promise<boolean>;

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

/** What an order needs, and waits for with others. */
type Needs = 'a query' | 'a message' | undefined;

interface Turn {
  readonly controls: Controls;
  /** Given to what may ask the provider. */
  readonly calls?: { readonly isDown: IsDown; readonly until: Instant };
}

/**
 * Advances one due order: enqueues it or its events again, gives up a dead dispatcher's claim, or queries its status.
 * Never sends anything itself, and without `calls` asks nothing of a provider. Safe to run concurrently: all writes
 * are conditional.
 */
async function reconcileOrder(world: World, key: OrderKey, { controls, calls }: Turn): Promise<Needs> {
  const order = await readOrder(world, key);
  const isDue = order?.dueAt !== undefined && order.dueAt <= world.now();
  if (!order || !isDue) return undefined;
  if (order.stored) {
    await completeOrder(world, order);
    return undefined;
  }
  if (!calls && isOverdue(unpublished(order), world.now())) await publishAgain(world, order);
  const isRechecked = order.recheckAt !== undefined && order.recheckAt <= world.now();
  if (order.outbox && (order.status === 'review' || (isFinal(order.status) && !isRechecked))) return undefined;
  const provider = world.provider(order.provider);
  if (order.status === 'pending') return enqueueAgain(world, provider, order, calls);
  const isAccepted = order.status === 'dispatching' && order.attempts.at(-1)?.outcome === 'accepted';
  if (order.status === 'unknown' || order.status === 'refunded' || isAccepted) {
    if (!calls) return 'a query';
    const { isDown, until } = calls;
    // Not put off: it is due, and the first run after the provider's return queries it. But one that is to go to a
    // person if this query fails too does so during an outage as well.
    const sentAt = order.attempts.at(-1)?.startedAt ?? order.createdAt;
    const isLast = order.status !== 'refunded' && elapsed(sentAt, world.now()) >= provider.capabilities.reviewAfterMs;
    if (!isLast && (await isDown(provider, order))) return undefined;
    const turn = await waitForCall(world, provider, { kind: 'queries', mode: order.mode, until });
    if (turn === 'not in time') return undefined;
  }
  await advance(world, provider, order, controls);
  return undefined;
}

/** Enqueues events that were not published in time, and leaves them to that message while it lives. */
async function publishAgain(world: World, order: Order): Promise<void> {
  await enqueueLostEvents(world, order, sourceOf(order));
  await changeUnmoved(world, order, (current) => leaveToMessage(current, world.now()));
}

async function advance(world: World, provider: Provider, order: Order, controls: Controls): Promise<void> {
  switch (order.status) {
    case 'dispatching':
      return order.attempts.at(-1)?.outcome === 'accepted'
        ? queryStatus(world, provider, order, controls)
        : releaseClaim(world, provider, order);
    case 'unknown':
      return queryStatus(world, provider, order, controls);
    case 'refunded':
      return recheck(world, provider, order, controls);
    case 'pending':
    case 'review':
    case 'success':
    case 'failed':
    case 'reversed':
      throw new Error(`order ${order.id} is ${order.status} and yet due`);
    default:
      return unreachable(order.status);
  }
}

/**
 * The message was lost, or the provider was down: enqueues the order again when its provider may be called, until
 * it is so old that it expires. While the provider is down or the merchant frozen, one that is held stays as it is and
 * due.
 */
async function enqueueAgain(world: World, provider: Provider, order: Order, calls: Turn['calls']): Promise<Needs> {
  if (elapsed(order.createdAt, world.now()) >= PENDING_AGE_MAX_MS) {
    await changeUnmoved(world, order, (current) => expire(current, world.now()));
    return undefined;
  }
  if (await readFreeze(world, order)) {
    if (!order.isFrozen) await changeUnmoved(world, order, (current) => freeze(current, world.now()));
    return undefined;
  }
  if (!calls) return 'a message';
  const isHeld = order.heldSince !== undefined;
  if (isHeld && (await calls.isDown(provider, order))) return undefined;
  const found = await findHold(world, provider, order);
  if (found) {
    const isNoted = isHeld && order.timeline.at(-1)?.note === found.note;
    if (!isNoted) await changeUnmoved(world, order, (current) => hold(current, found, world.now()));
    return undefined;
  }
  if (!(await waitToEnqueue(world, provider, { mode: order.mode, until: calls.until }))) return undefined;
  const dueAt = plus(world.now(), MESSAGE_MS);
  const postponed = await changeUnmoved(world, order, (current) => postpone(current, dueAt));
  if (postponed.isMine) await enqueueOrder(world, postponed.order);
  return undefined;
}

async function releaseClaim(world: World, provider: Provider, order: Order): Promise<void> {
  const at = world.now();
  await changeUnmoved(world, order, (current) =>
    isAbandoned(current, provider.capabilities, at) ? abandon(current, provider.capabilities, at) : undefined,
  );
}

/** Decides only on the version that was read: a newer one was advanced by somebody else. */
function changeUnmoved(world: World, order: Order, decide: (current: Order) => Change | undefined) {
  return changeOrder(world, order, (current) => (current.version === order.version ? decide(current) : undefined));
}

async function queryStatus(world: World, provider: Provider, order: Order, controls: Controls): Promise<void> {
  const found = await query(world, provider, order);
  const finding = await checkNotFound(world, provider, { order, finding: found, controls });
  const applied = await changeOrder(world, order, (current) => {
    const isInDoubt = current.status === 'unknown' || current.status === 'dispatching';
    // Another reconciler has already applied the result of this query.
    if (!isInDoubt || current.queryCount !== order.queryCount) return undefined;
    return applyQueryResult(current, finding, provider.capabilities, world.now());
  });
  if (finding.kind === 'success') await rememberDelivery(world, provider, applied.order);
}

/** An order that was refunded because it was not found: queried once more, in case it was delivered after all. */
async function recheck(world: World, provider: Provider, order: Order, controls: Controls): Promise<void> {
  const found = await query(world, provider, order);
  // Nor does "not found" end this where it is no evidence: after a change of account everything is not found.
  const finding = await checkNotFound(world, provider, { order, finding: found, controls });
  await changeOrder(world, order, (current) =>
    current.queryCount === order.queryCount ? applyRecheck(current, finding, world.now()) : undefined,
  );
}

async function query(world: World, provider: Provider, order: Order): Promise<Finding> {
  const startedAt = world.now();
  let finding: Finding;
  try {
    finding = await provider.query(rechargeOf(order));
  } catch (error) {
    world.log.error('provider.threw', { provider: provider.name, orderId: order.id }, error);
    finding = { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
  if (order.mode === 'live') await recordAnswer(world, provider, { isClear: finding.kind !== 'unclear', startedAt });
  world.log.info('provider.queried', {
    provider: provider.name,
    orderId: order.id,
    finding: finding.kind,
    queryCount: order.queryCount + 1,
    ms: elapsed(startedAt, world.now()),
  });
  return finding;
}

export const handler = worker({ onSchedule: reconcile });
