import { posix } from 'node:path';
import type { Page } from './pages.ts';
import { FILES, README_LINKS } from './pages.ts';

/** Where links between the files of the repository lead on the site. */
export class Links {
  readonly #slugs: ReadonlyMap<string, string>;

  constructor(pages: readonly Page[]) {
    this.#slugs = new Map(pages.map(({ source, slug }) => [source, slug]));
  }

  /** The URL of a link in a page; undefined if it leads to a file that is no page. */
  urlOf(href: string, from: string): string | undefined {
    return this.#resolve(href, from, '');
  }

  /** The same for the page as Markdown, which leads to others as Markdown. */
  markdownUrlOf(href: string, from: string): string | undefined {
    return this.#resolve(href, from, '.md');
  }

  #resolve(href: string, from: string, ending: string): string | undefined {
    if (/^(?:https?:|mailto:|#|\/)/.test(href)) return href;
    const [path = '', anchor = ''] = href.split('#');
    const source = posix.join(posix.dirname(from), path).replace(/\/$/, '');
    if (source === 'README.md') return README_LINKS[anchor];
    if (FILES[source]) return FILES[source];
    const slug = this.#slugs.get(source) ?? this.#slugs.get(`${source}/README.md`);
    if (slug === undefined) return undefined;
    if (ending === '.md' && source.endsWith('.json')) return `/${posix.basename(source)}`;
    return `/docs/${slug}${ending}${anchor === '' ? '' : `#${anchor}`}`;
  }
}
