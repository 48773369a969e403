import { describe, expect, it } from '@jest/globals';
import type { AmountFit } from '../../shared/domain/catalogue.ts';
import { ANY_NETWORK, airtimeFor, fitAmount, parseMeter } from '../../shared/domain/catalogue.ts';
import { aProduct } from '../support/products.ts';

describe('an amount is sold', () => {
  const stepped = aProduct({ minMinor: 100, maxMinor: 1000, stepMinor: 50 });
  const listed = aProduct({ minMinor: 100, maxMinor: 500, stepMinor: 1, denominationsMinor: [100, 200, 500] });

  it.each<[number, AmountFit]>([
    [100, 'fits'],
    [150, 'fits'],
    [1000, 'fits'],
    [50, 'below_min'],
    [99, 'below_min'],
    [1001, 'above_max'],
    [1050, 'above_max'],
    [151, 'off_step'],
    [999, 'off_step'],
  ])('in steps between two limits: %i %s', (amountMinor, fit) => {
    expect(fitAmount(stepped, amountMinor)).toBe(fit);
  });

  it.each<[number, AmountFit]>([
    [100, 'fits'],
    [500, 'fits'],
    [150, 'not_a_denomination'],
    [50, 'not_a_denomination'],
    [501, 'not_a_denomination'],
  ])('in denominations and no other: %i %s', (amountMinor, fit) => {
    expect(fitAmount(listed, amountMinor)).toBe(fit);
  });
});

describe('airtime for a number', () => {
  const want = { country: 'ZW', network: 'Econet', currency: 'USD' } as const;
  const any = aProduct({ id: 1, network: ANY_NETWORK });
  const own = aProduct({ id: 2, network: 'Econet' });
  const listed = aProduct({ id: 3, network: 'Econet', denominationsMinor: [100] });
  const gone = aProduct({ id: 4, network: 'Econet', available: false });
  const others = [
    aProduct({ id: 5, network: 'NetOne' }),
    aProduct({ id: 6, network: 'Econet', currency: 'ZWG' }),
    aProduct({ id: 7, network: ANY_NETWORK, country: 'KE' }),
    aProduct({ id: 8, network: 'Econet', kind: 'data' }),
  ];

  it('is of this network, then of any; available, then not; in any amount, then in denominations', () => {
    expect(airtimeFor([...others, gone, any, listed, own], want)?.id).toBe(2);
    expect(airtimeFor([...others, gone, any, listed], want)?.id).toBe(3);
    expect(airtimeFor([...others, gone, any], want)?.id).toBe(1);
    expect(airtimeFor([...others, gone], want)?.id).toBe(4);
  });

  it('is never of another network, currency, country or kind', () => {
    expect(airtimeFor(others, want)).toBeUndefined();
  });
});

it('a meter number has eleven digits, with blanks and dashes between them', () => {
  expect(parseMeter('3711 234-5678')).toBe('37112345678');
  for (const text of ['3711234567', '371123456789', '3711234567a', '']) expect(parseMeter(text)).toBeUndefined();
});
