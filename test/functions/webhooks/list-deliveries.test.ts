import { describe, expect, it } from '@jest/globals';
import { getDelivery } from '../../../functions/webhooks/get-delivery.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { add, ask, freshMerchantForEachTest, HOUR, order, world } from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('deliveries', () => {
  it('are listed newest first, by page, endpoint, order and status, and shown with each attempt', async () => {
    const [one, other] = [await add(), await add({ events: ['order.failed'] })];
    for (const reference of ['a', 'b', 'c']) {
      world.advance(1000);
      await order(reference);
    }
    const page = (await ask(listDeliveries, {}, '', { limit: '2' })).json;
    expect(page.data).toHaveLength(2);
    const rest = (await ask(listDeliveries, {}, '', { limit: '2', cursor: page.next_cursor })).json;
    expect([rest.data.length, rest.next_cursor]).toEqual([1, null]);
    const all = [...page.data, ...rest.data];
    expect(all.map((each) => each.created_at)).toEqual(
      all
        .map((each) => each.created_at)
        .toSorted()
        .toReversed(),
    );
    expect(all.map((each) => each.agent_reference)).toEqual(['c', 'b', 'a']);
    const ofOrder = (await ask(listDeliveries, {}, '', { order_id: all[0].order_id })).json;
    expect(ofOrder.data).toEqual([all[0]]);
    expect((await ask(listDeliveries, {}, '', { endpoint_id: other.id })).json.data).toEqual([]);
    expect((await ask(listDeliveries, {}, '', { endpoint_id: one.id, status: 'delivered' })).json.data).toHaveLength(3);
    expect((await ask(listDeliveries, {}, '', { status: 'failed' })).json.data).toEqual([]);
    const from = new Date(Date.parse(world.now()) + HOUR).toISOString();
    const crossed = (await ask(listDeliveries, {}, '', { from, cursor: page.next_cursor })).json;
    expect(crossed).toEqual({ data: [], next_cursor: null });
    const shown = (await ask(getDelivery, { delivery_id: all[0].id })).json;
    expect(shown).toMatchObject({ ...all[0], event: { type: 'order.success', data: { object: { final: true } } } });
    expect(shown.attempts).toEqual([
      { at: expect.any(String), latency_ms: expect.any(Number), status: 200, error: null, excerpt: 'thanks' },
    ]);
  });
});
