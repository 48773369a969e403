import { worker } from '../../shared/aws/worker.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import { messageOf } from '../../shared/domain/message-of.ts';
import type { Change, Finding, Order } from '../../shared/domain/order.ts';
import {
  abandon,
  DISPATCH_GRACE_MS,
  expire,
  hold,
  isAbandoned,
  PENDING_AGE_MAX_MS,
  postpone,
} from '../../shared/domain/order-life.ts';
import { applyQueryResult, applyRecheck } from '../../shared/domain/order-queries.ts';
import { elapsed, plus, SECOND } from '../../shared/domain/time.ts';
import { changeOrder } from '../../shared/flows/orders/change-order.ts';
import { blockedUntil } from '../../shared/flows/orders/circuit-breaker.ts';
import { enqueueOrder } from '../../shared/flows/orders/enqueue-order.ts';
import type { Controls } from '../../shared/flows/orders/not-found.ts';
import { checkNotFound, rememberDelivery } from '../../shared/flows/orders/not-found.ts';
import { rechargeOf } from '../../shared/flows/orders/recharge-of.ts';
import { checkDueTopup } from '../../shared/flows/wallet/check-topup.ts';
import { workThrough } from '../../shared/flows/work-through.ts';
import { METRICS, PREFUNDED_ACCOUNTS } from '../../shared/manifest/metrics.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import { evidence } from '../../shared/providers/provider.ts';
import { readHealth } from '../../shared/store/health.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import { dueOrders, measureDoubt, readOrder } from '../../shared/store/orders.ts';
import { dueTopups, topupsInReview } from '../../shared/store/topups.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the status queries in flight. */
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
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const controls: Controls = new Map();
  const { done, failed } = await workThrough(due, (key) => reconcileOrder(world, key, controls), {
    atOnce: AT_ONCE,
    isTimeLeft,
    onFailure: (error) => world.log.error('reconcile.order_failed', {}, error),
  });
  const topups = await dueTopups(world, startedAt, READ_PER_SHARD);
  await workThrough(topups, (id) => checkDueTopup(world, id), {
    atOnce: AT_ONCE,
    isTimeLeft,
    onFailure: (error) => world.log.error('reconcile.topup_failed', {}, error),
  });
  await recordMetrics(world);
  const counts = { due: due.length, done, failed, topups: topups.length };
  world.log.info('reconcile.done', { ...counts, ms: elapsed(startedAt, world.now()) });
}

async function recordMetrics(world: World): Promise<void> {
  const { inReview, oldestUnknownSince } = await measureDoubt(world);
  const age = oldestUnknownSince === undefined ? 0 : elapsed(oldestUnknownSince, world.now()) / SECOND;
  world.log.metric(METRICS.oldestUnknown, Math.round(age));
  world.log.metric(METRICS.ordersInReview, inReview);
  const liveTopups = (await topupsInReview(world)).filter(({ mode }) => mode === 'live');
  world.log.metric(METRICS.topupsInReview, liveTopups.length);
  for (const provider of new Set(PREFUNDED_ACCOUNTS.map((account) => account.provider))) {
    const { openSince, reason } = await readHealth(world, provider);
    world.log.metric(METRICS.providerDown, openSince !== undefined && reason === undefined ? 1 : 0, { provider });
    // Its orders wait, so no send is refused meanwhile that would keep the alarm on.
    if (reason !== undefined) world.log.metric(METRICS.providerRefusesUs, 1, { provider });
  }
}

/**
 * Advances one due order: enqueues it again, gives up a dead dispatcher's claim, or queries the provider's status.
 * Never sends anything itself. Safe to run concurrently: all writes are conditional.
 */
async function reconcileOrder(world: World, key: OrderKey, controls: Controls): Promise<void> {
  const order = await readOrder(world, key);
  const isDue = order?.dueAt !== undefined && order.dueAt <= world.now();
  if (!order || !isDue) return;
  const provider = world.provider(order.provider);
  switch (order.status) {
    case 'pending':
      return enqueueAgain(world, provider, order);
    case 'dispatching':
      return order.attempts.at(-1)?.outcome === 'accepted'
        ? queryStatus(world, provider, order, controls)
        : releaseClaim(world, provider, order);
    case 'unknown':
      return queryStatus(world, provider, order, controls);
    case 'refunded':
      return recheck(world, provider, order);
    case 'review':
    case 'success':
    case 'failed':
    case 'reversed':
      throw new Error(`order ${order.id} is ${order.status} and yet due`);
    default:
      return unreachable(order.status);
  }
}

/** The message was lost, or the provider was down: enqueues the order again, until it is so old that it expires. */
async function enqueueAgain(world: World, provider: Provider, order: Order): Promise<void> {
  const at = world.now();
  if (elapsed(order.createdAt, at) >= PENDING_AGE_MAX_MS) {
    await changeUnmoved(world, order, (current) => expire(current, at));
    return;
  }
  const waitUntil = await blockedUntil(world, provider, order);
  if (waitUntil !== undefined) {
    await changeUnmoved(world, order, (current) => hold(current, waitUntil, at));
    return;
  }
  const postponed = await changeUnmoved(world, order, (current) => postpone(current, plus(at, DISPATCH_GRACE_MS)));
  if (postponed.isMine) await enqueueOrder(world, postponed.order);
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
async function recheck(world: World, provider: Provider, order: Order): Promise<void> {
  const finding = await query(world, provider, order);
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
