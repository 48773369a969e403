import type { Change, Order } from '../../domain/order.ts';
import { writeOff } from '../../domain/order-life.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { commit } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { countLive } from '../count-live.ts';
import { decideAgain } from '../decide-again.ts';
import { enqueueOrderEvents } from '../webhooks/enqueue-events.ts';

/**
 * The only way an order changes after it was accepted. `isMine` says whether this call wrote a change. A charge that
 * the wallet does not cover is written off instead: the recharge was delivered, and we bear the loss.
 */
export async function changeOrder(
  world: World,
  order: Order,
  decide: (current: Order) => Change | undefined,
): Promise<{ order: Order; isMine: boolean }> {
  let uncovered: Order | undefined;
  const decideLoss = (current: Order, { status }: Order) =>
    current.status === status && current.lossMinor === undefined ? writeOff(current, world.now()) : undefined;
  const { there, change } = await decideAgain(
    order,
    (current) => (uncovered ? decideLoss(current, uncovered) : decide(current)),
    async (each) => {
      const committed = await commit(world, each);
      if (committed.kind === 'uncovered') {
        const { id: orderId, amountMinor, currency } = committed.order;
        world.log.error('money.loss', { orderId, amountMinor, currency });
        uncovered = committed.order;
      }
      return { there: committed.order, isDone: committed.kind === 'done' };
    },
  );
  if (change) await announce(world, change);
  return { order: there, isMine: change !== undefined };
}

/** Logs a change and has its events published. */
async function announce(world: World, { before, after, entry }: Change): Promise<void> {
  if (after.lossMinor !== before.lossMinor || entry?.kind === 'correction' || entry?.kind === 'reversal') {
    countLive(world, after, METRICS.moneyAnomaly);
  }
  if (before.status === after.status) return;
  world.log.info(`order.${after.status}`, {
    orderId: after.id,
    merchantId: after.merchantId,
    mode: after.mode,
    provider: after.provider,
    from: before.status,
    failure: after.failure,
    attempts: after.attempts.length,
    queryCount: after.queryCount,
  });
  if (after.events > before.events) await enqueueOrderEvents(world, after);
}
