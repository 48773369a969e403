import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import MiniSearch from 'minisearch';
import { find } from '../../bin/site/find.ts';
import { isSiteOld } from '../../bin/site/fresh.ts';
import { highlight } from '../../bin/site/highlight.ts';
import { textOf } from '../../bin/site/html.ts';
import { Links } from '../../bin/site/links.ts';
import { renderMarkdown } from '../../bin/site/markdown.ts';
import { markdownCopy } from '../../bin/site/markdown-copy.ts';
import { nearest } from '../../bin/site/nearest.ts';
import { listedPages, plainUrlOf, UNLISTED } from '../../bin/site/pages.ts';
import { SEARCH_OPTIONS } from '../../bin/site/search-options.ts';
import { SEARCH_WORDS } from '../../bin/site/search-words.ts';
import { buildSite } from '../../bin/site.ts';
import { FAILURES } from '../../shared/domain/order.ts';
import { REFUSALS } from '../../shared/manifest/refusals.ts';
import { methodsAt } from '../../shared/manifest/routes.ts';
import { fileOf, isApiPath } from '../../shared/manifest/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'airtime-site-'));
const site = join(folder, 'site');
let pages: { readonly name: string; readonly html: string; readonly url: string }[] = [];

beforeAll(async () => {
  await buildSite(site);
  const names = readdirSync(site, { recursive: true }).map(String);
  pages = names
    .filter((name) => name.endsWith('.html'))
    .map((name) => ({
      name,
      html: readFileSync(join(site, name), 'utf8'),
      url: `/${name.replace(/(?:\/index)?\.html$/, '')}`,
    }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const idsIn = (html: string) => [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);

/** The links of one page that lead nowhere on the site. */
function brokenLinks(url: string, html: string): string[] {
  const links = [...html.matchAll(/\s(?:href|src|data-index)="([^"]*)"/g)].map(([, link = '']) => textOf(link));
  return links.filter((link) => {
    if (/^https:\/\//.test(link)) return false;
    const { pathname, hash } = new URL(link, `http://site${url}`);
    if (pathname === '/app/') return false; // The dashboard is built by itself.
    if (isApiPath(pathname)) return !methodsAt(pathname).includes('GET');
    const file = fileOf(pathname);
    if (file === undefined || !existsSync(join(site, file))) return true;
    if (hash === '') return false;
    const target = pathname === url ? html : readFileSync(join(site, file), 'utf8');
    return !idsIn(target).includes(decodeURIComponent(hash.slice(1)));
  });
}

it('every guide has one place in the navigation, and no other is in it', () => {
  const guides = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const sources = [...listedPages, ...UNLISTED].map(({ source }) => source);
  const listed = sources.filter((source) => /^docs\/[^/]+\.md$/.test(source));
  expect(listed.toSorted()).toEqual(guides.map((name) => `docs/${name}`).toSorted());
  expect(sources.filter((source) => !existsSync(source))).toEqual([]);
});

it('every link and every anchor of every page leads to something on the site', () => {
  expect(pages.length).toBeGreaterThan(listedPages.length);
  expect(pages.flatMap(({ url, html }) => brokenLinks(url, html).map((link) => `${url}: ${link}`))).toEqual([]);
});

it.each([
  ['to a page that is not there', '<a href="/docs/gone">', ['/docs/gone']],
  ['to an anchor that is not there', '<a href="/docs/errors#gone">', ['/docs/errors#gone']],
  ['to the anchor of a code', '<a href="/docs/errors#insufficient_funds">', []],
  ['to the API', '<a href="/status">', []],
  ['to no route of the API', '<a href="/api/v1/gone">', ['/api/v1/gone']],
  ['to another host without encryption', '<script src="http://example.com/x.js">', ['http://example.com/x.js']],
])('a link %s is checked right', (_what, html, broken) => {
  expect(brokenLinks('/docs', html)).toEqual(broken);
});

it('no id is twice on a page', () => {
  const twice = pages.flatMap(({ url, html }) => {
    const ids = idsIn(html);
    return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${url}#${id}`);
  });
  expect(twice).toEqual([]);
});

it('nothing in a page needs more than its content security policy allows', () => {
  const loose = /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|\b(?:src|data-index)="(?!\/)|<link[^>]*href="(?!\/)/;
  expect(pages.filter(({ html }) => loose.test(html)).map(({ url }) => url)).toEqual([]);
  for (const breach of ['<style>', '<p style="a">', '<a onclick="b">', '<script>c', '<img src="https://d">']) {
    expect(breach).toMatch(loose);
  }
});

it('every code of a refusal has its anchor, to which the type of a problem leads', () => {
  const ids = idsIn(readFileSync(join(site, 'docs/errors.html'), 'utf8'));
  expect(Object.keys(REFUSALS).filter((code) => !ids.includes(code))).toEqual([]);
  const text = textOf(readFileSync(join(site, 'docs/errors.html'), 'utf8'));
  expect(Object.keys(FAILURES).filter((code) => !text.includes(code))).toEqual([]);
});

it('every page is there as Markdown, with links that lead to the site, and is in llms.txt', () => {
  const list = readFileSync(join(site, 'llms.txt'), 'utf8');
  expect(list).toMatch(/^# Airtime\n\n> \S.*\n/);
  for (const page of listedPages) {
    const { slug, title, summary } = page;
    expect(list).toContain(`- [${title}](${plainUrlOf(page)}): ${summary}`);
    expect(existsSync(join(site, plainUrlOf(page)))).toBe(true);
    if (slug === 'api') continue;
    const text = readFileSync(join(site, `docs/${slug}.md`), 'utf8').replace(/^ *```[\s\S]*?^ *```$/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const wrong = links.filter((link) => {
      if (/^(?:https:|#)/.test(link)) return false;
      return !existsSync(join(site, fileOf(link.replace(/#.*/, '')) ?? 'gone'));
    });
    expect([slug, wrong]).toEqual([slug, []]);
  }
});

it('the reference has every operation and event of the contract, and is light', () => {
  const html = readFileSync(join(site, 'docs/api.html'), 'utf8');
  const contract = readFileSync(join(site, 'openapi.json'), 'utf8');
  expect(contract).toBe(readFileSync('docs/openapi.json', 'utf8'));
  const operations = [...contract.matchAll(/"operationId": "(\w+)"/g)].map(([, id]) => id);
  expect(operations.length).toBeGreaterThan(60);
  expect(operations.filter((id) => !idsIn(html).includes(id))).toEqual([]);
  expect(gzipSync(html).length).toBeLessThan(50_000);
  // What is said to be loaded to try it is all of it.
  const page = readFileSync(join(site, 'docs/api/try.html'), 'utf8');
  const swagger = [...page.matchAll(/"\/(docs\/assets\/swagger-ui[^"]*)"/g)].map(([, file]) => String(file));
  const bytes = [...swagger, 'openapi.json'].map((file) => gzipSync(readFileSync(join(site, file))).length);
  expect(bytes).toHaveLength(3);
  expect(html).toContain(`loads ${Math.round(bytes.reduce((a, b) => a + b, 0) / 1_000)} KB`);
});

it.each([
  ['/docs/quickstart', '/docs/quick-start'],
  ['/docs/webhook.html', '/docs/webhooks'],
  ['/quick-start/', '/docs/quick-start'],
  ['/docs/guides/Topup', '/docs/topups'],
  ['/docs/pagination', undefined],
  ['/', undefined],
  [`/docs/${'x'.repeat(9_999)}`, undefined],
])('nearest to %.40s is %s', (path, page) => {
  expect(
    nearest(
      path,
      listedPages.map(({ slug }) => `/docs/${slug}`),
    ),
  ).toBe(page);
});

describe('the search', () => {
  const search = (query: string) => {
    const [name = ''] = readdirSync(join(site, 'docs/assets')).filter((each) => /^search\..*\.json$/.test(each));
    const index = MiniSearch.loadJSON(readFileSync(join(site, 'docs/assets', name), 'utf8'), SEARCH_OPTIONS);
    return find(index, query).map(({ id }) => id.replace('/docs/', ''));
  };

  it.each([
    ['pagination', 'quick-start#what-all-requests-have-in-common'],
    ['paginate', 'quick-start#what-all-requests-have-in-common'],
    ['paging', 'quick-start#what-all-requests-have-in-common'],
    ['whitelist', 'keys#make-a-key'],
    ['ip whitelist', 'keys#make-a-key'],
    ['allowlist', 'keys#make-a-key'],
    ['ecocash', 'topups'],
    ['commission', 'going-live'],
    ['price', 'going-live'],
    ['fees', 'going-live'],
    ['waitForFinal', 'sdks'],
    ['authentication', 'keys'],
    ['api key', 'keys'],
    ['bearer', 'keys'],
    ['retry', 'retries'],
    ['Retries', 'retries'],
    ['idempotency', 'retries'],
    ['timeout', 'retries'],
    ['503', 'retries'],
    ['duplicate order', 'retries#two-orders-that-look-the-same'],
    ['check order status', 'api#getOrder'],
    ['production', 'going-live'],
    ['go live', 'going-live'],
    ['sign up', 'going-live'],
    ['data bundle', 'sandbox#what-can-be-ordered'],
    ['econet', 'sandbox#what-can-be-ordered'],
    ['test number', 'sandbox'],
    ['sandbox', 'sandbox'],
    ['install', 'sdks'],
    ['postman', 'sdks'],
    ['base url', 'start'],
    ['refund', 'outcomes#not-delivered'],
    ['unknown', 'outcomes#unknown'],
    ['meter', 'outcomes#electricity-tokens'],
    ['429', 'limits'],
    ['rate limit', 'limits'],
    ['402', 'errors#insufficient-funds'],
    ['insufficient_fun', 'errors#insufficient_funds'],
    ['order_not_found', 'errors#order_not_found'],
    ['error codes', 'errors'],
    ['csv', 'bulk'],
    ['excel', 'bulk'],
    ['php', 'quick-start#php'],
    ['python', 'quick-start#python'],
    ['java', 'quick-start#java'],
    ['verify signature', 'webhooks#verify-it'],
    ['rotate secret', 'webhooks#change-the-secret'],
    ['callback', 'webhooks'],
    ['ngrok', 'webhooks#try-your-receiver-on-your-own-machine'],
    ['cancel batch', 'api#cancelBulk'],
    ['balance', 'api#getWallet'],
    ['statement', 'api#getStatement'],
    ['Retry-After', 'api#headers'],
    ['listOrders', 'api#listOrders'],
    ['openapi', 'api'],
    ['usd', 'money'],
    ['zig', 'money'],
    ['freeze', 'account'],
    ['scopes', 'keys#scopes'],
    ['campaign', 'campaigns'],
    ['survey', 'campaigns'],
    ['migrate', 'pesaway'],
    ['outage', 'status'],
    ['proof', 'proof'],
    ['runbook', 'runbook'],
    ['whitel', 'keys#make-a-key'],
  ])('finds for %s first %s', (query, place) => {
    const [first = ''] = search(query);
    expect(place.includes('#') ? first : first.replace(/#.*/, '')).toBe(place);
  });

  it('shows how the system is run, and why it is so, after how it is used', () => {
    const { length } = search('secret');
    expect(length).toBeGreaterThan(20);
    const isUsed = (id: string) => !/^(?:decisions|architecture|runbook|security|testing|proof)/.test(id);
    expect(search('secret').slice(0, 10).filter(isUsed)).toHaveLength(10);
  });

  it('has no name of a page twice', () => {
    const names = Object.values(SEARCH_WORDS).flatMap((words) => words.split(', '));
    expect(names.filter((name, at) => names.indexOf(name) !== at || name !== name.toLowerCase().trim())).toEqual([]);
  });
});

it('the page at / is light, with all that it loads', () => {
  const html = pages.find(({ name }) => name === 'index.html')?.html ?? '';
  const loaded = [...html.matchAll(/(?:src|rel="stylesheet" href|rel="icon" href)="([^"]*)"/g)].map(([, file]) => file);
  expect(loaded).toHaveLength(4);
  const bytes = loaded.map((file) => statSync(join(site, String(file))).size).reduce((a, b) => a + b, html.length);
  expect(bytes).toBeLessThan(60_000);
  expect(html).toContain('first-order');
});

it('a site is old once something that it is made of is newer', () => {
  expect(isSiteOld(site)).toBe(false);
  expect(isSiteOld(join(folder, 'nothing'))).toBe(true);
  utimesSync(join(site, 'docs/index.html'), 1, 1);
  expect(isSiteOld(site)).toBe(true);
});

describe('Markdown', () => {
  const links = new Links([...listedPages, ...UNLISTED]);
  const render = (text: string) => renderMarkdown(text, 'docs/bulk.md', links).html;

  it.each([
    ['a page', '[a](webhooks.md#verify-it)', '<a href="/docs/webhooks#verify-it">a</a>'],
    ['a page above', '[a](../CHANGELOG.md)', '<a href="/docs/changelog">a</a>'],
    ['a heading of its own', '[a](#the-file)', '<a href="#the-file">a</a>'],
    ['the README', '[a](../README.md#operating)', '<a href="/docs/runbook">a</a>'],
    ['a file that is no page', '[`a`](../lib/stage.ts)', '<p><code>a</code></p>'],
    ['another site', '[a](https://example.com)', '<a href="https://example.com" rel="noopener noreferrer">a</a>'],
  ])('a link to %s', (_what, text, html) => {
    expect(render(text)).toContain(html);
  });

  it('HTML is shown, not obeyed, and comments are left out', () => {
    expect(render('a <b onclick="c">d</b>\n\n<script>e</script>\n\n<!-- f -->').trim()).toBe(
      '<p>a &lt;b onclick=&quot;c&quot;&gt;d&lt;/b&gt;</p>\n&lt;script&gt;e&lt;/script&gt;',
    );
  });

  it('equal headings have different anchors, and a column without a name has no header', () => {
    const { html, headings } = renderMarkdown('## A `b`\n## A `b`\n\n| x | |\n| --- | --- |\n| 1 | 2 |', 'a.md', links);
    expect(headings.map(({ id }) => id)).toEqual(['a-b', 'a-b-1']);
    expect(html).toContain('<tr><th scope="col">x</th><td></td></tr>');
  });

  it('a search finds the text below each heading, without code', () => {
    const { sections } = renderMarkdown('# A\nb & c\n```\nd\n```\n## E\nf', 'a.md', links);
    expect(sections).toEqual([
      { id: 'a', heading: 'A', text: 'b & c' },
      { id: 'e', heading: 'E', text: 'f' },
    ]);
  });

  it('the copy of a page leaves code as it is', () => {
    const text = '<!-- x -->\n\n[a](limits.md) [b](../lib/stage.ts)\n```\n[c](limits.md)\n```\n';
    expect(markdownCopy(text, 'docs/bulk.md', links)).toBe('[a](/docs/limits.md) b\n```\n[c](limits.md)\n```\n');
  });
});

it.each(['sh', 'js', 'python', 'php', 'java', 'csharp', 'go', 'json', 'http', 'sql', 'unknown', ''])(
  'colours change no character of %s',
  (language) => {
    const code = '# a\n// b "c\n/* d */ const x = \'<&>\' + "\\"" return 1.5 `e` {"f": null}\nHost: g\n';
    expect(textOf(highlight(code, language))).toBe(code);
  },
);
