import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const FILE = join(import.meta.dirname, '../../dashboard/src/parts/recent-days.ts');

function daysIn(zone: string, now: string): string[] {
  const code = `import { recentDays } from ${JSON.stringify(FILE)}; console.log(recentDays(Date.parse('${now}')).join());`;
  const options = { env: { ...process.env, TZ: zone, NODE_OPTIONS: '' }, encoding: 'utf8' } as const;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], options).trim().split(',');
}

/** One of them has the hour at which it leaves summer time: a day of 25 hours is one day. */
it.each([
  ['Africa/Harare', '2026-05-06T22:30:00Z', '2026-05-07', '2026-04-24'],
  ['America/New_York', '2026-11-02T01:00:00Z', '2026-11-01', '2026-10-19'],
  ['UTC', '2026-03-05T12:00:00Z', '2026-03-05', '2026-02-20'],
])('the days to choose from are those of the reader in %s', (zone, now, first, last) => {
  const days = daysIn(zone, now);
  expect([days.length, new Set(days).size, days[0], days.at(-1)]).toEqual([14, 14, first, last]);
});
