import { expect, it } from '@jest/globals';
import { simulate } from './simulation.ts';

/** A batch of more rows than one chain of sixteen messages in each lane sends. */
const ROWS = 1700;

/** Known to fail: the function that runs batches feeds its own queue, and nothing allows it to. */
it.failing('no batch needs a chain of messages that AWS would cut', async () => {
  const plan = { orders: 400, isFaultFree: true, clients: new Set<number>(), file: { rows: ROWS } };
  const { rows, counts, violations } = await simulate(1, plan);
  expect([rows, violations]).toEqual([ROWS, []]);
  expect([...counts.keys()].filter((name) => name.startsWith('chain cut'))).toEqual([]);
}, 600_000);
