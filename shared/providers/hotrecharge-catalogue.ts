import * as z from 'zod/mini';
import type { Product, ProductKind } from '../domain/catalogue.ts';
import { ANY_NETWORK } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';
import { parseAmount, parseCurrency } from '../domain/money.ts';
import { PLANS } from '../domain/phone.ts';
import { sha256 } from '../domain/sha256.ts';

/**
 * HotRecharge's catalogue as our products. Its metadata are texts; a product whose metadata cannot be read is not sold.
 */

const upstreamProduct = z.looseObject({
  productId: z.int(),
  name: z.string(),
  metaData: z.record(z.string(), z.nullable(z.string())),
});
type UpstreamProduct = z.infer<typeof upstreamProduct>;

export const stockSchema = z.looseObject({
  stock: z.array(
    z.looseObject({
      name: z.string(),
      productCode: z.string(),
      description: z.optional(z.nullable(z.string())),
      value: z.number(),
      currency: z.optional(z.nullable(z.string())),
    }),
  ),
});
type Stock = z.infer<typeof stockSchema>['stock'];

/** Skips products that cannot be read. If none can, the answer is not the catalogue. */
export function readProducts(list: readonly unknown[]): UpstreamProduct[] {
  const read = list.map((each) => upstreamProduct.safeParse(each)).flatMap(({ data }) => data ?? []);
  if (list.length > 0 && read.length === 0) throw new Error('hotrecharge: no product can be read');
  return read;
}

/** Whether we sell this kind of product in this currency. */
export function isSold(upstream: UpstreamProduct): boolean {
  return kindOf(upstream) !== undefined && currencyOf(upstream.metaData.Currency) !== undefined;
}

/** Whether it is sold from a stock of items. All metadata are texts, so "no" is a text too. */
export function hasStock({ metaData }: UpstreamProduct): boolean {
  return !['', 'false', 'no', '0'].includes(metaData.StockQuery?.trim().toLowerCase() ?? '');
}

/** Removes products with the same id: an order for one of them must not deliver another. */
export function withOwnIds(products: readonly Product[]): Product[] {
  const times = new Map<number, number>();
  for (const { id } of products) times.set(id, (times.get(id) ?? 0) + 1);
  return products.filter(({ id }) => times.get(id) === 1);
}

/**
 * Our products for one product of HotRecharge. A plain product keeps its id. Each bundle is a product of its own; its
 * id comes from its parent and its code, so that it stays the same if the catalogue changes its order.
 */
export function productsOf(upstream: UpstreamProduct, stock: Stock | undefined): Product[] {
  const { metaData } = upstream;
  const currency = currencyOf(metaData.Currency);
  const kind = kindOf(upstream);
  if (!currency || !kind) return [];
  const base = {
    id: upstream.productId,
    name: upstream.name,
    network: networkOf(metaData.Network),
    kind,
    country: 'ZW',
    currency,
    targetType: kind === 'zesa' ? 'meter' : 'phone',
    provider: 'hotrecharge',
    providerProductId: String(upstream.productId),
    available: true,
  } as const;
  if (kind === 'data') return (stock ?? []).flatMap((item) => bundle(base, item));
  if (stock) {
    const values = stock
      .filter((item) => isIn(currency, item))
      .map((item) => parseAmount(item.value, currency))
      .filter((value) => typeof value === 'number')
      .filter((value) => value > 0);
    const denominationsMinor = [...new Set(values)].sort((a, b) => a - b);
    const [minMinor] = denominationsMinor;
    const maxMinor = denominationsMinor.at(-1);
    if (minMinor === undefined || maxMinor === undefined) return [];
    return [{ ...base, minMinor, maxMinor, stepMinor: 1, denominationsMinor }];
  }
  const minMinor = minor(metaData.MinimumRecharge, currency);
  const maxMinor = minor(metaData.MaxRecharge, currency);
  const stepMinor = minor(metaData.RechargeAmountIncrement, currency);
  if (!minMinor || !maxMinor || !stepMinor) return [];
  return [{ ...base, minMinor, maxMinor, stepMinor, denominationsMinor: [] }];
}

type Base = Omit<Product, 'minMinor' | 'maxMinor' | 'stepMinor' | 'denominationsMinor'>;

function bundle(base: Base, item: Stock[number]): Product[] {
  const value = parseAmount(item.value, base.currency);
  if (typeof value !== 'number' || value === 0 || !isIn(base.currency, item)) return [];
  return [
    {
      ...base,
      id: base.id * 1_000_000 + (Number.parseInt(sha256(item.productCode).slice(0, 8), 16) % 1_000_000),
      name: item.name,
      providerProductCode: item.productCode,
      minMinor: value,
      maxMinor: value,
      stepMinor: value,
      denominationsMinor: [value],
    },
  ];
}

function isIn(currency: Currency, item: Stock[number]): boolean {
  return !item.currency || currencyOf(item.currency) === currency;
}

/** HotRecharge writes ZiG for the ISO code ZWG. */
function currencyOf(text: string | null = ''): Currency | undefined {
  return parseCurrency(text ?? '');
}

function kindOf({ name, metaData }: UpstreamProduct): ProductKind | undefined {
  const type = metaData.TargetType?.toLowerCase() ?? '';
  if (/meter/.test(type)) return /zesa|zetdc/i.test(name) ? 'zesa' : undefined;
  if (!/mobile|phone/.test(type)) return undefined;
  return /data|bundle/i.test(name) ? 'data' : 'airtime';
}

function networkOf(text: string | null = ''): string {
  const known = [...Object.keys(PLANS.ZW.networks), 'ZESA'];
  return known.find((name) => name.toLowerCase() === text?.toLowerCase()) ?? ANY_NETWORK;
}

function minor(text: string | null | undefined, currency: Currency): number | undefined {
  const value = parseAmount(text ?? '', currency);
  return typeof value === 'number' ? value : undefined;
}
