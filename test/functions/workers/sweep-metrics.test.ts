import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import { verifyLedgers } from '../../../functions/workers/verify-ledgers.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { BACKED_OFF_AFTER } from '../../../shared/domain/endpoint-health.ts';
import { HOUR, MINUTE } from '../../../shared/domain/time.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { call } from '../../support/call.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** How long the oldest live thing has waited, as the sweeps publish it for alarms. */

let world: TestWorld;
let merchant: TestMerchant;
let published: Map<string, number>;

beforeEach(async () => {
  world = await testWorld({ dispatches: false });
  merchant = await aMerchant(world);
  await sell(world);
  published = new Map();
  Object.assign(world.log, { metric: (name: string, value: number) => published.set(name, value) });
});
afterAll(stopEngine);

async function order(mode: 'live' | 'test', reference = 'one'): Promise<void> {
  await call(world, createOrder, {
    headers: { ...merchant.headers(mode), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference },
  });
}

it('an unsent live order has its age, and none is 0', async () => {
  await order('live');
  world.advance(40 * MINUTE);
  await reconcile(world);
  expect(published.get(METRICS.oldestPending)).toBeGreaterThanOrEqual(40 * 60);
  world.messages.length = 0;
  world.advance(15 * MINUTE);
  await reconcile(world);
  expect(published.get(METRICS.oldestPending)).toBeGreaterThanOrEqual(55 * 60);
  await world.dispatchAll();
  world.advance(15 * MINUTE);
  await reconcile(world);
  expect(published.get(METRICS.oldestPending)).toBe(0);
});

it('an unsent test order has no age', async () => {
  await order('test');
  world.advance(40 * MINUTE);
  await reconcile(world);
  expect(published.get(METRICS.oldestPending)).toBe(0);
});

it('a live wallet is unverified for as long as its verification is due', async () => {
  await order('live');
  world.advance(30 * HOUR);
  await verifyLedgers(world);
  expect(published.get(METRICS.unverified)).toBeGreaterThanOrEqual(30 * 60 * 60);
  world.advance(10 * MINUTE);
  await verifyLedgers(world);
  expect(published.get(METRICS.unverified)).toBe(0);
});

it('deliveries that a run has no time for have an age; those to a receiver that is backed off have none', async () => {
  const owner = { merchantId: merchant.id, mode: 'live' } as const;
  await addEndpoint(world, owner, { url: 'https://merchant.example/hook' }, OPERATOR);
  let takesMs = 0;
  world.outboundAnswer = async () => {
    await world.sleep(takesMs);
    return { status: 500, headers: {}, body: '' };
  };
  for (let n = 0; n < BACKED_OFF_AFTER - 1; n += 1) await order('live', `r${n}`);
  await world.dispatchAll();
  await world.dispatchAll();
  world.advance(2 * HOUR);
  // The first attempt takes all the time of the run.
  takesMs = 41_000;
  await sendDue(world);
  expect(published.get(METRICS.oldestDelivery)).toBeGreaterThanOrEqual(60 * 60);
  takesMs = 0;
  for (let run = 0; run < 3; run += 1) {
    world.advance(2 * HOUR);
    await sendDue(world);
  }
  expect(published.get(METRICS.oldestDelivery)).toBe(0);
});
