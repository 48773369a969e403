import { expect, it } from '@jest/globals';
import { repeats } from '../support/length.ts';
import { CONSEQUENCES, FAULT_RATES, SWITCHED_OFF } from './faults.ts';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './simulation.ts';

/** A short run of what `npm run simulate` does at length. */

/** In `npm test`, a shorter run of fewer of the same seeds, which still meets every fault. */
const SEEDS = repeats({ short: 30, long: 50 });
const ORDERS = repeats({ short: 20, long: 100 });
const ROWS_MIN = repeats({ short: 100, long: 200 });
/** At least; they are so few that a shorter run may have none. */
const REVERSED_ROWS = repeats({ short: 0, long: 1 });
const POSSIBLE_FAULTS = Object.keys(FAULT_RATES)
  .filter((fault) => !(fault in SWITCHED_OFF))
  .concat(CONSEQUENCES)
  .toSorted();

it(`${SEEDS} seeds of ${ORDERS} orders, with every fault, violate no invariant`, async () => {
  const { orders, rows, counts, violations } = await runSeeds({ from: 1, to: SEEDS, orders: ORDERS, workers: 2 });
  expect(violations).toEqual([]);
  // Every requested order exists, except where a row of a batch used its reference first.
  expect(orders - rows + (counts['reference: used by a row before a single order'] ?? 0)).toBe(SEEDS * ORDERS);
  expect(rows).toBeGreaterThan(ROWS_MIN);
  const faults = Object.entries(counts).filter(([name]) => name.startsWith('fault: '));
  expect(faults.map(([name]) => name.slice('fault: '.length)).toSorted()).toEqual(POSSIBLE_FAULTS);
  expect(faults.every(([, times]) => times > 0)).toBe(true);
  for (const status of ['success', 'refunded', 'failed', 'review'])
    expect(counts[`orders: ${status}`]).toBeGreaterThan(0);
  for (const status of ['success', 'refunded']) expect(counts[`rows: ${status}`]).toBeGreaterThan(0);
  expect(counts['rows: reversed'] ?? 0).toBeGreaterThanOrEqual(REVERSED_ROWS);
  for (const status of ['completed', 'cancelled']) expect(counts[`batches: ${status}`]).toBeGreaterThan(0);
  // That another order uses a row's reference first is too rare to expect here; two planted bugs need it to be caught.
}, 600_000);

it('a seed gives the same run every time, to the last line of its trace', async () => {
  for (const seed of [42, 43, 44].slice(0, repeats({ short: 2, long: 3 }))) {
    const once = await simulate(seed, { orders: ORDERS, isTraced: true });
    const again = await simulate(seed, { orders: ORDERS, isTraced: true });
    expect(once.trace.length).toBeGreaterThan(200);
    expect(again).toEqual(once);
  }
});

it('the result is the same with several threads', async () => {
  const plan = { from: 1, to: repeats({ short: 3, long: 6 }), orders: 10 };
  const { seconds: _, ...alone } = await runSeeds(plan);
  const { seconds: __, ...together } = await runSeeds({ ...plan, workers: 2 });
  expect(together).toEqual(alone);
});
