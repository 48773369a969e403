import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { filesOf, ROOT } from '../site/fresh.ts';

/** Whether the built dashboard is of the sources that are here. It loads nothing that builds. */

/** Where the deployment and `npm start` look for it. What is served is its folder `app`. */
export const DASHBOARD_FOLDER = join(ROOT, 'dist/dashboard');
const FOLDER = join(ROOT, 'dashboard');
/** Outside of its folder. */
const GUIDES = ['docs/campaigns.md', 'docs/webhooks.md'];
const SOURCES = [
  'bin/dashboard.ts',
  'sdk/typescript/src/api.ts',
  ...GUIDES,
  'bin/dashboard/code-of.ts',
  'package-lock.json',
];

/** A hash of all that it is made of, because a checkout gives unchanged files new times. */
export function sourcesHash(): string {
  const hash = createHash('sha256');
  for (const path of [...filesOf(FOLDER).map((name) => `dashboard/${name}`), ...SOURCES]) {
    hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex');
}

/** Beside a built dashboard: the hash of what it was made of. */
export function hashFile(folder: string): string {
  return `${folder}.sources`;
}

export function isDashboardOld(folder = DASHBOARD_FOLDER): boolean {
  const file = hashFile(folder);
  return (
    !existsSync(join(folder, 'app/index.html')) || !existsSync(file) || readFileSync(file, 'utf8') !== sourcesHash()
  );
}

const run = promisify(execFile);
let building: Promise<unknown> | undefined;

/** Builds the dashboard if it is old: once for all who wait, and in a process of its own, so that no order waits. */
export async function freshenDashboard(say: (text: string) => void = () => {}): Promise<void> {
  if (building === undefined && isDashboardOld()) {
    const startedAt = Date.now();
    say('Building the dashboard …');
    building = run(process.execPath, [join(ROOT, 'bin/dashboard.ts')])
      .then(() => say(`The dashboard is built, in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`))
      .finally(() => {
        building = undefined;
      });
  }
  await building;
}
