import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { ALL_PLANTED_BUGS, editsOf, plantInto } from './planted-source.ts';
import { recordedSeeds } from './run-planted.ts';

/** That every planted bug can be planted. `planted-bugs.long.test.ts` shows that each is caught. */

it('there are at least two hundred planted bugs, each with a name of its own', () => {
  const names = new Set(ALL_PLANTED_BUGS.map(({ name }) => name));
  expect(names.size).toBe(ALL_PLANTED_BUGS.length);
  expect(names.size).toBeGreaterThanOrEqual(200);
});

it.each(ALL_PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('can be planted: %s', (_name, bug) => {
  const files = new Set(editsOf(bug).map(({ file }) => file));
  for (const file of files) {
    const source = readFileSync(file, 'utf8');
    expect(plantInto(bug, `/${file}`, source)).not.toBe(source);
  }
  if (bug.caughtBy) expect(existsSync(bug.caughtBy.test)).toBe(true);
});

it('a seed is recorded only of bugs that there are', () => {
  const names = new Set(PLANTED_BUGS.map(({ name }) => name));
  expect(Object.keys(recordedSeeds()).filter((name) => !names.has(name))).toEqual([]);
});
