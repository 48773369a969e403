import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fencesOf, GUIDES, isInstalled, LANGUAGES, runPage } from '../support/snippets.ts';
import { System } from '../support/system.ts';

/** Every guide, read from top to bottom at one `npm start`, with each command and program run as it is printed. */

const QUICK_START = 'docs/quick-start.md';
const data = mkdtempSync(join(tmpdir(), 'airtime-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 60_000);
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

it.each(GUIDES.filter((page) => page !== QUICK_START))('%s works as printed', (page) => runPage(page, system), 180_000);

it('the quick start has a success in every language that is installed here', async () => {
  const languages = [...new Set(fencesOf(QUICK_START).map(({ language }) => language))];
  const known = languages.filter((language) => language in LANGUAGES);
  expect(known).toEqual(['sh', 'python', 'js', 'php', 'java', 'csharp', 'go']);
  const printed = await runPage(QUICK_START, system);
  expect(printed).toHaveLength(known.filter(isInstalled).length);
  for (const text of printed) expect(text).toContain('success');
}, 180_000);

it.each([
  ['a request that is refused', '```sh\ncurl "$AIRTIME_URL/api/v1/nothing"\n```\n', 'a.md:1 did not work'],
  ['a program that fails', 'a\n\n```js\nthrow new Error("b");\n```\n', 'a.md:3 did not work'],
  ['another answer', '```sh\necho "{}"\n```\n\n```json\n{ "id": "c" }\n```\n', 'a.md:5 is not what was answered'],
])('a page with %s is found', async (_what, text, found) => {
  const page = join(data, 'a.md');
  writeFileSync(page, text);
  await expect(runPage(page, system)).rejects.toThrow(found);
});
