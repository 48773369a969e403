import { afterAll, beforeEach, expect } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import type { Reply } from './call.ts';
import { call } from './call.ts';
import { airtimeUsd, aProduct } from './products.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, sell, stopEngine, testWorld } from './world.ts';

/** What the tests of lists share. `world` and `merchant` are those of the test that runs. */

export let world: TestWorld;

export let merchant: TestMerchant;

export function get<P, Q, B>(endpoint: RouteHandler<P, Q, B>, query: Record<string, string> = {}): Promise<Reply> {
  return call(world, endpoint, { headers: merchant.headers(), query });
}

/** Every page of a list, following the cursor as a client would. */
export async function walk<P, Q, B>(
  endpoint: RouteHandler<P, Q, B>,
  query: Record<string, string>,
  between = async () => {},
) {
  const rows: Record<string, unknown>[] = [];
  for (let pages = 0; pages < 200; pages += 1) {
    const reply: Reply = await get(endpoint, query);
    expect(reply.status).toBe(200);
    expect(reply.json.data.length).toBeLessThanOrEqual(Number(query.limit ?? 25));
    rows.push(...reply.json.data);
    if (reply.json.next_cursor === null) return rows;
    query.cursor = reply.json.next_cursor;
    await between();
  }
  throw new Error('the list does not end');
}

export async function place(reference: string, changes: Record<string, unknown> = {}): Promise<void> {
  const body = { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference, ...changes };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  world.advance(1_000);
}

/** Gives each test a world with a merchant and two products. */
export function freshShopForEachTest(): void {
  beforeEach(async () => {
    world = await testWorld();
    merchant = await aMerchant(world, { USD: 100_000, ZWG: 50_000 });
    await sell(world, airtimeUsd, aProduct({ id: 7, name: 'Econet ZiG', network: 'Econet', currency: 'ZWG' }));
  });
  afterAll(stopEngine);
}
