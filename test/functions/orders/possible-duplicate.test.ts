import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { recentOrders } from '../../../shared/store/recent-orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, lostAnswer, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

const order = (agent_reference: string, change: Record<string, unknown> = {}) => ({
  product_id: 100,
  target: '0772279099',
  amount: 5,
  agent_reference,
  ...change,
});
const post = (body: object, headers = merchant.headers()) =>
  call(world, createOrder, { headers: { ...headers, prefer: 'respond-async' }, body });

const WARNED = [{ code: 'possible_duplicate', other_reference: 'first' }];

describe('the same number and amount within a minute under another reference', () => {
  it('is accepted and paid like any other, with a warning', async () => {
    expect((await post(order('first'))).json).not.toHaveProperty('warnings');
    world.advance(59_000);
    const reply = await post(order('second', { target: '+263 77 227 9099', amount: '5.00' }));
    expect(reply).toMatchObject({ status: 202, json: { status: 'pending', warnings: WARNED } });
    expect(world.messages).toHaveLength(2);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['another number', { target: '0772279098' }, 0],
    ['another amount', { amount: 5.01 }, 0],
    ['a minute and a second later', {}, 61_000],
  ])('%s is no duplicate', async (_what, change, later) => {
    await post(order('first'));
    world.advance(later);
    expect((await post(order('second', change))).json).not.toHaveProperty('warnings');
  });

  it('of another merchant or mode is no duplicate', async () => {
    await post(order('first'));
    const other = await aMerchant(world);
    for (const headers of [other.headers(), merchant.headers('test')]) {
      expect((await post(order('second'), headers)).json).not.toHaveProperty('warnings');
    }
  });

  it('is not said of a repeat of the one order', async () => {
    await post(order('first'));
    const again = await post(order('first'));
    expect([again.headers['idempotent-replayed'], again.json.warnings]).toEqual(['true', undefined]);
  });

  it('of two callers at once accepts both, each once', async () => {
    const replies = await Promise.all([post(order('first')), post(order('second'))]);
    expect(replies.map(({ status }) => status)).toEqual([202, 202]);
  });

  it('is looked for by one query, and accepted without an answer to it', async () => {
    await post(order('first'));
    world.calls.length = 0;
    world.fault = (command) => (command === 'QueryCommand' ? lostAnswer() : undefined);
    const reply = await post(order('second'));
    expect([reply.status, reply.json.status, reply.json.warnings]).toEqual([202, 'pending', undefined]);
    expect(world.calls.filter((name) => name === 'QueryCommand')).toHaveLength(1);
  });

  it('is a warning in a preview, for the row', async () => {
    await post(order('first'));
    const csv = 'target,amount,product_id\n0772279099,5,100\n0772279099,6,100\n';
    const { json } = await call(world, previewBulk, { headers: merchant.headers(), body: { csv } });
    expect(json).toMatchObject({
      valid: 2,
      invalid: 0,
      data: [{ status: 'valid', warnings: WARNED }, { status: 'valid' }],
    });
    expect(json.data[1]).not.toHaveProperty('warnings');
  });
});

it('looking for it reads 25 orders and one unit at most, also with the longest references', async () => {
  const rich = await aMerchant(world, { USD: 100_000 });
  for (let n = 0; n < 30; n += 1) await post(order(`${n}-${'x'.repeat(60)}`.slice(0, 64)), rich.headers());
  const owner = { merchantId: rich.id, mode: 'live' } as const;
  let units: number | undefined;
  const db = {
    send: async (command: { input: object }) => {
      Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
      const answer = await world.db.send(command as never);
      units = (answer as { ConsumedCapacity?: { CapacityUnits?: number } }).ConsumedCapacity?.CapacityUnits;
      return answer;
    },
  };
  expect(await recentOrders({ ...world, db: db as never }, owner)).toHaveLength(25);
  expect(units).toBeLessThanOrEqual(1);
});
