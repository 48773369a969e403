import type { Tokens } from 'marked';
import { Marked } from 'marked';
import { highlight } from './highlight.ts';
import { escapeHtml, textOf } from './html.ts';
import type { Links } from './links.ts';

/** A page of Markdown as HTML. Its anchors are those that GitHub makes, which `docs.test.ts` checks. */

export interface Heading {
  readonly id: string;
  readonly depth: number;
  readonly text: string;
}

/** What a search finds: a heading and the text below it. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly text: string;
}

export interface RenderedPage {
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
}

const NAMES: Readonly<Record<string, string>> = {
  sh: 'Shell',
  bash: 'Shell',
  js: 'JavaScript',
  javascript: 'JavaScript',
  ts: 'TypeScript',
  py: 'Python',
  python: 'Python',
  php: 'PHP',
  java: 'Java',
  csharp: 'C#',
  go: 'Go',
  json: 'JSON',
  http: 'HTTP',
  sql: 'SQL',
};

/** A block of code. `title` is what it is, for people who cannot see it, too. */
export function codeBlock(code: string, language = '', title = NAMES[language] ?? ''): string {
  const label = title === '' ? 'Code' : `${title} code`;
  const html = highlight(code, language);
  return `<div class="code"><div class="code-head"><span>${escapeHtml(title)}</span>
<button class="copy needs-js" type="button" aria-label="Copy ${escapeHtml(label)}">Copy</button>
</div>
<pre tabindex="0" role="group" aria-label="${escapeHtml(label)}"><code>${html}</code></pre></div>\n`;
}

/** The anchor of a heading; one that comes again has a number behind it. */
export function anchorOf(text: string, taken: Map<string, number>): string {
  const name = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
  const times = taken.get(name) ?? 0;
  taken.set(name, times + 1);
  return times === 0 ? name : `${name}-${times}`;
}

/** Markdown within a line. */
export function renderInline(text: string, source: string, links: Links): string {
  if (!/[`*_[\]<>&\\]/.test(text)) return escapeHtml(text);
  return /<p>(.*)<\/p>/s.exec(renderMarkdown(text, source, links).html)?.[1] ?? escapeHtml(text);
}

export function renderMarkdown(text: string, source: string, links: Links): RenderedPage {
  const headings: Heading[] = [];
  const taken = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text: raw }) {
        const id = anchorOf(plainOf(raw), taken);
        const html = this.parser.parseInline(tokens);
        headings.push({ id, depth, text: textOf(html) });
        if (depth === 1) return `<h1 id="${id}">${html}</h1>\n`;
        const inner = html.includes('<a ') ? html : `<a class="anchor" href="#${id}">${html}</a>`;
        return `<h${depth} id="${id}">${inner}</h${depth}>\n`;
      },
      code: ({ text: code, lang = '' }) => codeBlock(code, lang, lang === 'mermaid' ? 'Diagram as text' : undefined),
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const url = links.urlOf(href, source);
        if (url === undefined) return html;
        return `<a href="${escapeHtml(url)}"${/^https?:/.test(url) ? ' rel="noopener noreferrer"' : ''}>${html}</a>`;
      },
      checkbox: () => '<span class="box" aria-hidden="true">☐</span> ',
      html: ({ text: raw }) => (raw.startsWith('<!--') ? '' : escapeHtml(raw)),
      table(token) {
        return tableOf(token, (cell) => this.parser.parseInline(cell.tokens), headings.at(-1)?.text ?? 'Table');
      },
    },
  });
  const html = marked.parse(text, { async: false });
  return { html, headings, sections: sectionsOf(html) };
}

/** An empty cell of a header names no column, so it is no header of one. */
function tableOf(token: Tokens.Table, render: (cell: Tokens.TableCell) => string, name: string): string {
  const cell = (each: Tokens.TableCell) => {
    const align = each.align === null ? '' : ` class="${each.align}"`;
    const html = render(each);
    return each.header && html !== '' ? `<th scope="col"${align}>${html}</th>` : `<td${align}>${html}</td>`;
  };
  const rowOf = (cells: readonly Tokens.TableCell[]) => `<tr>${cells.map(cell).join('')}</tr>`;
  const isNameless = token.header.every(({ text }) => text.trim() === '');
  const head = isNameless ? '' : `<thead>${rowOf(token.header)}</thead>`;
  const columns = token.header.length > 3 ? ' class="wide"' : '';
  return `<div class="table" tabindex="0" role="group" aria-label="Table: ${escapeHtml(name)}"><table${columns}>${head}
<tbody>${token.rows.map(rowOf).join('\n')}</tbody></table></div>\n`;
}

/** Markdown of a heading without its marks. */
function plainOf(raw: string): string {
  return raw.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/** Cuts the page at its headings, for the search. Blocks of code are left out: they repeat what the text says. */
function sectionsOf(html: string): Section[] {
  const parts = html.replace(/<div class="code">.*?<\/pre><\/div>/gs, ' ').split(/(?=<h[1-4] id=")/);
  return parts.flatMap((part) => {
    const [, id, heading] = /^<h[1-4] id="([^"]*)">(.*?)<\/h[1-4]>/s.exec(part) ?? [];
    if (id === undefined || heading === undefined) return [];
    const rest = part.slice(part.indexOf('</h') + 5).replaceAll('</td>', ' </td>');
    return [{ id, heading: textOf(heading), text: textOf(rest).replace(/\s+/g, ' ').trim() }];
  });
}
