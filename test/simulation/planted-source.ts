import type { Edit, PlantedBug } from './planted-bugs.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { PLANTED_BUGS_BY_TEST } from './planted-bugs-by-test.ts';
import { PLANTED_BUGS_FIGURES } from './planted-bugs-figures.ts';
import { PLANTED_BUGS_FREEZE } from './planted-bugs-freeze.ts';
import { PLANTED_BUGS_HEADS } from './planted-bugs-heads.ts';
import { PLANTED_BUGS_LIMITS } from './planted-bugs-limits.ts';
import { PLANTED_BUGS_LINE } from './planted-bugs-line.ts';
import { PLANTED_BUGS_NOTICES } from './planted-bugs-notices.ts';
import { PLANTED_BUGS_PEOPLE } from './planted-bugs-people.ts';
import { PLANTED_BUGS_PRIVACY } from './planted-bugs-privacy.ts';
import { PLANTED_BUGS_SDK } from './planted-bugs-sdk.ts';
import { PLANTED_BUGS_SECURITY } from './planted-bugs-security.ts';

/** Every planted bug: those of the simulation, of named tests, of a wallet's line, of Lambda's limits, of keys and answers. */
export const ALL_PLANTED_BUGS: readonly PlantedBug[] = [
  ...PLANTED_BUGS,
  ...PLANTED_BUGS_BY_TEST,
  ...PLANTED_BUGS_LINE,
  ...PLANTED_BUGS_HEADS,
  ...PLANTED_BUGS_LIMITS,
  ...PLANTED_BUGS_PRIVACY,
  ...PLANTED_BUGS_SECURITY,
  ...PLANTED_BUGS_FREEZE,
  ...PLANTED_BUGS_SDK,
  ...PLANTED_BUGS_PEOPLE,
  ...PLANTED_BUGS_FIGURES,
  ...PLANTED_BUGS_NOTICES,
];

/** The bug that the environment variable PLANTED_BUG names. */
export function bugToPlant(name = process.env.PLANTED_BUG ?? ''): PlantedBug {
  const bug = ALL_PLANTED_BUGS.find((each) => each.name === name);
  if (!bug) throw new Error(`PLANTED_BUG is not the name of a bug: ${name}`);
  return bug;
}

export function editsOf({ also = [], ...bug }: PlantedBug): readonly Edit[] {
  return [bug, also].flat();
}

/** The source of a file with the bug in it; unchanged where the bug is in other files. */
export function plantInto(bug: PlantedBug, path: string, source: string): string {
  return editsOf(bug).reduce((text, { file, find, replace }) => {
    if (!path.endsWith(`/${file}`)) return text;
    if (!text.includes(find)) throw new Error(`the source text of "${bug.name}" is not in ${file}`);
    return text.replace(find, () => replace);
  }, source);
}
