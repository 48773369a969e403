import type { Owner } from '../../domain/ledger.ts';
import type { Order } from '../../domain/order.ts';
import type { OrderKey } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { queueGroup } from '../queue-group.ts';

/** What has an outbox: an order, a top-up or a batch. */
export type EventSource = OrderKey | { readonly topupId: string } | { readonly batchId: string };

/** `isAgain`: the sweep sent it, because the first one may be lost. */
export type EventMessage = EventSource & { readonly isAgain?: boolean };

/**
 * Asks the webhook sender to publish a source's events now. A failure is logged and not thrown: the item stays due
 * until its events are published, so the sweep finds it.
 */
export async function enqueueEvents(world: World, owner: Owner, source: EventSource): Promise<void> {
  try {
    await enqueue(world, owner, source);
  } catch (error) {
    world.log.error('events.not_enqueued', { ...source }, error);
  }
}

/** The same for a sweep, whose row must stay as it is when this fails. */
export async function enqueueLostEvents(world: World, owner: Owner, source: EventSource): Promise<void> {
  await enqueue(world, owner, { ...source, isAgain: true });
}

async function enqueue(world: World, owner: Owner, body: EventMessage): Promise<void> {
  await world.queues.send('webhooks', [{ body, group: queueGroup(owner) }]);
}

export function enqueueOrderEvents(world: World, order: Order): Promise<void> {
  return enqueueEvents(world, order, sourceOf(order));
}

export function sourceOf({ merchantId, mode, agentReference }: Order): EventSource {
  return { merchantId, mode, agentReference };
}
