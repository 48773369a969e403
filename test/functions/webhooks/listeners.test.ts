import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { createListener } from '../../../functions/webhooks/create-listener.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { pollDeliveries } from '../../../functions/webhooks/poll-deliveries.ts';
import { recoverDeliveries } from '../../../functions/webhooks/recover-deliveries.ts';
import { resendDelivery } from '../../../functions/webhooks/resend-delivery.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import { eraseNumber } from '../../../shared/flows/privacy/erase-number.ts';
import { plainSignature } from '../../../shared/flows/webhooks/sign-event.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { dueByReceiver } from '../../../shared/store/deliveries.ts';
import { call } from '../../support/call.ts';
import { createKey } from '../../support/create-key.ts';
import type { Params } from '../../support/endpoint-set-up.ts';
import {
  freshMerchantForEachTest,
  HOUR,
  merchant,
  merchantServer,
  received,
  URL,
  world,
} from '../../support/endpoint-set-up.ts';
import { OPERATOR } from '../../support/origin.ts';

/** Listening endpoints: their places, what they get, and who may poll it. `kept-deliveries.test.ts` has the order. */

freshMerchantForEachTest();

function ask<P, Q, B>(endpoint: RouteHandler<P, Q, B>, params: Params = {}, body: unknown = '', query: Params = {}) {
  return call(world, endpoint, { headers: merchant.headers('test'), params, body, query });
}

const start = (body: object = {}) => ask(createListener, {}, body);
const listen = async (body: object = {}) => (await start(body)).json;
const poll = (endpoint_id: string, query: Params = {}) => ask(pollDeliveries, { endpoint_id }, '', query);
const polled = async (endpoint_id: string, query: Params = {}) => (await poll(endpoint_id, query)).json.data;
const remove = (endpoint_id: string) => ask(deleteEndpoint, { endpoint_id });
const trigger = (endpoint_id: string, type = 'order.success') => ask(testEndpoint, { endpoint_id }, { type });
const listed = async (): Promise<{ id: string }[]> => (await ask(listEndpoints)).json.data;
const post = (body: object = { url: URL }) => ask(createEndpoint, {}, body);

async function place(reference: string, more: object = {}): Promise<void> {
  const body = { product_id: 100, target: '0772000000', amount: 1, agent_reference: reference, ...more };
  await call(world, createOrder, { headers: { ...merchant.headers('test'), prefer: 'respond-async' }, body });
}

async function order(reference: string, more: object = {}): Promise<void> {
  await place(reference, more);
  await world.dispatchAll();
  await world.dispatchAll();
}

async function headersWith(scopes: Scope[]): Promise<Record<string, string>> {
  const { text } = await createKey(world, { merchantId: merchant.id, mode: 'test', name: 'narrow', scopes });
  return { authorization: `Api-Key ${text}` };
}

describe('what a listener gets', () => {
  it('has the headers and the body of a POST, signed with its own secret when it is polled', async () => {
    const listener = await listen();
    const { secret } = (await post()).json;
    await order('one', { custom_sms: 'For your children' });
    world.advance(HOUR / 2);
    world.advance(Date.now() - Date.parse(world.now()));
    const [delivery, ...more] = await polled(listener.endpoint_id);
    expect(more).toEqual([]);
    expect(received).toHaveLength(1);
    const posted = received[0] as { headers: Record<string, string>; body: string };
    expect(delivery.body).toBe(posted.body);
    expect(Object.keys(delivery.headers)).toEqual(Object.keys(posted.headers));
    expect(JSON.parse(delivery.body).data.object).toMatchObject({ custom_sms: 'For your children', mode: 'test' });
    const official = (by: string) => () => new Webhook(by).verify(delivery.body, delivery.headers);
    expect(official(listener.secret)).not.toThrow();
    expect(official(secret)).toThrow();
    expect(delivery.headers['x-airtime-signature']).toBe(plainSignature(listener.secret, delivery.body));
    expect(delivery).toMatchObject({ event_id: JSON.parse(delivery.body).id, event_type: 'order.success' });
  });

  it('is of the types that it named, and of all without', async () => {
    const some = await listen({ event_types: ['order.failed'] });
    const all = await listen();
    await order('one');
    expect(await polled(some.endpoint_id)).toEqual([]);
    expect(await polled(all.endpoint_id)).toHaveLength(1);
  });

  it('is posted nowhere, due never and in the list of deliveries as kept', async () => {
    const { endpoint_id } = await listen();
    await order('one');
    await trigger(endpoint_id, 'topup.success');
    world.advance(HOUR / 2);
    await sendDue(world);
    expect(received).toEqual([]);
    expect((await dueByReceiver(world, 'test', world.now(), 10)).size).toBe(0);
    const { json } = await ask(listDeliveries, {}, '', { status: 'kept' });
    expect(json.data).toHaveLength(2);
    expect(json.data[0]).toMatchObject({ status: 'kept', tries: 0, next_try_at: null, last_status: null });
    expect((await ask(getEndpoint, { endpoint_id })).json).toMatchObject({ enabled: true, failing_since: null });
  });

  it('is there once although its message comes twice', async () => {
    const { endpoint_id } = await listen();
    await place('one');
    await world.dispatchAll();
    world.messages.push(...world.messages);
    expect(world.messages.map(({ queue }) => queue)).toEqual(['webhooks', 'webhooks']);
    await world.dispatchAll();
    expect(await polled(endpoint_id)).toHaveLength(1);
  });

  it('costs an endpoint nothing that fails beside it: its POST is made, and retried', async () => {
    merchantServer.status = 500;
    await post();
    const { endpoint_id } = await listen();
    await order('one');
    expect(await polled(endpoint_id)).toHaveLength(1);
    expect(received).toHaveLength(1);
    merchantServer.status = 200;
    world.advance(60_000);
    await sendDue(world);
    expect(received).toHaveLength(2);
  });

  it('says nothing more of a person whose number was erased, and is signed as it is now', async () => {
    const { endpoint_id, secret } = await listen();
    await order('one', { custom_sms: 'For your children' });
    await eraseNumber(world, '+263772000000', OPERATOR);
    const [{ headers, body }] = await polled(endpoint_id);
    expect(JSON.parse(body).data.object).toMatchObject({ custom_sms: null, target: expect.stringMatching(/^…/) });
    expect(headers['x-airtime-signature']).toBe(plainSignature(secret, body));
  });
});

describe('a listener', () => {
  it('is shown with its secret once, listed as listening with its end, and deleted as any endpoint', async () => {
    const { secret, ...shown } = await listen({ event_types: ['batch.completed'] });
    expect(shown).toMatchObject({
      endpoint_id: expect.stringMatching(/^whl_/),
      mode: 'test',
      event_types: ['batch.completed'],
    });
    expect(Date.parse(shown.expires_at) - Date.parse(world.now())).toBe(HOUR);
    const endpoint = (await post()).json;
    expect(endpoint).toMatchObject({ listening: false, expires_at: null });
    const list = await ask(listEndpoints);
    const { endpoint_id: id, expires_at } = shown;
    expect(list.json.data[0]).toMatchObject({ id, listening: true, expires_at, url: null, enabled: true });
    expect(list.text).not.toContain(secret);
    expect((await remove(id)).json).toEqual({ id, deleted: true });
    expect(await listed()).toEqual([expect.objectContaining({ id: endpoint.id })]);
    expect((await poll(id)).json.code).toBe('listener_not_found');
    expect((await remove(id)).json.code).toBe('endpoint_not_found');
  });

  it('ends after an hour: it is polled, listed and found no more, whether another has its place or not', async () => {
    const { endpoint_id } = await listen();
    await trigger(endpoint_id);
    const { next_cursor } = (await poll(endpoint_id)).json;
    world.advance(HOUR - 1);
    expect((await poll(endpoint_id, { cursor: next_cursor })).status).toBe(200);
    world.advance(1);
    const isGone = async () => {
      for (const query of [{}, { cursor: next_cursor }]) {
        const reply = await poll(endpoint_id, query);
        expect([reply.status, reply.json.code, reply.json.param]).toEqual([404, 'listener_not_found', 'endpoint_id']);
      }
      expect((await ask(getEndpoint, { endpoint_id })).json.code).toBe('endpoint_not_found');
      expect((await trigger(endpoint_id)).json.code).toBe('endpoint_not_found');
      expect((await listed()).map(({ id }) => id)).not.toContain(endpoint_id);
    };
    await isGone();
    const next = await listen();
    await isGone();
    expect(await polled(next.endpoint_id)).toEqual([]);
    expect(next.endpoint_id.split('_').at(-1)).toBe(endpoint_id.split('_').at(-1));
  });

  it('is not an endpoint that is posted to, changed or sent something again', async () => {
    const { endpoint_id } = await listen();
    const { id: delivery_id } = (await trigger(endpoint_id)).json;
    for (const reply of [
      await ask(updateEndpoint, { endpoint_id }, { url: URL }),
      await ask(rotateSecret, { endpoint_id }),
      await ask(recoverDeliveries, { endpoint_id }, { since: '2026-01-01' }),
      await ask(resendDelivery, { delivery_id }),
    ]) {
      expect([reply.status, reply.json.code]).toEqual([409, 'endpoint_listening']);
    }
    const endpoint = (await post()).json;
    expect((await poll(endpoint.id)).json.code).toBe('listener_not_found');
    expect((await poll(`listener#${endpoint_id.split('_').at(-1)}`)).json.code).toBe('listener_not_found');
  });

  it('reads of no other listener by a cursor of that one', async () => {
    const [one, other] = [await listen(), await listen()];
    const { next_cursor: cursor } = (await poll(one.endpoint_id)).json;
    expect((await poll(other.endpoint_id, { cursor })).json.code).toBe('invalid_cursor');
  });

  it.each([
    [{ event_types: ['order.lost'] }, 'event_types.0'],
    [{ event_types: 'order.success' }, 'event_types'],
    [{ events: [] }, 'events'],
    [{ url: URL }, 'url'],
  ])('is refused for %j', async (body, param) => {
    expect((await start(body)).json).toMatchObject({ status: 400, code: 'invalid_request', param });
    expect(await listed()).toEqual([]);
  });
});

describe('the place of a listener', () => {
  const LIMIT = 5;
  /** Who lost every try against the others is refused as busy, and asks again, as that refusal says. */
  const whenNotBusy = async (make: () => Promise<{ status: number }>): Promise<number> => {
    const { status } = await make();
    return status === 503 ? whenNotBusy(make) : status;
  };
  const statuses = async (count: number, make: () => Promise<{ status: number }>) =>
    (await Promise.all(Array.from({ length: count }, () => whenNotBusy(make)))).sort();

  it('counts towards the limit of endpoints, of any kind, also for many at once', async () => {
    expect(await statuses(3, post)).toEqual([201, 201, 201]);
    expect(await statuses(4, start)).toEqual([201, 201, 409, 409]);
    expect((await start()).json.code).toBe('endpoint_limit_reached');
    expect(await listed()).toHaveLength(LIMIT);
  });

  it('is given back once when it is deleted, and once when it expires', async () => {
    const made = [await listen(), await listen(), await listen(), await listen(), await listen()];
    const [first] = made;
    expect((await post()).status).toBe(409);
    expect((await statuses(3, () => remove(first.endpoint_id))).filter((status) => status === 200)).toEqual([200]);
    expect(await statuses(2, post)).toEqual([201, 409]);
    world.advance(HOUR);
    // Four have expired and nobody has counted it yet: many at once give them back.
    expect((await statuses(7, post)).filter((status) => status === 201)).toHaveLength(4);
    expect((await post()).status).toBe(409);
    for (const { id } of await listed()) await remove(id);
    expect(await statuses(7, start)).toEqual([201, 201, 201, 201, 201, 409, 409]);
    expect(await listed()).toHaveLength(LIMIT);
  });

  it('is used again, so that what listened once is not read with each event for ever', async () => {
    for (let n = 0; n < 4; n += 1) {
      const { endpoint_id } = await listen();
      expect(endpoint_id).toMatch(/_1$/);
      if (n % 2 === 0) await remove(endpoint_id);
      else world.advance(HOUR);
    }
  });

  it.each(['before', 'after'] as const)('is taken once where the answer to a write is lost %s', async (moment) => {
    let losses = 0;
    const loseOne = () => {
      let isLost = false;
      world.fault = (name) => {
        if (isLost || name !== 'TransactWriteCommand') return undefined;
        isLost = true;
        losses += 1;
        return moment;
      };
    };
    loseOne();
    const { endpoint_id } = await listen();
    await trigger(endpoint_id);
    loseOne();
    await trigger(endpoint_id);
    expect(await polled(endpoint_id)).toHaveLength(2);
    world.advance(HOUR);
    // The first write is now that which gives the place back.
    loseOne();
    const next = await listen();
    world.fault = undefined;
    expect(losses).toBe(3);
    expect(await listed()).toEqual([expect.objectContaining({ id: next.endpoint_id })]);
    expect((await statuses(6, start)).filter((status) => status === 201)).toHaveLength(4);
  });
});

describe('a key', () => {
  it('starts and polls a listener of events only whose fields its scopes show', async () => {
    const narrow = await headersWith(['webhooks:write', 'webhooks:read']);
    const startWith = (body: object) => call(world, createListener, { headers: narrow, body });
    expect((await startWith({ event_types: ['order.success'] })).json.code).toBe('scope_missing');
    expect((await startWith({})).json.code).toBe('scope_missing');
    const own = (await startWith({ event_types: ['batch.completed'] })).json.endpoint_id;
    const whole = (await listen()).endpoint_id;
    await order('one', { custom_sms: 'For your children' });
    const pollWith = (endpoint_id: string) => call(world, pollDeliveries, { headers: narrow, params: { endpoint_id } });
    expect((await pollWith(own)).status).toBe(200);
    const refused = await pollWith(whole);
    expect([refused.status, refused.json.code]).toEqual([403, 'scope_missing']);
    expect(refused.text).not.toContain('For your children');
  });

  it('of live mode neither starts nor polls one', async () => {
    const { endpoint_id } = await listen();
    const headers = merchant.headers('live');
    const replies = [
      await call(world, createListener, { headers }),
      await call(world, pollDeliveries, { headers, params: { endpoint_id } }),
    ];
    for (const { status, json } of replies) expect([status, json.code]).toEqual([403, 'test_key_required']);
  });
});
