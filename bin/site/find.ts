import type MiniSearch from 'minisearch';

/** What the search shows for a query, best first. */

export interface Found {
  /** The URL. */
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly excerpt: string;
}

/** What is kept of a section beside its words. */
interface Kept {
  readonly heading: string;
  /** What else people call it, separated by commas. */
  readonly words?: string;
  /** How much it is what a reader of guides wants, 1 at most. */
  readonly weight: number;
}

/** Below this, the beginning of a word could be that of too many. */
const BEGINNING_MIN = 3;

export function find(index: MiniSearch, query: string): Found[] {
  const typed = query.trim().toLowerCase().replace(/\s+/g, ' ');
  const all = index.search(typed, { boostDocument: (_id, _term, kept) => Number(kept?.weight ?? 1) });
  const placed = all.map((each) => ({ each, place: placeOf(each as unknown as Kept, typed) }));
  return placed.toSorted((one, other) => other.place - one.place).map(({ each }) => each as unknown as Found);
}

/** Whoever types another name of a thing, or the beginning of its heading, means that. */
function placeOf({ heading, words = '', weight }: Kept, typed: string): number {
  const names = words.split(', ');
  if (names.includes(typed)) return 3;
  const title = heading.toLowerCase();
  if (title === typed || (title.startsWith(typed) && weight === 1)) return 2;
  return typed.length >= BEGINNING_MIN && names.some((name) => name.startsWith(typed)) ? 1 : 0;
}
