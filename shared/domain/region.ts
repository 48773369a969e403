import type { Currency } from './money.ts';
import type { Country } from './phone.ts';

/** The regions of PesaWay's protocol that we serve: the values of its `X-Region` header. */
export const REGIONS = {
  ke: { country: 'KE', currency: 'KES' },
  ug: { country: 'UG', currency: 'UGX' },
  tz: { country: 'TZ', currency: 'TZS' },
} as const satisfies Record<string, { country: Country; currency: Currency }>;

export type Region = keyof typeof REGIONS;

export const REGION_NAMES = Object.keys(REGIONS) as Region[];

/** The region of a country; `undefined` where the protocol is not served. */
export function regionOfCountry(country: Country): Region | undefined {
  return REGION_NAMES.find((region) => REGIONS[region].country === country);
}

/** The region of a currency; `undefined` where the protocol is not served. */
export function regionOfCurrency(currency: Currency): Region | undefined {
  return REGION_NAMES.find((region) => REGIONS[region].currency === currency);
}

export function isRegion(text: string): text is Region {
  return Object.hasOwn(REGIONS, text);
}
