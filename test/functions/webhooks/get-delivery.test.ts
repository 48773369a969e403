import { describe, expect, it } from '@jest/globals';
import { getDelivery } from '../../../functions/webhooks/get-delivery.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { call } from '../../support/call.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  merchant,
  merchantServer,
  order,
  received,
  world,
} from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

async function delivered() {
  await add();
  await order('one');
  const [delivery] = (await ask(listDeliveries)).json.data;
  return delivery;
}

describe('a delivery', () => {
  it('shows the event exactly as it was sent, and what was answered', async () => {
    const { id } = await delivered();
    const { json } = await ask(getDelivery, { delivery_id: id });
    expect(json).toMatchObject({ status: 'delivered', attempts: [{ status: 200, error: null, excerpt: 'thanks' }] });
    expect(json.event).toEqual(JSON.parse(received[0]?.body ?? ''));
  });

  it('that failed shows the answer and when it is due next', async () => {
    merchantServer.status = 503;
    const { id } = await delivered();
    const { json } = await ask(getDelivery, { delivery_id: id });
    expect(json).toMatchObject({ status: 'pending', attempts: [{ status: 503 }] });
    expect(Date.parse(json.next_try_at)).toBeGreaterThan(Date.parse(world.now()));
  });

  it('of the other mode, and one that never was, look missing', async () => {
    const { id: delivery_id } = await delivered();
    const headers = merchant.headers('test');
    for (const reply of [
      await call(world, getDelivery, { headers, params: { delivery_id } }),
      await ask(getDelivery, { delivery_id: 'dlv_unknown' }),
    ]) {
      expect([reply.status, reply.json.code, reply.json.param]).toEqual([404, 'delivery_not_found', 'delivery_id']);
    }
  });
});
