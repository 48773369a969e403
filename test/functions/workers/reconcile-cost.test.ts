import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

async function place(reference: string, changes: Record<string, unknown> = {}): Promise<OrderKey> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: reference, ...changes };
  const reply = await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  expect(reply.status).toBe(202);
  return { merchantId: merchant.id, mode: 'live', agentReference: reference };
}

it('the reconciler reads as much for 20 unknown orders among 1,000 as among 10,000', async () => {
  for (let n = 0; n < 20; n += 1) await place(`u${n}`, { amount: 0.1 });
  world.upstream.script = Array.from({ length: 20 }, () => ({ kind: 'unclear' as const, evidence: '' }));
  await world.dispatchAll();
  world.upstream.finding = { kind: 'in_progress', evidence: '' };
  const fill = async (from: number, to: number) => {
    for (let start = from; start < to; start += 25) {
      const puts = Array.from({ length: Math.min(25, to - start) }, (_, index) => ({
        PutRequest: {
          Item: { pk: `m#live#f${start + index}`, status: 'success', listPk: 'm#live', listSk: `x${start + index}` },
        },
      }));
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: puts } }));
    }
  };
  const readsOfARun = async () => {
    world.memo.clear();
    world.calls.length = 0;
    world.advance(3_600_000);
    await reconcile(world);
    return world.calls.filter((name) => name !== 'PutCommand' && name !== 'UpdateCommand').length;
  };
  await fill(0, 980);
  // The first run also closes the breaker that 20 unclear sends have opened.
  await readsOfARun();
  const among1000 = await readsOfARun();
  await fill(980, 9_980);
  // How often the provider's health is read depends on how fast the engine is.
  expect(await readsOfARun()).toBeLessThan(1.3 * among1000);
}, 60_000);
