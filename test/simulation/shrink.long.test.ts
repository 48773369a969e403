import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

/** What the command prints of a violation: a bug is planted, so that there is one. */

const run = promisify(execFile);

it('a violation is printed with the few parts that it needs, and with the command that replays it', async () => {
  const args = [
    '--import',
    './test/simulation/plant.mjs',
    'test/simulation/cli.ts',
    '--seeds',
    '2..2',
    '--orders',
    '40',
  ];
  const env = { ...process.env, PLANTED_BUG: 'an unclear send is refunded' };
  const { stdout } = await run(process.execPath, args, { env }).catch((error: { stdout: string }) => error);
  expect(stdout).toContain('npm run simulate -- --seeds 2..2 --orders 40');
  const [, parts = '', trace = ''] = /needs only\n((?: {2}[^\n]*\n)+)\n(.*)/s.exec(stdout) ?? [];
  expect(parts.trimEnd().split('\n').length).toBeLessThanOrEqual(12);
  expect(trace).toMatch(/upstream vends/);
  expect(trace).toMatch(/VIOLATION: \S+ was refunded and delivered/);
}, 600_000);
