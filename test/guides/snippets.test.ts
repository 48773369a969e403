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

it('an id on a page has the form of the one that is answered', () => {
  const id = 'whl_8d3m1q7x5v9k2c4b6n0f';
  expect(differences({ id }, { id: 'whl_0mx310c2aw53f4we5aq4_1' })).toEqual(['.id is whl_0mx310c2aw53f4we5aq4_1']);
  expect(differences({ id: `${id}_1` }, { id: 'whl_0mx310c2aw53f4we5aq4_2' })).toEqual([]);
});

it('a variable of a shell that a guide uses is one of the two, or set above on the same page', () => {
  const unset = GUIDES.flatMap((page) => {
    const set = new Set(['AIRTIME_URL', 'AIRTIME_KEY']);
    return fencesOf(page)
      .filter(({ language }) => language === 'sh' || language === 'bash')
      .flatMap(({ code, place }) => {
        for (const [, name = ''] of code.matchAll(/(?:^|[\s;])(?:for |read )?([A-Za-z_]\w*)(?==| in |;)/gm))
          set.add(name);
        const used = [...code.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
        return used.filter((name) => !set.has(name)).map((name) => `${place} ${name}`);
      });
  });
  expect(unset).toEqual([]);
});

it('what a page promises of a status, a list and an object is looked at', () => {
  const shown = { status: 'success', data: [{ id: 'x' }], failure: { code: 'a' }, at: null, some: ['a'], none: [] };
  const actual = { status: 'failed', data: [{}], failure: null, at: 1, some: ['a', 'b'], none: [1] };
  expect(differences(shown, actual)).toEqual([
    '.status is failed',
    '.data[0].id is not there',
    '.failure is no object',
    '.at is not null',
    '.some has 2 items',
    '.none has 1 items',
  ]);
});

/** A field that a table explains is not cut out of the answer above it, and sums are sums. */
it('the answers on the page of money show what it explains, and add up', () => {
  const shown = fencesOf('docs/money.md').flatMap(({ language, code }) =>
    language === 'json' ? [JSON.parse(code)] : [],
  );
  expect(shown.find(({ data }) => data)?.data[0]).toMatchObject({
    kind: expect.any(String),
    amount: expect.any(Number),
  });
  const { opening_balance, closing_balance, totals } = shown.find((each) => each.totals);
  const sum = totals.reduce((before: number, { amount }: { amount: number }) => before + amount, opening_balance);
  expect(sum).toBe(closing_balance);
});

it.each(GUIDES)('%s says how to save a module, never runs what npx would fetch, and hides no package', (page) => {
  const text = readFileSync(page, 'utf8');
  const modules = fencesOf(page).filter(({ language, code }) => language === 'js' && /^(?:im|ex)port /m.test(code));
  if (modules.length > 0) expect(text).toContain('.mjs`');
  expect(text.match(/\bnpx (?!--no -- )\w/g)).toBeNull();
  expect(text).not.toMatch(/as `airtime\.py`/);
});

it('all programs read one pair of variables', () => {
  const sources = [...GUIDES, 'docs/decisions/0036-typescript-sdk.md', 'sdk/python/src/airtime/client.py'];
  const texts = [...sources, 'sdk/typescript/src/cli/profiles.ts'].map((path) => readFileSync(path, 'utf8')).join('\n');
  const names = new Set(texts.match(/\bAIRTIME_[A-Z_]*(?:URL|KEY)\b/g));
  expect([...names].toSorted()).toEqual(['AIRTIME_KEY', 'AIRTIME_URL']);
});
