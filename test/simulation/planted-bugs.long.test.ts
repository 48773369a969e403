import { describe, expect, it } from '@jest/globals';
import { ALL_PLANTED_BUGS } from './planted-source.ts';
import { runPlanted } from './run-planted.ts';

/** The proof that the simulation and the tests would notice: each bug is planted into a run of its own. */

/** `1/25` is the second twenty-fifth. The gate plants one, by its commit, because all of them take half an hour. */
const [part = 0, parts = 1] = (process.env.PLANTED_PART ?? '').split('/').filter(Boolean).map(Number);
const planted = ALL_PLANTED_BUGS.filter((_, index) => index % parts === part);

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
