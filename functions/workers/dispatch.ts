import { worker } from '../../shared/aws/worker.ts';
import { dispatchOrder, sendToReview } from '../../shared/flows/orders/dispatch-order.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

/** One message: one order to send upstream. The messages of a batch run side by side. */
export function dispatch(world: World, message: OrderKey): Promise<void> {
  return dispatchOrder(world, message);
}

/** A message that failed for the last time goes to the dead letters, and its order to an operator with the cause. */
export function giveUp(world: World, message: OrderKey, cause: unknown): Promise<void> {
  return sendToReview(world, message, cause);
}

export const handler = worker({ onMessage: dispatch, onLastFailure: giveUp });
