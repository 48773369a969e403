import type { BatchEvent } from '../../domain/batch.ts';
import { markBatchPublished } from '../../domain/batch-life.ts';
import { isBackedOff } from '../../domain/endpoint-health.ts';
import type { Owner } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import type { Order } from '../../domain/order.ts';
import { walletOf } from '../../domain/order.ts';
import type { OrderEvent } from '../../domain/order-events.ts';
import { asOf, unpublished } from '../../domain/order-events.ts';
import { markPublished } from '../../domain/order-publishing.ts';
import { isPayout, payoutEventType, payoutId } from '../../domain/payout.ts';
import { isResult, RESULT_EVENT, resultOf } from '../../domain/result.ts';
import type { Instant } from '../../domain/time.ts';
import type { Topup, TopupEvent } from '../../domain/topup.ts';
import { markTopupPublished } from '../../domain/topup.ts';
import type { Delivery, Endpoint, WebhookEvent } from '../../domain/webhook.ts';
import { ATTEMPT_LEASE_MS, hostOf, newDelivery, RESULTS_ENDPOINT, receiverOf, wants } from '../../domain/webhook.ts';
import { viewBatch } from '../../http/views/batch-views.ts';
import { viewOrder } from '../../http/views/order-views.ts';
import { viewPayout } from '../../http/views/payout-views.ts';
import { viewTopup } from '../../http/views/topup-views.ts';
import { readBatch } from '../../store/batches.ts';
import { saveDelivery } from '../../store/deliveries.ts';
import { listEndpoints, readEndpoint } from '../../store/endpoints.ts';
import { readTail } from '../../store/ledger.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import { countPublished } from '../../store/payout-counts.ts';
import { readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { changeBatch, changeTopup } from '../decide-again.ts';
import { changeOrder } from '../orders/change-order.ts';
import { attempt } from './deliver-event.ts';
import type { EventSource } from './enqueue-events.ts';
import { isSlow } from './receiver-speed.ts';

/**
 * Publishes the events in the outbox of an order, a top-up or a batch, if there are any. In a file of its own, although
 * only the webhook sender publishes: with it, that function would be too long to read.
 */
export function publishEvents(world: World, source: EventSource): Promise<void> {
  if ('batchId' in source) return publishBatch(world, source.batchId);
  return 'topupId' in source ? publishTopup(world, source.topupId) : publishOrder(world, source);
}

async function publishOrder(world: World, key: OrderKey): Promise<void> {
  const order = await readOrder(world, key);
  const last = order?.outbox?.at(-1);
  if (!order || !last) return;
  const events = unpublished(order).flatMap((event) => [orderEvent(order, event), ...payoutEvents(order, event)]);
  const clear = async () => {
    if (isPayout(order)) await countPublished(world, order, last.sequence);
    await changeOrder(world, order, (current) => markPublished(current, last.sequence));
  };
  await deliverEvents(world, order, events, clear, await resultsOf(world, order));
}

/** What goes to the order's own `ResultsUrl`, where it has one: in PesaWay's form, under the same headers. */
async function resultsOf(world: World, order: Order): Promise<Addressed[]> {
  const { resultsUrl: url } = order;
  const results = unpublished(order).filter(isResult);
  if (url === undefined || results.length === 0) return [];
  const [endpoint, receiver, tail] = await Promise.all([
    readEndpoint(world, order, RESULTS_ENDPOINT),
    readEndpoint(world, order, RESULTS_ENDPOINT, hostOf(url)),
    readTail(world, walletOf(order)),
  ]);
  return results.flatMap((event) => {
    const body = JSON.stringify(resultOf(asOf(order, event), balanceOf(tail)));
    const id = orderEvent(order, event).id.replace('evt', 'res');
    const result = { id, type: RESULT_EVENT, createdAt: event.at, sequence: event.sequence, orderId: order.id, body };
    return endpoint && receiver ? { event: result, endpoint, url, receiver } : [];
  });
}

async function publishTopup(world: World, id: string): Promise<void> {
  const topup = await readTopup(world, id);
  const last = topup?.outbox?.at(-1);
  if (!topup || !last) return;
  const events = topup.outbox?.map((event) => topupEvent(topup, event)) ?? [];
  const clear = () => changeTopup(world, topup, (current) => markTopupPublished(current, last.sequence));
  await deliverEvents(world, topup, events, clear);
}

async function publishBatch(world: World, id: string): Promise<void> {
  const batch = await readBatch(world, id);
  const [event] = batch?.outbox ?? [];
  if (!batch || !event) return;
  const events = [webhookEvent(`evt_${batch.id.slice(4)}_${event.sequence}`, event, viewBatch(batch, event.at))];
  const clear = () => changeBatch(world, batch, (current) => markBatchPublished(current, event.sequence));
  await deliverEvents(world, batch, events, clear);
}

/** An event and its receiver: the endpoint's own URL, unless another is named. */
interface Addressed {
  readonly event: WebhookEvent;
  readonly endpoint: Endpoint;
  readonly url?: string;
  /** What has the health of the receiver. */
  readonly receiver: Endpoint;
}

/**
 * Creates a delivery of each event to each endpoint that subscribed to it, clears the outbox, and tries the new
 * deliveries at once. A crash in between repeats it. A delivery's id follows from its event and its endpoint, so no
 * event is lost and none is delivered under two ids.
 */
export async function deliverEvents(
  world: World,
  owner: Owner,
  events: readonly WebhookEvent[],
  clearOutbox: () => Promise<unknown>,
  results: readonly Addressed[] = [],
): Promise<void> {
  const endpoints = events.length === 0 ? [] : await listEndpoints(world, owner);
  const subscribed = events.flatMap((event) =>
    endpoints
      .filter((endpoint) => wants(endpoint, event.type))
      .map((endpoint): Addressed => ({ event, endpoint, receiver: endpoint })),
  );
  const at = world.now();
  const created = await Promise.all([...subscribed, ...results].map((each) => createDelivery(world, each, at)));
  const attempts = created.map((each) => each && tryNow(world, each));
  try {
    await clearOutbox();
  } finally {
    await Promise.all(attempts);
  }
}

interface Created {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
}

/**
 * `undefined` when the delivery exists already, and whoever created it tries it, or when the sweep is to try it:
 * because its receiver is backed off, or takes so long that the events of others would wait here.
 */
async function createDelivery(
  world: World,
  { event, endpoint, url, receiver }: Addressed,
  at: Instant,
): Promise<Created | undefined> {
  const waiting = newDelivery(endpoint, event, at, { url });
  const isForSweep = waiting.status === 'held' || isBackedOff(receiver) || isSlow(world, receiverOf(waiting));
  const delivery = isForSweep ? waiting : newDelivery(endpoint, event, at, { url, leaseMs: ATTEMPT_LEASE_MS });
  return (await saveDelivery(world, delivery)) && !isForSweep ? { delivery, endpoint } : undefined;
}

/** The sweep retries what fails here, so one receiver does not hold up the others. */
async function tryNow(world: World, { delivery, endpoint }: Created): Promise<void> {
  try {
    await attempt(world, delivery, endpoint);
  } catch (error) {
    world.log.error('webhook.not_recorded', { deliveryId: delivery.id }, error);
  }
}

/** The same bytes every time: it shows the order as it was when the event happened. */
function orderEvent(order: Order, event: OrderEvent): WebhookEvent {
  const id = `evt_${order.id.slice(4)}_${event.sequence}`;
  return { ...webhookEvent(id, event, viewOrder(asOf(order, event))), orderId: order.id };
}

/** The matching payout event, where the order is a payout and this event ended it. */
function payoutEvents(order: Order, event: OrderEvent): WebhookEvent[] {
  const type = payoutEventType(event);
  if (!isPayout(order) || type === undefined) return [];
  const id = `evt_${payoutId(order)}_${event.sequence}`;
  const then = { ...asOf(order, event), payout: order.payout };
  return [{ ...webhookEvent(id, { ...event, type }, viewPayout(then)), orderId: order.id }];
}

function topupEvent(topup: Topup, event: TopupEvent): WebhookEvent {
  const { failure: _failure, finalizedAt: _finalizedAt, ...rest } = topup;
  return webhookEvent(`evt_${topup.id.slice(4)}_${event.sequence}`, event, viewTopup({ ...rest, ...event.shown }));
}

function webhookEvent(
  id: string,
  { type, sequence, at }: OrderEvent | TopupEvent | BatchEvent,
  object: object,
): WebhookEvent {
  const body = JSON.stringify({ id, type, created_at: at, sequence, data: { object } });
  return { id, type, createdAt: at, sequence, body };
}
