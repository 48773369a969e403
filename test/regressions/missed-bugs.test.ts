import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import { giveUp } from '../../functions/workers/dispatch.ts';
import { reconcile } from '../../functions/workers/reconcile.ts';
import { listReview } from '../../shared/flows/orders/review.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from '../support/call.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** Rules that no test held: each was broken on purpose, and every test and three hundred seeds passed. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

const keyOf = (agentReference: string) => ({ merchantId: merchant.id, mode: 'live', agentReference }) as const;

async function place(reference: string): Promise<void> {
  const body = { product_id: 100, target: '0772279099', amount: 0.5, agent_reference: reference };
  const reply = await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  expect(reply.status).toBe(202);
}

describe('a provider that is down', () => {
  it('stays so when a probe fails: the next order waits too', async () => {
    for (let n = 0; n < 10; n += 1) {
      world.upstream.script = [{ kind: 'unsent', evidence: 'connection refused' }];
      await place(`r${n}`);
      await world.dispatchAll();
    }
    world.upstream.balances = async () => Promise.reject(new Error('still down'));
    const sends = world.upstream.sends.length;
    for (let n = 0; n < 3; n += 1) {
      world.advance(20_000);
      world.memo.clear();
      await place(`later${n}`);
      await world.dispatchAll();
      expect((await readOrder(world, keyOf(`later${n}`)))?.heldSince).toBeDefined();
    }
    expect(world.upstream.sends).toHaveLength(sends);
  });
});

it('one sweep queries all forty orders that are due, and not the first twenty-five', async () => {
  for (let n = 0; n < 40; n += 1) {
    // After each unclear send a clear one, so that the breaker stays closed.
    world.upstream.script = [{ kind: 'unclear', evidence: 'timed out' }];
    await place(`r${n}`);
    await world.dispatchAll();
    await place(`clear${n}`);
    await world.dispatchAll();
  }
  world.advance(10 * 60_000);
  world.upstream.queries.length = 0;
  await reconcile(world);
  const inDoubt = await Promise.all(Array.from({ length: 40 }, async (_, n) => readOrder(world, keyOf(`r${n}`))));
  const queried = new Set(world.upstream.queries.map(({ reference }) => reference));
  expect(inDoubt.filter((order) => order && !queried.has(order.id.replace('_', '-')))).toEqual([]);
}, 60_000);

it('an order that was tried before goes to review when its message fails for the last time', async () => {
  world.upstream.script = [{ kind: 'unsent', evidence: 'connection refused' }];
  await place('one');
  await world.dispatchAll();
  expect(await readOrder(world, keyOf('one'))).toMatchObject({ status: 'pending', attempts: [{ outcome: 'unsent' }] });
  await giveUp(world, keyOf('one'), new Error('cannot read the product'));
  expect((await listReview(world, 'live')).map(({ agent_reference: reference }) => reference)).toContain('one');
});
