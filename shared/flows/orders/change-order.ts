import type { Change, Order } from '../../domain/order.ts';
import { writeOff } from '../../domain/order-life.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { commit } from '../../store/orders.ts';
import type { World } from '../../world.ts';

const TRIES_MAX = 5;

/**
 * The only way an order changes after it was accepted: decide, write if nothing moved, else decide again from what is
 * there. `decide` answers `undefined` when there is nothing left to change.
 */
export async function changeOrder(
  world: World,
  order: Order,
  decide: (current: Order) => Change | undefined,
): Promise<{ order: Order; isMine: boolean }> {
  let current = order;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const change = decide(current);
    if (!change) return { order: current, isMine: false };
    const committed = await commit(world, change);
    if (committed.kind === 'done') {
      await announce(world, change);
      return { order: committed.order, isMine: true };
    }
    if (committed.kind === 'uncovered') {
      world.log.error('money.loss', { orderId: order.id, amountMinor: order.amountMinor, currency: order.currency });
      return changeOrder(world, committed.order, (now) =>
        now.status === committed.order.status && now.lossMinor === undefined ? writeOff(now, world.now()) : undefined,
      );
    }
    current = committed.order;
  }
  throw new Error(`order ${order.id} keeps changing`);
}

/** Logs the change and has the merchant told at once. A lost message is found in the outbox index by the sweep. */
async function announce(world: World, { before, after, entry }: Change): Promise<void> {
  if (after.lossMinor !== before.lossMinor || entry?.kind === 'correction' || entry?.kind === 'reversal') {
    world.log.metric(METRICS.moneyAnomaly, 1);
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
  if (after.events > before.events) await notifyMerchant(world, after);
}

/** Has an order's events handed on to its merchant's webhooks now. */
export async function notifyMerchant(world: World, order: Order): Promise<void> {
  const { merchantId, mode, agentReference } = order;
  try {
    await world.queues.send('webhooks', [{ body: { merchantId, mode, agentReference }, group: merchantId }]);
  } catch (error) {
    world.log.error('events.not_enqueued', { orderId: order.id }, error);
  }
}
