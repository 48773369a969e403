import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AmountFit } from '../../shared/domain/catalogue.ts';
import { fitAmount, parseMeter } from '../../shared/domain/catalogue.ts';
import { aProduct } from '../support/products.ts';

describe('a product', () => {
  const ranged = aProduct({ minMinor: 50, maxMinor: 10_000, stepMinor: 50 });
  const listed = aProduct({ minMinor: 50, maxMinor: 10_000, stepMinor: 50, denominationsMinor: [100, 275, 20_000] });

  it.each<[string, number, AmountFit]>([
    ['its least amount', 50, 'fits'],
    ['one unit less', 49, 'below_min'],
    ['nothing', 0, 'below_min'],
    ['its largest amount', 10_000, 'fits'],
    ['one unit more', 10_001, 'above_max'],
    ['an amount on its step', 150, 'fits'],
    ['an amount between two steps', 151, 'off_step'],
  ])('in a range takes %s as %s says', (_what, amountMinor, fit) => {
    expect(fitAmount(ranged, amountMinor)).toBe(fit);
  });

  it.each<[number, AmountFit]>([
    [100, 'fits'],
    [275, 'fits'],
    [20_000, 'fits'],
    [150, 'not_a_denomination'],
    [0, 'not_a_denomination'],
  ])('with denominations is sold in those only: %i is %s', (amountMinor, fit) => {
    expect(fitAmount(listed, amountMinor)).toBe(fit);
  });

  it('never takes an amount outside its range, whatever the step', () => {
    const whole = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(whole, whole, whole, whole, (a, b, stepMinor, amountMinor) => {
        const [minMinor, maxMinor] = a < b ? [a, b] : [b, a];
        const fit = fitAmount(aProduct({ minMinor, maxMinor, stepMinor }), amountMinor);
        const isInRange = amountMinor >= minMinor && amountMinor <= maxMinor;
        expect(fit === 'fits').toBe(isInRange && amountMinor % stepMinor === 0);
      }),
    );
  });
});

describe('a meter number', () => {
  it.each([
    ['37112345678', '37112345678'],
    ['3711 234 5678', '37112345678'],
    ['3711-2345678', '37112345678'],
    ['3711\u00a0234\u00a05678', '37112345678'],
    ['00000000000', '00000000000'],
  ])('%p is read as %s', (text, meter) => {
    expect(parseMeter(text)).toBe(meter);
  });

  it.each(['', '3711234567', '371123456789', '3711234567a', '+3711234567', '3711234567８', '3.7112E+10'])(
    '%p is none',
    (text) => {
      expect(parseMeter(text)).toBeUndefined();
    },
  );

  it('has exactly 11 digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,20}$/), (digits) => {
        expect(parseMeter(digits)).toBe(digits.length === 11 ? digits : undefined);
      }),
    );
  });
});
