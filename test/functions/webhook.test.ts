import { createHmac } from 'node:crypto';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/create-order.ts';
import { sendDueWebhooks, sendWebhook } from '../../functions/webhook-sender.ts';
import { webhookSecret } from '../../shared/flows/send-notice.ts';
import { saveWebhook } from '../../shared/store/merchants.ts';
import type { HttpRequest } from '../../shared/world.ts';
import { call } from '../support/call.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

const webhook = { id: 'whe_1', url: 'https://merchant.example/hook', version: 1 };
let world: TestWorld;
let merchant: TestMerchant;
let received: HttpRequest[];
let status: number;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  await saveWebhook(world, merchant.id, webhook);
  received = [];
  status = 200;
  world.outboundAnswer = (request) => {
    received.push(request);
    return { status, headers: {}, body: '' };
  };
});
afterAll(stopEngine);

async function order(reference: string): Promise<void> {
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: reference },
  });
  await world.dispatchAll();
}

it('a decided order is told at once, signed over the bytes that were sent', async () => {
  await order('one');
  await world.dispatchAll();
  expect(received).toHaveLength(1);
  const [request] = received;
  const secret = await webhookSecret(world, webhook);
  const expected = createHmac('sha256', secret)
    .update(request?.body ?? '')
    .digest('hex');
  expect(request?.headers?.['x-airtime-signature']).toBe(`sha256=${expected}`);
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    type: 'order.success',
    sequence: 1,
    data: { object: { agent_reference: 'one', status: 'success' } },
  });
});

it('a message that comes twice, or after the event was told, tells it once', async () => {
  await order('one');
  const key = { merchantId: merchant.id, mode: 'live', agentReference: 'one' } as const;
  await sendWebhook(world, key);
  await sendWebhook(world, key);
  await sendDueWebhooks(world);
  expect(received).toHaveLength(1);
});

it('an event whose message was lost is told by the sweep', async () => {
  await order('one');
  world.messages.length = 0;
  await sendDueWebhooks(world);
  expect(received).toHaveLength(1);
});

it('an endpoint that does not take it is tried again later, ten times in all, over three days', async () => {
  status = 500;
  await order('one');
  const startedAt = Date.parse(world.now());
  for (let hours = 0; hours < 120; hours += 1) {
    await sendDueWebhooks(world);
    world.advance(3_600_000);
  }
  expect(received).toHaveLength(10);
  expect(new Set(received.map((request) => request.body)).size).toBe(1);
  expect(Date.parse(world.now()) - startedAt).toBeGreaterThan(72 * 3_600_000);
});

it('unknown is told, and so is what ends it, under a higher sequence', async () => {
  world.upstream.script = [{ kind: 'unclear', evidence: '' }];
  world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
  await order('one');
  await world.dispatchAll();
  await world.sweep();
  await world.dispatchAll();
  const events = received.map((request) => JSON.parse(request.body ?? ''));
  expect(events.map((event) => [event.type, event.sequence, event.data.object.status])).toEqual([
    ['order.unknown', 1, 'unknown'],
    ['order.failed', 2, 'refunded'],
  ]);
  expect(events[0].id).not.toBe(events[1].id);
});

it('a merchant without an endpoint is owed nothing', async () => {
  merchant = await aMerchant(world);
  await order('one');
  await world.dispatchAll();
  world.calls.length = 0;
  await sendDueWebhooks(world);
  expect(new Set(world.calls)).toEqual(new Set(['QueryCommand']));
});
