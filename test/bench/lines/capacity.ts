import { ceilings } from '../capacity.ts';
import type { Line } from '../line.ts';
import { readResults } from '../results.ts';

export const line: Line = {
  name: 'capacity',
  what: 'Orders a second that the stage live takes, and what gives first above that, as `npm run capacity` finds them.',
  kind: 'model',
  wanted: {},
  async measure() {
    const found = await ceilings('live', 1, readResults());
    return Object.fromEntries(
      found.map(({ provider, scenario, first, holdsAt }) => [
        `${provider}: ${scenario}: ${first ?? 'nothing'}`,
        holdsAt,
      ]),
    );
  },
};
