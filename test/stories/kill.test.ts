import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { repeats } from '../support/length.ts';
import { System } from '../support/system.ts';

const data = mkdtempSync(join(tmpdir(), 'airtime-kill-'));
let system: System;

afterAll(async () => {
  await system.kill();
  rmSync(data, { recursive: true, force: true });
});

const ORDERS = repeats({ short: 40, long: 120 });

/** Half an hour, when some orders are not decided yet. At two hours every query is due, which spares `npm test` a start. */
const MINUTES_LATER = repeats({ short: 120, long: 30 });

/**
 * Kills the system with many orders in flight, against an upstream that is slow enough for many to be mid-call, and
 * starts it again later: every order that was acknowledged is there, each ends decided, and none was vended twice.
 */
it('kill -9 under load loses nothing that was acknowledged and vends nothing twice', async () => {
  system = await System.start(data);
  const body = (n: number) => ({
    product_id: 100,
    // Every third number is answered after two seconds, so that the kill meets calls under way.
    target: n % 3 === 0 ? '0772279910' : '0772279099',
    amount: 0.5,
    agent_reference: `k${n}`,
  });
  const acknowledged = new Set<string>();
  const clients = Array.from({ length: ORDERS }, async (_, n) => {
    try {
      let status = 503;
      // A busy wallet answers so; the client repeats, as asked.
      while (status === 503) {
        ({ status } = await system.api('/api/v1/orders', { body: body(n), headers: { prefer: 'respond-async' } }));
      }
      if (status < 300) acknowledged.add(`k${n}`);
    } catch {
      // The system died before it answered this one.
    }
  });
  while (acknowledged.size < ORDERS / 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await system.kill();
  await Promise.all(clients);

  system = await System.start(data, { minutesLater: MINUTES_LATER });
  let left = await open(system);
  for (const minutesLater of [120, 180, 240].filter((each) => each > MINUTES_LATER)) {
    if (left === 0) break;
    // A sweep runs at each start.
    await system.kill();
    system = await System.start(data, { minutesLater });
    left = await open(system);
  }
  expect(left).toBe(0);
  const orders = await list(system);
  const references = new Set(orders.map((order) => order.agent_reference));
  expect([...acknowledged].filter((reference) => !references.has(reference))).toEqual([]);
  const vended = readFileSync(join(data, 'hotrecharge-deliveries.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).reference);
  for (const { id, status } of orders) {
    const vends = vended.filter((reference) => reference === id.replace('_', '-')).length;
    expect([id, status, vends]).toEqual([id, status, status === 'success' ? 1 : 0]);
  }
  expect(new Set(vended).size).toBe(vended.length);
  const { wallets } = (await system.api('/api/v1/wallet')).json;
  const usd = wallets.find((each: { currency: string }) => each.currency === 'USD');
  expect(usd.balance).toBe(1000 - vended.length * 0.5);
}, 300_000);

interface Listed {
  readonly id: string;
  readonly agent_reference: string;
  readonly status: string;
}

async function list(system: System): Promise<Listed[]> {
  const orders: Listed[] = [];
  let cursor = '';
  do {
    const { json } = await system.api(`/api/v1/orders?limit=100${cursor}`);
    orders.push(...json.data);
    cursor = json.next_cursor ? `&cursor=${json.next_cursor}` : '';
  } while (cursor);
  return orders;
}

/** Orders that are not decided once the work of this start is done. */
async function open(system: System): Promise<number> {
  await settled(system);
  return (await list(system)).filter((order) => !['success', 'refunded', 'failed'].includes(order.status)).length;
}

/** Waits until the list of all orders is the same twice in a row. */
async function settled(system: System): Promise<void> {
  let before = '';
  for (let tries = 0; tries < 30; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const now = JSON.stringify((await list(system)).map((order) => order.status));
    if (now === before && !now.includes('pending')) return;
    before = now;
  }
}
