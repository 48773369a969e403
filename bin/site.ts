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
import { renderMarkdown } from './site/markdown.ts';
import { markdownCopy } from './site/markdown-copy.ts';
import type { Page } from './site/pages.ts';
import { listedPages, UNLISTED } from './site/pages.ts';
import { searchIndex } from './site/searchable.ts';

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
  const assets = await buildAssets(next);
  writePages(next, assets);
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

function writePages(folder: string, built: Omit<Assets, 'searchIndex'>): void {
  const pages = [...listedPages, ...UNLISTED, ...decisionPages()];
  const links = new Links(pages);
  const rendered = pages.map((page) => ({ page, ...renderMarkdown(readSource(page.source), page.source, links) }));
  const searchable = rendered.map(({ page: { slug, title }, sections }) => ({
    url: `/docs/${slug}`,
    title,
    sections: FIGURES.includes(slug) ? sections.map((section) => ({ ...section, text: '' })) : sections,
  }));
  const assets = { ...built, searchIndex: writeHashed(folder, 'search', 'json', searchIndex(searchable)) };
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const { page, html, headings } of rendered) {
    const toc = headings.filter(({ depth }) => depth === 2 || depth === 3);
    const main = article(page.slug, html, toc);
    write(`docs/${page.slug}.html`, shell(assets, { ...page, main, toc, shape: 'article' }));
    write(`docs/${page.slug}.md`, markdownCopy(readSource(page.source), page.source, links));
  }
  const first = { title: TITLE, summary: SUMMARY, slug: '', main: landing(), shape: 'landing' };
  write('docs/index.html', shell(assets, first));
  const missing = { title: 'Not found', summary: SUMMARY, slug: undefined, main: NOT_FOUND, shape: 'article' };
  write('404.html', shell(assets, { ...missing, head: '<meta name="robots" content="noindex">\n' }));
  write('llms.txt', llmsText());
  write('robots.txt', 'User-agent: *\nDisallow: /api/\n');
  write('favicon.svg', LOGO.replace('<svg class="logo"', '<svg xmlns="http://www.w3.org/2000/svg"'));
  const contract = join(ROOT, 'docs/openapi.json');
  if (existsSync(contract)) copyFileSync(contract, join(folder, 'openapi.json'));
}

if (import.meta.main) {
  const startedAt = Date.now();
  await buildSite();
  process.stdout.write(`dist/site is built, in ${Date.now() - startedAt} ms.\n`);
}
