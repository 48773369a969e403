import type { Currency } from './money.ts';
import type { Country } from './phone.ts';
import type { Instant } from './time.ts';

/** A product we sell: what an upstream offers, in our words. Limits come from the upstream's catalogue only. */

export const PRODUCT_KINDS = ['airtime', 'data', 'zesa'] as const;
export type ProductKind = (typeof PRODUCT_KINDS)[number];

/** Upstreams that can be sold from. `sandbox` serves every test key and is never in the catalogue. */
export const PROVIDERS = ['hotrecharge', 'pesaway', 'sandbox'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** A product that takes any network of its country, found from the number by the upstream. */
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
  /** Amounts are multiples of this; irrelevant when denominations are listed. */
  readonly stepMinor: number;
  /** The only amounts sold, ascending; empty when any amount in range goes. */
  readonly denominationsMinor: readonly number[];
  readonly targetType: 'phone' | 'meter';
  readonly provider: ProviderName;
  /** How the upstream names it: its product id, and the stock code of a bundle. */
  readonly providerProductId: string;
  readonly providerProductCode?: string;
  readonly available: boolean;
  readonly unavailableSince?: Instant;
}

export type AmountFit = 'fits' | 'below_min' | 'above_max' | 'off_step' | 'not_a_denomination';

/** Whether a product is sold in this amount (minor units), and if not, why. */
export function fitAmount(product: Product, amountMinor: number): AmountFit {
  if (product.denominationsMinor.length > 0) {
    return product.denominationsMinor.includes(amountMinor) ? 'fits' : 'not_a_denomination';
  }
  if (amountMinor < product.minMinor) return 'below_min';
  if (amountMinor > product.maxMinor) return 'above_max';
  return amountMinor % product.stepMinor === 0 ? 'fits' : 'off_step';
}

/**
 * The airtime product for a number whose network is known: one that is sold at present before one that is not, of just
 * this network before one of any, in any amount before some amounts. `undefined` when there never was one.
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

/** ZESA meter numbers have 11 digits; blanks and dashes people write are dropped. `undefined` when it is none. */
export function parseMeter(text: string): string | undefined {
  const digits = text.replace(/[\s\u00a0-]/g, '');
  return /^\d{11}$/.test(digits) ? digits : undefined;
}
