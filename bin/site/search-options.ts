/** The builder of the index and the search in the browser must agree on these. */
export const SEARCH_OPTIONS = {
  idField: 'id',
  fields: ['heading', 'page', 'words', 'text'] as string[],
  storeFields: ['page', 'heading', 'excerpt', 'words', 'weight'] as string[],
  searchOptions: { prefix: true, fuzzy: 0.15, combineWith: 'AND' as const, boost: { heading: 4, page: 2, words: 2 } },
};
