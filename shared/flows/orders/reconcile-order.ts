import { unreachable } from '../../domain/assert.ts';
import { messageOf } from '../../domain/message-of.ts';
import type { Change, Finding, Order } from '../../domain/order.ts';
import { isFinal } from '../../domain/order.ts';
import { unpublished } from '../../domain/order-events.ts';
import { abandon, expire, freeze, hold, isAbandoned, PENDING_AGE_MAX_MS, postpone } from '../../domain/order-life.ts';
import { leaveToMessage } from '../../domain/order-publishing.ts';
import { applyQueryResult, applyRecheck, isInDoubt } from '../../domain/order-queries.ts';
import type { Instant } from '../../domain/time.ts';
import { elapsed, MINUTE, plus } from '../../domain/time.ts';
import { isOverdue } from '../../domain/versioned.ts';
import type { Provider } from '../../providers/provider.ts';
import { evidence } from '../../providers/provider.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import { readFreeze } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { enqueueLostEvents, sourceOf } from '../webhooks/enqueue-events.ts';
import { changeOrder, completeOrder } from './change-order.ts';
import { findHold } from './circuit-breaker.ts';
import { enqueueOrder } from './enqueue-order.ts';
import { recordAnswer, waitForCall, waitToEnqueue } from './keep-pace.ts';
import type { Controls } from './not-found.ts';
import { checkNotFound, rememberDelivery } from './not-found.ts';
import { rechargeOf } from './recharge-of.ts';

/** What is done about one order that is due. */

/** What was enqueued again is left to that message so long, which may wait behind many others. */
const MESSAGE_MS = 10 * MINUTE;

export type IsDown = (provider: Provider, order: Order) => Promise<boolean>;

/** What an order needs, and waits for with others. */
export type Needs = 'a query' | 'a message' | undefined;

export interface Turn {
  readonly controls: Controls;
  /** Given to what may ask the provider. */
  readonly calls?: { readonly isDown: IsDown; readonly until: Instant };
}

/**
 * Advances one due order: enqueues it or its events again, gives up a dead dispatcher's claim, or queries its status.
 * Never sends anything itself, and without `calls` asks nothing of a provider. Safe to run concurrently: all writes
 * are conditional.
 */
export async function reconcileOrder(world: World, key: OrderKey, { controls, calls }: Turn): Promise<Needs> {
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
  if (isQueried(order)) {
    if (!calls) return 'a query';
    const { isDown, until } = calls;
    // Not put off: it is due, and the first run after the provider's return queries it. But one that is to go to a
    // person if this query fails too does so during an outage as well.
    const sentAt = order.attempts.at(-1)?.startedAt ?? order.createdAt;
    const isLast = !isFinal(order.status) && elapsed(sentAt, world.now()) >= provider.capabilities.reviewAfterMs;
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

/** Whether its provider is asked about it, when it is due. Of successes that are those that it may take back. */
export function isQueried(order: Order): boolean {
  if (order.status === 'success') return order.recheckAt !== undefined;
  return order.status === 'refunded' || isInDoubt(order);
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
    case 'success':
      if (order.recheckAt !== undefined) return recheck(world, provider, order, controls);
      throw new Error(`order ${order.id} is a success and yet due`);
    case 'pending':
    case 'review':
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
export function changeUnmoved(world: World, order: Order, decide: (current: Order) => Change | undefined) {
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

/**
 * An order that was refunded because it was not found: queried once more, in case it was delivered after all. Or a
 * success of the sandbox, in case it is taken back.
 */
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
