import { escapeHtml } from './html.ts';
import type { Heading } from './markdown.ts';
import { GROUPS, listedPages } from './pages.ts';

/**
 * The frame of every page. Without JavaScript all of it works but the search, the copy buttons and the choice of
 * colours: the menus of small screens are popovers of the browser.
 */

/** The URLs of the files whose names change with their bytes. */
export interface Assets {
  readonly css: string;
  readonly themeJs: string;
  readonly pageJs: string;
  readonly searchIndex: string;
}

export interface Shell {
  readonly title: string;
  readonly summary: string;
  /** The last part of its URL; empty for the first page, undefined for a page without one. */
  readonly slug: string | undefined;
  readonly main: string;
  /** Shapes of the page: `home`, `article`, `landing`, `reference` or `try`. */
  readonly shape: string;
  readonly toc?: readonly Heading[];
  /** Below the entry of this page in the navigation. */
  readonly subNav?: string;
  readonly head?: string;
  readonly foot?: string;
}

/** Three rising bars on a rounded square: a signal, and a balance that is topped up. */
export const LOGO = `<svg class="logo" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
<rect width="32" height="32" rx="9" fill="#0f766e"/><path d="M9 22v-4M16 22v-8.5M23 22V9" stroke="#fff"
stroke-width="3.6" stroke-linecap="round" fill="none"/></svg>`;

const icon = (path: string) =>
  `<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false" fill="none"
stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;
const MENU = icon('<path d="M4 6h16M4 12h16M4 18h16"/>');
const SEARCH = icon('<circle cx="11" cy="11" r="7"/><path d="m20 20-3.5-3.5"/>');
const THEME = icon('<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>');

export function shell(assets: Assets, page: Shell): string {
  const { title, summary, slug, main, shape, toc = [], subNav = '', head = '', foot = '' } = page;
  // Swagger UI brings a `main` of its own.
  const tag = shape === 'try' ? 'div' : 'main';
  const fullTitle = slug === '' ? title : `${title} · Airtime`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(fullTitle)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${escapeHtml(summary)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<script src="${assets.themeJs}"></script>
<link rel="stylesheet" href="${assets.css}">
<script src="${assets.pageJs}" type="module"></script>
${head}</head>
<body class="${shape}">
<a class="skip" href="#main">Skip to the content</a>
${shape === 'home' ? homeHeader() : header(assets, slug)}
<div class="frame">
${shape === 'home' ? '' : sideOf(slug, subNav)}
<${tag} id="main" tabindex="-1">${main}</${tag}>
${toc.length > 0 ? tocOf(toc) : ''}
</div>
${foot}</body>
</html>
`;
}

function homeHeader(): string {
  return `<header class="top">
<a class="brand" href="/" aria-current="page">${LOGO} <span>Airtime</span></a>
<nav class="links" aria-label="Airtime"><a href="/docs">Docs</a><a href="/docs/status">Status</a></nav>
<button class="icon theme needs-js" type="button" aria-label="Switch between light and dark">${THEME}</button>
<a class="action" href="/app/">Sign in</a>
</header>`;
}

function header(assets: Assets, slug: string | undefined): string {
  return `<header class="top">
<button class="icon menu-button" type="button" popovertarget="menu" aria-label="Menu">${MENU}</button>
<a class="brand" href="/docs"${slug === '' ? ' aria-current="page"' : ''}>${LOGO}
<span>Airtime</span> <small>Docs</small></a>
<button class="search needs-js" type="button" data-index="${assets.searchIndex}" aria-label="Search"
aria-keyshortcuts="/">
${SEARCH}<span>Search</span><kbd>/</kbd></button>
<a class="dashboard" href="/app/">Dashboard</a>
<button class="icon theme needs-js" type="button" aria-label="Switch between light and dark">${THEME}</button>
</header>`;
}

function sideOf(slug: string | undefined, subNav: string): string {
  return `<nav class="side" id="menu" popover aria-label="Documentation">${navigation(slug, subNav)}</nav>`;
}

function navigation(slug: string | undefined, subNav: string): string {
  const current = slug?.startsWith('decisions/') ? 'decisions' : slug;
  return GROUPS.map(({ title, pages }) => {
    const entries = pages.map((page) => {
      const here = page.slug === current ? ' aria-current="page"' : '';
      const below = page.slug === current ? subNav : '';
      return `<li><a href="/docs/${page.slug}"${here}>${escapeHtml(page.title)}</a>${below}</li>`;
    });
    return `<h2>${title}</h2><ul>${entries.join('')}</ul>`;
  }).join('\n');
}

function tocOf(toc: readonly Heading[]): string {
  const entries = toc.map(
    ({ id, depth, text }) => `<li class="depth-${depth}"><a href="#${id}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav class="toc" id="toc" popover aria-label="On this page"><h2>On this page</h2>
<ul>${entries.join('')}</ul></nav>`;
}

/** An article: where it is in the documentation, its text, and what comes before and after it. */
export function article(slug: string, html: string, toc: readonly Heading[]): string {
  const group = GROUPS.find(({ pages }) => pages.some((page) => page.slug === slug));
  const contents =
    toc.length > 0 ? '<button class="toc-button" type="button" popovertarget="toc">On this page</button>' : '';
  return `<div class="crumbs"><span>${group?.title ?? (slug.startsWith('decisions/') ? 'Decisions' : 'More')}</span>
<a href="/docs/${slug}.md">View as Markdown</a>${contents}</div>
<article>${html}</article>
${neighbours(slug)}`;
}

function neighbours(slug: string): string {
  const at = listedPages.findIndex((page) => page.slug === slug);
  if (at < 0) return '';
  const link = (page: (typeof listedPages)[number] | undefined, kind: string, says: string) =>
    page ? `<a class="${kind}" href="/docs/${page.slug}"><small>${says}</small>${escapeHtml(page.title)}</a>` : '';
  const before = link(at > 0 ? listedPages[at - 1] : undefined, 'before', 'Previous');
  const after = link(listedPages[at + 1], 'after', 'Next');
  return `<nav class="neighbours" aria-label="Pages before and after">${before}${after}</nav>`;
}
