import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { listProducts } from '../../../functions/orders/list-products.ts';
import { plus, SECOND } from '../../../shared/domain/time.ts';
import { isStillDown } from '../../../shared/flows/orders/circuit-breaker.ts';
import { takeProbe } from '../../../shared/store/health.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { repeats } from '../../support/length.ts';
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

async function shown(reference: string) {
  return (await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: reference } })).json;
}

describe('a provider that is down', () => {
  async function goDown(): Promise<void> {
    for (let n = 0; n < 10; n += 1) {
      await place(`down${n}`, { amount: 0.1 });
      world.upstream.script = [{ kind: 'unsent', evidence: 'connection refused' }];
      world.messages.splice(0, world.messages.length - 1);
      await world.dispatchAll();
    }
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    world.memo.clear();
  }

  it('is not waited for past the end of a run, while another process probes it', async () => {
    await goDown();
    await takeProbe(world, 'hotrecharge');
    const startedAt = Date.parse(world.now());
    expect(await isStillDown(world, world.provider('hotrecharge'), plus(world.now(), 4 * SECOND))).toBe(true);
    expect(Date.parse(world.now()) - startedAt).toBeLessThanOrEqual(6 * SECOND);
  });

  it('gets no more than ten orders; the next waits, says since when, and the POST does not', async () => {
    await goDown();
    const sends = world.upstream.sends.length;
    world.messages.length = 0;
    await place('next');
    await world.dispatchAll();
    expect(world.upstream.sends).toHaveLength(sends);
    expect(await shown('next')).toMatchObject({ status: 'pending', held_since: expect.any(String), final: false });
    const products = await call(world, listProducts, { headers: merchant.headers() });
    expect(products.json.data[0]).toMatchObject({ available: false, unavailable_since: expect.any(String) });
    const before = Date.parse(world.now());
    const reply = await call(world, createOrder, {
      headers: merchant.headers(),
      body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'next' },
    });
    expect([reply.status, reply.json.status]).toEqual([202, 'pending']);
    expect(Date.parse(world.now()) - before).toBeLessThan(1_000);
  });

  it('does not show its orders a next check that has passed, however long it is down', async () => {
    await goDown();
    await place('next');
    await world.dispatchAll();
    for (let sweeps = 0; sweeps < 5; sweeps += 1) {
      const { next_check_at: next } = await shown('next');
      expect(next >= world.now() && next <= plus(world.now(), 120 * SECOND)).toBe(true);
      world.memo.clear();
      await world.sweep(1);
    }
  });

  it('is probed at most once in ten seconds, however many orders wait', async () => {
    const SECONDS = repeats({ short: 30, long: 60 });
    await goDown();
    let probes = 0;
    world.upstream.balances = async () => {
      probes += 1;
      throw new Error('down');
    };
    for (let second = 0; second < SECONDS; second += 1) {
      world.advance(1_000);
      world.memo.clear();
      await Promise.all([place(`a${second}`, { amount: 0.1 }), place(`b${second}`, { amount: 0.1 })]);
      await world.dispatchAll();
    }
    expect(probes).toBeGreaterThan(0);
    expect(probes).toBeLessThanOrEqual(SECONDS / 10);
  });

  it('that answers a probe gets all that waited, each once', async () => {
    await goDown();
    world.messages.length = 0;
    await place('next');
    await world.dispatchAll();
    world.upstream.balances = async () => [];
    for (let sweeps = 0; sweeps < 6; sweeps += 1) {
      await world.sweep(2);
      world.memo.clear();
      await world.dispatchAll();
    }
    expect((await shown('next')).status).toBe('success');
    expect((await shown('down0')).status).toBe('success');
    expect(new Set(world.upstream.vendCounts().values())).toEqual(new Set([1]));
    expect(world.upstream.vends).toHaveLength(11);
  });

  it('does not keep test orders from the sandbox', async () => {
    await goDown();
    const reply = await call(world, createOrder, {
      headers: { ...merchant.headers('test'), prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'play' },
    });
    await world.dispatchAll();
    expect(reply.status).toBe(202);
    const params = { agent_reference: 'play' };
    expect((await call(world, getOrder, { headers: merchant.headers('test'), params })).json.status).toBe('success');
  });
});
