import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);

it.each(['bench', 'cost', 'capacity', 'load'])(
  '%s prints its usage on --help, and what is wrong with an option',
  async (name) => {
    const script = `test/bench/${name}.ts`;
    expect((await run(process.execPath, [script, '--help'])).stdout).toContain(`npm run ${name} -- `);
    const mistaken = run(process.execPath, [script, '--nope']);
    await expect(mistaken).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^(\(node.*\n)*Unknown option '--nope'[\s\S]*npm run /),
    });
    await expect(mistaken).rejects.not.toMatchObject({ stderr: expect.stringContaining('    at ') });
  },
);

it.each([
  ['capacity', ['--stage', 'prod'], 'There is no stage prod.'],
  ['capacity', ['--seed', 'abc'], '--seed is a whole number, not abc.'],
  ['bench', ['--only', 'units-single', '--only', 'nope', '--only', 'nor'], 'There is no line nope, nor. The lines are'],
])('%s refuses %j', async (name, options, what) => {
  const { stdout, stderr } = await run(process.execPath, [`test/bench/${name}.ts`, ...options]).catch((error) => error);
  expect(stdout).toBe('');
  expect(stderr).toContain(what);
  expect(stderr).toContain(`npm run ${name} -- `);
  expect(stderr).not.toContain('    at ');
});
