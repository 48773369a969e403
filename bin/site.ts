import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buildAssets, writeHashed } from './site/assets.ts';
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
import { tryPage, writeSwagger } from './site/try.ts';

/**
 * `npm run site`: builds the documentation into static files that CloudFront and `npm start` serve alike. Which file is
 * the answer for which URL, and with which headers, is in the manifest.
 */

const ROOT = dirname(import.meta.dirname);
const SOURCES = ['docs', 'bin/site', 'bin/site.ts', 'CHANGELOG.md', 'SECURITY.md', 'package-lock.json'];

/** Where the deployment and `npm start` look for it. */
export const SITE_FOLDER = join(ROOT, 'dist/site');

/** Long pages of figures: a search finds their headings only. */
const FIGURES = ['proof', 'performance'];

/** Whether the site is missing, or older than what it is made of. */
export function isSiteOld(folder = SITE_FOLDER): boolean {
  const built = join(folder, 'docs/index.html');
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return SOURCES.some((source) => {
    const path = join(ROOT, source);
    const names = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map(String) : [];
    return ['', ...names].some((name) => statSync(join(path, name)).mtimeMs > builtAt);
  });
}

/** Builds the site beside the folder, then takes the place of what was there. */
export async function buildSite(folder = SITE_FOLDER): Promise<void> {
  const next = `${folder}.next`;
  rmSync(next, { recursive: true, force: true });
  const { tryJs, ...built } = await buildAssets(next);
  const swagger = writeSwagger(next);
  const pages = makePages(swagger.size);
  const assets = { ...built, searchIndex: writeHashed(next, 'search', 'json', searchIndex(pages.map(searchableOf))) };
  const files = { ...pageFiles(pages, assets), 'docs/api/try.html': tryPage(assets, tryJs, swagger) };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(next, name)), { recursive: true });
    writeFileSync(join(next, name), text);
  }
  copyFileSync(join(ROOT, 'docs/openapi.json'), join(next, 'openapi.json'));
  for (const [source, url] of Object.entries(FILES)) copyFileSync(join(ROOT, source), join(next, url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(next, folder);
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
  return { url: `/docs/${slug}`, title, sections: shown };
}

function pageFiles(pages: readonly Made[], assets: Assets): Record<string, string> {
  const files = pages.flatMap(({ page, html, headings, markdown, subNav = '' }) => {
    const toc = headings.filter(({ depth }) => depth === 2 || depth === 3);
    const frame =
      markdown === undefined
        ? { shape: 'reference', main: html, subNav }
        : { shape: 'article', main: article(page.slug, html, toc), toc };
    return [
      [`docs/${page.slug}.html`, shell(assets, { ...page, ...frame })],
      ...(markdown === undefined ? [] : [[`docs/${page.slug}.md`, markdown]]),
    ];
  });
  const first = { title: TITLE, summary: SUMMARY, slug: '', main: landing(), shape: 'landing' };
  const missing = { title: 'Not found', summary: SUMMARY, slug: undefined, main: NOT_FOUND, shape: 'article' };
  return {
    ...Object.fromEntries(files),
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
