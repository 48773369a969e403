import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { EVENT_TYPES } from '../../../shared/domain/webhook.ts';
import { call } from '../../support/call.ts';
import type { Params } from '../../support/endpoint-set-up.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  HOUR,
  merchant,
  merchantServer,
  of,
  received,
  URL,
  world,
} from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('an endpoint', () => {
  it('is tested with a signed event, once, and the answer has the result', async () => {
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
    merchantServer.status = 500;
    expect((await ask(testEndpoint, of(endpoint))).json).toMatchObject({ status: 'failed', last_status: 500 });
    world.advance(HOUR);
    await sendDue(world);
    expect(received).toHaveLength(2);
    expect((await ask(getEndpoint, of(endpoint))).json.failing_since).toBeNull();
  });

  it('that is live gets no event of anything that does not exist: nothing is sent', async () => {
    const endpoint = await add();
    for (const type of EVENT_TYPES) {
      const reply = await ask(testEndpoint, of(endpoint), { type });
      expect([reply.status, reply.json.code, reply.json.param]).toEqual([422, 'test_mode_only', 'type']);
    }
    expect((await ask(testEndpoint, of(endpoint), { type: 'webhook.test' })).json.status).toBe('delivered');
    expect(received).toHaveLength(1);
    expect((await ask(testEndpoint, of(endpoint), { type: 'order.sold' })).json.code).toBe('invalid_request');
  });

  it.each([...EVENT_TYPES, 'webhook.test'])(
    'of test mode gets a signed sample of %s with its own fields',
    async (type) => {
      const headers = merchant.headers('test');
      const { json: endpoint } = await call(world, createEndpoint, { headers, body: { url: URL } });
      const reply = await call(world, testEndpoint, { headers, params: of(endpoint), body: { type } });
      expect(reply.json).toMatchObject({
        event_type: type,
        status: 'delivered',
        event_id: expect.stringMatching(/^evt_test_/),
      });
      const [request] = received;
      const event = new Webhook(endpoint.secret).verify(request?.body ?? '', request?.headers as Params);
      expect(event).toMatchObject({ id: reply.json.event_id, type, mode: 'test', data: { object: { mode: 'test' } } });
      expect(request?.headers?.['webhook-id']).toBe(reply.json.event_id);
    },
  );

  it('of test mode gets samples with the fields of the real event, and the status that the guide says', async () => {
    const headers = { ...merchant.headers('test'), prefer: 'respond-async' };
    const { json: endpoint } = await call(world, createEndpoint, { headers, body: { url: URL } });
    for (const [target, type] of [
      ['0772279099', 'order.success'],
      ['0772279005', 'order.failed'],
      ['0772279011', 'order.unknown'],
    ]) {
      received.length = 0;
      const body = { product_id: 100, target, amount: 5, agent_reference: `real-${type}` };
      await call(world, createOrder, { headers, body });
      await world.dispatchAll();
      await world.dispatchAll();
      const real = JSON.parse(received[0]?.body ?? '');
      const sample = (await call(world, testEndpoint, { headers, params: of(endpoint), body: { type } })).json.event;
      expect([sample.type, sample.data.object.status]).toEqual([real.type, real.data.object.status]);
      expect(Object.keys(sample.data.object)).toEqual(Object.keys(real.data.object));
    }
  });
});
