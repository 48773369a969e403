import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { DASHBOARD_FOLDER, freshenDashboard } from '../../bin/dashboard/fresh.ts';

/** What the dashboard costs on a mobile network. */

const KB = 1024;
const FIRST_LOAD_MAX = 380 * KB;
const PAGE_MAX = 40 * KB;

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

await freshenDashboard();
const chunks: Readonly<Record<string, Chunk>> = JSON.parse(
  readFileSync(join(DASHBOARD_FOLDER, 'manifest.json'), 'utf8'),
);
const chunk = (name: string): Chunk => {
  const found = chunks[name];
  if (!found) throw new Error(`${name} was not built`);
  return found;
};

/** All files that a chunk needs before it runs. */
function filesOf(name: string): Set<string> {
  const { file, css = [], imports = [] } = chunk(name);
  return new Set([file, ...css, ...imports.flatMap((each) => [...filesOf(each)])]);
}

/** What a chunk, with all that it needs, loads when it is wanted. */
function laterOf(name: string): string[] {
  const { imports = [], dynamicImports = [] } = chunk(name);
  return name === 'index.html' ? [] : [...dynamicImports, ...imports.flatMap(laterOf)];
}

const sizes = new Map<string, number>();
function sizeOf(files: Iterable<string>): number {
  let sum = 0;
  for (const file of files) {
    const size = sizes.get(file) ?? brotliCompressSync(readFileSync(join(DASHBOARD_FOLDER, 'app', file))).length;
    sizes.set(file, size);
    sum += size;
  }
  return sum;
}

const OVERVIEW = 'src/routes/overview/overview-page.tsx';
/** With what the first page loads after it is shown. */
const first = new Set([OVERVIEW, ...laterOf(OVERVIEW), 'index.html'].flatMap((name) => [...filesOf(name)]));
const pages = (chunk('index.html').dynamicImports ?? []).filter((name) => name.startsWith('src/routes/'));

it('the first page is loaded within its budget, with everything that it needs', () => {
  const size = sizeOf(first);
  process.stdout.write(`The dashboard's first load is ${Math.round(size / KB)} KB.\n`);
  expect(size).toBeLessThanOrEqual(FIRST_LOAD_MAX);
});

it.each(pages)('%s adds little to what is there', (name) => {
  const size = sizeOf([...filesOf(name)].filter((file) => !first.has(file)));
  process.stdout.write(`${name} adds ${Math.round(size / KB)} KB.\n`);
  expect(size).toBeLessThanOrEqual(PAGE_MAX);
});

it('it is the build for production, whatever process has made it', () => {
  const texts = Object.values(chunks).map(({ file }) => readFileSync(join(DASHBOARD_FOLDER, 'app', file), 'utf8'));
  expect(texts.filter((text) => text.includes('You might be breaking the Rules of Hooks'))).toEqual([]);
});

it.each([...new Set(pages.flatMap(laterOf))])(
  '%s, which a page loads after it is shown, is no more than a page',
  (name) => {
    const size = sizeOf([...filesOf(name)].filter((file) => !first.has(file)));
    process.stdout.write(`${name} adds ${Math.round(size / KB)} KB.\n`);
    expect(size).toBeLessThanOrEqual(PAGE_MAX);
  },
);

it("the files of a page are loaded by our code, which asks again, and not by the bundler's", () => {
  const texts = Object.values(chunks).map(({ file }) => readFileSync(join(DASHBOARD_FOLDER, 'app', file), 'utf8'));
  expect(texts.filter((text) => text.includes('vite:preloadError'))).toEqual([]);
});

it('nothing of it is a secret', () => {
  const texts = Object.values(chunks).map(({ file }) => readFileSync(join(DASHBOARD_FOLDER, 'app', file), 'utf8'));
  expect(texts.filter((text) => /atk_(?:live|test)_\w{10}|whsec_\w{10}|AKIA\w{12}/.test(text))).toEqual([]);
});
