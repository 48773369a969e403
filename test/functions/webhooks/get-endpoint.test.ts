import { describe, expect, it } from '@jest/globals';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { EVENT_TYPES, RESULTS_ENDPOINT } from '../../../shared/domain/webhook.ts';
import { call } from '../../support/call.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  merchant,
  merchantServer,
  of,
  order,
  world,
} from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('an endpoint', () => {
  it('without a choice of events gets all of them, and has failed at nothing yet', async () => {
    const { secret, ...made } = await add();
    const { json, text } = await ask(getEndpoint, of(made));
    expect(json).toEqual(made);
    expect(json).toMatchObject({ events: EVENT_TYPES, enabled: true, failing_since: null, disabled_reason: null });
    expect(text).not.toContain(secret);
  });

  it('says since when it has been failing', async () => {
    const endpoint = await add();
    merchantServer.status = 500;
    await order('one');
    expect((await ask(getEndpoint, of(endpoint))).json.failing_since).not.toBeNull();
  });

  it.each(['whe_unknown', RESULTS_ENDPOINT])('that no merchant made looks missing: %s', async (endpoint_id) => {
    const reply = await ask(getEndpoint, { endpoint_id });
    expect([reply.status, reply.json.code, reply.json.param]).toEqual([404, 'endpoint_not_found', 'endpoint_id']);
  });
});

describe('the list of endpoints', () => {
  it('has those of one mode, oldest first, each as it is shown alone', async () => {
    const names = ['z', 'a', 'm'];
    for (const description of names) {
      await add({ description });
      world.advance(1_000);
    }
    const { json } = await ask(listEndpoints);
    expect(json.next_cursor).toBeNull();
    expect(json.data.map(({ description }: { description: string }) => description)).toEqual(names);
    expect((await ask(getEndpoint, of(json.data[0]))).json).toEqual(json.data[0]);
    const ofTests = await call(world, listEndpoints, { headers: merchant.headers('test') });
    expect(ofTests.json).toEqual({ data: [], next_cursor: null });
  });
});
