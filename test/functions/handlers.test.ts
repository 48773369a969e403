import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handler as notFound } from '../../functions/not-found.ts';
import { handler as createOrder } from '../../functions/orders/create-order.ts';
import { handler as getOrder } from '../../functions/orders/get-order.ts';
import { handler as receiveCallback } from '../../functions/orders/receive-callback.ts';
import { handler as dispatch } from '../../functions/workers/dispatch.ts';
import { handler as reconcile } from '../../functions/workers/reconcile.ts';
import { awsWorld } from '../../shared/aws/world.ts';
import { callbackUrl } from '../../shared/flows/orders/callback-url.ts';
import { environment } from '../../shared/manifest/access.ts';
import { apiEvent, invocation, orderEvent, queueEvent, read, scheduleEvent } from '../support/event.ts';
import { startLocalAws } from '../support/local-aws.ts';
import type { TestMerchant } from '../support/world.ts';
import { aMerchant, sell } from '../support/world.ts';

/**
 * How to call an exported handler, one example for each kind: the event that AWS sends goes in, what AWS is answered
 * comes out. Below the handlers is the AWS of `npm start`.
 */

/** It is called by nobody here: test keys order from the sandbox. */
const PESAWAY = { baseUrl: 'http://127.0.0.1:1', consumerKey: 'x', consumerSecret: 'x', merchantCode: '1' };
const asynchronous = { prefer: 'respond-async' };
let stopAws: () => Promise<void>;
let merchant: TestMerchant;

beforeAll(async () => {
  stopAws = await startLocalAws({ secrets: { pesaway: JSON.stringify(PESAWAY) } });
  merchant = await aMerchant(awsWorld());
  await sell(awsWorld());
});
afterAll(() => stopAws());

/** Accepts an order under the test key, so that the sandbox recharges it, and returns the message that dispatches it. */
async function accepted(agentReference: string, target = '0772279099') {
  const event = orderEvent({ key: merchant.testKey, body: { agent_reference: agentReference, target } });
  const answer = await createOrder({ ...event, headers: { ...event.headers, ...asynchronous } }, invocation());
  expect(read(answer)).toMatchObject({ status: 202, json: { status: 'pending', agent_reference: agentReference } });
  return { merchantId: merchant.id, mode: 'test', agentReference } as const;
}

async function statusOf(agentReference: string): Promise<string> {
  const params = { agent_reference: agentReference };
  const event = apiEvent({ method: 'GET', path: `/api/v1/orders/${agentReference}`, key: merchant.testKey, params });
  return read(await getOrder(event, invocation())).json.status;
}

describe('a route', () => {
  it('accepts an order', async () => {
    await accepted('route-1');
    expect(await statusOf('route-1')).toBe('pending');
  });

  it('answers HEAD like GET, without the body', async () => {
    await accepted('route-2');
    const params = { agent_reference: 'route-2' };
    const event = apiEvent({ method: 'HEAD', path: '/api/v1/orders/route-2', key: merchant.testKey, params });
    const answer = (await getOrder(event, invocation())) as { statusCode: number; headers: object; body: string };
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json' });
  });

  it('refuses a request without a key', async () => {
    const answer = read(await createOrder(orderEvent({ key: 'atk_test_unknown' }), invocation()));
    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });
});

describe('an open route', () => {
  const call = (provider: string, token: string) =>
    receiveCallback(
      apiEvent({ method: 'POST', path: `/callbacks/${provider}/${token}`, params: { provider, token }, body: {} }),
      invocation(),
    );

  it('takes a callback at the URL that was made for the order, and believes none that proves nothing', async () => {
    const order = await accepted('callback-1');
    const pesaway = awsWorld().provider('pesaway');
    const url = await callbackUrl(awsWorld(), pesaway, order);
    const token = url.callbackUrl?.split('/').at(-1) ?? '';
    expect(read(await call('pesaway', token))).toMatchObject({ status: 200, json: { received: true } });
    expect(await statusOf('callback-1')).toBe('pending');
  });

  it('takes a callback of a provider that was turned off since: what it was sent goes on', async () => {
    const order = await accepted('callback-2');
    const url = await callbackUrl(awsWorld(), awsWorld().provider('pesaway'), order);
    const before = process.env[environment.providersOn];
    process.env[environment.providersOn] = 'hotrecharge,sandbox';
    const answer = read(await call('pesaway', url.callbackUrl?.split('/').at(-1) ?? ''));
    process.env[environment.providersOn] = before;
    expect(answer).toMatchObject({ status: 200, json: { received: true } });
  });

  it('refuses one at any other URL', async () => {
    expect(read(await call('pesaway', 'guessed'))).toMatchObject({ status: 404 });
  });
});

describe('a queue worker', () => {
  it('dispatches the orders of a batch, and gives back only the message that failed', async () => {
    const order = await accepted('queue-1');
    const answer = await dispatch(queueEvent([order, 'not JSON']), invocation());
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
    expect(await statusOf('queue-1')).toBe('success');
  });
});

describe('a schedule', () => {
  it('runs the reconciler, which leaves a final order as it is', async () => {
    await dispatch(queueEvent([await accepted('schedule-1')]), invocation());
    expect(await reconcile(scheduleEvent('reconcile'), invocation())).toBeUndefined();
    expect(await statusOf('schedule-1')).toBe('success');
  });
});

describe('a path that is no route', () => {
  it('is answered in the shape of every refusal', async () => {
    const answer = read(await notFound(apiEvent({ method: 'GET', path: '/api/v1/nothing' }), invocation()));
    expect(answer).toMatchObject({ status: 404, json: { code: 'route_not_found' } });
  });

  it.each([
    ['DELETE', '/api/v1/orders', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/orders/some-order', 'GET, HEAD'],
    ['GET', '/api/v1/orders/some-order/', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/webhooks/endpoints/whe_1', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', '/api/v1/account-balance', 'GET, HEAD, POST'],
    ['DELETE', '/api/v1/campaigns/cmp_1/payouts', 'GET, HEAD, POST'],
    ['HEAD', '/api/v1/token', 'POST'],
  ])('but for its method is answered 405 with those it has: %s %s', async (method, path, allow) => {
    const answer = read(await notFound(apiEvent({ method, path }), invocation()));
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(answer.json.code).toBe('method_not_allowed');
  });

  it('is kept for whose key it has, by its own function and by that of a route with a longer path', async () => {
    const { queues } = awsWorld();
    const { send } = queues;
    const kept: { path: string; code: string }[] = [];
    queues.send = async (_queue, messages) => void kept.push(...messages.map(({ body }) => body as (typeof kept)[0]));
    const ask = { method: 'GET', path: '/api/v1/nothing', key: merchant.testKey };
    const longer = { ...ask, path: '/api/v1/orders/mine/rows', params: { agent_reference: 'mine', rest: 'rows' } };
    expect(read(await notFound(apiEvent(ask), invocation())).status).toBe(404);
    expect(read(await getOrder(apiEvent(longer), invocation())).status).toBe(404);
    expect(read(await notFound(apiEvent({ ...ask, key: 'atk_test_x' }), invocation())).status).toBe(404);
    queues.send = send;
    expect(kept.map(({ path, code }) => [path, code])).toEqual([
      [ask.path, 'route_not_found'],
      [longer.path, 'route_not_found'],
    ]);
  });

  it('is named in whole characters, however long it is', async () => {
    for (let length = 170; length < 186; length += 1) {
      const path = `/api/v1/orders/${'a'.repeat(length)}${'😀'.repeat(20)}`;
      const { json } = read(await notFound(apiEvent({ method: 'DELETE', path }), invocation()));
      expect([json.code, json.detail.isWellFormed(), json.detail.includes('\ufffd')]).toEqual([
        'method_not_allowed',
        true,
        false,
      ]);
    }
  });
});
