import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import { receiveCallback } from '../../functions/orders/receive-callback.ts';
import { receivePayment } from '../../functions/wallet/receive-payment.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { dispatch, giveUp } from '../../functions/workers/dispatch.ts';
import { reconcile } from '../../functions/workers/reconcile.ts';
import { sendDue, sendEvents } from '../../functions/workers/webhook-sender.ts';
import { callbackUrl } from '../../shared/flows/orders/callback-url.ts';
import { addEndpoint } from '../../shared/flows/webhooks/add-endpoint.ts';
import type { EventSource } from '../../shared/flows/webhooks/enqueue-events.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import type { Access } from '../../shared/manifest/access.ts';
import { MONEY } from '../../shared/manifest/access.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from '../support/call.ts';
import { aCampaign, pay, respondent } from '../support/campaigns.ts';
import { granted } from '../support/granted.ts';
import { OPERATOR } from '../support/origin.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** Every worker and open route does its whole work with what it is granted; routes with keys are in the matrix. */

let world: TestWorld;
let merchant: TestMerchant;
const refused: string[] = [];

beforeEach(async () => {
  refused.length = 0;
  world = await testWorld({ publicUrl: 'https://api.example' });
  Object.assign(world.log, {
    error: (event: string, _fields: unknown, cause: unknown) => refused.push(`${event}: ${cause}`),
  });
  merchant = await aMerchant(world);
  await sell(world);
  await addEndpoint(
    world,
    { merchantId: merchant.id, mode: 'live' },
    { url: 'https://merchant.example/hook' },
    OPERATOR,
  );
});
afterAll(stopEngine);

async function work(): Promise<void> {
  for (const { queue, message } of world.messages.splice(0)) {
    if (queue === 'webhooks')
      await sendEvents(granted(world, workers.webhookSender.access), message.body as EventSource);
    else await dispatch(granted(world, workers.dispatchHotrecharge.access), message.body as OrderKey);
  }
}

function open(endpoint: OpenRouteHandler, access: (typeof openRoutes)[keyof typeof openRoutes]['access'], url: string) {
  const [provider = '', token = ''] = url.split('/').slice(-2);
  const request = { method: 'POST', path: '', params: { provider, token }, query: {}, headers: {}, body: '{}' };
  return serveOpen(granted(world, access), endpoint, { ...request, requestId: 'req_1' });
}

const order = async (reference: string) =>
  call(granted(world, routes.createOrder.access), createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference },
  });

it('an order, from the POST over its dispatch, its doubt and its callback to its webhooks', async () => {
  world.upstream.script = [{ kind: 'unclear', evidence: '' }];
  world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
  expect((await order('one')).status).toBe(202);
  expect((await order('two')).status).toBe(202);
  expect((await order('three')).status).toBe(202);
  const [lost] = world.messages.splice(0, 1);
  await giveUp(granted(world, workers.dispatchHotrecharge.access), lost?.message.body as OrderKey, new Error('x'));
  await work();
  await work();
  world.advance(5 * 60_000);
  await reconcile(granted(world, workers.reconcile.access));
  await work();
  await sendDue(granted(world, workers.webhookSender.access));
  const key = { merchantId: merchant.id, mode: 'live', agentReference: 'two' } as const;
  const url = await callbackUrl(world, { ...world.upstream, readCallback: async () => undefined } as never, key);
  const answer = await open(receiveCallback, openRoutes.receiveCallback.access, url.callbackUrl ?? '');
  expect([answer.status, refused.filter((line) => line.includes('not granted'))]).toEqual([200, []]);
  expect((await readOrder(world, key))?.outbox).toBeUndefined();
});

it('a top-up, from its start over the news of its payment to its webhook, and one that only the sweep finds', async () => {
  const start = (reference: string) =>
    call(granted(world, routes.startTopup.access), startTopup, {
      headers: merchant.headers(),
      body: { amount: 5, currency: 'USD', reference },
    });
  expect([(await start('called')).status, (await start('found')).status]).toEqual([201, 201]);
  world.gateway.finding = { kind: 'paid', amountMinor: 500, currency: 'USD', evidence: '' };
  const url = world.gateway.started[0]?.resultUrl ?? '';
  expect((await open(receivePayment, openRoutes.receivePayment.access, url)).status).toBe(200);
  world.advance(5 * 60_000);
  await reconcile(granted(world, workers.reconcile.access));
  await work();
  await sendDue(granted(world, workers.webhookSender.access));
  expect(refused.filter((line) => line.includes('not granted'))).toEqual([]);
});

it('files are written, read and linked by whoever is granted it, and by nobody else', async () => {
  const { files } = granted(world, { files: 'write' });
  await files.write('x.csv', 'x', 'text/csv');
  const link = await files.uploadUrl('y.csv', { expiresSeconds: 60 });
  expect((await fetch(link, { method: 'PUT', body: 'y' })).status).toBe(200);
  const reader = granted(world, { files: 'read' }).files;
  expect(Buffer.from((await reader.read('y.csv', 1)) ?? []).toString()).toBe('y');
  await expect(reader.downloadUrl('x.csv', { expiresSeconds: 60, fileName: 'x.csv' })).resolves.toContain('/x.csv?');
  expect(() => reader.write('x.csv', 'z', 'text/csv')).toThrow('not granted: writing files');
  expect(() => reader.uploadUrl('x.csv', { expiresSeconds: 60 })).toThrow('not granted');
  const uploader = granted(world, { files: 'upload' }).files;
  await expect(uploader.uploadUrl('z.csv', { expiresSeconds: 60 })).resolves.toContain('/z.csv?');
  expect(() => uploader.write('z.csv', 'z', 'text/csv')).toThrow('not granted: writing files');
  for (const { files } of [granted(world, {}), granted(world, { files: 'upload' })]) {
    expect(() => files.read('x.csv', 1)).toThrow('not granted: files');
  }
  expect(await (await testWorld()).files.read('x.csv', 1)).toBeUndefined();
});

it('a payout, from the signed request over its refund and its success to its events and its campaign', async () => {
  const campaign = await aCampaign(world, merchant.id, { one_per_number: true, retry_failed: true });
  world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
  const ask = () => pay(granted(world, openRoutes.createPayout.access), campaign, respondent(1));
  expect((await ask()).status).toBe(201);
  await work();
  await work();
  expect((await ask()).status).toBe(201);
  await work();
  await sendDue(granted(world, workers.webhookSender.access));
  expect((await ask()).json.status).toBe('success');
  expect(refused.filter((line) => line.includes('not granted'))).toEqual([]);
});

it('whoever moves money may lead a line, and post what others left in it', () => {
  const all: { name: string; access: Access }[] = [routes, openRoutes, workers].flatMap((each) => Object.values(each));
  const movers = all.filter(({ access }) => access.tables?.ledger === 'write' || access.tables?.lines !== undefined);
  // They write one entry directly behind the last, in test mode, and stand in no line.
  for (const { name: alone } of [routes.setTestBalance, openRoutes.createBusiness]) {
    expect(
      movers.splice(
        movers.findIndex(({ name }) => name === alone),
        1,
      ),
    ).toHaveLength(1);
  }
  expect(movers.length).toBeGreaterThan(10);
  for (const { access } of movers) expect(access.tables).toMatchObject(MONEY);
});
