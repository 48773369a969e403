import { centsPerThousand, total } from '../costs.ts';
import type { Line } from '../line.ts';
import { memoryOfFunctions } from '../memory.ts';
import type { Operations } from '../model/operations.ts';
import { ofAsync, ofRow, ofWaiting } from '../model/operations.ts';
import { pricesIn } from '../prices.ts';

export const line: Line = {
  name: 'cents',
  what: 'Cents per 1,000 orders in us-east-1, of which `npm run cost` shows the parts.',
  kind: 'count',
  wanted: {
    'waiting 800 ms': { most: 2, before: '3.54' },
    'waiting 3 s': { most: 3.2, before: '6.66' },
    async: { most: 1.2, before: '1.90' },
    'bulk row': { most: 0.37, before: '0.74' },
  },
  async measure() {
    const memoryMb = memoryOfFunctions();
    const cents = (of: Operations) => total(centsPerThousand(of, pricesIn('us-east-1')[0], memoryMb));
    return {
      'waiting 800 ms': cents(await ofWaiting(800)),
      'waiting 3 s': cents(await ofWaiting(3_000)),
      async: cents(await ofAsync()),
      'bulk row': cents(await ofRow()),
    };
  },
};
