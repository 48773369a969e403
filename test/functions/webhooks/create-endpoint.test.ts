import { describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { call } from '../../support/call.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  merchant,
  of,
  received,
  URL,
  world,
} from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

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
    [{ url: URL, event: [] }, 'event', 'event is not a known field; did you mean events?'],
  ])('is refused in words: %j', async (body, param, detail) => {
    const reply = await ask(createEndpoint, {}, body);
    expect(reply.json).toMatchObject({ status: 400, code: 'invalid_request', param });
    expect(reply.json.detail).toEqual(detail instanceof RegExp ? expect.stringMatching(detail) : detail);
    expect((await ask(listEndpoints)).json.data).toEqual([]);
  });
});

it('a test key has endpoints of its own, which receive test orders alone', async () => {
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
