import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { syncCatalogue } from '../../../functions/workers/sync-catalogue.ts';
import { FAILURE_COUNT_MAX } from '../../../shared/domain/health.ts';
import { listProviders } from '../../../shared/flows/orders/list-providers.ts';
import { syncProducts } from '../../../shared/flows/orders/sync-products.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { parsePesawayCredentials, pesaway } from '../../../shared/providers/pesaway.ts';
import { readCatalogue } from '../../../shared/store/catalogue.ts';
import { recordFailure, refuse, saveBalances } from '../../../shared/store/health.ts';
import { call } from '../../support/call.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let _merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  _merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

it('the catalogue follows what the upstream sells: added, changed, withdrawn, back again', async () => {
  const offers = async (...products: ReturnType<typeof aProduct>[]) => {
    world.upstream.catalogue = async () => products;
    await syncCatalogue(world).catch(() => undefined);
    world.memo.clear();
    return readCatalogue(world, 'live');
  };
  expect((await offers(airtimeUsd, aProduct({ id: 7 }))).size).toBe(2);
  expect((await offers(aProduct({ id: 100, maxMinor: 500 }), aProduct({ id: 7 }))).get(100)?.maxMinor).toBe(500);
  expect((await offers(aProduct({ id: 7 }))).get(100)).toMatchObject({ available: false });
  expect((await offers(airtimeUsd, aProduct({ id: 7 }))).get(100)).toMatchObject({ available: true, maxMinor: 30_000 });
  world.calls.length = 0;
  await offers(airtimeUsd, aProduct({ id: 7 }));
  expect(world.calls).not.toContain('PutCommand');
});

describe('a provider without credentials', () => {
  const UNSET = 'a1B2'.repeat(16);

  /** A world whose PesaWay secret is as the deployment created it, until it is set. */
  async function withoutPesaway() {
    const state = { secret: UNSET };
    world = await testWorld({
      providers: (now) => ({
        pesaway: pesaway({
          now,
          credentials: async () => parsePesawayCredentials(state.secret),
          http: async ({ url }) => ({
            status: 200,
            headers: {},
            body: url.endsWith('/token/') ? '{"access_token":"t"}' : '{"AvailableBalance":100}',
          }),
        }),
      }),
    });
    world.upstream.catalogue = async () => [airtimeUsd];
    const set = () => {
      const account = { baseUrl: 'http://pesa/api/v1', consumerKey: 'k', consumerSecret: 's', merchantCode: 'm' };
      state.secret = JSON.stringify(account);
    };
    return { state, set };
  }

  const sold = async () => {
    world.memo.clear();
    const products = [...(await readCatalogue(world, 'live')).values()];
    return products.filter(({ available }) => available).map(({ provider }) => provider);
  };

  it('is off: the sync succeeds, the other provider sells, and nothing of it is sold', async () => {
    await withoutPesaway();
    await syncCatalogue(world);
    expect(await sold()).toEqual(['hotrecharge']);
    expect(await listProviders(world)).toMatchObject([
      { provider: 'hotrecharge', state: 'on', products: 1 },
      { provider: 'pesaway', state: 'off: its secret is not set', products: 0 },
      { provider: 'pesepay (live top-ups)', state: 'on' },
      { provider: 'pesepay (test top-ups)', state: 'on' },
    ]);
    Object.assign(world.gateway, { isOff: async () => true });
    expect((await listProviders(world)).at(-1)).toMatchObject({ state: 'off: its secret is not set' });
  });

  it('shows an operator which providers are down, refuse us, or have an account of ours that is low', async () => {
    await saveBalances(world, 'hotrecharge', [
      { account: 'USD', balanceMinor: 499 },
      { account: 'ZWG', balanceMinor: 1_000_000 },
    ]);
    const states = async () => (await listProviders(world)).slice(0, 2).map(({ state }) => state);
    expect(await states()).toEqual(['on, but low: USD 4.99', 'on']);
    for (let n = 0; n < FAILURE_COUNT_MAX; n += 1) await recordFailure(world, 'pesaway');
    await refuse(world, 'hotrecharge', 'credentials');
    world.memo.clear();
    expect(await states()).toEqual(['refuses us: credentials', 'down']);
  });

  it('is on from the sync after its secret was set, and off with all its products after it was removed', async () => {
    const { state, set } = await withoutPesaway();
    await syncCatalogue(world);
    set();
    await syncCatalogue(world);
    expect((await sold()).filter((provider) => provider === 'pesaway')).toHaveLength(9);
    expect(await listProviders(world)).toMatchObject([{}, { state: 'on', products: 9 }, {}, {}]);
    state.secret = '{}';
    await syncCatalogue(world);
    expect(await sold()).toEqual(['hotrecharge']);
    world.memo.clear();
    const merchant = await aMerchant(world, { KES: 100_000 });
    const body = { product_id: 254_001, target: '254712345678', amount: 100, agent_reference: 'kenya' };
    const reply = await call(world, createOrder, { headers: merchant.headers(), body });
    expect([reply.status, reply.json.code]).toEqual([422, 'product_unavailable']);
  });

  it('is not one whose secret is wrong: that fails, and stops no other', async () => {
    const { state } = await withoutPesaway();
    state.secret = '{"baseUrl":"http://pesa';
    await expect(syncCatalogue(world)).rejects.toThrow('a catalogue could not be synced');
    expect(await sold()).toEqual(['hotrecharge']);
  });

  it('raises one alarm an hour and no error, until its secret is set', async () => {
    const { set } = await withoutPesaway();
    const seen: string[] = [];
    const log = {
      ...world.log,
      error: (event: string) => seen.push(event),
      metric: (name: string, value: number, dimensions: object = {}) => {
        if (name === METRICS.providerOff) seen.push(`${value} ${JSON.stringify(dimensions)}`);
      },
    };
    await syncCatalogue({ ...world, log });
    set();
    await syncCatalogue({ ...world, log });
    expect(seen.toSorted()).toEqual([
      ...['0 {"provider":"hotrecharge"}', '0 {"provider":"hotrecharge"}'],
      ...['0 {"provider":"pesaway"}', '1 {"provider":"pesaway"}'],
    ]);
  });

  it('does not wait for another one that hangs', async () => {
    const { set } = await withoutPesaway();
    set();
    let fail = (_error: Error) => {};
    world.upstream.catalogue = () => new Promise((_resolve, reject) => (fail = reject));
    const syncing = syncCatalogue(world).catch(() => 'failed');
    for (let tries = 0; tries < 200 && (await sold()).length < 9; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await sold()).toHaveLength(9);
    fail(new Error('no answer'));
    expect(await syncing).toBe('failed');
  });
});

describe('an answer that lacks products', () => {
  const nine = Array.from({ length: 9 }, (_, n) => aProduct({ id: 500 + n }));
  let metrics: [string, number][];

  beforeEach(async () => {
    world.upstream.catalogue = async () => nine;
    await syncProducts(world, 'hotrecharge', { allowsWithdrawals: true });
    metrics = [];
    Object.assign(world.log, { metric: (name: string, value: number) => metrics.push([name, value]) });
  });

  async function left(count: number, options = {}): Promise<number> {
    world.upstream.catalogue = async () => nine.slice(0, count);
    await syncProducts(world, 'hotrecharge', options).catch((error: Error) => metrics.push([error.message, 0]));
    world.memo.clear();
    return [...(await readCatalogue(world, 'live')).values()].filter(({ available }) => available).length;
  }

  it('withdraws a third of them, and no more at once without an operator', async () => {
    expect(await left(5)).toBe(9);
    expect(metrics).toContainEqual([METRICS.catalogueShrunk, 1]);
    metrics.length = 0;
    expect(await left(6)).toBe(6);
    expect(metrics).toContainEqual([METRICS.catalogueShrunk, 0]);
    expect(await left(1)).toBe(6);
    expect(await left(1, { allowsWithdrawals: true })).toBe(1);
  });

  it('that has none at all is an error, for an operator too', async () => {
    expect(await left(0)).toBe(9);
    expect(await left(0, { allowsWithdrawals: true })).toBe(9);
    expect(metrics).toContainEqual([METRICS.catalogueShrunk, 1]);
    expect(metrics.map(([what]) => what)).toContain(
      'hotrecharge answered that it sells nothing; its products stay as they were',
    );
  });

  it('still brings what is new and what changed', async () => {
    world.upstream.catalogue = async () => [aProduct({ id: 500, maxMinor: 700 }), aProduct({ id: 900 })];
    await syncProducts(world, 'hotrecharge');
    world.memo.clear();
    const catalogue = await readCatalogue(world, 'live');
    expect([catalogue.get(500)?.maxMinor, catalogue.has(900), catalogue.get(508)?.available]).toEqual([
      700,
      true,
      true,
    ]);
  });

  it('is withdrawn once by two syncs at once, and again where the answer of a write was lost', async () => {
    world.upstream.catalogue = async () => nine.slice(0, 6);
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'PutCommand' || isLost) return undefined;
      isLost = true;
      return 'after';
    };
    await Promise.allSettled([syncProducts(world, 'hotrecharge'), syncProducts(world, 'hotrecharge')]);
    expect(await left(6)).toBe(6);
  });
});

describe('a provider that the stage has off', () => {
  const off = () => ({ ...world, providersOn: () => ['pesaway', 'sandbox'] as const });
  const KES = aProduct({ id: 254_001, provider: 'pesaway', country: 'KE', currency: 'KES' });

  it('is not asked for anything by the hourly sync, which succeeds', async () => {
    let asked = 0;
    world.upstream.catalogue = async () => {
      asked += 1;
      return [airtimeUsd];
    };
    await syncProducts(world, 'hotrecharge');
    await syncCatalogue({ ...off(), providersOn: () => ['sandbox'] as const });
    expect(asked).toBe(1);
    const [hotrecharge] = await listProviders(off());
    expect(hotrecharge).toMatchObject({ provider: 'hotrecharge', state: 'off: its stage has it off', products: 0 });
  });

  it('sells nothing to live keys, from the first order on: refused before any debit, also what it sold before', async () => {
    await sell(world, airtimeUsd, KES);
    const body = { product_id: airtimeUsd.id, target: '0772279099', amount: 5, agent_reference: 'off' };
    const before = await balanceOf(_merchant);
    const answer = await call(off(), createOrder, { headers: _merchant.headers(), body });
    expect([answer.status, answer.json.code]).toEqual([422, 'product_not_found']);
    expect(await balanceOf(_merchant)).toEqual(before);
    expect([...(await readCatalogue(off(), 'live')).values()].map(({ provider }) => provider)).toEqual(['pesaway']);
    expect(world.messages).toEqual([]);
    world.memo.clear();
    expect((await call(world, createOrder, { headers: _merchant.headers(), body })).status).not.toBe(422);
  });

  it('changes nothing for test keys', async () => {
    expect(await readCatalogue(off(), 'test')).toBe(await readCatalogue(world, 'test'));
  });
});

async function balanceOf(merchant: TestMerchant) {
  return (await call(world, getWallet, { headers: merchant.headers() })).json.wallets;
}
