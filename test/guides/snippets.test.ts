import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { differences, fencesOf, GUIDES, outdated, unmarked } from '../support/snippets.ts';

/** Nothing that looks like code to copy is in a guide unless a test runs it. `snippets.long.test.ts` does. */

it('every block of a guide is run by a test, or marked as text', () => {
  expect(GUIDES).toContain('docs/start.md');
  expect(GUIDES.flatMap((page) => unmarked(page))).toEqual([]);
  expect(outdated()).toEqual([]);
});

it('every guide that uses the two variables says where they come from', () => {
  const using = GUIDES.filter(
    (page) => page !== 'docs/start.md' && readFileSync(page, 'utf8').includes('$AIRTIME_KEY'),
  );
  expect(using.length).toBeGreaterThan(10);
  expect(using.filter((page) => !readFileSync(page, 'utf8').includes('(start.md#1-start-it)'))).toEqual([]);
});

it('a block without a language, or of one that nothing runs, is found', () => {
  const text = 'a\n\n```\ncurl x\n```\n```rust\nfn\n```\n```sh\nls\n```\n```json\n{}\n```\n';
  expect(unmarked('a.md', fencesOf('a.md', text))).toEqual(['a.md:3 ', 'a.md:6 rust']);
});

it.each([
  ['the same', { a: 'x' }, []],
  ['a field that is not shown', { a: 'x', b: 1 }, []],
  ['no such field', {}, ['.a is not there']],
  ['a field of another kind', { a: 1 }, ['.a is 1']],
])('an answer with %s is held against what the page shows', (_what, actual, found) => {
  expect(differences({ a: 'y' }, actual)).toEqual(found);
});

it('what a page promises of a status, a list and an object is looked at', () => {
  const shown = { status: 'success', data: [{ id: 'x' }], failure: { code: 'a' }, at: null };
  expect(differences(shown, { status: 'failed', data: [{}], failure: null, at: 1 })).toEqual([
    '.status is failed',
    '.data[0].id is not there',
    '.failure is no object',
  ]);
});
