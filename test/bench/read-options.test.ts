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
