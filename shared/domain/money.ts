import { assert } from './assert.ts';
import { withoutTrailing } from './text.ts';

/**
 * The decimals of each currency of a wallet: ISO 4217's exponents. Amounts are whole numbers of minor units everywhere;
 * decimals exist only where a request is parsed and a response is written.
 */
export const CURRENCIES = { USD: 2, ZWG: 2, KES: 2, UGX: 0, TZS: 2 } as const;

export type Currency = keyof typeof CURRENCIES;

/** The largest amount or balance, in minor units: far above any wallet, far below where doubles lose units. */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000;

export type AmountProblem = 'not_an_amount' | 'too_many_decimals' | 'too_large';

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(CURRENCIES, text);
}

/** A currency by its code or, for ZWG, by the name on its notes, in any case: `usd`, `ZiG`. */
export function parseCurrency(text: string): Currency | undefined {
  const code = text.trim().toUpperCase();
  if (code === 'ZIG') return 'ZWG';
  return isCurrency(code) ? code : undefined;
}

/**
 * Parses a major-unit amount exactly: `5`, `5.5`, `"5.50"` in USD are 500, 550, 550. Never rounds: decimals beyond the
 * currency's are a problem unless they are zeros. Signs, exponents, separators and blanks are not accepted.
 */
export function parseAmount(input: number | string, currency: Currency): number | AmountProblem {
  const match = /^(\d{1,15})(?:\.(\d{1,20}))?$/.exec(String(input));
  if (!match) return 'not_an_amount';
  const exponent = CURRENCIES[currency];
  const decimals = withoutTrailing(match[2] ?? '', '0');
  if (decimals.length > exponent) return 'too_many_decimals';
  const minor = Number(`${match[1]}${decimals.padEnd(exponent, '0')}`);
  return minor > AMOUNT_MINOR_MAX ? 'too_large' : minor;
}

/** Minor units as a decimal text with all of the currency's decimals: 550 USD is `5.50`, 5 UGX is `5`. */
export function formatAmount(minor: number, currency: Currency): string {
  assert(Number.isSafeInteger(minor), `an amount is a whole number of minor units, not ${minor}`);
  const exponent = CURRENCIES[currency];
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const sign = minor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/**
 * Minor units as a JSON number of major units: 550 USD is 5.5. Exact in both directions: every amount has fewer than 15
 * significant digits, so the shortest text of the double is the intended decimal.
 */
export function toMajor(minor: number, currency: Currency): number {
  return Number(formatAmount(minor, currency));
}
