import { describe, expect, it } from '@jest/globals';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { getDelivery } from '../../../functions/webhooks/get-delivery.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { resendDelivery } from '../../../functions/webhooks/resend-delivery.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  HOUR,
  merchantServer,
  of,
  order,
  received,
  world,
} from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('deliveries', () => {
  it('are sent again on request, with the same bytes under the same id', async () => {
    await add();
    await order('a');
    const [delivery] = (await ask(listDeliveries)).json.data;
    expect(delivery).toMatchObject({ tries: 1, resends: 0 });
    const again = await ask(resendDelivery, { delivery_id: delivery.id });
    expect(again.json).toMatchObject({ id: delivery.id, status: 'delivered', tries: 1, resends: 1 });
    expect(again.json.attempts).toHaveLength(2);
    expect(received.map((request) => request.body)[0]).toBe(received.map((request) => request.body)[1]);
    merchantServer.status = 503;
    const failed = (await ask(resendDelivery, { delivery_id: delivery.id })).json;
    expect([failed.status, failed.next_try_at === null]).toEqual(['pending', false]);
    merchantServer.status = 200;
    world.advance(HOUR);
    await sendDue(world);
    const known = { status: 'delivered', tries: 2, resends: 2 };
    expect((await ask(getDelivery, { delivery_id: delivery.id })).json).toMatchObject(known);
    expect((await ask(listDeliveries)).json.data).toMatchObject([known]);
  });

  it('are not sent to an endpoint that is disabled or deleted', async () => {
    const endpoint = await add();
    await order('a');
    const [delivery] = (await ask(listDeliveries)).json.data;
    await ask(updateEndpoint, of(endpoint), { enabled: false });
    expect((await ask(resendDelivery, { delivery_id: delivery.id })).json.code).toBe('endpoint_disabled');
    await ask(deleteEndpoint, of(endpoint));
    expect((await ask(resendDelivery, { delivery_id: delivery.id })).json.code).toBe('endpoint_not_found');
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
});
