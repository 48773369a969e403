import { defined } from '../../domain/defined.ts';
import type { Order } from '../../domain/order.ts';
import type { Instant } from '../../domain/time.ts';
import { dispatchQueue } from '../../manifest/access.ts';
import type { OrderKey } from '../../store/orders.ts';
import { lastUnfrozenAt } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { queueGroup } from '../queue-group.ts';

/** An order to send. What was read a moment ago need not be read again. */
export interface DispatchMessage extends OrderKey {
  /** When its merchant was not frozen. */
  readonly unfrozenAt?: Instant;
}

/**
 * Puts an order on its provider's queue. A failure is logged and not thrown: the order was accepted and is in the due
 * index from its first write, so the sweep sends it.
 */
export async function enqueueOrder(world: World, order: Order): Promise<void> {
  const { merchantId, mode, agentReference } = order;
  const body: DispatchMessage = {
    merchantId,
    mode,
    agentReference,
    ...defined({ unfrozenAt: lastUnfrozenAt(world, order) }),
  };
  try {
    await world.queues.send(dispatchQueue(order.provider), [{ body, group: queueGroup(order) }]);
  } catch (error) {
    world.log.error('order.not_enqueued', { orderId: order.id }, error);
  }
}
