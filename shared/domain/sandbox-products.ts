import type { Product } from './catalogue.ts';
import { ANY_NETWORK } from './catalogue.ts';
import type { Currency } from './money.ts';
import type { Country } from './phone.ts';

/**
 * What the sandbox sells, the same on every deployment, with or without any upstream: airtime of each network that we
 * serve in each country, data bundles and electricity. The ids, limits and names are those that our upstreams sell
 * under, so that what was tested is ordered live unchanged; live products are what the upstreams offer at the time.
 */

type Row = readonly [id: number, name: string, network: string, minMinor: number, maxMinor: number];

const KES: readonly [number, number] = [500, 1_000_000];
const UGX: readonly [number, number] = [500, 500_000];
const TZS: readonly [number, number] = [50_000, 50_000_000];

const PRODUCTS: readonly Product[] = [
  ...sold('ZW', 'USD', 1, [
    [100, 'Airtime USD', ANY_NETWORK, 10, 30_000],
    [101, 'Econet Airtime USD', 'Econet', 10, 30_000],
    [103, 'Telecel Airtime USD', 'Telecel', 10, 30_000],
  ]),
  ...sold('ZW', 'USD', 1, [[102, 'NetOne Airtime USD', 'NetOne', 50, 5_000]], {
    denominationsMinor: [50, 100, 200, 500, 1_000, 2_000, 5_000],
  }),
  ...sold('ZW', 'ZWG', 1, [
    [110, 'Airtime ZiG', ANY_NETWORK, 500, 1_000_000],
    [7, 'Econet Airtime ZiG', 'Econet', 500, 1_000_000],
    [6, 'Telecel Airtime ZiG', 'Telecel', 500, 1_000_000],
  ]),
  ...bundles('ZWG', 'Econet', [
    [16_038_384, 'Econet Daily 250 MB', 1_750],
    [16_574_248, 'Econet Weekly 1 GB', 6_000],
    [16_140_514, 'Econet Monthly 8 GB', 42_000],
  ]),
  ...bundles('USD', 'NetOne', [
    [35_111_283, 'NetOne OneFusion 1 USD', 100],
    [35_921_803, 'NetOne OneFusion 5 USD', 500],
  ]),
  ...sold('ZW', 'USD', 1, [[41, 'ZESA USD', 'ZESA', 100, 1_000_000]], { kind: 'zesa', targetType: 'meter' }),
  ...sold('ZW', 'ZWG', 1, [[24, 'ZESA ZiG', 'ZESA', 7_000, 1_850_000]], { kind: 'zesa', targetType: 'meter' }),
  ...sold('KE', 'KES', 100, [
    [254_001, 'Safaricom KES', 'Safaricom', ...KES],
    [254_002, 'Airtel KES', 'Airtel', ...KES],
    [254_003, 'Telkom KES', 'Telkom', ...KES],
  ]),
  ...sold('UG', 'UGX', 1, [
    [256_001, 'MTN UGX', 'MTN', ...UGX],
    [256_002, 'Airtel UGX', 'Airtel', ...UGX],
  ]),
  ...sold('TZ', 'TZS', 100, [
    [255_001, 'Yas TZS', 'Yas', ...TZS],
    [255_002, 'Vodacom TZS', 'Vodacom', ...TZS],
    [255_003, 'Airtel TZS', 'Airtel', ...TZS],
    [255_004, 'Halotel TZS', 'Halotel', ...TZS],
  ]),
];

export const SANDBOX_PRODUCTS: ReadonlyMap<number, Product> = new Map(PRODUCTS.map((product) => [product.id, product]));

function sold(
  country: Country,
  currency: Currency,
  stepMinor: number,
  rows: readonly Row[],
  more: Partial<Pick<Product, 'kind' | 'targetType' | 'denominationsMinor'>> = {},
): Product[] {
  return rows.map(([id, name, network, minMinor, maxMinor]) => ({
    id,
    name,
    network,
    kind: 'airtime',
    country,
    currency,
    minMinor,
    maxMinor,
    stepMinor,
    denominationsMinor: [],
    targetType: 'phone',
    provider: 'sandbox',
    providerProductId: String(id),
    available: true,
    ...more,
  }));
}

function bundles(currency: Currency, network: string, rows: readonly [id: number, name: string, price: number][]) {
  return rows.flatMap(([id, name, price]) =>
    sold('ZW', currency, price, [[id, name, network, price, price]], { kind: 'data', denominationsMinor: [price] }),
  );
}
