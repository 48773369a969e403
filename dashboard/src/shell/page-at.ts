import { type PageEntry, pages } from '../routes/pages.ts';

/** The page at a path of the dashboard. */
export function pageAt(path: string): PageEntry | undefined {
  const parts = path.split('/');
  return pages.find(({ path: pattern }) => {
    const wanted = pattern.split('/');
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('$') || part === parts[at]);
  });
}

/** Where to go from a page of one thing, which another business or mode does not have: the nearest page above it. */
export function listAbove(path: string): string | undefined {
  if (!pageAt(path)?.path.includes('$')) return undefined;
  const parts = path.split('/');
  const above = parts.map((_part, index) => parts.slice(0, index).join('/')).toReversed();
  return above.find((each) => pageAt(each)?.path.includes('$') === false) ?? '/';
}
