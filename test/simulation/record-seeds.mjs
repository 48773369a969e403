import { writeFileSync } from 'node:fs';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { recordedSeeds, runPlanted, SEEDS_FILE } from './run-planted.ts';

/**
 * `node test/simulation/record-seeds.mjs`: writes a seed that catches each planted bug to `planted-seeds.json`, where it
 * is not seed 1. A recorded one that still does stays. Names of bugs as arguments: only these.
 */
const names = process.argv.slice(2);
const known = new Set(PLANTED_BUGS.map(({ name }) => name));
const seeds = new Map(Object.entries(recordedSeeds()).filter(([name]) => known.has(name)));
for (const bug of PLANTED_BUGS) {
  if (names.length > 0 && !names.includes(bug.name)) continue;
  const { isCaught, seed } = await runPlanted(bug);
  if (!isCaught) throw new Error(`no seed catches "${bug.name}"`);
  seeds.delete(bug.name);
  if (seed > 1) seeds.set(bug.name, seed);
  const sorted = [...seeds].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(SEEDS_FILE, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}
