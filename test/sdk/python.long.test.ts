import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/**
 * The package for Python as merchants get it: built, installed into an empty environment, type-checked, and used against
 * `npm start`. It needs `python3` and PyPI; where one is missing, that is said and nothing is claimed.
 */

const MINUTES = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'airtime-python-'));
const python = join(folder, 'venv/bin/python');

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: join(folder, 'python/tests'),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', ...env },
    encoding: 'utf8',
    timeout: 3 * MINUTES,
  });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error ?? ''}` };
}

const pip = (...args: readonly string[]) => run(python, ['-m', 'pip', ...args]);

/** Why it cannot be tested here, if it cannot. What is wrong with the package itself is no such reason. */
function prepare(): string | undefined {
  cpSync('sdk/python', join(folder, 'python'), { recursive: true });
  if (run('python3', ['--version']).status !== 0) return 'there is no python3';
  const made = run('python3', ['-m', 'venv', join(folder, 'venv')]);
  if (made.status !== 0) return `python3 makes no environment: ${made.output}`;
  const tools = pip('install', '-q', 'hatchling', 'httpx', 'mypy');
  return tools.status === 0 ? undefined : `PyPI gives no packages: ${tools.output}`;
}

const missing = prepare();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

if (missing) {
  it('the package for Python was not tested here', () => {
    process.stderr.write(`The package for Python was not tested: ${missing}\n`);
    expect(readdirSync(join(folder, 'python'))).toContain('pyproject.toml');
  });
} else {
  describe('the package for Python', tests);
}

function tests(): void {
  let system: System;

  beforeAll(async () => {
    const built = pip(
      'wheel',
      '-q',
      '--no-deps',
      '--no-build-isolation',
      '-w',
      join(folder, 'dist'),
      join(folder, 'python'),
    );
    expect(built).toEqual({ status: 0, output: expect.any(String) });
    const [wheel = ''] = readdirSync(join(folder, 'dist'));
    expect(pip('install', '-q', join(folder, 'dist', wheel))).toEqual({ status: 0, output: expect.any(String) });
    // Whatever is imported from here on is what was installed.
    rmSync(join(folder, 'python/src'), { recursive: true });
    system = await System.start(join(folder, 'data'));
  }, 3 * MINUTES);
  afterAll(() => system?.stop());

  it(
    'does what it promises, also against npm start',
    () => {
      const { status, output } = run(python, ['-m', 'unittest'], { AIRTIME_LOCAL: join(system.data, 'local.json') });
      expect([status, output]).toEqual([0, expect.stringMatching(/Ran [4-9]\d tests[\s\S]*\nOK\n$/)]);
    },
    3 * MINUTES,
  );

  it(
    'has types that hold for its users',
    () => {
      const checked = run(python, ['-m', 'mypy', '--strict', '.']);
      expect(checked).toEqual({ status: 0, output: expect.stringMatching(/^Success/) });
    },
    3 * MINUTES,
  );

  it.each([
    ['sdk/python/README.md', 'success None\n'],
    ['docs/sdks.md', 'success\n'],
  ])('runs the first example of %s as it is printed', (page, output) => {
    const [, printed = ''] = /^```python\n([\s\S]*?)^```$/m.exec(readFileSync(page, 'utf8')) ?? [];
    const { testKey, baseUrl } = system.local;
    writeFileSync(join(folder, 'example.py'), printed);
    const env = { AIRTIME_URL: baseUrl, AIRTIME_KEY: testKey };
    expect(run(python, [join(folder, 'example.py')], env)).toEqual({ status: 0, output });
  });
}
