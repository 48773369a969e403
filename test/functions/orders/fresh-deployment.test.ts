import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getTarget } from '../../../functions/orders/get-target.ts';
import { listProducts } from '../../../functions/orders/list-products.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import { syncCatalogue } from '../../../functions/workers/sync-catalogue.ts';
import { fitAmount } from '../../../shared/domain/catalogue.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { formatAmount } from '../../../shared/domain/money.ts';
import { SANDBOX_PRODUCTS } from '../../../shared/domain/sandbox-products.ts';
import { listProviders } from '../../../shared/flows/orders/list-providers.ts';
import { HOTRECHARGE_PRODUCTS, HOTRECHARGE_STOCK } from '../../../shared/local/upstreams/hotrecharge-products.ts';
import { hotrecharge, parseHotrechargeCredentials } from '../../../shared/providers/hotrecharge.ts';
import { isSold, productsOf, readProducts } from '../../../shared/providers/hotrecharge-catalogue.ts';
import { PESAWAY_NETWORKS, parsePesawayCredentials, pesaway } from '../../../shared/providers/pesaway.ts';
import { sandbox } from '../../../shared/providers/sandbox.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../../support/world.ts';

/** A deployment whose provider secrets were never set, as CDK leaves them: test keys work, live ones say why not. */

const UNSET = '{}';

let world: TestWorld;
let merchant: TestMerchant;

beforeAll(async () => {
  const http = () => Promise.reject(new Error('a provider was called'));
  world = await testWorld({
    publicUrl: 'https://api.example',
    providers: (now) => ({
      hotrecharge: hotrecharge({ http, now, credentials: async () => parseHotrechargeCredentials(UNSET) }),
      pesaway: pesaway({ http, now, credentials: async () => parsePesawayCredentials(UNSET) }),
      sandbox: sandbox({ sleep: async () => {}, now }),
    }),
  });
  merchant = await aMerchant(world, { USD: 1e6, ZWG: 1e7, KES: 1e7, UGX: 1e7, TZS: 1e9 });
  await syncCatalogue(world);
});
afterAll(stopEngine);

const TARGETS = { ZW: '0772279099', KE: '0712345678', UG: '0772123456', TZ: '0754123456' } as const;
const NUMBERS: Readonly<Record<string, string>> = { NetOne: '0712345678', Telecel: '0732345678', ZESA: '37112345678' };

const products = async (mode: Mode) => (await call(world, listProducts, { headers: merchant.headers(mode) })).json.data;

describe('on a deployment without any upstream', () => {
  it('each product of the sandbox can be ordered with a test key, at its least and its most', async () => {
    const ends: unknown[] = [];
    for (const product of SANDBOX_PRODUCTS.values()) {
      for (const minor of new Set([product.minMinor, product.maxMinor])) {
        expect([product.id, fitAmount(product, minor)]).toEqual([product.id, 'fits']);
      }
      const target = NUMBERS[product.network] ?? TARGETS[product.country];
      const reference = `each-${product.id}`;
      const amount = formatAmount(product.minMinor, product.currency);
      const body = { product_id: product.id, target, amount, agent_reference: reference };
      const headers = { ...merchant.headers('test'), prefer: 'respond-async' };
      expect((await call(world, createOrder, { headers, body })).status).toBe(202);
      await world.dispatchAll();
      const key = { merchantId: merchant.id, mode: 'test', agentReference: reference } as const;
      ends.push((await readOrder(world, key))?.status);
    }
    expect(new Set(ends)).toEqual(new Set(['success']));
  });

  it('a test key lists every country, kind and currency; a live key sees that nothing is sold', async () => {
    const listed = await products('test');
    expect(listed).toHaveLength(SANDBOX_PRODUCTS.size);
    const all = (name: string) => [...new Set(listed.map((each: Record<string, string>) => each[name]))].sort();
    expect([all('country'), all('kind')]).toEqual([
      ['KE', 'TZ', 'UG', 'ZW'],
      ['airtime', 'data', 'zesa'],
    ]);
    expect(all('currency')).toEqual(['KES', 'TZS', 'UGX', 'USD', 'ZWG']);
    expect(await products('live')).toEqual([]);
  });

  it('a live order is refused, because there is no such product, and an operator sees which provider is off', async () => {
    const body = { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'live' };
    const reply = await call(world, createOrder, { headers: merchant.headers(), body });
    expect([reply.status, reply.json.code]).toEqual([422, 'product_not_found']);
    const live = (await listProviders(world)).filter((each) => 'products' in each);
    expect(live.map(({ provider, state }) => `${provider} ${state}`)).toEqual([
      'hotrecharge off: its secret is not set',
      'pesaway off: its secret is not set',
    ]);
  });

  it('a test key looks up numbers and meters, and a live one learns that no electricity is sold', async () => {
    const lookUp = (target: string, mode: Mode, query = {}) =>
      call(world, getTarget, { headers: merchant.headers(mode), params: { target }, query });
    expect((await lookUp('37112345678', 'test')).json.holder).toMatchObject({ name: 'T. Moyo', masked: false });
    expect(await lookUp('37112345001', 'test')).toMatchObject({ status: 404, json: { code: 'meter_not_found' } });
    expect(await lookUp('37112345678', 'live')).toMatchObject({ json: { code: 'provider_unavailable' } });
    const { json } = await lookUp('0712345678', 'test', { country: 'KE' });
    expect(json.products.map(({ id }: { id: number }) => id)).toContain(254_001);
  });

  it("PesaWay's protocol works with a test key", async () => {
    const body = { ExternalReference: 'pesaway-1', Amount: 10, PhoneNumber: '254712345678' };
    const reply = await call(world, sendAirtime, { headers: { ...merchant.headers('test'), 'x-region': 'ke' }, body });
    expect(reply.status).toBe(200);
    await world.dispatchAll();
    const key = { merchantId: merchant.id, mode: 'test', agentReference: 'pesaway-1' } as const;
    expect((await readOrder(world, key))?.status).toBe('success');
  });
});

it("the sandbox's products are those of our upstreams, by id, limits and all", () => {
  const zimbabwean = readProducts(HOTRECHARGE_PRODUCTS)
    .filter(isSold)
    .flatMap((each) =>
      productsOf(
        each,
        HOTRECHARGE_STOCK[each.productId]?.map((item) => ({ ...item })),
      ),
    );
  for (const { provider: _p, providerProductId: _i, providerProductCode: _c, ...product } of zimbabwean) {
    expect(SANDBOX_PRODUCTS.get(product.id)).toMatchObject(product);
  }
  const others = [...SANDBOX_PRODUCTS.values()].filter(({ country }) => country !== 'ZW');
  expect(others.map(({ id, network }) => [id, network]).sort()).toEqual(
    PESAWAY_NETWORKS.map(([id, _region, network]) => [id, network]).sort(),
  );
  expect(SANDBOX_PRODUCTS.size).toBe(zimbabwean.length + others.length);
});
