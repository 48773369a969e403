/** How often what still changes is read again: data costs money here. */

const FIRST_MS = 2_000;
const LAST_MS = 15_000;
const GROWTH = 1.4;

/** The wait after so many reads in a row without news. */
export function waitMs(readsWithoutNews: number): number {
  return Math.min(LAST_MS, FIRST_MS * GROWTH ** readsWithoutNews);
}

interface Polled<Data> {
  readonly state: { readonly data: Data | undefined; readonly dataUpdateCount: number; readonly error: unknown };
}

/** Since which read a query's data is as it is. Not of the rule: that is made again whenever its page is drawn. */
const unchanged = new WeakMap<object, { data: unknown; atCount: number }>();

/**
 * A rule for the library, which polls only while the page is visible: reads again while something is open, ever more
 * slowly while nothing changes, and never for whoever saves data.
 */
export function pollWhile<Data>(isOpen: ((data: Data) => boolean) | undefined) {
  return (query: Polled<Data> & object): number | false => {
    const { data, dataUpdateCount } = query.state;
    if (!isOpen || data === undefined || savesData() || !isOpen(data)) return false;
    const last = unchanged.get(query);
    // The library keeps the same object for an equal answer.
    if (last?.data !== data) unchanged.set(query, { data, atCount: dataUpdateCount });
    return waitMs(dataUpdateCount - (last?.data === data ? last.atCount : dataUpdateCount));
  };
}

function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}
