import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readLines } from './bench.ts';
import type { Line } from './line.ts';
import { holds, median, percentile, rounded } from './line.ts';
import { linesAsText, performancePage } from './performance-page.ts';
import { readResults } from './results.ts';

const line: Line = {
  name: 'units',
  what: 'Units of an order.',
  kind: 'count',
  wanted: { write: { most: 12, before: '23' }, read: { most: 8 }, 'orders per s': { least: 60 } },
  measure: async () => ({}),
};
const results = { units: { figures: { write: 12, read: 9, extra: 1.23456 } } };

it.each([
  ['at most so much', { most: 5 }, 5, true],
  ['more than it may be', { most: 5 }, 5.1, false],
  ['at least so much', { least: 5 }, 5, true],
  ['less than it must be', { least: 5 }, 4.9, false],
  ['not measured', { least: 5 }, undefined, false],
  ['no number', { most: 5 }, Number.NaN, false],
  ['without a goal', undefined, 1, undefined],
])('a figure that is %s', (_what, goal, figure, expected) => {
  expect(holds(goal, figure)).toBe(expected);
});

it('the page has every figure, every goal, and how many of them hold', () => {
  const page = performancePage([line], results);
  expect(page).toContain('1 of 3 goals hold.');
  expect(page).toContain('| write | 12 | ≤ 12 | yes | 23 |');
  expect(page).toContain('| read | 9 | ≤ 8 | **no** |  |');
  expect(page).toContain('| extra | 1.235 |  |  |  |');
  expect(page).toContain('| orders per s | – | ≥ 60 | **no** |  |');
});

it('the page says why a line has no figures', () => {
  const page = performancePage([line], { units: { figures: {}, failed: 'it took too long' } });
  expect(page).toContain('No figures: it took too long.');
  expect(performancePage([line], {})).toContain('No figures: it was not run yet.');
});

it('the console has the same figures', () => {
  expect(linesAsText([line], results)).toMatch(/units: write +12 +≤ 12 +yes +23/);
});

it('percentiles are values that were measured', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([5, 1, 2, 3, 4], 99)).toBe(5);
  expect(percentile([], 50)).toBeNaN();
});

it('figures are rounded to three digits, and large ones to whole numbers', () => {
  expect([rounded(1.23456), rounded(0.0123456), rounded(12_345.6), rounded(0)]).toEqual([1.23, 0.0123, 12_346, 0]);
});

it('docs/performance.md is made from the lines and figures that are here: `npm run bench -- --page`', async () => {
  expect(readFileSync('docs/performance.md', 'utf8')).toBe(performancePage(await readLines(), readResults()));
});

it('every line is named after its file', async () => {
  const names = (await readLines()).map(({ name }) => name);
  expect(names.filter((name) => !existsSync(`test/bench/lines/${name}.ts`))).toEqual([]);
});
