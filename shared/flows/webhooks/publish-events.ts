import type { BatchEvent } from '../../domain/batch.ts';
import { markBatchPublished } from '../../domain/batch-life.ts';
import { balanceOf } from '../../domain/ledger.ts';
import { batchFinished, topupFailed } from '../../domain/occurrence.ts';
import type { Order } from '../../domain/order.ts';
import { walletOf } from '../../domain/order.ts';
import type { OrderEvent } from '../../domain/order-events.ts';
import { asOf, unpublished } from '../../domain/order-events.ts';
import { markPublished } from '../../domain/order-publishing.ts';
import { isPayout, payoutEventType, payoutId } from '../../domain/payout.ts';
import { isResult, RESULT_EVENT, resultOf } from '../../domain/result.ts';
import type { Topup, TopupEvent } from '../../domain/topup.ts';
import { markTopupPublished } from '../../domain/topup.ts';
import type { WebhookEvent } from '../../domain/webhook.ts';
import { hostOf, RESULTS_ENDPOINT } from '../../domain/webhook.ts';
import { viewBatchInEvent } from '../../http/views/batch-views.ts';
import { viewOrderInEvent } from '../../http/views/order-views.ts';
import { viewPayout } from '../../http/views/payout-views.ts';
import { viewTopup } from '../../http/views/topup-views.ts';
import { readBatch } from '../../store/batches.ts';
import { readEndpoint } from '../../store/endpoints.ts';
import { readTail } from '../../store/ledger.ts';
import type { OrderKey } from '../../store/orders.ts';
import { commitUnmoved, readOrder } from '../../store/orders.ts';
import { countPublished } from '../../store/payout-counts.ts';
import { readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { changeBatch, changeTopup, decideAgain } from '../decide-again.ts';
import { addToNotices } from '../notices/add-to-notices.ts';
import type { Addressed } from './deliver-events.ts';
import { deliverEvents } from './deliver-events.ts';
import type { EventSource } from './enqueue-events.ts';

/**
 * Publishes the events in the outbox of an order, a top-up or a batch, if there are any. In a file of its own, although
 * only the webhook sender publishes: with it, that function would be too long to read. `isAgain`: another message about
 * them was sent before.
 */
export function publishEvents(world: World, source: EventSource, isAgain: boolean): Promise<void> {
  if ('batchId' in source) return publishBatch(world, source.batchId, isAgain);
  return 'topupId' in source ? publishTopup(world, source.topupId, isAgain) : publishOrder(world, source, isAgain);
}

async function publishOrder(world: World, key: OrderKey, isAgain: boolean): Promise<void> {
  const order = await readOrder(world, key);
  const last = order?.outbox?.at(-1);
  if (!order || !last) return;
  const events = unpublished(order).flatMap((event) => [orderEvent(order, event), ...payoutEvents(order, event)]);
  const clear = async () => {
    if (isPayout(order)) await countPublished(world, order, last.sequence);
    const publish = (current: Order) => markPublished(current, last.sequence);
    await decideAgain(order, publish, (change) => commitUnmoved(world, change));
  };
  await deliverEvents(world, order, events, clear, { isAgain, results: await resultsOf(world, order) });
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
    const funds = order.hidesFunds ? undefined : balanceOf(tail);
    const body = JSON.stringify(resultOf(asOf(order, event), funds));
    const id = orderEvent(order, event).id.replace('evt', 'res');
    const result = { id, type: RESULT_EVENT, createdAt: event.at, sequence: event.sequence, orderId: order.id, body };
    return endpoint && receiver ? { event: result, endpoint, url, receiver } : [];
  });
}

async function publishTopup(world: World, id: string, isAgain: boolean): Promise<void> {
  const topup = await readTopup(world, id);
  const last = topup?.outbox?.at(-1);
  if (!topup || !last) return;
  const outbox = topup.outbox ?? [];
  const events = outbox.map((event) => topupEvent(topup, event));
  const clear = async () => {
    await addToNotices(
      world,
      outbox.flatMap((event) => topupFailed(topup, event) ?? []),
    );
    await changeTopup(world, topup, (current) => markTopupPublished(current, last.sequence));
  };
  await deliverEvents(world, topup, events, clear, { isAgain });
}

async function publishBatch(world: World, id: string, isAgain: boolean): Promise<void> {
  const batch = await readBatch(world, id);
  const [event] = batch?.outbox ?? [];
  if (!batch || !event) return;
  const events = [webhookEvent(`evt_${batch.id.slice(4)}_${event.sequence}`, event, viewBatchInEvent(batch, event.at))];
  const clear = async () => {
    await addToNotices(world, [batchFinished(batch, event.at)]);
    await changeBatch(world, batch, (current) => markBatchPublished(current, event.sequence));
  };
  await deliverEvents(world, batch, events, clear, { isAgain });
}

/** The same bytes every time: it shows the order as it was when the event happened. */
function orderEvent(order: Order, event: OrderEvent): WebhookEvent {
  const id = `evt_${order.id.slice(4)}_${event.sequence}`;
  return { ...webhookEvent(id, event, viewOrderInEvent(asOf(order, event), event.at)), orderId: order.id };
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
