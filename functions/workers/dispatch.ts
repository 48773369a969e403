import { worker } from '../../shared/aws/worker.ts';
import { dispatchOrder, sendToReview } from '../../shared/flows/orders/dispatch-order.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

/** One message: one order to send upstream. Messages that arrive together run in parallel. */
export function dispatch(world: World, message: OrderKey): Promise<void> {
  return dispatchOrder(world, message);
}

/** After its last failure a message goes to the dead-letter queue, and its order to manual review with the cause. */
export function giveUp(world: World, message: OrderKey, cause: unknown): Promise<void> {
  return sendToReview(world, message, cause);
}

export const handler = worker({ onMessage: dispatch, onLastFailure: giveUp });
