import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buildAssets, writeHashed } from './site/assets.ts';
import { ROOT, SITE_FOLDER } from './site/fresh.ts';
import { HOME_FOOT, HOME_SUMMARY, HOME_TITLE, home } from './site/home.ts';
import { landing, llmsText, NOT_FOUND, SUMMARY, TITLE } from './site/landing.ts';
import type { Assets } from './site/layout.ts';
import { article, LOGO, shell } from './site/layout.ts';
import { Links } from './site/links.ts';
import type { Heading, Section } from './site/markdown.ts';
import { renderInline, renderMarkdown } from './site/markdown.ts';
import { markdownCopy } from './site/markdown-copy.ts';
import type { Page } from './site/pages.ts';
import { FILES, listedPages, UNLISTED } from './site/pages.ts';
import { reference } from './site/reference/reference.ts';
import { searchIndex } from './site/searchable.ts';
import { withStatus } from './site/status.ts';
import { tryPage, writeSwagger } from './site/try.ts';

/**
 * `npm run site`: builds the documentation into static files that CloudFront and `npm start` serve alike. Which file is
 * the answer for which URL, and with which headers, is in the manifest.
 */

/** Long pages of figures: a search finds their headings only. */
const FIGURES = ['proof', 'performance'];

/** Builds the site beside the folder, then takes the place of what was there. Several may do so at once. */
export async function buildSite(folder = SITE_FOLDER): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const next = mkdtempSync(`${folder}.`);
  try {
    await writeSite(next);
    // Put aside first: what reads a page meanwhile finds the old one or the new one.
    if (existsSync(folder)) renameSync(folder, `${next}.old`);
    renameSync(next, folder);
  } catch (error) {
    // Another process was faster by a moment, with the same pages.
    if (!['ENOENT', 'ENOTEMPTY'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  } finally {
    for (const each of [next, `${next}.old`]) rmSync(each, { recursive: true, force: true });
  }
}

async function writeSite(next: string): Promise<void> {
  const { tryJs, ...built } = await buildAssets(next);
  copyFileSync(join(ROOT, 'docs/openapi.json'), join(next, 'openapi.json'));
  const swagger = writeSwagger(next);
  const pages = makePages(swagger.size);
  const assets = { ...built, searchIndex: writeHashed(next, 'search', 'json', searchIndex(pages.map(searchableOf))) };
  const files = { ...pageFiles(pages, assets), 'docs/api/try.html': tryPage(assets, tryJs, swagger) };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(next, name)), { recursive: true });
    writeFileSync(join(next, name), text);
  }
  for (const [source, url] of Object.entries(FILES)) copyFileSync(join(ROOT, source), join(next, url));
}

/** The notes of decisions are pages, too, below their list. */
function decisionPages(): Page[] {
  const names = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d.*\.md$/.test(name));
  return names.toSorted().map((name) => {
    const source = `docs/decisions/${name}`;
    const title = /^# (.*)$/m.exec(readSource(source))?.[1] ?? name;
    return { source, slug: `decisions/${name.replace(/\.md$/, '')}`, title, summary: `Decision ${title}.` };
  });
}

function readSource(source: string): string {
  return readFileSync(join(ROOT, source), 'utf8');
}

/** A page before it gets its frame. */
interface Made {
  readonly page: Page;
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
  readonly markdown?: string;
  readonly subNav?: string;
}

function makePages(trySize: string): Made[] {
  const pages = [...listedPages, ...UNLISTED, ...decisionPages()];
  const links = new Links(pages);
  return pages.map((page) => {
    const { source } = page;
    const text = readSource(source);
    if (!source.endsWith('.json')) {
      return { page, ...renderMarkdown(text, source, links), markdown: markdownCopy(text, source, links) };
    }
    const options = {
      inline: (markdown: string) => renderInline(markdown, source, links),
      block: (markdown: string) => renderMarkdown(markdown, source, links).html,
      tryUrl: '/docs/api/try',
      trySize,
      codeUrl: (code: string) => (/^\d/.test(code) ? '/docs/pesaway#the-response' : `/docs/errors#${code}`),
    };
    return { page, headings: [], ...reference(JSON.parse(text), options) };
  });
}

function searchableOf({ page: { slug, title }, sections }: Made) {
  const shown = FIGURES.includes(slug) ? sections.map((section) => ({ ...section, text: '' })) : sections;
  return { slug, title, sections: shown };
}

function pageFiles(pages: readonly Made[], assets: Assets): Record<string, string> {
  const files = pages.flatMap(({ page, html, headings, markdown, subNav = '' }) => {
    const toc = headings.filter(({ depth }) => depth === 2 || depth === 3);
    const frame =
      markdown === undefined
        ? { shape: 'reference', main: html, subNav }
        : { shape: 'article', main: article(page.slug, page.slug === 'status' ? withStatus(html) : html, toc), toc };
    return [
      [`docs/${page.slug}.html`, shell(assets, { ...page, ...frame })],
      ...(markdown === undefined ? [] : [[`docs/${page.slug}.md`, markdown]]),
    ];
  });
  const first = { title: TITLE, summary: SUMMARY, slug: '', main: landing(), shape: 'landing' };
  const front = { title: HOME_TITLE, summary: HOME_SUMMARY, slug: '', main: home(), shape: 'home', foot: HOME_FOOT };
  const missing = { title: 'Not found', summary: SUMMARY, slug: undefined, main: NOT_FOUND, shape: 'article' };
  return {
    ...Object.fromEntries(files),
    'index.html': shell(assets, front),
    'docs/index.html': shell(assets, first),
    '404.html': shell(assets, { ...missing, head: '<meta name="robots" content="noindex">\n' }),
    'llms.txt': llmsText(),
    'robots.txt': 'User-agent: *\nDisallow: /api/\n',
    'favicon.svg': LOGO.replace('<svg class="logo"', '<svg xmlns="http://www.w3.org/2000/svg"'),
  };
}

if (import.meta.main) {
  const startedAt = Date.now();
  await buildSite();
  process.stdout.write(`dist/site is built, in ${Date.now() - startedAt} ms.\n`);
}
