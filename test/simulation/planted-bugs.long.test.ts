import { describe, expect, it } from '@jest/globals';
import { ALL_PLANTED_BUGS } from './planted-source.ts';
import { runPlanted } from './run-planted.ts';

/** The proof that the simulation and the tests would notice: each bug is planted into a run of its own. */

describe('a planted bug is caught:', () => {
  // Each runs in a process of its own: as many at once as jest allows.
  it.concurrent.each(ALL_PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
    '%s',
    async (_name, bug) => {
      expect(await runPlanted(bug)).toMatchObject({ isCaught: true });
    },
    600_000,
  );
});
