import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { FAULT_RATES, SWITCHED_OFF } from './faults.ts';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './simulation.ts';

/** A short run of what `npm run simulate` does at length, and the proof that the simulation catches bugs. */

const run = promisify(execFile);
const POSSIBLE_FAULTS = Object.keys(FAULT_RATES)
  .filter((fault) => !(fault in SWITCHED_OFF))
  .toSorted();

it('fifty seeds of a hundred orders, with every fault, violate no invariant', async () => {
  const { orders, rows, counts, violations } = await runSeeds({ from: 1, to: 50, orders: 100 });
  expect(violations).toEqual([]);
  // Every requested order exists, except where a row of a batch used its reference first.
  expect(orders - rows + (counts['reference: used by a row before a single order'] ?? 0)).toBe(5000);
  expect(rows).toBeGreaterThan(500);
  const faults = Object.entries(counts).filter(([name]) => name.startsWith('fault: '));
  expect(faults.map(([name]) => name.slice('fault: '.length)).toSorted()).toEqual(POSSIBLE_FAULTS);
  expect(faults.every(([, times]) => times > 0)).toBe(true);
  for (const status of ['success', 'refunded', 'failed', 'review'])
    expect(counts[`orders: ${status}`]).toBeGreaterThan(0);
  for (const status of ['success', 'refunded', 'reversed']) expect(counts[`rows: ${status}`]).toBeGreaterThan(0);
  for (const status of ['completed', 'cancelled']) expect(counts[`batches: ${status}`]).toBeGreaterThan(0);
  // That another order uses a row's reference first is too rare to expect here; two planted bugs need it to be caught.
}, 600_000);

it('a seed gives the same run every time, to the last line of its trace', async () => {
  for (const seed of [42, 43, 44]) {
    const once = await simulate(seed, { orders: 100, isTraced: true });
    const again = await simulate(seed, { orders: 100, isTraced: true });
    expect(once.trace.length).toBeGreaterThan(500);
    expect(again).toEqual(once);
  }
});

it('a violation is printed with the few parts that it needs, and with the command that replays it', async () => {
  const args = [
    '--import',
    './test/simulation/plant.mjs',
    'test/simulation/cli.ts',
    '--seeds',
    '2..2',
    '--orders',
    '40',
  ];
  const env = { ...process.env, PLANTED_BUG: 'an unclear send is refunded' };
  const { stdout } = await run(process.execPath, args, { env }).catch((error: { stdout: string }) => error);
  expect(stdout).toContain('npm run simulate -- --seeds 2..2 --orders 40');
  const [, parts = '', trace = ''] = /needs only\n((?: {2}[^\n]*\n)+)\n(.*)/s.exec(stdout) ?? [];
  expect(parts.trimEnd().split('\n').length).toBeLessThanOrEqual(12);
  expect(trace).toMatch(/upstream vends/);
  expect(trace).toMatch(/VIOLATION: \S+ was refunded and delivered/);
}, 600_000);
