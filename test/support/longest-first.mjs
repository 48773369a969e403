import Sequencer from '@jest/test-sequencer';

/** What takes longest, where jest has no times of a run before, as in a new checkout. */
const LONGEST = ['/simulation/', '/stories/', '/stacks/', '/functions/workers/'];

const rank = ({ path }) => {
  const found = LONGEST.findIndex((part) => path.includes(part));
  return found === -1 ? LONGEST.length : found;
};

/** Jest sequencer: the longest files first, so that no core waits for one that started last. */
class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const areTimed = sorted.every(({ duration }) => duration !== undefined);
    return areTimed ? sorted : sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

// biome-ignore lint/style/noDefaultExport: jest loads a sequencer only by its default export
export default LongestFirst;
