import MiniSearch from 'minisearch';
import type { Section } from './markdown.ts';
import { SEARCH_OPTIONS } from './search-options.ts';

/** What the search knows: each heading of each page, with the text below it. */

const EXCERPT_LENGTH = 140;

export interface Searchable {
  readonly url: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

/** The index as JSON. */
export function searchIndex(pages: readonly Searchable[]): string {
  const search = new MiniSearch(SEARCH_OPTIONS);
  for (const { url, title, sections } of pages) {
    for (const { id, heading, text } of sections) {
      search.add({ id: `${url}#${id}`, page: title, heading, text, excerpt: excerptOf(text) });
    }
  }
  return JSON.stringify(search);
}

function excerptOf(text: string): string {
  return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH).replace(/\s\S*$/, '')} …` : text;
}
