import { describe, expect, it } from '@jest/globals';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { recoverDeliveries } from '../../../functions/webhooks/recover-deliveries.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { add, ask, freshMerchantForEachTest, of, order, received, world } from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('deliveries', () => {
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
    expect([recovered.status, recovered.json]).toEqual([
      202,
      { recovered: 60, in_progress: false, reached: null, next_cursor: null },
    ]);
    await sendDue(world);
    expect(new Set(received.map((request) => request.headers?.['webhook-id'])).size).toBe(60);
    expect(received).toHaveLength(60);
    expect((await ask(recoverDeliveries, of(other), { since })).json.recovered).toBe(0);
  }, 30_000);
});
