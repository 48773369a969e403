import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { getDelivery } from '../../../functions/webhooks/get-delivery.ts';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { recoverDeliveries } from '../../../functions/webhooks/recover-deliveries.ts';
import { resendDelivery } from '../../../functions/webhooks/resend-delivery.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import type { HttpRequest } from '../../../shared/outbound-http.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** The endpoints of a merchant's webhooks, as its developer meets them. */

const HOUR = 3_600_000;
const URL = 'https://merchant.example/hook';

let world: TestWorld;
let merchant: TestMerchant;
let received: HttpRequest[];
let status: number;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  // The verifiers of others look at the real clock.
  world.advance(Date.now() - Date.parse(world.now()));
  received = [];
  status = 200;
  world.outboundAnswer = (request) => {
    received.push(request);
    return { status, headers: {}, body: 'thanks' };
  };
});
afterAll(stopEngine);

type Params = Record<string, string>;

function ask<P, Q, B>(endpoint: RouteHandler<P, Q, B>, params: Params = {}, body: unknown = '', query: Params = {}) {
  return call(world, endpoint, { headers: merchant.headers(), params, body, query });
}

const add = async (body: object = {}) => (await ask(createEndpoint, {}, { url: URL, ...body })).json;
const of = (endpoint: { id: string }) => ({ endpoint_id: endpoint.id });

async function order(reference: string): Promise<void> {
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference },
  });
  await world.dispatchAll();
  await world.dispatchAll();
}

describe('an endpoint', () => {
  it('is made with its secret, which is shown this once', async () => {
    const made = await ask(createEndpoint, {}, { url: URL, events: ['order.failed'], description: 'ours' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ url: URL, events: ['order.failed'], description: 'ours', enabled: true });
    expect(made.json.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret, ...shown } = made.json;
    expect((await ask(getEndpoint, of(shown))).json).toEqual(shown);
    expect((await ask(listEndpoints)).json).toEqual({ data: [shown], next_cursor: null });
    expect((await ask(listEndpoints)).text).not.toContain(secret);
  });

  it('has a secret of its own, and no secret is stored', async () => {
    const [one, other] = [await add(), await add()];
    expect(one.secret).not.toBe(other.secret);
  });

  it('is one of five at most', async () => {
    for (let n = 0; n < 5; n += 1) expect((await ask(createEndpoint, {}, { url: URL })).status).toBe(201);
    const sixth = await ask(createEndpoint, {}, { url: URL });
    expect([sixth.status, sixth.json.code]).toEqual([409, 'endpoint_limit_reached']);
    const [first] = (await ask(listEndpoints)).json.data;
    expect((await ask(deleteEndpoint, of(first))).json).toEqual({ id: first.id, deleted: true });
    expect((await ask(createEndpoint, {}, { url: URL })).status).toBe(201);
    expect((await ask(getEndpoint, of(first))).json.code).toBe('endpoint_not_found');
  });

  it.each([
    [{}, 'url', 'url is missing.'],
    [{ url: 7 }, 'url', 'url must be a string.'],
    [{ url: 'http://merchant.example' }, 'url', 'url must begin with https:// and a host.'],
    [{ url: 'https://169.254.169.254/latest' }, 'url', 'url must not name a private address.'],
    [{ url: 'https://user:pw@merchant.example' }, 'url', 'url must not carry a user name or password.'],
    [{ url: URL, events: ['order.lost'] }, 'events.0', /^events\.0 must be one of order\.success, /],
    [{ url: URL, description: 'x'.repeat(201) }, 'description', 'description has at most 200 characters.'],
    [{ url: URL, event: [] }, 'event', 'event is not a known field; check its spelling.'],
  ])('is refused in words: %j', async (body, param, detail) => {
    const reply = await ask(createEndpoint, {}, body);
    expect(reply.json).toMatchObject({ status: 400, code: 'invalid_request', param });
    expect(reply.json.detail).toEqual(detail instanceof RegExp ? expect.stringMatching(detail) : detail);
    expect((await ask(listEndpoints)).json.data).toEqual([]);
  });

  it('changes in what is named and in nothing else', async () => {
    const endpoint = await add({ events: ['order.failed'], description: 'ours' });
    const moved = await ask(updateEndpoint, of(endpoint), { url: 'https://new.example/' });
    const { secret: _secret, ...shown } = endpoint;
    expect(moved.json).toEqual({ ...shown, url: 'https://new.example/' });
    expect((await ask(updateEndpoint, of(endpoint), { url: 'https://10.0.0.1/' })).status).toBe(400);
    const off = await ask(updateEndpoint, of(endpoint), { enabled: false });
    expect(off.json).toMatchObject({ enabled: false, disabled_reason: 'requested', url: 'https://new.example/' });
    const all = await ask(updateEndpoint, of(endpoint), { enabled: true, events: [] });
    expect(all.json).toMatchObject({ enabled: true, disabled_reason: null, disabled_at: null });
    expect(all.json.events).toContain('order.success');
  });

  it('survives two changes at once', async () => {
    const endpoint = await add();
    const names = ['a', 'b', 'c', 'd'];
    const replies = await Promise.all([
      ...names.map((description) => ask(updateEndpoint, of(endpoint), { description })),
      ask(updateEndpoint, of(endpoint), { events: ['order.failed'] }),
    ]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200]);
    expect((await ask(getEndpoint, of(endpoint))).json.events).toEqual(['order.failed']);
  });

  it.each(['before', 'after'] as const)('is made and changed once when an answer is lost %s', async (moment) => {
    const losing = async <T>(work: () => Promise<T>): Promise<T> => {
      let isLost = false;
      world.fault = (name) => {
        if (isLost || name !== 'PutCommand') return undefined;
        isLost = true;
        return moment;
      };
      const result = await work();
      world.fault = undefined;
      expect(isLost).toBe(true);
      return result;
    };
    const made = await losing(() => ask(createEndpoint, {}, { url: URL }));
    expect(made.status).toBe(201);
    const changed = await losing(() => ask(updateEndpoint, of(made.json), { description: 'mine' }));
    expect([changed.status, changed.json.description]).toEqual([200, 'mine']);
    const rotated = await losing(() => ask(rotateSecret, of(made.json)));
    expect(rotated.json.retiring_secrets_until).toHaveLength(1);
    expect((await ask(listEndpoints)).json.data).toHaveLength(1);
  });

  it('is tested with a signed event, once, and told how it went', async () => {
    const endpoint = await add({ events: ['order.failed'] });
    const reply = await ask(testEndpoint, of(endpoint));
    expect(reply.json).toMatchObject({
      event_type: 'webhook.test',
      status: 'delivered',
      attempts: [{ status: 200, excerpt: 'thanks', error: null }],
      event: { type: 'webhook.test', data: { object: { endpoint_id: endpoint.id } } },
    });
    const [request] = received;
    const verified = new Webhook(endpoint.secret).verify(request?.body ?? '', request?.headers as Params);
    expect(verified).toEqual(reply.json.event);
    status = 500;
    expect((await ask(testEndpoint, of(endpoint))).json).toMatchObject({ status: 'failed', last_status: 500 });
    world.advance(HOUR);
    await sendDue(world);
    expect(received).toHaveLength(2);
    expect((await ask(getEndpoint, of(endpoint))).json.failing_since).toBeNull();
  });

  it('gets a new secret; the old one signs beside it for as long as was asked for', async () => {
    const endpoint = await add();
    const rotated = await ask(rotateSecret, of(endpoint), { overlap_hours: 2 });
    expect(rotated.json.secret).not.toBe(endpoint.secret);
    expect(rotated.json.retiring_secrets_until).toHaveLength(1);
    const verifies = (secret: string) => {
      const { body = '', headers } = received.at(-1) ?? {};
      return new Webhook(secret).verify(body, headers as Params);
    };
    await ask(testEndpoint, of(endpoint));
    expect(verifies(endpoint.secret)).toEqual(verifies(rotated.json.secret));
    const leaked = await ask(rotateSecret, of(endpoint), { overlap_hours: 0 });
    await ask(testEndpoint, of(endpoint));
    expect(() => verifies(rotated.json.secret)).toThrow();
    expect(() => verifies(endpoint.secret)).toThrow();
    expect(verifies(leaked.json.secret)).toBeTruthy();
    expect((await ask(rotateSecret, of(endpoint))).status).toBe(200);
    const tooLong = await ask(rotateSecret, of(endpoint), { overlap_hours: 169 });
    expect(tooLong.json).toMatchObject({ param: 'overlap_hours', status: 400 });
  });
});

describe('deliveries', () => {
  it('are listed newest first, by page, endpoint, order and status, and shown with each attempt', async () => {
    const [one, other] = [await add(), await add({ events: ['order.failed'] })];
    for (const reference of ['a', 'b', 'c']) {
      world.advance(1000);
      await order(reference);
    }
    const page = (await ask(listDeliveries, {}, '', { limit: '2' })).json;
    expect(page.data).toHaveLength(2);
    const rest = (await ask(listDeliveries, {}, '', { limit: '2', cursor: page.next_cursor })).json;
    expect([rest.data.length, rest.next_cursor]).toEqual([1, null]);
    const all = [...page.data, ...rest.data];
    expect(all.map((each) => each.created_at)).toEqual(
      all
        .map((each) => each.created_at)
        .toSorted()
        .toReversed(),
    );
    const ofOrder = (await ask(listDeliveries, {}, '', { order_id: all[0].order_id })).json;
    expect(ofOrder.data).toEqual([all[0]]);
    expect((await ask(listDeliveries, {}, '', { endpoint_id: other.id })).json.data).toEqual([]);
    expect((await ask(listDeliveries, {}, '', { endpoint_id: one.id, status: 'delivered' })).json.data).toHaveLength(3);
    expect((await ask(listDeliveries, {}, '', { status: 'failed' })).json.data).toEqual([]);
    const from = new Date(Date.parse(world.now()) + HOUR).toISOString();
    const crossed = (await ask(listDeliveries, {}, '', { from, cursor: page.next_cursor })).json;
    expect(crossed).toEqual({ data: [], next_cursor: null });
    const shown = (await ask(getDelivery, { delivery_id: all[0].id })).json;
    expect(shown).toMatchObject({ ...all[0], event: { type: 'order.success', data: { object: { final: true } } } });
    expect(shown.attempts).toEqual([
      { at: expect.any(String), latency_ms: expect.any(Number), status: 200, error: null, excerpt: 'thanks' },
    ]);
  });

  it('are sent again on request, with the same bytes under the same id', async () => {
    await add();
    await order('a');
    const [delivery] = (await ask(listDeliveries)).json.data;
    const again = await ask(resendDelivery, { delivery_id: delivery.id });
    expect(again.json).toMatchObject({ id: delivery.id, status: 'delivered', tries: 1 });
    expect(again.json.attempts).toHaveLength(2);
    expect(received.map((request) => request.body)[0]).toBe(received.map((request) => request.body)[1]);
    status = 503;
    const failed = (await ask(resendDelivery, { delivery_id: delivery.id })).json;
    expect([failed.status, failed.next_try_at === null]).toEqual(['pending', false]);
    status = 200;
    world.advance(HOUR);
    await sendDue(world);
    expect((await ask(getDelivery, { delivery_id: delivery.id })).json.status).toBe('delivered');
  });

  it('that two ask for at once are sent once', async () => {
    await add();
    await order('a');
    const [delivery] = (await ask(listDeliveries)).json.data;
    const ask2 = () => ask(resendDelivery, { delivery_id: delivery.id });
    const replies = await Promise.all([ask2(), ask2(), ask2()]);
    const sent = replies.filter((reply) => reply.status === 200).length;
    expect(received).toHaveLength(1 + sent);
    expect(replies.every((reply) => reply.status === 200 || reply.json.code === 'busy')).toBe(true);
  });

  it('that a disabled endpoint missed are kept, and all sent when it is enabled and asks for them', async () => {
    const endpoint = await add();
    const other = await add();
    await ask(updateEndpoint, of(endpoint), { enabled: false });
    const since = world.now();
    for (let n = 0; n < 60; n += 1) await order(`n${n}`);
    const missed = { endpoint_id: endpoint.id, status: 'held', limit: '100' };
    expect((await ask(listDeliveries, {}, '', missed)).json.data).toHaveLength(60);
    for (const refused of [
      await ask(recoverDeliveries, of(endpoint), { since }),
      await ask(testEndpoint, of(endpoint)),
    ]) {
      expect([refused.status, refused.json.code]).toEqual([409, 'endpoint_disabled']);
    }
    await ask(updateEndpoint, of(endpoint), { enabled: true });
    received.length = 0;
    const recovered = await ask(recoverDeliveries, of(endpoint), { since });
    expect([recovered.status, recovered.json]).toEqual([202, { recovered: 60, next_cursor: null }]);
    await sendDue(world);
    expect(new Set(received.map((request) => request.headers?.['webhook-id'])).size).toBe(60);
    expect(received).toHaveLength(60);
    expect((await ask(recoverDeliveries, of(other), { since })).json.recovered).toBe(0);
  }, 30_000);
});

it('a test key has endpoints of its own, which hear of test orders alone', async () => {
  await add();
  const headers = merchant.headers('test');
  await call(world, createEndpoint, { headers, body: { url: 'https://merchant.example/test' } });
  await call(world, createOrder, {
    headers: { ...headers, prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'play' },
  });
  await world.dispatchAll();
  await world.dispatchAll();
  expect(received.map((request) => request.url)).toEqual(['https://merchant.example/test']);
});
