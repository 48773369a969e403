import type { Change, Order } from '../domain/order.ts';
import { commit } from '../store/orders.ts';
import type { World } from '../world.ts';

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
      announce(world, change);
      return { order: committed.order, isMine: true };
    }
    current = committed.order;
  }
  throw new Error(`order ${order.id} keeps changing`);
}

function announce(world: World, { before, after }: Change): void {
  if (before.status === after.status) return;
  world.log.info(`order.${after.status}`, {
    orderId: after.id,
    merchantId: after.merchantId,
    mode: after.mode,
    provider: after.provider,
    from: before.status,
    failure: after.failure,
    attempts: after.attempts.length,
    looks: after.looks,
  });
}
