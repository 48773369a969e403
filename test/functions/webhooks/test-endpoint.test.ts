import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { Params } from '../../support/endpoint-set-up.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  HOUR,
  merchantServer,
  of,
  received,
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
});
