import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/** What a tester waits for, in real time: `npm start`, its queues and its schedules. */

const data = mkdtempSync(join(tmpdir(), 'airtime-sandbox-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

/** What each number shows in the end, and the seconds after its POST by which it does: what its page says, and some. */
const ENDS: Readonly<Record<string, readonly [seconds: number, end: string]>> = {
  '011': [50, 'success'],
  '012': [50, 'refunded'],
  '013': [80, 'refunded'],
  '014': [59, 'under_review'],
  '015': [50, 'success'],
  '016': [50, 'refunded'],
  '018': [80, 'success'],
  '019': [300, 'success'],
  '020': [80, 'reversed'],
  '021': [150, 'success'],
};

it('every outcome comes by itself within what the page of the sandbox says', async () => {
  const key = system.local.testKey;
  const startedAt = Date.now();
  const lasted: Record<string, number> = {};
  await Promise.all(
    Object.entries(ENDS).map(async ([suffix, [seconds, end]]) => {
      const reference = `by-itself-${suffix}`;
      const body = { product_id: 100, target: `0772279${suffix}`, amount: 1, agent_reference: reference };
      await system.api('/api/v1/orders', { key, body, headers: { prefer: 'respond-async' } });
      const sentAt = Date.now();
      for (let isOver = false; !isOver; ) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const { json } = await system.api(`/api/v1/orders/${reference}`, { key });
        lasted[suffix] = (Date.now() - sentAt) / 1_000;
        isOver = (json.under_review ? 'under_review' : json.status) === end || lasted[suffix] > seconds;
      }
    }),
  );
  const late = Object.entries(lasted).filter(([suffix, seconds]) => seconds > (ENDS[suffix]?.[0] ?? 0));
  expect(late).toEqual([]);
  expect(Date.now() - startedAt).toBeLessThan(310_000);
}, 330_000);
