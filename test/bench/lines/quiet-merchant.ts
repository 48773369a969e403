import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../line.ts';
import { median } from '../line.ts';
import type { LocalSystem } from '../local-system.ts';
import { post, startSystem } from '../local-system.ts';
import { csvOf } from './units-bulk-row.ts';

const ROWS = 10_000;
const ORDERS = 15;
const GAP_MS = 400;

/** Milliseconds from the creation of a single order to its end, as the order says. */
async function latencies(local: LocalSystem): Promise<number[]> {
  const [quiet] = local.merchants;
  const found: number[] = [];
  for (let n = 0; quiet && n < ORDERS; n += 1) {
    const { json } = await post(local, quiet, 'wait=25');
    const end = json.finalized_at === null ? Date.now() : Date.parse(json.finalized_at);
    found.push(end - Date.parse(json.created_at));
    await sleep(GAP_MS);
  }
  return found;
}

export const line: Line = {
  name: 'quiet-merchant',
  what: `\`npm start\`: single orders of one merchant, from created to final, beside ${ROWS.toLocaleString('en')} rows of another.`,
  kind: 'timing',
  wanted: { 'beside / alone': { most: 3, before: '10.5' } },
  async measure() {
    const local = await startSystem(2);
    await latencies(local);
    const alone = await latencies(local);
    const key = local.merchants[1]?.liveKey ?? '';
    const body = { csv: csvOf(ROWS), batch_reference: 'beside' };
    const { status } = await local.system.api('/api/v1/bulk', { key, body });
    if (status !== 202) throw new Error(`the batch was answered ${status}`);
    const beside = await latencies(local);
    await local.stop();
    return {
      'beside / alone': median(beside) / median(alone),
      'alone ms': median(alone),
      'beside ms': median(beside),
    };
  },
};
