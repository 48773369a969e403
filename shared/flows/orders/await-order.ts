import type { Order } from '../../domain/order.ts';
import { isFinal } from '../../domain/order.ts';
import { elapsed } from '../../domain/time.ts';
import { readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';

const FIRST_GAP_MS = 50;
const GAP_MS_MAX = 1000;

/**
 * The order once it is decided, or as it stands when the time is up. An `unknown` order counts as decided: the answer
 * will not come within any wait, and the merchant should hear that now. So does one that waits for a provider to come
 * back.
 */
export async function awaitOrder(world: World, order: Order, waitMs: number): Promise<Order> {
  const startedAt = world.now();
  let current = order;
  for (let gap = FIRST_GAP_MS; isWaiting(current); gap = Math.min(gap * 1.5, GAP_MS_MAX)) {
    const left = waitMs - elapsed(startedAt, world.now());
    if (left <= 0) return current;
    await world.sleep(Math.min(gap, left));
    current = (await readOrder(world, order)) ?? current;
  }
  return current;
}

function isWaiting(order: Order): boolean {
  if (order.heldSince !== undefined) return false;
  return !isFinal(order.status) && order.status !== 'unknown' && order.status !== 'review';
}
