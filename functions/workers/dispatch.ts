import { worker } from '../../shared/aws/worker.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import { answerTestOrder } from '../../shared/flows/orders/answer-test-order.ts';
import { dispatchOrder, sendToReview } from '../../shared/flows/orders/dispatch-order.ts';
import type { DispatchMessage } from '../../shared/flows/orders/enqueue-order.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

/**
 * One message: one order to send upstream, or one test order about which the sandbox answers now. Messages that arrive
 * together run in parallel.
 */
export async function dispatch(world: World, message: DispatchMessage): Promise<void> {
  return message.answerAt === undefined ? dispatchOrder(world, message) : answerTestOrder(world, message);
}

/** After its last failure a message goes to the dead-letter queue, and its order to manual review with the cause. */
export function giveUp(world: World, message: OrderKey, cause: unknown): Promise<void> {
  return sendToReview(world, message, cause);
}

/** Of one invocation. What is left of the function's timeout is more than a message takes that waits for its call. */
export const DISPATCH_SLOTS = { count: 10, forMs: 3 * MINUTE };

export const handler = worker({ onMessage: dispatch, onLastFailure: giveUp, slots: DISPATCH_SLOTS });
