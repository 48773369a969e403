import { afterAll, beforeEach } from '@jest/globals';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../functions/bulk/get-bulk.ts';
import { getWallet } from '../../functions/wallet/get-wallet.ts';
import { listLedger } from '../../functions/wallet/list-ledger.ts';
import type { Product } from '../../shared/domain/catalogue.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { call } from './call.ts';
import { airtimeUsd, aProduct } from './products.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, sell, stopEngine, testWorld } from './world.ts';

/** What the tests of bulk share. `world` and `merchant` are those of the test that runs. */

export const netone = aProduct({ id: 200, name: 'NetOne USD', network: 'NetOne' });

export const safaricom = aProduct({
  ...{ id: 254_001, name: 'Safaricom KES', network: 'Safaricom', country: 'KE', currency: 'KES' },
  ...{ minMinor: 500, maxMinor: 1_000_000, stepMinor: 100 },
} as Partial<Product>);

export let world: TestWorld;

export let merchant: TestMerchant;

export type Texts = Record<string, string>;

export function ask<P, Q, B>(
  endpoint: RouteHandler<P, Q, B>,
  input: { body?: unknown; query?: Texts; params?: Texts; headers?: Texts } = {},
) {
  const { headers = {}, ...rest } = input;
  return call(world, endpoint, { ...rest, headers: { ...merchant.headers(), ...headers } });
}

export const of = (batch: { id: string }) => ({ params: { batch_id: batch.id } });

export const phone = (n: number) => `07722${String(79_000 + n)}`;

export const sheet = (rows: readonly string[], header = 'target,amount') => [header, ...rows].join('\n');

export const file = (count: number, amount = '1') =>
  sheet(Array.from({ length: count }, (_, n) => `${phone(n)},${amount}`));

export const create = (csv: string, options: object = {}) =>
  ask(createBulk, { body: { csv, batch_reference: 'may', ...options } });

export const look = async (batch: { id: string }) => (await ask(getBulk, of(batch))).json;

export async function settle(): Promise<void> {
  while (world.messages.length > 0) await world.dispatchAll();
}

export async function balance(currency = 'USD'): Promise<number> {
  const { wallets } = (await ask(getWallet)).json;
  return wallets.find((each: { currency: string }) => each.currency === currency)?.balance;
}

export async function entries(currency = 'USD') {
  return (await ask(listLedger, { query: { currency, limit: '100' } })).json.data.filter(
    (entry: { kind: string }) => entry.kind !== 'adjustment',
  );
}

/** Gives each test a world with a funded merchant and three products. */
export function freshMerchantForEachTest(): void {
  beforeEach(async () => {
    world = await testWorld();
    merchant = await aMerchant(world, { USD: 10_000, KES: 1_000_000 });
    await sell(world, airtimeUsd, netone, safaricom);
  });
  afterAll(stopEngine);
}
