import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Figures } from './line.ts';

/**
 * The figures that a script prints as its last line, as JSON, when it is called with `--json`: numbers, also in objects,
 * whose names then join. None where the script does not exist.
 */
export async function figuresOfScript(path: string): Promise<Figures> {
  if (!existsSync(path)) return {};
  const { stdout } = await promisify(execFile)(process.execPath, [path, '--json'], { maxBuffer: 1e8 });
  return flattened(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}'));
}

export function flattened(value: unknown, prefix = ''): Figures {
  if (typeof value === 'number') return { [prefix]: value };
  if (typeof value !== 'object' || value === null) return {};
  const parts = Object.entries(value).map(([name, each]) =>
    flattened(each, prefix === '' ? name : `${prefix}: ${name}`),
  );
  return Object.assign({}, ...parts);
}
