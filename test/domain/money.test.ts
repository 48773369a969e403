import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Currency } from '../../shared/domain/money.ts';
import { AMOUNT_MINOR_MAX, CURRENCIES, formatAmount, parseAmount, toMajor } from '../../shared/domain/money.ts';

const currencies = fc.constantFrom(...(Object.keys(CURRENCIES) as Currency[]));
const minor = fc.integer({ min: 0, max: AMOUNT_MINOR_MAX });

describe('an amount', () => {
  it.each<[number | string, Currency, number | string]>([
    [5, 'USD', 500],
    [5.5, 'USD', 550],
    ['5.50', 'USD', 550],
    ['005', 'USD', 500],
    [0.1, 'USD', 10],
    [0.29, 'USD', 29],
    [1.005, 'USD', 'too_many_decimals'],
    ['5.000', 'USD', 500],
    [5, 'UGX', 5],
    ['5.00', 'UGX', 5],
    [5.5, 'UGX', 'too_many_decimals'],
    ['1e3', 'USD', 'not_an_amount'],
    [1e21, 'USD', 'not_an_amount'],
    [1e-7, 'USD', 'not_an_amount'],
    [-1, 'USD', 'not_an_amount'],
    ['+1', 'USD', 'not_an_amount'],
    ['-0', 'USD', 'not_an_amount'],
    ['5.', 'USD', 'not_an_amount'],
    ['.5', 'USD', 'not_an_amount'],
    ['5,50', 'USD', 'not_an_amount'],
    ['1 000', 'USD', 'not_an_amount'],
    ['٥', 'USD', 'not_an_amount'],
    ['', 'USD', 'not_an_amount'],
    [Number.NaN, 'USD', 'not_an_amount'],
    [Number.POSITIVE_INFINITY, 'USD', 'not_an_amount'],
    ['10000000000.01', 'USD', 'too_large'],
    ['999999999999999', 'USD', 'too_large'],
  ])('%p in %s is %p', (input, currency, expected) => {
    expect(parseAmount(input, currency)).toBe(expected);
  });

  it('survives being written and read, as text and as the JSON number a merchant sees', () => {
    fc.assert(
      fc.property(minor, currencies, (amount, currency) => {
        expect(parseAmount(formatAmount(amount, currency), currency)).toBe(amount);
        const json = JSON.parse(JSON.stringify({ amount: toMajor(amount, currency) }));
        expect(parseAmount(json.amount, currency)).toBe(amount);
      }),
    );
  });

  it('is never rounded: what is read says the same decimal as what was written', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,9}(\.\d{1,6})?$/), currencies, (text, currency) => {
        const read = parseAmount(text, currency);
        if (typeof read === 'string') return;
        const [whole = '', decimals = ''] = text.split('.');
        const exponent = CURRENCIES[currency];
        const scaled = BigInt(whole + decimals.padEnd(6, '0'));
        expect(BigInt(read) * 10n ** BigInt(6 - exponent)).toBe(scaled);
      }),
    );
  });

  it('that is no whole number of minor units is never written', () => {
    expect(() => formatAmount(0.5, 'USD')).toThrow('whole number');
    expect(formatAmount(-5, 'USD')).toBe('-0.05');
    expect(formatAmount(-5, 'UGX')).toBe('-5');
  });
});
