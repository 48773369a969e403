import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { STAGE_DEFAULTS } from '../../lib/stage.ts';
import { ceilings, SCENARIOS, tableUnits } from './capacity.ts';
import { sendsPerSecond, UPSTREAMS } from './model/call-rates.ts';
import { readResults } from './results.ts';

/** `docs/scale.md` against what `npm run bench` found last. Whoever changes a figure reads its paragraph again. */

const page = readFileSync('docs/scale.md', 'utf8');
const missing = (texts: readonly string[]) => texts.filter((text) => !page.includes(text));
const results = readResults();
const whole = (value: number) => Math.round(value).toLocaleString('en');
/** To two digits, so that not every change of code changes the page. */
const about = (value: number) => Number(value.toPrecision(2)).toLocaleString('en');

it('has every ceiling', () => {
  const rows = Object.entries(results.capacity?.figures ?? {}).map(([figure, holdsAt]) => {
    const [provider, scenario, first] = figure.split(': ');
    return `| ${scenario} | ${provider} | ${whole(holdsAt)} | ${first} |`;
  });
  expect(rows.length).toBeGreaterThan(10);
  expect(missing(rows)).toEqual([]);
});

it('has what a month costs', () => {
  const { 'a month without orders $': idle = 0, 'a month of 100 million that wait 800 ms $': month = 0 } =
    results.cents?.figures ?? {};
  const perOrder = (month - idle) / 100e6;
  const rows = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000].map((daily) => {
    const [average, busiest, dollars] = [daily / 86_400, daily / 18_000, idle + 30 * daily * perOrder];
    return `| ${whole(daily)} | ${about(average)} | ${about(busiest)} | ${about(dollars)} $ |`;
  });
  const sentences = [
    `${about(month)} $ for 100 million orders, with a year of them stored`,
    `${about(1e6 * perOrder)} $ for a million, and ${about(idle)} $ without any`,
    `An empty cell costs about ${about(idle)} $ a month`,
  ];
  expect(missing([...rows, ...sentences])).toEqual([]);
});

it('reckons with the units and rates of the code', () => {
  const units = tableUnits(results);
  const [hotrecharge, pesaway] = UPSTREAMS.map((name) => sendsPerSecond(STAGE_DEFAULTS.live, name));
  const sentences = [
    `an order writes ${units.toFixed(1)} units in the orders table itself, so ${whole(4_000 / units)}/s`,
    `560 × ${units.toFixed(1)} = ${about(560 * units)} units/s`,
    `${hotrecharge}/s to HotRecharge and ${pesaway}/s to PesaWay`,
  ];
  expect(missing(sentences)).toEqual([]);
});

it('what we send a provider is what its adapter says, or the stage', () => {
  expect(UPSTREAMS.map((name) => sendsPerSecond(STAGE_DEFAULTS.live, name))).toEqual([100, 50]);
  expect(UPSTREAMS.map((name) => sendsPerSecond(STAGE_DEFAULTS.staging, name))).toEqual([10, 5]);
});

it('a stage takes no more than it sends, whoever orders', async () => {
  const found = await ceilings('staging', 1, results, SCENARIOS.slice(0, 2));
  const pace = 'our pace for the provider';
  expect(found.map(({ provider, first }) => [provider, first])).toEqual([
    ...[
      ['hotrecharge', pace],
      ['pesaway', pace],
    ],
    ...[
      ['hotrecharge', pace],
      ['pesaway', pace],
    ],
  ]);
  for (const { provider, holdsAt } of found) {
    expect(holdsAt).toBeLessThanOrEqual(sendsPerSecond(STAGE_DEFAULTS.staging, provider));
    expect(holdsAt).toBeGreaterThan(sendsPerSecond(STAGE_DEFAULTS.staging, provider) / 2);
  }
});
