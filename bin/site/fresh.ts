import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

/** Whether the built site is as new as its sources. It loads nothing that builds, so that `npm start` stays quick. */

export const ROOT = dirname(dirname(import.meta.dirname));
const SOURCES = [
  'docs',
  'sdk/typescript/README.md',
  'sdk/python/README.md',
  'bin/site',
  'bin/site.ts',
  'CHANGELOG.md',
  'SECURITY.md',
  'package-lock.json',
];

/** Where the deployment and `npm start` look for it. */
export const SITE_FOLDER = join(ROOT, 'dist/site');

/** Whether the site is missing, or older than what it is made of. */
export function isSiteOld(folder = SITE_FOLDER): boolean {
  const built = join(folder, 'docs/index.html');
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return SOURCES.some((source) => {
    const path = join(ROOT, source);
    const names = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map(String) : [];
    return ['', ...names].some((name) => statSync(join(path, name)).mtimeMs > builtAt);
  });
}

/** The names of all files of a built site. */
export function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return all.map(({ parentPath, name }) => relative(folder, join(parentPath, name))).toSorted();
}

const run = promisify(execFile);
let building: Promise<unknown> | undefined;

/** Builds the site if it is old: once for all who wait, and in a process of its own, so that no order waits for it. */
export async function freshenSite(): Promise<void> {
  if (building === undefined && isSiteOld()) {
    building = run(process.execPath, [join(ROOT, 'bin/site.ts')]).finally(() => {
      building = undefined;
    });
  }
  await building;
}
