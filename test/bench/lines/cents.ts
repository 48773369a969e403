import { Cloud } from '../../stacks/cloud.ts';
import { SAMPLE_STAGES } from '../../stacks/sample-stages.ts';
import { centsPerThousand, dollarsPerMonth, idleMonth, total } from '../costs.ts';
import type { Line } from '../line.ts';
import { memoryOf } from '../memory.ts';
import type { Operations } from '../model/operations.ts';
import { ofAsync, ofRow, ofWaiting } from '../model/operations.ts';
import { pricesIn } from '../prices.ts';
import { standing } from '../standing.ts';

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
    const [prices] = pricesIn('us-east-1');
    const cloud = new Cloud(SAMPLE_STAGES.live);
    const memoryMb = memoryOf(cloud);
    const cents = (of: Operations) => total(centsPerThousand(of, prices, memoryMb));
    const waiting = cents(await ofWaiting(800));
    const idle = idleMonth(standing(cloud, memoryMb), prices);
    return {
      'waiting 800 ms': waiting,
      'waiting 3 s': cents(await ofWaiting(3_000)),
      async: cents(await ofAsync()),
      'bulk row': cents(await ofRow()),
      'a month without orders $': idle,
      'a month of 100 million that wait 800 ms $': dollarsPerMonth(100_000_000, waiting, idle, prices),
    };
  },
};
