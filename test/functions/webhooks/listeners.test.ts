import { describe, expect, it } from '@jest/globals';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { createListener } from '../../../functions/webhooks/create-listener.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { pollDeliveries } from '../../../functions/webhooks/poll-deliveries.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { call } from '../../support/call.ts';
import {
  freshMerchantForEachTest,
  HOUR,
  merchant,
  type Params,
  received,
  URL,
  world,
} from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

function ask<P, Q, B>(endpoint: RouteHandler<P, Q, B>, params: Params = {}, body: unknown = '', query: Params = {}) {
  return call(world, endpoint, { headers: merchant.headers('test'), params, body, query });
}

const listen = async (body: object = {}) => (await ask(createListener, {}, body)).json;
const poll = (endpoint_id: string, query: Params = {}) => ask(pollDeliveries, { endpoint_id }, '', query);
const trigger = (endpoint_id: string, type = 'order.success') => ask(testEndpoint, { endpoint_id }, { type });

describe('a listener', () => {
  it('is started and shown without its secret, listed with when it ends, and its deliveries are polled', async () => {
    const { secret, ...shown } = await listen();
    expect(shown).toMatchObject({ endpoint_id: expect.stringMatching(/^whl_/), mode: 'test' });
    expect(Date.parse(shown.expires_at) - Date.parse(world.now())).toBe(HOUR);
    const list = await ask(listEndpoints);
    expect(list.json.data).toMatchObject([
      { id: shown.endpoint_id, listening: true, expires_at: shown.expires_at, url: null },
    ]);
    expect(list.text).not.toContain(secret);
    await trigger(shown.endpoint_id);
    const { json } = await poll(shown.endpoint_id);
    expect(json.data).toHaveLength(1);
    expect(received).toEqual([]);
  });

  it('gives its place back when it expires, and when it is deleted', async () => {
    for (let n = 0; n < 5; n += 1) await listen();
    expect((await ask(createListener)).json.code).toBe('endpoint_limit_reached');
    const [first] = (await ask(listEndpoints)).json.data;
    await ask(deleteEndpoint, { endpoint_id: first.id });
    expect((await ask(createEndpoint, {}, { url: URL })).status).toBe(201);
    expect((await ask(createEndpoint, {}, { url: URL })).status).toBe(409);
    world.advance(HOUR);
    for (let n = 0; n < 4; n += 1) expect((await ask(createEndpoint, {}, { url: URL })).status).toBe(201);
    expect((await ask(createEndpoint, {}, { url: URL })).status).toBe(409);
  });
});
