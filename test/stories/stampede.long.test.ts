import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/** Many clients at once, over HTTP, against the running system. */

const data = mkdtempSync(join(tmpdir(), 'airtime-stampede-'));
const CALLERS = 1_000;
let system: System;
let lost = 0;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

type Reply = Awaited<ReturnType<System['api']>>;

/** Asks as a client should: again after a 503 or no answer, and while an order is pending. */
async function ask(path: string, options?: Parameters<System['api']>[1]): Promise<Pick<Reply, 'status' | 'json'>> {
  for (;;) {
    const reply = await system.api(path, options).catch(connectionLost);
    if (reply.status !== 503 && reply.status !== 202) return reply;
    await new Promise((resolve) => setTimeout(resolve, 200 + 1000 * Math.random()));
  }
}

/** A busy machine may take no connection in time. */
function connectionLost(error: unknown): Pick<Reply, 'status' | 'json'> {
  // Not by its class: that of the test is another than Node's.
  if ((error as Error).message !== 'fetch failed') throw error;
  lost += 1;
  return { status: 503, json: undefined };
}

it('many POSTs of one reference at once are one order, one debit, one vend and one body', async () => {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'same' };
  const replies = await Promise.all(Array.from({ length: CALLERS }, () => ask('/api/v1/orders', { body })));
  const created = replies.filter((reply) => reply.status === 201).length;
  expect(created).toBeLessThanOrEqual(1);
  // The answer to the first one may be among those that were lost.
  if (lost === 0) expect(created).toBe(1);
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(CALLERS - created);
  expect(new Set(replies.map((reply) => JSON.stringify(reply.json))).size).toBe(1);
  expect(readFileSync(join(data, 'hotrecharge-deliveries.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
  const { json } = await ask('/api/v1/wallet/ledger?currency=USD');
  expect(json.data.map((entry: { amount: number }) => entry.amount)).toEqual([-5, 1000]);
}, 300_000);
