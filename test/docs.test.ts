import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PAGES } from '../bin/docs.ts';
import { MANAGEMENT_SCOPES } from '../bin/operator/merchant-commands.ts';
import { TRANSITIONS } from '../shared/domain/order.ts';
import { PESAWAY_CODES } from '../shared/http/pesaway-protocol.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { campaignsRoutes } from '../shared/manifest/routes/campaigns.ts';
import { routes } from '../shared/manifest/routes.ts';

it.each(Object.entries(PAGES))('%s says what the code says', async (path, make) => {
  expect(readFileSync(path, 'utf8')).toBe(await make());
});

it('the state diagram has exactly the arrows that orders have', () => {
  const drawn = [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(
    ([, from, to]) => `${from} ${to}`,
  );
  const arrows = Object.entries(TRANSITIONS).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
  expect(drawn.toSorted()).toEqual(arrows.toSorted());
});

it('the README lists every route', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const { method, path } of Object.values(routes)) expect(readme).toContain(`\`${method} ${path}\``);
});

it('the page of campaigns says which scopes a key needs', () => {
  const page = readFileSync('docs/campaigns.md', 'utf8');
  for (const route of Object.values(campaignsRoutes)) {
    const scopes = scopesOf(route).map((scope) => `\`${scope}\``);
    expect(page).toContain(`| \`${route.method} ${route.path}\` | ${scopes.join(', ')} |`);
  }
});

it('the page of keys says which scopes the keys of ours lack unless they are asked for', () => {
  const lacked = MANAGEMENT_SCOPES.map((scope) => `\`${scope}\``).join(', ');
  expect(readFileSync('docs/keys.md', 'utf8')).toContain(`Keys that we make have all scopes but ${lacked}`);
});

it("the page for PesaWay's clients has every code", () => {
  const page = readFileSync('docs/pesaway.md', 'utf8');
  const rows = [...page.matchAll(/^\| `(\d{3}\.\d{3})` \| (\d{3}) \| (.*) \|$/gm)].map(([, code, status, says]) => [
    code,
    status,
    says,
  ]);
  expect(rows).toEqual(Object.entries(PESAWAY_CODES).map(([code, says]) => [code, code.slice(0, 3), says]));
});

it('every file that the page on security names is there, and every title is in its test', () => {
  const page = readFileSync('docs/security.md', 'utf8');
  expect(page.match(/^\| (?:API|V)\d+ /gm)).toHaveLength(10 + 17);
  expect(unproven(page)).toEqual([]);
});

it.each([
  ['of a file that is not there', '`lib/gone.ts`', ['lib/gone.ts']],
  ['of a title that is not in the file', '`test/matrix.test.ts` "$name", "gone"', ['test/matrix.test.ts: gone']],
  ['of a title without a file', '`shared/id.ts` "gone"', ['gone']],
])('a claim %s is found', (_what, cell, missing) => {
  expect(unproven(`| a | ${cell} |\n| `)).toEqual(missing);
});

/** Also to a heading: its anchor is what GitHub makes of it. */
it('every link between pages leads to a file and a heading that are there', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(pages.flatMap((page) => brokenLinks(page, readFileSync(page, 'utf8')))).toEqual([]);
});

it.each([
  ['to a file that is not there', '[a](gone.md)', ['README.md: gone.md']],
  ['to a heading that is not there', '[a](docs/errors.md#gone)', ['README.md: docs/errors.md#gone']],
  ['to a heading of its own page', '# Two words, `code`\n[a](#two-words-code) [b](#two)', ['README.md: #two']],
  ['to the second of two equal headings', '# A\n# A\n[a](#a-1) [b](#a-2)', ['README.md: #a-2']],
  ['to a folder, and to the web', '[a](docs/decisions/) [b](https://example.com#x)', []],
  ['in a fence', '```\n[a](gone.md)\n# B\n```\n[b](#b)', ['README.md: #b']],
])('a link %s is checked right', (_what, text, broken) => {
  expect(brokenLinks('README.md', text)).toEqual(broken);
});

/** A table without its header is printed as it is typed; a cell too many is not printed at all. */
it('every table has its header, and in every row as many cells', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n');
  const texts = pages.filter(Boolean).map((page) => ({ page, text: readFileSync(page, 'utf8') }));
  expect(texts.flatMap(({ page, text }) => brokenTables(text).map((row) => `${page}: ${row}`))).toEqual([]);
});

it.each([
  ['that a blank line cuts in two', '| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| 3 | 4 |', ['| 3 | 4 |']],
  ['without a header', '| 1 | 2 |\n| 3 | 4 |', ['| 1 | 2 |']],
  ['with a cell too few in the line below its header', '| a | b |\n| --- |\n| 1 | 2 |', ['| a | b |']],
  ['with a cell too many', '| a | b |\n| --- | :-: |\n| 1 | 2 | 3 |', ['| 1 | 2 | 3 |']],
  ['that is whole', '| a | b |\n| --- | :-: |\n| 1 | `x \\| y` |\n\n| | |\n| --- | --- |', []],
  ['in a fence', '```\n| 1 | 2 |\n```', []],
])('a table %s is checked right', (_what, text, broken) => {
  expect(brokenTables(text)).toEqual(broken);
});

/** What the cells of a page name and is not there: files and, each behind its file, the titles of tests. */
function unproven(page: string): string[] {
  const cells = [...page.matchAll(/^\|.*\|$/gm)].flatMap(([row]) => row.split('|'));
  return cells.flatMap((cell) => {
    let file = '';
    return [...cell.matchAll(/`((?:\w+\/|package)[\w./-]*)`|"([^"]+)"/g)].flatMap(([, path, title = '']) => {
      file = path ?? file;
      if (path !== undefined) return existsSync(path) ? [] : [path];
      const isTest = /[.-]tests?\.ts$/.test(file) && existsSync(file);
      return isTest && readFileSync(file, 'utf8').includes(title) ? [] : [isTest ? `${file}: ${title}` : title];
    });
  });
}

/** What a page links to and is not there. */
function brokenLinks(page: string, text: string): string[] {
  const links = [...withoutFences(text).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  return links.flatMap(([, path = '', anchor]) => {
    const file = path === '' ? page : join(dirname(page), path);
    const isFound =
      existsSync(file) &&
      (anchor === undefined || anchorsOf(file === page ? text : readFileSync(file, 'utf8')).includes(anchor));
    return isFound ? [] : [`${page}: ${path}${anchor === undefined ? '' : `#${anchor}`}`];
  });
}

/** The anchors of a page's headings; a heading that comes again has a number behind it. */
function anchorsOf(text: string): string[] {
  const headings = [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  const names = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return names.map((name, index) => {
    const times = names.slice(0, index).filter((earlier) => earlier === name).length;
    return times === 0 ? name : `${name}-${times}`;
  });
}

function withoutFences(text: string): string {
  return text.replace(/^ *(```|~~~).*?^ *\1$/gms, '');
}

/** The first wrong line of each run of table rows. */
function brokenTables(text: string): string[] {
  const tables = [...withoutFences(text).matchAll(/^ *\|.*(\n *\|.*)*/gm)].map(([run]) => run.split('\n'));
  return tables.flatMap(([header = '', delimiter = '', ...rows]) => {
    const cells = cellsOf(header);
    if (!/^[ |:-]+$/.test(delimiter) || !delimiter.includes('-') || cellsOf(delimiter) !== cells) return [header];
    return rows.filter((row) => cellsOf(row) !== cells).slice(0, 1);
  });
}

/** Also in code, a bar ends a cell unless it is escaped. */
function cellsOf(row: string): number {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/).length;
}
