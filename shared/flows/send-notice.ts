import { createHmac } from 'node:crypto';
import { viewOrder } from '../api/views.ts';
import type { Notice, Order } from '../domain/order.ts';
import { noticeDone, noticeFailed } from '../domain/order-life.ts';
import { SECOND } from '../domain/time.ts';
import type { Webhook } from '../store/merchants.ts';
import { readWebhook } from '../store/merchants.ts';
import type { OrderKey } from '../store/orders.ts';
import { readOrder } from '../store/orders.ts';
import type { World } from '../world.ts';
import { changeOrder } from './change-order.ts';

const TIMEOUT_MS = 10 * SECOND;

/**
 * Tells a merchant of an order's last event, if that is still owed and its time has come. At least once: a crash after
 * the POST and before the record tells it again, under the same event id.
 */
export async function sendNotice(world: World, key: OrderKey): Promise<void> {
  const order = await readOrder(world, key);
  const notice = order?.notice;
  if (!order || !notice || notice.nextAt > world.now()) return;
  const webhook = await readWebhook(world, order.merchantId);
  const isDone = !webhook || (await post(world, webhook, order, notice));
  await changeOrder(world, order, (current) => {
    if (current.notice?.sequence !== notice.sequence || current.notice.tries !== notice.tries) return undefined;
    return isDone ? noticeDone(current) : noticeFailed(current, world.now());
  });
}

/**
 * A webhook's secret: derived, so that no copy of it lies in a table, and a new version is a new secret. Whoever holds
 * the database but not the key in Secrets Manager can sign nothing.
 */
export async function webhookSecret(world: World, webhook: Pick<Webhook, 'id' | 'version'>): Promise<string> {
  const key = await world.secret('signing');
  return `whsec_${createHmac('sha256', key).update(`${webhook.id}#${webhook.version}`).digest('base64')}`;
}

async function post(world: World, webhook: Webhook, order: Order, notice: Notice): Promise<boolean> {
  const body = JSON.stringify({
    id: `evt_${order.id.slice(4)}_${notice.sequence}`,
    type: notice.type,
    created_at: notice.at,
    sequence: notice.sequence,
    data: { object: viewOrder(order) },
  });
  const signature = createHmac('sha256', await webhookSecret(world, webhook))
    .update(body)
    .digest('hex');
  let status = 0;
  try {
    const answer = await world.outbound({
      method: 'POST',
      url: webhook.url,
      headers: { 'content-type': 'application/json', 'x-airtime-signature': `sha256=${signature}` },
      body,
      timeoutMs: TIMEOUT_MS,
    });
    status = answer.status;
  } catch (error) {
    world.log.warn('webhook.unanswered', { orderId: order.id, reason: error instanceof Error ? error.message : '' });
  }
  world.log.info('webhook.sent', { orderId: order.id, type: notice.type, status, tries: notice.tries + 1 });
  return status >= 200 && status < 300;
}
