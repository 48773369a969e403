import { worker } from '../shared/aws/worker.ts';
import { dispatchOrder } from '../shared/flows/dispatch-order.ts';
import type { OrderKey } from '../shared/store/orders.ts';
import type { World } from '../shared/world.ts';

/** One message: one order to send upstream. The messages of a batch run side by side. */
export function dispatch(world: World, message: OrderKey): Promise<void> {
  return dispatchOrder(world, message);
}

export const handler = worker({ onMessage: dispatch });
