import type { Currency } from './money.ts';
import type { Country } from './phone.ts';
import { withoutSeparators } from './phone.ts';
import type { Instant } from './time.ts';

/** A product that we sell, as an upstream offers it. Its limits come from the upstream's catalogue only. */

export const PRODUCT_KINDS = ['airtime', 'data', 'zesa'] as const;
export type ProductKind = (typeof PRODUCT_KINDS)[number];

/** Upstreams whose products we sell. `sandbox` serves every test key, with products of its own. */
export const PROVIDERS = ['hotrecharge', 'pesaway', 'sandbox'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** The network of a product for every network of its country: the upstream finds it by the number. */
export const ANY_NETWORK = 'any';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly network: string;
  readonly kind: ProductKind;
  readonly country: Country;
  readonly currency: Currency;
  readonly minMinor: number;
  readonly maxMinor: number;
  /** Amounts are multiples of this. Not used when there are denominations. */
  readonly stepMinor: number;
  /** The only amounts sold, ascending; empty when every amount in range is. */
  readonly denominationsMinor: readonly number[];
  readonly targetType: 'phone' | 'meter';
  readonly provider: ProviderName;
  /** The upstream's product id, and its stock code of a bundle. */
  readonly providerProductId: string;
  readonly providerProductCode?: string;
  readonly available: boolean;
  readonly unavailableSince?: Instant;
}

/** The part of a provider's products that one answer may withdraw without an operator. */
const WITHDRAWN_PART_MAX = 1 / 3;

/** Whether an answer that lacks so many of the available products may withdraw them. A single one may always go. */
export function mayWithdraw(lacking: number, available: number): boolean {
  return lacking <= Math.max(1, Math.floor(available * WITHDRAWN_PART_MAX));
}

export type AmountFit = 'fits' | 'below_min' | 'above_max' | 'off_step' | 'not_a_denomination';

/** Whether a product is sold in this amount (minor units), and why not. */
export function fitAmount(product: Product, amountMinor: number): AmountFit {
  if (product.denominationsMinor.length > 0) {
    return product.denominationsMinor.includes(amountMinor) ? 'fits' : 'not_a_denomination';
  }
  if (amountMinor < product.minMinor) return 'below_min';
  if (amountMinor > product.maxMinor) return 'above_max';
  return amountMinor % product.stepMinor === 0 ? 'fits' : 'off_step';
}

/**
 * The airtime product for a number whose network is known. Prefers an available product, then one of this network
 * alone, then one without denominations. `undefined` when there is none.
 */
export function airtimeFor(
  products: Iterable<Product>,
  { country, network, currency }: Pick<Product, 'country' | 'network' | 'currency'>,
): Product | undefined {
  const rank = (product: Product) =>
    (product.available ? 0 : 4) + (product.network === network ? 0 : 2) + Math.sign(product.denominationsMinor.length);
  return [...products]
    .filter((each) => each.kind === 'airtime' && each.country === country && each.currency === currency)
    .filter((each) => each.network === network || each.network === ANY_NETWORK)
    .sort((one, other) => rank(one) - rank(other) || one.id - other.id)[0];
}

/** A ZESA meter number has 11 digits; separators are removed. `undefined` when the text is none. */
export function parseMeter(text: string): string | undefined {
  const digits = withoutSeparators(text);
  return /^\d{11}$/.test(digits) ? digits : undefined;
}
