import type { Owner } from '../../domain/ledger.ts';
import type { Order } from '../../domain/order.ts';
import type { OrderKey } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { queueGroup } from '../queue-group.ts';

/** What has an outbox: an order, a top-up or a batch. */
export type EventSource = OrderKey | { readonly topupId: string } | { readonly batchId: string };

/**
 * Asks the webhook sender to publish a source's events now. A failure is logged and not thrown: the events stay in the
 * outbox, where the sweep finds them.
 */
export async function enqueueEvents(world: World, owner: Owner, source: EventSource): Promise<void> {
  try {
    await world.queues.send('webhooks', [{ body: source, group: queueGroup(owner) }]);
  } catch (error) {
    world.log.error('events.not_enqueued', { ...source }, error);
  }
}

export function enqueueOrderEvents(world: World, { merchantId, mode, agentReference }: Order): Promise<void> {
  return enqueueEvents(world, { merchantId, mode }, { merchantId, mode, agentReference });
}
