import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fencesOf, GUIDES, isInstalled, LANGUAGES, runPage } from '../support/snippets.ts';
import { System } from '../support/system.ts';

/** Every guide, read from top to bottom at one `npm start`, with each command and program run as it is printed. */

const data = mkdtempSync(join(tmpdir(), 'airtime-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 60_000);
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

it.each(GUIDES)('%s works as printed', (page) => runPage(page, system), 180_000);

it('the quick start has a success in every language that is installed here', async () => {
  const languages = [...new Set(fencesOf('docs/quick-start.md').map(({ language }) => language))];
  const known = languages.filter((language) => language in LANGUAGES);
  expect(known).toEqual(['sh', 'python', 'js', 'php', 'java', 'csharp', 'go']);
  const printed = await runPage('docs/quick-start.md', system);
  expect(printed).toHaveLength(known.filter(isInstalled).length);
  for (const text of printed) expect(text).toContain('success');
}, 180_000);
