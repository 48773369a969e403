import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Currency } from '../../shared/domain/money.ts';
import {
  AMOUNT_MINOR_MAX,
  CURRENCIES,
  formatAmount,
  isCurrency,
  parseAmount,
  toMajor,
} from '../../shared/domain/money.ts';

const currencies = fc.constantFrom(...(Object.keys(CURRENCIES) as Currency[]));
const minor = fc.integer({ min: 0, max: AMOUNT_MINOR_MAX });
const plainDecimal = fc.stringMatching(/^\d{1,9}(\.\d{1,6})?$/);

describe('an amount', () => {
  it.each<[number | string, Currency, number | string]>([
    [5, 'USD', 500],
    [5.5, 'USD', 550],
    ['5.50', 'USD', 550],
    ['05', 'USD', 500],
    ['005.5', 'USD', 550],
    [0, 'USD', 0],
    [-0, 'USD', 0],
    [0.1, 'USD', 10],
    [0.29, 'USD', 29],
    [0.1 + 0.2, 'USD', 'too_many_decimals'],
    [1.005, 'USD', 'too_many_decimals'],
    ['5.000', 'USD', 500],
    ['5.00000000000000000000', 'USD', 500],
    [30, 'KES', 3000],
    [25.25, 'ZWG', 2525],
    [5, 'UGX', 5],
    ['5.00', 'UGX', 5],
    [5.5, 'UGX', 'too_many_decimals'],
    ['0.5', 'UGX', 'too_many_decimals'],
    ['10000000000', 'USD', AMOUNT_MINOR_MAX],
    ['10000000000.01', 'USD', 'too_large'],
    ['1000000000000', 'UGX', AMOUNT_MINOR_MAX],
    ['1000000000001', 'UGX', 'too_large'],
    ['999999999999999', 'USD', 'too_large'],
  ])('%p in %s is %p', (input, currency, expected) => {
    expect(parseAmount(input, currency)).toBe(expected);
  });

  it.each<[string, number | string]>([
    ['an exponent', '1e3'],
    ['an exponent in capitals', '1E3'],
    ['a number so large that it is written with an exponent', 1e21],
    ['a number so small that it is written with an exponent', 1e-7],
    ['a negative number', -1],
    ['a minus', '-1'],
    ['a minus before zero', '-0'],
    ['a plus', '+1'],
    ['no digit after the point', '5.'],
    ['no digit before the point', '.5'],
    ['only a point', '.'],
    ['two points', '1.2.3'],
    ['a comma for a point', '5,50'],
    ['a comma between thousands', '1,000'],
    ['a blank between thousands', '1 000'],
    ['an underscore', '1_000'],
    ['a blank before it', ' 5'],
    ['a line end after it', '5\n'],
    ['hexadecimal', '0x10'],
    ['a currency sign', '$5'],
    ['a fraction', '1/2'],
    ['Arabic digits', '٥'],
    ['Devanagari digits', '५'],
    ['full-width digits', '５'],
    ['a superscript', '5²'],
    ['nothing', ''],
    ['words', 'five'],
    ['sixteen digits', '1234567890123456'],
    ['a thousand digits', '9'.repeat(1000)],
    ['too many decimals', '0.000000000000000000000'],
    ['not a number', Number.NaN],
    ['no end', Number.POSITIVE_INFINITY],
  ])('is not %s', (_what, input) => {
    for (const currency of Object.keys(CURRENCIES) as Currency[]) {
      expect(parseAmount(input, currency)).toBe('not_an_amount');
    }
  });

  it('is digits with at most one point between them; every other text is refused', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'0123456789.-+eE, xN٥'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string(), fc.string({ unit: 'binary' })), currencies, (text, currency) => {
        const isDecimal = /^[0-9]+(\.[0-9]+)?$/.test(text);
        if (!isDecimal) expect(parseAmount(text, currency)).toBe('not_an_amount');
      }),
      { numRuns: 300 },
    );
  });

  it('survives formatting and parsing, as text and as a JSON number', () => {
    fc.assert(
      fc.property(minor, currencies, (amount, currency) => {
        expect(parseAmount(formatAmount(amount, currency), currency)).toBe(amount);
        const json = JSON.parse(JSON.stringify({ amount: toMajor(amount, currency) }));
        expect(parseAmount(json.amount, currency)).toBe(amount);
      }),
    );
  });

  it('is never rounded: the parsed decimal equals the formatted one', () => {
    fc.assert(
      fc.property(plainDecimal, currencies, (text, currency) => {
        const read = parseAmount(text, currency);
        if (typeof read === 'string') return;
        const [whole = '', decimals = ''] = text.split('.');
        const exponent = CURRENCIES[currency];
        const scaled = BigInt(whole + decimals.padEnd(6, '0'));
        expect(BigInt(read) * 10n ** BigInt(6 - exponent)).toBe(scaled);
      }),
    );
  });

  it('has too many decimals exactly when one beyond those of the currency is not zero', () => {
    fc.assert(
      fc.property(plainDecimal, currencies, (text, currency) => {
        const beyond = (text.split('.')[1] ?? '').slice(CURRENCIES[currency]);
        expect(parseAmount(text, currency) === 'too_many_decimals').toBe(/[1-9]/.test(beyond));
      }),
    );
  });

  it('is formatted with all decimals of its currency, and a minus only below zero', () => {
    expect(formatAmount(550, 'USD')).toBe('5.50');
    expect(formatAmount(5, 'USD')).toBe('0.05');
    expect(formatAmount(0, 'USD')).toBe('0.00');
    expect(formatAmount(-0, 'USD')).toBe('0.00');
    expect(formatAmount(-5, 'USD')).toBe('-0.05');
    expect(formatAmount(5, 'UGX')).toBe('5');
    expect(formatAmount(-5, 'UGX')).toBe('-5');
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('of %p minor units is never formatted', (amount) => {
    expect(() => formatAmount(amount, 'USD')).toThrow('whole number');
  });
});

it.each(['usd', 'ZWL', '', 'toString', '__proto__'])('%p is no currency', (text) => {
  expect(isCurrency(text)).toBe(false);
});
