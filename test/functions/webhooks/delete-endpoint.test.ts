import { describe, expect, it } from '@jest/globals';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { add, ask, freshMerchantForEachTest, of, order, received, world } from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('an endpoint that was deleted', () => {
  it('is gone for good: it is not shown, listed, changed or sent to, and its deliveries stay', async () => {
    const endpoint = await add();
    await order('before');
    expect((await ask(deleteEndpoint, of(endpoint))).json).toEqual({ id: endpoint.id, deleted: true });
    for (const reply of [
      await ask(getEndpoint, of(endpoint)),
      await ask(updateEndpoint, of(endpoint), { enabled: true }),
      await ask(deleteEndpoint, of(endpoint)),
    ]) {
      expect([reply.status, reply.json.code]).toEqual([404, 'endpoint_not_found']);
    }
    expect((await ask(listEndpoints)).json.data).toEqual([]);
    await order('after');
    expect(received).toHaveLength(1);
    const deliveries = (await ask(listDeliveries, {}, '', { endpoint_id: endpoint.id })).json.data;
    expect(deliveries).toMatchObject([{ status: 'delivered' }]);
  });

  it('by two at once is deleted once', async () => {
    const endpoint = await add();
    const replies = await Promise.all([ask(deleteEndpoint, of(endpoint)), ask(deleteEndpoint, of(endpoint))]);
    for (const { status } of replies) expect([200, 404]).toContain(status);
    expect(replies.map(({ status }) => status)).toContain(200);
    expect((await ask(listEndpoints)).json.data).toEqual([]);
  });

  it.each(['before', 'after'] as const)('is deleted when the answer to its write is lost %s', async (moment) => {
    const endpoint = await add();
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return moment;
    };
    const reply = await ask(deleteEndpoint, of(endpoint));
    expect([isLost, reply.status]).toEqual([true, 200]);
    expect((await ask(listEndpoints)).json.data).toEqual([]);
  });
});
