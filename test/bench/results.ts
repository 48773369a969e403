import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from './performance-page.ts';

/** Where `npm run bench` keeps what it measured. */
export const RESULTS = 'docs/performance.json';

export function readResults(folder = '.'): Record<string, Measured> {
  const path = join(folder, RESULTS);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}
