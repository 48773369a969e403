import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { childEnvironment } from '../support/system.ts';

/** What the commands say of options that they do not have. */

const run = promisify(execFile);

it.each([
  [['test/simulation/cli.ts', '--help'], undefined, ''],
  [['test/simulation/cli.ts', '--sedes', '1..2'], 1, "Unknown option '--sedes'"],
  [['bin/start.ts', '--stage', 'toString'], 1, '--stage must be one of dev, staging, live.'],
])(
  '%j prints its usage, and no stack',
  async (args, code, reason) => {
    const ended: { code?: number; stdout: string; stderr: string } = await run(process.execPath, args, {
      env: childEnvironment,
    }).catch((error) => error);
    const said = ended.stdout + ended.stderr;
    expect([ended.code, said]).toEqual([code, expect.stringContaining('npm ')]);
    expect(said).toContain(reason);
    expect(said).not.toContain('    at ');
  },
  30_000,
);
