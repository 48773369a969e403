import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Delivery, Endpoint } from '../../shared/domain/webhook.ts';
import { newDelivery, record } from '../../shared/domain/webhook.ts';
import { listDeliveries, readDelivery, saveDelivery } from '../../shared/store/deliveries.ts';
import type { TestWorld } from '../support/world.ts';
import { stopEngine, testWorld } from '../support/world.ts';

/** The bytes of an event are stored compressed, and are the same on every attempt. */

const AT = '2026-05-07T08:00:00.000Z';
const OWNER = { merchantId: 'mer_1', mode: 'live' } as const;
const endpoint: Endpoint = {
  id: 'whe_1',
  ...OWNER,
  url: 'https://merchant.example/hook',
  events: [],
  secretVersion: 1,
  retiring: [],
  createdAt: AT,
  revision: 1,
};

let world: TestWorld;

beforeEach(async () => {
  world = await testWorld();
});
afterAll(stopEngine);

const deliveryOf = (body: string): Delivery =>
  newDelivery(endpoint, { id: 'evt_1', type: 'order.success', createdAt: AT, sequence: 1, body }, AT);

describe.each([
  ['of an order', JSON.stringify({ id: 'evt_1', data: { object: { amount: 5, custom_sms: null } } })],
  ['with emoji and odd spaces', '{ "note":"Zvakanaka 👍",  "n":1.50 }\n'],
  ['without any', ''],
  ['of 100,000 characters', JSON.stringify({ note: 'é'.repeat(100_000) })],
])('the bytes of an event %s', (_what, body) => {
  it('are read as they were written, also after an attempt', async () => {
    const delivery = deliveryOf(body);
    await saveDelivery(world, delivery);
    const stored = await readDelivery(world, delivery.id);
    expect(stored).toEqual(delivery);
    const failed = record(stored as Delivery, { at: AT, latencyMs: 1, status: 500 }, { at: AT, chance: 0 });
    expect(await saveDelivery(world, failed)).toBe(true);
    expect((await readDelivery(world, delivery.id))?.event.body).toBe(body);
    const { deliveries } = await listDeliveries(world, OWNER, { limit: 1 });
    expect(deliveries[0]?.event.body).toBe(body);
  });
});
