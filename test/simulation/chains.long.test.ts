import { expect, it } from '@jest/globals';
import { simulate } from './simulation.ts';

/** A batch of more rows than one chain of sixteen messages in each lane sends. */
const ROWS = 1700;

/** The function that runs batches feeds its own queue, so its chains are as long as its lanes: nothing may cut them. */
it('no batch needs a chain of messages that AWS would cut', async () => {
  // An upstream that only delivers: one that fails opens the breaker, which ends every chain early.
  const only = new Set<string>();
  const plan = { orders: 400, isFaultFree: true, clients: new Set<number>(), only, file: { rows: ROWS } };
  const { rows, violations } = await simulate(1, plan);
  expect([rows, violations]).toEqual([ROWS, []]);
}, 600_000);
