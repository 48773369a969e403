import * as z from 'zod/mini';
import type { Product, ProductKind } from '../domain/catalogue.ts';
import { ANY_NETWORK } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';
import { isCurrency, parseAmount } from '../domain/money.ts';
import { PLANS } from '../domain/phone.ts';
import { sha256 } from '../domain/sha256.ts';

/**
 * HotRecharge's catalogue as our products. Its metadata are texts; what cannot be read is not sold rather than
 * guessed.
 */

export const upstreamProductSchema = z.looseObject({
  productId: z.int(),
  name: z.string(),
  metaData: z.record(z.string(), z.string()),
});
type UpstreamProduct = z.infer<typeof upstreamProductSchema>;

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

/**
 * Our products for one of theirs. A plain product keeps its id, so the first document's product 100 is 100. Bundles are
 * a product each, numbered by parent and code, so that ids survive restarts and a catalogue in another order.
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
    const values = stock.map((item) => parseAmount(item.value, currency)).filter((value) => typeof value === 'number');
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
  if (typeof value !== 'number' || value === 0) return [];
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

/** It says ZiG where ISO says ZWG. */
function currencyOf(text = ''): Currency | undefined {
  const code = text.toUpperCase() === 'ZIG' ? 'ZWG' : text.toUpperCase();
  return isCurrency(code) ? code : undefined;
}

function kindOf({ name, metaData }: UpstreamProduct): ProductKind | undefined {
  const type = metaData.TargetType?.toLowerCase() ?? '';
  if (/meter/.test(type)) return /zesa|zetdc/i.test(name) ? 'zesa' : undefined;
  if (!/mobile|phone/.test(type)) return undefined;
  return /data|bundle/i.test(name) ? 'data' : 'airtime';
}

function networkOf(text = ''): string {
  const known = [...Object.keys(PLANS.ZW.networks), 'ZESA'];
  return known.find((name) => name.toLowerCase() === text.toLowerCase()) ?? ANY_NETWORK;
}

function minor(text: string | undefined, currency: Currency): number | undefined {
  const value = parseAmount(text ?? '', currency);
  return typeof value === 'number' ? value : undefined;
}
