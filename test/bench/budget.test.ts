import { expect, it } from '@jest/globals';
import { rounded } from './line.ts';
import { line as bulkRow } from './lines/units-bulk-row.ts';
import { line as single } from './lines/units-single.ts';
import { readResults } from './results.ts';

/**
 * What an order costs is a promise to whoever pays for it. A change that adds a unit fails here; if it is worth it, run
 * `npm run bench -- --only <line>` and say in the commit what the unit is for.
 */
it.each([single, bulkRow])('no unit is added to what docs/performance.md says in $name', async (line) => {
  const known = readResults()[line.name]?.figures ?? {};
  const figures = await line.measure();
  const dearer = Object.entries(figures).filter(([name, value]) => rounded(value) > (known[name] ?? 0));
  expect(dearer).toEqual([]);
});
