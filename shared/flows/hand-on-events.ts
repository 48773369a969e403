import { viewOrder } from '../api/views.ts';
import type { Order, OrderEvent } from '../domain/order.ts';
import { asOf } from '../domain/order.ts';
import { handedOn } from '../domain/order-life.ts';
import type { Delivery, Endpoint, WebhookEvent } from '../domain/webhook.ts';
import { isTrusted, newDelivery, wants } from '../domain/webhook.ts';
import { saveDelivery } from '../store/deliveries.ts';
import { listEndpoints } from '../store/endpoints.ts';
import type { OrderKey } from '../store/orders.ts';
import { readOrder } from '../store/orders.ts';
import type { World } from '../world.ts';
import { changeOrder } from './change-order.ts';
import { attempt } from './deliver-event.ts';

/**
 * Hands an order's events on: makes a delivery to each endpoint that wants one, takes them out of the order's outbox,
 * and tries them at once. Dying anywhere in between repeats it, and a delivery's id follows from its event and its
 * endpoint, so that no event is lost and none becomes two.
 */
export async function handOnEvents(world: World, key: OrderKey): Promise<void> {
  const order = await readOrder(world, key);
  const last = order?.outbox?.at(-1);
  if (!order || !last) return;
  const endpoints = await listEndpoints(world, order);
  const events = order.outbox?.map((each) => eventOf(order, each)) ?? [];
  const pairs = events.flatMap((event) =>
    endpoints.filter((endpoint) => wants(endpoint, event.type)).map((endpoint) => ({ event, endpoint })),
  );
  const at = world.now();
  const made = await Promise.all(
    pairs.map(async ({ event, endpoint }) => {
      const delivery = newDelivery(endpoint, event, at);
      return (await saveDelivery(world, delivery)) ? { delivery, endpoint } : undefined;
    }),
  );
  const tried = made.flatMap((each) => (each && isTrusted(each.endpoint, at) ? tryAtOnce(world, each) : []));
  try {
    await changeOrder(world, order, (current) => handedOn(current, last.sequence));
  } finally {
    await Promise.all(tried);
  }
}

/** The sweep has it if this fails, so one endpoint's trouble is not the others'. */
async function tryAtOnce(world: World, { delivery, endpoint }: { delivery: Delivery; endpoint: Endpoint }) {
  try {
    await attempt(world, delivery, endpoint);
  } catch (error) {
    world.log.error('webhook.not_recorded', { deliveryId: delivery.id }, error);
  }
}

/** The event as it is sent: the same bytes every time, and the order as it was when it happened. */
function eventOf(order: Order, event: OrderEvent): WebhookEvent {
  const { type, sequence, at } = event;
  const id = `evt_${order.id.slice(4)}_${sequence}`;
  const object = viewOrder(asOf(order, event));
  return {
    id,
    type,
    createdAt: at,
    sequence,
    orderId: order.id,
    body: JSON.stringify({ id, type, created_at: at, sequence, data: { object } }),
  };
}
