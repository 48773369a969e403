import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PLANTED_BUGS } from './planted-bugs.ts';

/** The proof that the simulation would notice: each bug is planted into the sources of a run of its own. */

const run = promisify(execFile);

describe('a planted bug is caught:', () => {
  // Each runs in a process of its own: as many at once as jest allows.
  it.concurrent.each(PLANTED_BUGS.map((bug, number) => [bug.name, number] as const))(
    '%s',
    async (_name, number) => {
      const args = [
        '--import',
        './test/simulation/plant.mjs',
        'test/simulation/cli.ts',
        '--seeds',
        '1..400',
        '--first',
        '--json',
      ];
      const env = { ...process.env, PLANTED_BUG: String(number) };
      const caught = await run(process.execPath, args, { env }).then(
        () => undefined,
        (error: { code: number; stdout: string }) => error,
      );
      expect(caught?.code).toBe(1);
      expect(JSON.parse(caught?.stdout ?? '{}').violations).toHaveLength(1);
    },
    180_000,
  );
});
