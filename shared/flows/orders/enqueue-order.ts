import type { Order } from '../../domain/order.ts';
import { dispatchQueue } from '../../manifest/access.ts';
import type { World } from '../../world.ts';
import { queueGroup } from '../queue-group.ts';

/**
 * Puts an order on its provider's queue. A failure is logged and not thrown: the order was accepted and is in the due
 * index from its first write, so the sweep sends it.
 */
export async function enqueueOrder(world: World, order: Order): Promise<void> {
  const { merchantId, mode, agentReference } = order;
  try {
    await world.queues.send(dispatchQueue(order.provider), [
      { body: { merchantId, mode, agentReference }, group: queueGroup(order) },
    ]);
  } catch (error) {
    world.log.error('order.not_enqueued', { orderId: order.id }, error);
  }
}
