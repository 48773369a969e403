import { expect } from '@jest/globals';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Day } from './day.ts';
import { leaveStored } from './left.ts';

const MINUTE = 60_000;

/** A batch is previewed, runs, and is looked at. One that names what was ordered before says so. */
export async function batchRuns(day: Day): Promise<void> {
  const { cloud } = day;
  const csv = 'target,amount\n0772279098,1\n0772279097,1';
  const preview = await day.well('/api/v1/bulk/preview', { body: { csv } });
  const batch = await day.well('/api/v1/bulk', { body: { preview_id: preview.preview_id } });
  const own = `/api/v1/bulk/${batch.id}`;
  await day.readAll(own);
  // Its messages were lost.
  await cloud.lose('bulk');
  cloud.clock.pass(2 * MINUTE);
  await cloud.onSchedule('RunBulk');
  await cloud.drain();
  cloud.clock.pass(2 * MINUTE);
  await cloud.onSchedule('RunBulk');
  expect((await day.well(own)).status).toBe('completed');
  await day.readAll('/api/v1/bulk', `${own}/rows`, '/api/v1/bulk/template', `/api/v1/orders?batch_id=${batch.id}`);
  await day.readAll(`/api/v1/bulk/preview/${preview.preview_id}`);
  const known = `target,amount,reference\n0772279096,1,done\n0772279095,1,${batch.batch_reference}~2`;
  for (const path of ['/api/v1/bulk/preview', '/api/v1/bulk']) {
    await day.ask(path, { body: { csv: known, batch_reference: 'known' } });
  }
  expect((await day.ask('/api/v1/bulk', { body: { csv: known, batch_reference: 'known' } })).status).toBe(422);
}

export async function batchesAreCancelled(day: Day): Promise<void> {
  const { cloud } = day;
  const csv = 'target,amount\n0772279901,1\n0772279902,1';
  const link = await day.well('/api/v1/bulk/uploads', { body: { bytes: csv.length } });
  expect((await fetch(link.upload_url, { method: 'PUT', body: csv })).status).toBe(200);
  const preview = await day.well('/api/v1/bulk/preview', { body: { upload_id: link.upload_id } });
  const gone = preview.preview_id.replace(/.{4}$/, 'gone');
  expect((await day.ask(`/api/v1/bulk/preview/${gone}`)).status).toBe(404);
  expect((await day.ask('/api/v1/bulk', { body: { preview_id: gone } })).status).toBeGreaterThanOrEqual(400);
  const lost = { upload_id: link.upload_id.replace(/.{4}$/, 'gone') };
  expect((await day.ask('/api/v1/bulk/preview', { body: lost })).status).toBeGreaterThanOrEqual(400);
  const failed = await day.well('/api/v1/bulk', { body: { preview_id: preview.preview_id } });
  await cloud.drain();
  expect((await day.well(`/api/v1/bulk/${failed.id}`)).status).toBe('completed');
  expect((await day.ask(`/api/v1/bulk/${failed.id}/retry-failed`, { body: {} })).status).toBe(202);
  const again = await day.well('/api/v1/bulk', { body: { csv: `${csv}\n0772279099,2` } });
  await day.well(`/api/v1/bulk/${again.id}/cancel`, { body: {} });
  await cloud.drain();
}

/**
 * Rows that were refunded were delivered after all. While their batch has still to refund as much it keeps it, whoever
 * completes what others had stored, or finds it done.
 */
export async function rowsAreDeliveredLate(day: Day): Promise<void> {
  const { cloud } = day;
  const said = { delivers: true, answer: 'accepted', callbacks: ['failed', 'success'] } as const;
  cloud.pesaway.script({ match: { target: '254712345931' }, behaviour: said });
  const live = ['0772279901', '0772279902', '0772279924', '254712345901', '254712345931'];
  const played = ['0772279001', '0772279002', '0772279011', '0772279014'];
  const rowsOf = { live: await run(day, 'live', live), test: await run(day, 'test', played) };
  const stored = async (mode: Mode, target: string) => {
    const key = { merchantId: day.merchant, mode, agentReference: rowsOf[mode].get(target) ?? '' };
    await day.until(async () => (await day.statusOf(key.agentReference, mode)) === 'refunded');
    await leaveStored(cloud.database, key);
    return key;
  };
  await cloud.send('dispatch-hotrecharge', await stored('live', '0772279901'));
  await cloud.send('dispatch-pesaway', await stored('live', '254712345901'));
  await cloud.send('dispatch-sandbox', await stored('test', '0772279001'));
  await cloud.drain();
  await stored('live', '0772279902');
  await day.reconcile();
  const { agentReference } = await stored('test', '0772279002');
  await day.well(`/api/v1/test/orders/${agentReference}/advance`, { key: day.keys.test, body: {} });
  const late = { live: live.filter((target) => target !== '0772279924'), test: played.slice(0, 2) };
  for (const mode of ['live', 'test'] as const) {
    for (const target of late[mode]) {
      const reference = rowsOf[mode].get(target) ?? '';
      await day.until(async () => (await day.statusOf(reference, mode)) === 'success');
    }
  }
}

/** A batch with these targets, until its rows are sent. Answers their references. */
async function run(day: Day, mode: Mode, targets: readonly string[]): Promise<Map<string, string>> {
  const key = day.keys[mode];
  const lines = targets.map((target) => `${target},${target.startsWith('254') ? 10 : 1}`);
  const csv = ['target,amount', ...lines].join('\n');
  const { id } = await day.well('/api/v1/bulk', { key, body: { csv, batch_reference: `late-${mode}` } });
  await day.cloud.drain();
  const { data } = await day.well(`/api/v1/bulk/${id}/rows`, { key });
  expect((await day.well(`/api/v1/bulk/${id}`, { key })).status).toBe('running');
  return new Map(data.map((row: Record<string, string>) => [row.target, row.agent_reference]));
}
