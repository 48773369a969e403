import type { BatchEvent } from '../../domain/batch.ts';
import { markBatchPublished } from '../../domain/batch-life.ts';
import type { Owner } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import type { Order, OrderEvent } from '../../domain/order.ts';
import { asOf, walletOf } from '../../domain/order.ts';
import { markPublished } from '../../domain/order-life.ts';
import { isPayout, payoutEventType, payoutId } from '../../domain/payout.ts';
import { isResult, RESULT_EVENT, resultOf } from '../../domain/result.ts';
import type { Topup, TopupEvent } from '../../domain/topup.ts';
import { markTopupPublished } from '../../domain/topup.ts';
import type { Delivery, Endpoint, WebhookEvent } from '../../domain/webhook.ts';
import { isTrusted, newDelivery, RESULTS_ENDPOINT, wants } from '../../domain/webhook.ts';
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
import { readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { changeBatch } from '../bulk/change-batch.ts';
import { changeOrder } from '../orders/change-order.ts';
import { changeTopup } from '../wallet/change-topup.ts';
import { attempt, hasJustFailed } from './deliver-event.ts';

/** What has events to hand on. */
export type EventSource = OrderKey | { readonly topupId: string } | { readonly batchId: string };

/** Hands on the events of an order, a top-up or a batch, if there are any. */
export function publishEvents(world: World, source: EventSource): Promise<void> {
  if ('batchId' in source) return publishBatch(world, source.batchId);
  return 'topupId' in source ? publishTopup(world, source.topupId) : publishOrder(world, source);
}

async function publishOrder(world: World, key: OrderKey): Promise<void> {
  const order = await readOrder(world, key);
  const last = order?.outbox?.at(-1);
  if (!order || !last) return;
  const events = order.outbox?.flatMap((event) => [orderEvent(order, event), ...payoutEvents(order, event)]) ?? [];
  const results = await resultsOf(world, order);
  await publish(
    world,
    order,
    events,
    () => changeOrder(world, order, (now) => markPublished(now, last.sequence)),
    results,
  );
}

/** What goes to the order's own `ResultsUrl`, where it has one: in PesaWay's form, under the same headers. */
async function resultsOf(world: World, order: Order): Promise<Addressed[]> {
  const { resultsUrl: url } = order;
  const ends = order.outbox?.filter(isResult) ?? [];
  if (url === undefined || ends.length === 0) return [];
  const [endpoint, tail] = await Promise.all([
    readEndpoint(world, order, RESULTS_ENDPOINT),
    readTail(world, walletOf(order)),
  ]);
  return ends.flatMap((event) => {
    const body = JSON.stringify(resultOf(asOf(order, event), balanceOf(tail)));
    const id = orderEvent(order, event).id.replace('evt', 'res');
    const result = { id, type: RESULT_EVENT, createdAt: event.at, sequence: event.sequence, orderId: order.id, body };
    return endpoint ? { event: result, endpoint, url } : [];
  });
}

/** An event and whom it is for; the address is its endpoint's unless another is named. */
interface Addressed {
  readonly event: WebhookEvent;
  readonly endpoint: Endpoint;
  readonly url?: string;
}

async function publishTopup(world: World, id: string): Promise<void> {
  const topup = await readTopup(world, id);
  const last = topup?.outbox?.at(-1);
  if (!topup || !last) return;
  const events = topup.outbox?.map((event) => topupEvent(topup, event)) ?? [];
  await publish(world, topup, events, () => changeTopup(world, topup, (now) => markTopupPublished(now, last.sequence)));
}

async function publishBatch(world: World, id: string): Promise<void> {
  const batch = await readBatch(world, id);
  const [event] = batch?.outbox ?? [];
  if (!batch || !event) return;
  const told = shaped(`evt_${batch.id.slice(4)}_${event.sequence}`, event, viewBatch(batch, event.at));
  await publish(world, batch, [told], () =>
    changeBatch(world, batch, (now) => markBatchPublished(now, event.sequence)),
  );
}

/**
 * Makes a delivery of each event to each endpoint that wants it, has them taken off the books of where they came from,
 * and tries them at once. Dying anywhere in between repeats it, and a delivery's id follows from its event and its
 * endpoint, so that no event is lost and none becomes two.
 */
export async function publish(
  world: World,
  owner: Owner,
  events: readonly WebhookEvent[],
  whenMade: () => Promise<unknown>,
  more: readonly Addressed[] = [],
): Promise<void> {
  const endpoints = events.length === 0 ? [] : await listEndpoints(world, owner);
  const wanted = events.flatMap((event): Addressed[] =>
    endpoints.filter((endpoint) => wants(endpoint, event.type)).map((endpoint) => ({ event, endpoint })),
  );
  const at = world.now();
  const made = await Promise.all(
    [...wanted, ...more].map(async ({ event, endpoint, url }) => {
      const delivery = newDelivery(endpoint, event, at, url);
      return (await saveDelivery(world, delivery)) ? { delivery, endpoint } : undefined;
    }),
  );
  const mayTry = ({ delivery, endpoint }: Made) => isTrusted(endpoint, at) && !hasJustFailed(world, delivery);
  const tried = made.flatMap((each) => (each && mayTry(each) ? tryAtOnce(world, each) : []));
  try {
    await whenMade();
  } finally {
    await Promise.all(tried);
  }
}

interface Made {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
}

/** The sweep has it if this fails, so one endpoint's trouble is not the others'. */
async function tryAtOnce(world: World, { delivery, endpoint }: Made) {
  try {
    await attempt(world, delivery, endpoint);
  } catch (error) {
    world.log.error('webhook.not_recorded', { deliveryId: delivery.id }, error);
  }
}

/** The event as it is sent: the same bytes every time, and the order as it was when it happened. */
function orderEvent(order: Order, event: OrderEvent): WebhookEvent {
  const id = `evt_${order.id.slice(4)}_${event.sequence}`;
  return { ...shaped(id, event, viewOrder(asOf(order, event))), orderId: order.id };
}

/** The same of the payout that it is, where it is one and has ended. */
function payoutEvents(order: Order, event: OrderEvent): WebhookEvent[] {
  const type = payoutEventType(event);
  if (!isPayout(order) || type === undefined) return [];
  const id = `evt_${payoutId(order)}_${event.sequence}`;
  const then = { ...asOf(order, event), payout: order.payout };
  return [{ ...shaped(id, { ...event, type }, viewPayout(then)), orderId: order.id }];
}

function topupEvent(topup: Topup, event: TopupEvent): WebhookEvent {
  const { failure: _failure, finalizedAt: _finalizedAt, ...rest } = topup;
  return shaped(`evt_${topup.id.slice(4)}_${event.sequence}`, event, viewTopup({ ...rest, ...event.shown }));
}

function shaped(
  id: string,
  { type, sequence, at }: OrderEvent | TopupEvent | BatchEvent,
  object: object,
): WebhookEvent {
  const body = JSON.stringify({ id, type, created_at: at, sequence, data: { object } });
  return { id, type, createdAt: at, sequence, body };
}
