import type { Line } from '../line.ts';
import { figuresOfScript } from '../script-figures.ts';

export const line: Line = {
  name: 'wallet-line',
  what: 'The same wallet with bursts, refunds and deaths of processes, by the script of the line itself.',
  kind: 'model',
  wanted: {},
  measure: () => figuresOfScript('test/bench/wallet-line.ts'),
};
