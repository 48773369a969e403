import { expect } from '@jest/globals';
import type { Day } from './day.ts';
import { LATER, order } from './day.ts';

const MINUTE = 60_000;

/** A merchant looks at what its server got, and has it sent again. Answers a listener in test mode. */
export async function webhooksAreRead(day: Day, id: string): Promise<string> {
  const own = `/api/v1/webhooks/endpoints/${id}`;
  const [delivery] = (await day.well('/api/v1/webhooks/deliveries')).data;
  await day.readAll('/api/v1/webhooks/endpoints', own, `/api/v1/webhooks/deliveries/${delivery.id}`);
  for (const path of [`${own}/test`, `${own}/rotate-secret`, `/api/v1/webhooks/deliveries/${delivery.id}/resend`]) {
    await day.well(path, { body: {} });
  }
  await day.well(`${own}/recover`, { body: { since: '2026-01-01' } });
  await day.well(own, { method: 'PATCH', body: { description: 'x' } });
  const key = day.keys.test;
  const made = await day.well('/api/v1/webhooks/listeners', { key, body: { event_types: ['order.success'] } });
  const listener = String(made.endpoint_id);
  const polled = await day.well(`/api/v1/webhooks/listeners/${listener}/deliveries`, { key });
  expect(polled.data).toEqual([]);
  await day.well(`/api/v1/webhooks/endpoints/${listener}/test`, { key, body: {} });
  return listener;
}

/** A server that is down gets its events when it is up again, by a sweep where the request for it died. */
export async function serverIsDown(day: Day, id: string): Promise<void> {
  const { receiver, cloud } = day;
  const own = `/api/v1/webhooks/endpoints/${id}`;
  receiver.isDown = true;
  await day.well('/api/v1/orders', { body: order('unheard'), ...LATER });
  await cloud.drain();
  expect((await day.well(own)).failing_since).not.toBe(null);
  const [delivery] = (await day.well('/api/v1/webhooks/deliveries')).data;
  await day.well(`/api/v1/webhooks/deliveries/${delivery.id}/resend`, { body: {} });
  receiver.isDown = false;
  await day.well(`${own}/test`, { body: {} });
  expect((await day.well(own)).failing_since).toBe(null);
  const listed = 'dynamodb:Query on Deliveries.Arn/index/listed';
  cloud.guard.decree({ who: 'RecoverDeliveries', what: listed, isLost: 'the request' });
  expect((await day.ask(`${own}/recover`, { body: { since: '2026-01-01' } })).status).toBe(503);
  cloud.clock.pass(2 * MINUTE);
  await cloud.onSchedule('WebhookSender');
  await day.readAll('/api/v1/webhooks/deliveries');
}
