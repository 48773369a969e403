import type { Change, Order } from '../../domain/order.ts';
import { afterStored, completeStored, writeOff } from '../../domain/order-life.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { commit } from '../../store/orders.ts';
import type { Put } from '../../store/write.ts';
import { Contention } from '../../transient-error.ts';
import type { World } from '../../world.ts';
import { chargeBatch } from '../bulk/charge-batch.ts';
import { countLive } from '../count-live.ts';
import { decideAgain } from '../decide-again.ts';
import { enqueueOrderEvents } from '../webhooks/enqueue-events.ts';
import { enqueueAnswer } from './enqueue-order.ts';

/** What led to a decision, for its log line. */
type Facts = Readonly<Record<string, string | number>>;

/**
 * The only way an order changes after it was accepted. `isMine` says whether this call wrote a change. A charge that
 * the wallet does not cover is written off instead: the recharge was delivered, and we bear the loss. A row is first
 * charged to what its batch has still to refund.
 *
 * A decision that moves money needs the order's wallet, which may be busy. Then the outcome is stored on the order, and
 * this call goes on trying to move the money; if it cannot, the sweep does. An order with a stored outcome is decided:
 * `afterStored` says what may still change it. The companions, such as an entry of the audit log, are written with the
 * decision.
 */
export function changeOrder(
  world: World,
  order: Order,
  decide: (current: Order) => Change | undefined,
  facts?: Facts,
  companions?: readonly Put[],
): Promise<{ order: Order; isMine: boolean }> {
  return writeDecision(world, order, (current) => afterStored(current, decide(current)), facts, companions);
}

/** Moves the money of an order's stored outcome, if it has one. Throws `Contention` while its wallet is too busy. */
export function completeOrder(world: World, order: Order): Promise<{ order: Order; isMine: boolean }> {
  return writeDecision(world, order, (current) => completeStored(current, world.now()));
}

async function writeDecision(
  world: World,
  order: Order,
  decide: (current: Order) => Change | undefined,
  facts?: Facts,
  companions?: readonly Put[],
): Promise<{ order: Order; isMine: boolean }> {
  let uncovered: Order | undefined;
  const decideLoss = (current: Order, { status }: Order) =>
    current.status === status && current.lossMinor === undefined ? writeOff(current, world.now()) : undefined;
  let isStored = false;
  const { there, change } = await decideAgain(
    order,
    (current) => (uncovered ? decideLoss(current, uncovered) : decide(current)),
    async (each) => {
      const committed = (await chargeBatch(world, each, companions)) ?? (await commit(world, each, companions));
      if (committed.kind === 'uncovered') {
        const { id: orderId, mode, amountMinor, currency } = committed.order;
        world.log[mode === 'live' ? 'error' : 'warn']('money.loss', { orderId, mode, amountMinor, currency });
        uncovered = committed.order;
      }
      isStored = committed.kind === 'stored';
      return { there: committed.order, isDone: isStored || committed.kind === 'done' };
    },
  );
  if (isStored) return { order: await tryToComplete(world, there, facts), isMine: true };
  if (change) await announce(world, change, facts);
  return { order: there, isMine: change !== undefined };
}

/** The outcome is safe on the order, so a wallet that stays busy is left to the sweep. */
async function tryToComplete(world: World, order: Order, facts?: Facts): Promise<Order> {
  try {
    return (await writeDecision(world, order, (current) => completeStored(current, world.now()), facts)).order;
  } catch (error) {
    if (!(error instanceof Contention)) throw error;
    world.log.warn('order.outcome_stored', { orderId: order.id, ...facts, outcome: order.stored?.status });
    return order;
  }
}

/** Has a change's events published, and logs it: one line for each stage, and none for the claim before a call. */
async function announce(world: World, change: Change, facts?: Facts): Promise<void> {
  const { before, after, entry } = change;
  const isCorrected = entry?.kind === 'correction' || after.keptMinor !== before.keptMinor;
  if (after.lossMinor !== before.lossMinor || isCorrected || entry?.kind === 'reversal') {
    countLive(world, after, METRICS.moneyAnomaly);
  }
  if (facts || (before.status !== after.status && after.status !== 'dispatching')) {
    world.log.info(`order.${after.status}`, {
      orderId: after.id,
      merchantId: after.merchantId,
      mode: after.mode,
      provider: after.provider,
      failure: after.failure,
      attempts: after.attempts.length > 1 ? after.attempts.length : undefined,
      queryCount: after.queryCount || undefined,
      ...facts,
      outcome: facts?.outcome === after.status ? undefined : facts?.outcome,
    });
  }
  if (after.events > before.events) await enqueueOrderEvents(world, after);
  if (after.mode === 'test') await enqueueAnswer(world, change);
}
