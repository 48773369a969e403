import { describe, expect, it } from '@jest/globals';
import { addDecimals } from '../../dashboard/src/parts/decimal.ts';
import {
  allOf,
  currenciesOf,
  daysOf,
  networksOf,
  ordersOf,
  roundAbove,
  successOf,
} from '../../dashboard/src/routes/overview/figures-of.ts';
import type { Figures, FigureTotal } from '../../sdk/typescript/src/api.ts';

/** What the first page makes of the figures of the API. */

const total = (status: string, orders: number, amount: number, more: Partial<FigureTotal> = {}): FigureTotal =>
  ({
    currency: 'USD',
    country: 'ZW',
    network: 'Econet',
    kind: 'airtime',
    status,
    orders,
    amount,
    ...more,
  }) as FigureTotal;

const FIGURES: Figures = {
  from: '2026-02-27',
  to: '2026-03-02',
  data: [
    {
      date: '2026-02-27',
      as_of: '2026-03-01T01:00:00.000Z',
      totals: [total('success', 2, 0.1), total('failed', 1, 9)],
    },
    {
      date: '2026-03-01',
      as_of: '2026-03-01T08:00:00.000Z',
      totals: [
        total('success', 3, 0.2, { network: 'NetOne' }),
        total('reversed', 1, 5),
        total('refunded', 1, 5),
        total('unknown', 4, 20),
        total('of next year', 1, 1),
        total('success', 1, 7, { currency: 'ZWG' }),
      ],
    },
  ],
};

it('each day that was asked for is there, also over the end of a month, and each order is in one part', () => {
  const days = daysOf(FIGURES, 'USD');
  expect(days.map(({ name }) => name)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  expect(days[0]).toMatchObject({ delivered: 2, notDelivered: 1, undecided: 0, volume: '0.1' });
  expect(days[1]).toEqual({ name: '2026-02-28', delivered: 0, notDelivered: 0, undecided: 0, volume: '0' });
  expect(days[2]).toMatchObject({ delivered: 3, notDelivered: 2, undecided: 5, asOf: '2026-03-01T08:00:00.000Z' });
  expect(ordersOf(allOf(days))).toBe(13);
});

it('volumes are of delivered orders and exact; currencies are never mixed', () => {
  expect(allOf(daysOf(FIGURES, 'USD')).volume).toBe('0.3');
  expect(allOf(daysOf(FIGURES, 'ZWG')).volume).toBe('7');
  expect(currenciesOf(FIGURES)).toEqual(['USD', 'ZWG']);
  expect(currenciesOf({ ...FIGURES, data: [] })).toEqual([]);
});

it('networks are by how many orders they had', () => {
  expect(networksOf(FIGURES, 'USD').map((row) => [row.name, ordersOf(row), row.volume])).toEqual([
    ['ZW Econet', 10, '0.1'],
    ['ZW NetOne', 3, '0.2'],
  ]);
});

describe('the success rate', () => {
  const rate = (delivered: number, notDelivered: number) =>
    successOf({ delivered, notDelivered, undecided: 7, volume: '0' });
  it('is of what is decided, and never all of it while one order was not delivered', () => {
    expect(rate(0, 0)).toBeUndefined();
    expect(rate(0, 3)).toBe(0);
    expect(rate(1, 2)).toBe(333);
    expect(rate(99_999, 1)).toBe(999);
    expect(rate(5, 0)).toBe(1_000);
  });
});

it.each([
  [0, 1],
  [1, 1],
  [7, 8],
  [41, 50],
  [1_000.01, 1_500],
  [0.07, 0.08],
])('the scale above %s ends at %s', (value, top) => {
  expect(roundAbove(value)).toBe(top);
});

it.each([
  ['0.1', 0.2, '0.3'],
  ['-5', 4.5, '-0.5'],
  ['999999999999.99', 0.01, '1000000000000'],
  ['0', 0, '0'],
])('%s and %s are %s', (one, other, sum) => {
  expect(addDecimals(one, other)).toBe(sum);
});
