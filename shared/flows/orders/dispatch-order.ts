import { messageOf } from '../../domain/message-of.ts';
import type { Change, Order, Outcome } from '../../domain/order.ts';
import { providerReference, queriedReference } from '../../domain/order.ts';
import {
  abandon,
  applyAttemptOutcome,
  applyPreparation,
  cancel,
  claim,
  freeze,
  hold,
  isAbandoned,
  postpone,
  sendToManualReview,
} from '../../domain/order-life.ts';
import type { Instant } from '../../domain/time.ts';
import { elapsed, plus, SECOND } from '../../domain/time.ts';
import { newId } from '../../id.ts';
import { METRICS } from '../../manifest/metrics.ts';
import type { Preparation, Provider, ReadySend } from '../../providers/provider.ts';
import { evidence } from '../../providers/provider.ts';
import { readBatch } from '../../store/batches.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import { readFreeze } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { countLive } from '../count-live.ts';
import { callbackUrl } from './callback-url.ts';
import { changeOrder, completeOrder } from './change-order.ts';
import { findHold, recordOutcome } from './circuit-breaker.ts';
import type { DispatchMessage } from './enqueue-order.ts';
import { waitForCall } from './keep-pace.ts';
import { rememberDelivery } from './not-found.ts';
import { rechargeOf } from './recharge-of.ts';

/** A process that was suspended this long after its claim may no longer call: the claim may have been given up. */
const CALL_WITHIN_MS = 10 * SECOND;
/** How long an order waits here for its provider's pace, and then in the due index. */
const PACE_MS_MAX = 20 * SECOND;

/**
 * Sends one order upstream, at most once ever. The claim is written before the call; whoever finds a claim without an
 * outcome never calls. So a message may arrive twice, late, or at two dispatchers at once. Everything that the call
 * needs is made before the claim, and nothing is awaited between the two: what fails there costs the order nothing. A
 * row of a batch that was cancelled is cancelled too, also one that waited for its provider: the last look at its batch
 * is right before the claim.
 */
export async function dispatchOrder(world: World, { unfrozenAt, ...key }: DispatchMessage): Promise<void> {
  const order = await readOrder(world, key);
  if (!order) throw new Error(`no order ${key.merchantId} ${key.mode} ${key.agentReference}`);
  if (order.stored) {
    await completeOrder(world, order);
    return;
  }
  const provider = world.provider(order.provider);
  const { capabilities } = provider;
  if (order.status !== 'pending') {
    await changeOrder(world, order, (current) =>
      isAbandoned(current, capabilities, world.now()) ? abandon(current, capabilities, world.now()) : undefined,
    );
    return;
  }
  if (await cancelWithBatch(world, order)) return;
  if (await holdIfFrozen(world, order, unfrozenAt)) return;
  if (!(await mayBeSent(world, provider, order))) return;
  const attemptId = newId(world, 'att');
  const prepared = await prepare(world, provider, order);
  if (prepared.kind !== 'ready') {
    await changeOrder(world, order, (current) =>
      current.version === order.version ? applyPreparation(current, attemptId, prepared, world.now()) : undefined,
    );
    await recordOutcome(world, provider, order, prepared);
    return;
  }
  // Making the call ready may have taken a while: the batch may have been cancelled meanwhile, and its answer stands.
  if (await cancelWithBatch(world, order)) return;
  // Last, because all before it may take longer than a freeze takes to hold.
  if (await holdIfFrozen(world, order, unfrozenAt)) return;
  const claimed = await changeOrder(world, order, (current) =>
    current.status === 'pending' && providerReference(current) === providerReference(order)
      ? claim(current, attemptId, capabilities, world.now(), prepared.account)
      : undefined,
  );
  if (!claimed.isMine) return;
  await sendClaimed(world, provider, { order: claimed.order, attemptId, ready: prepared });
}

/** Makes the one call of a claim and records its outcome. Only the holder of this attempt id may, and only once. */
export async function sendClaimed(
  world: World,
  provider: Provider,
  { order, attemptId, ready }: { order: Order; attemptId: string; ready: ReadySend },
): Promise<void> {
  const startedAt = world.now();
  const outcome = await call(world, provider, order, ready);
  const sent = { outcome: outcome.kind, ms: elapsed(startedAt, world.now()) };
  const applied = await commitOutcome(world, order, sent, (current) =>
    applyAttemptOutcome(current, attemptId, outcome, provider.capabilities, world.now()),
  );
  if (outcome.kind === 'success' && !applied.isMine) watchForTwo(world, applied.order, providerReference(order));
  await recordOutcome(world, provider, order, outcome);
  if (outcome.kind === 'success') await rememberDelivery(world, provider, applied.order);
}

async function cancelWithBatch(world: World, order: Order): Promise<boolean> {
  if (order.batchId !== undefined && (await readBatch(world, order.batchId))?.cancelledAt !== undefined) {
    await changeOrder(world, order, (current) => cancel(current, world.now()));
    return true;
  }
  return false;
}

/**
 * Waits for the provider's pace; where that lasts too long, the sweep enqueues the order again. Holds an order whose
 * provider is down, also if it went down during the wait.
 */
async function mayBeSent(world: World, provider: Provider, order: Order): Promise<boolean> {
  if (await holdIfBlocked(world, provider, order)) return false;
  const until = plus(world.now(), PACE_MS_MAX);
  const turn = await waitForCall(world, provider, { kind: 'sends', mode: order.mode, until });
  if (turn === 'at once') return true;
  if (turn === 'after a wait') return !(await holdIfBlocked(world, provider, order));
  await changeOrder(world, order, (current) =>
    current.version === order.version ? postpone(current, plus(world.now(), PACE_MS_MAX)) : undefined,
  );
  return false;
}

/** While its merchant is frozen an order is not claimed. */
async function holdIfFrozen(world: World, order: Order, unfrozenAt: Instant | undefined): Promise<boolean> {
  if (!(await readFreeze(world, order, unfrozenAt))) return false;
  await changeOrder(world, order, (current) =>
    current.status === 'pending' ? freeze(current, world.now()) : undefined,
  );
  return true;
}

async function holdIfBlocked(world: World, provider: Provider, order: Order): Promise<boolean> {
  const found = await findHold(world, provider, order);
  if (!found) return false;
  await changeOrder(world, order, (current) =>
    current.status === 'pending' ? hold(current, found, world.now()) : undefined,
  );
  return true;
}

/** Writes what a send came to. Its log line is that of the change; where there is none, the send has one of its own. */
async function commitOutcome(
  world: World,
  order: Order,
  sent: { outcome: Outcome['kind']; ms: number },
  decide: (current: Order) => Change | undefined,
): Promise<{ order: Order; isMine: boolean }> {
  const line = { orderId: order.id, provider: order.provider, ...sent };
  try {
    const applied = await changeOrder(world, order, decide, sent);
    if (!applied.isMine) world.log.info('provider.sent', line);
    return applied;
  } catch (error) {
    world.log.error('provider.outcome_not_written', line, error);
    throw error;
  }
}

/** Notes an order that was delivered under two of its references: the provider had sold what it said it refused. */
export function watchForTwo(world: World, order: Order, reference: string): void {
  if (order.status !== 'success' || reference === queriedReference(order)) return;
  world.log.error('order.delivered_twice', { orderId: order.id, reference, other: queriedReference(order) });
  countLive(world, order, METRICS.moneyAnomaly);
}

/**
 * Sends an order whose message failed for the last time to manual review, with the cause. Only one that was never sent:
 * the reconciler queries the status of any other.
 */
export async function sendToReview(world: World, key: OrderKey, cause: unknown): Promise<void> {
  const order = await readOrder(world, key);
  if (!order) return;
  const reason = evidence(messageOf(cause));
  await changeOrder(world, order, (current) =>
    current.status === 'pending' ? sendToManualReview(current, reason, world.now()) : undefined,
  );
}

/** Makes the call ready. It sells nothing, so whatever fails here proves that nothing was sent. */
export async function prepare(world: World, provider: Provider, order: Order): Promise<Preparation> {
  try {
    return await provider.prepare({ ...rechargeOf(order), ...(await callbackUrl(world, provider, order)) });
  } catch (error) {
    world.log.error('provider.not_prepared', { provider: provider.name, orderId: order.id }, error);
    return { kind: 'unsent', evidence: evidence(messageOf(error)) };
  }
}

/** The one call. Every failure that does not prove that nothing was sent is unclear. */
async function call(world: World, provider: Provider, order: Order, ready: ReadySend): Promise<Outcome> {
  const startedAt = world.now();
  if (elapsed(rechargeOf(order).sentAt, startedAt) > CALL_WITHIN_MS) {
    return { kind: 'unsent', evidence: 'The dispatcher was suspended before it could call.' };
  }
  try {
    return await ready.send();
  } catch (error) {
    world.log.error('provider.threw', { provider: provider.name, orderId: order.id }, error);
    return { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
}
