import MiniSearch from 'minisearch';
import type { Section } from './markdown.ts';
import { GROUPS } from './pages.ts';
import { SEARCH_OPTIONS } from './search-options.ts';
import { SEARCH_WORDS } from './search-words.ts';

/** What the search knows: each heading of each page, with the text below it. */

const EXCERPT_LENGTH = 140;

export interface Searchable {
  readonly slug: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

/** The index as JSON. */
export function searchIndex(pages: readonly Searchable[]): string {
  const search = new MiniSearch(SEARCH_OPTIONS);
  const unused = new Set(Object.keys(SEARCH_WORDS));
  for (const { slug, title, sections } of pages) {
    const weight = weightOf(slug);
    for (const [at, { id, heading, text }] of sections.entries()) {
      const place = [slug, `${slug}#${id}`].slice(at === 0 ? 0 : 1).find((each) => SEARCH_WORDS[each] !== undefined);
      const words = place === undefined ? undefined : SEARCH_WORDS[place];
      unused.delete(place ?? '');
      const url = `/docs/${slug}${id === '' ? '' : `#${id}`}`;
      search.add({ id: url, page: title, heading, text, words, weight, excerpt: excerptOf(text) });
    }
  }
  if (unused.size > 0) throw new Error(`search-words.ts has words for no page or heading: ${[...unused].join(', ')}`);
  return JSON.stringify(search);
}

const OPERATING = GROUPS.find(({ title }) => title === 'Operating')?.pages.map(({ slug }) => slug) ?? [];
const NOT_FIRST = ['changelog', 'report-a-vulnerability', 'glossary'];

/** Whoever searches wants to use the API first, and to know how it is run, and why it is so, last. */
function weightOf(slug: string): number {
  if (slug.startsWith('decisions')) return 0.1;
  if (OPERATING.includes(slug)) return 0.2;
  return NOT_FIRST.includes(slug) ? 0.5 : 1;
}

function excerptOf(text: string): string {
  return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH).replace(/\s\S*$/, '')} …` : text;
}
