import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/** A payroll clerk, `npm start` and curl: the commands of the guide, and a batch that outlives a killed process. */

const run = promisify(execFile);
const data = mkdtempSync(join(tmpdir(), 'airtime-bulk-'));
const ROWS = 250;
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);

afterAll(async () => {
  await system.kill();
  rmSync(data, { recursive: true, force: true });
});

async function curl(...args: string[]) {
  const { stdout } = await run('curl', ['-sS', '-H', `Authorization: Api-Key ${system.local.liveKey}`, ...args]);
  return JSON.parse(stdout);
}

const url = (path: string) => `${system.local.baseUrl}/api/v1/bulk${path}`;
const look = async (id: string) => (await system.api(`/api/v1/bulk/${id}`)).json;

/** The batch once it has ended, or once nothing has happened to it for three seconds. */
async function ended(id: string) {
  let last = '';
  for (let quiet = 0; ; quiet += 1) {
    const batch = await look(id);
    const seen = JSON.stringify(batch.counts);
    if (batch.status !== 'running' || quiet > 30) return batch;
    if (seen !== last) quiet = 0;
    last = seen;
    await sleep(100);
  }
}

it('previews a file, runs it, and has every row as CSV, with the commands of the guide', async () => {
  const file = join(data, 'may.csv');
  writeFileSync(
    file,
    '\ufeffsep=;\r\nMobile;Airtime;Currency\r\n0772279099;5.00;USD\r\n\r\n"0772 279 001";2,50;USD\r\n',
  );
  const at = url('/preview?batch_reference=salaries-2026-05');
  const bad = await curl('--data-binary', `@${file}`, '-H', 'Content-Type: text/csv', at);
  expect(bad).toMatchObject({ rows: 2, valid: 1, errors: [{ row: 5, column: 'amount', code: 'decimal_comma' }] });
  writeFileSync(file, readFileSync(file, 'utf8').replace('2,50', '2.50'));
  const preview = await curl('-F', `file=@${file}`, at);
  expect(preview).toMatchObject({ rows: 2, valid: 2, totals: [{ currency: 'USD', total: 7.5, is_covered: true }] });
  const body = JSON.stringify({ preview_id: preview.preview_id });
  const batch = await curl('-H', 'Content-Type: application/json', '-d', body, url(''));
  expect(batch).toMatchObject({ batch_reference: 'salaries-2026-05', rows: 2 });
  expect(await ended(batch.id)).toMatchObject({ status: 'completed', counts: { success: 2 } });
  const { stdout } = await run('curl', [
    '-sS',
    '-H',
    `Authorization: Api-Key ${system.local.liveKey}`,
    url(`/${batch.id}/rows?format=csv`),
  ]);
  expect(stdout.split('\r\n')[1]).toMatch(/^3,success,0772279099,'\+263772279099,/);
}, 300_000);

it('takes a file that was uploaded by a link', async () => {
  const file = join(data, 'upload.csv');
  const csv = `target,amount,currency\n${Array.from({ length: 100 }, (_, n) => `07723${10_000 + n},0.1,USD`).join('\n')}`;
  writeFileSync(file, csv);
  const size = JSON.stringify({ bytes: Buffer.byteLength(csv) });
  const upload = await curl('-H', 'Content-Type: application/json', '-d', size, url('/uploads'));
  await run('curl', ['-sS', '--fail', '-T', file, upload.upload_url]);
  const body = JSON.stringify({ upload_id: upload.upload_id });
  const preview = await curl('-H', 'Content-Type: application/json', '-d', body, url('/preview'));
  expect(preview).toMatchObject({ rows: 100, valid: 100 });
  const { stdout: report } = await run('curl', ['-sS', preview.report_url]);
  expect(report.trim().split('\r\n')).toHaveLength(101);
}, 300_000);

/** Every thirtieth number is answered after two seconds, every eleventh refused; the kill comes in between. */
it('a batch goes on after kill -9: every row ends, none is vended twice, and the money is right', async () => {
  const target = (n: number) => (n % 30 === 0 ? '0772279910' : n % 11 === 0 ? '0772279901' : '0772279099');
  const csv = `target,amount,currency\n${Array.from({ length: ROWS }, (_, n) => `${target(n)},0.5,USD`).join('\n')}`;
  const before = await balance();
  const body = { csv, batch_reference: 'killed' };
  const { id } = (await system.api('/api/v1/bulk', { body })).json;
  while ((await look(id)).counts.success < ROWS / 10) await sleep(20);
  await system.kill();
  for (const minutes of [10, 75, 140, 205, 270]) {
    system = await System.start(data, { minutesLater: minutes });
    const batch = await ended(id);
    if (batch.status !== 'running') break;
    await system.kill();
  }
  const batch = await look(id);
  const again = await system.api('/api/v1/bulk', { body });
  expect([again.status, again.json.id]).toEqual([200, id]);
  const vended = readFileSync(join(data, 'hotrecharge-deliveries.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).reference as string);
  expect(new Set(vended).size).toBe(vended.length);
  const rows: { order_id: string; status: string }[] = [];
  for (let cursor = ''; ; ) {
    const { json } = await system.api(`/api/v1/bulk/${id}/rows?limit=100${cursor}`);
    rows.push(...json.data);
    if (!json.next_cursor) break;
    cursor = `&cursor=${json.next_cursor}`;
  }
  expect(rows).toHaveLength(ROWS);
  const wrong = rows.filter(
    ({ order_id, status }) => (status === 'success') !== vended.includes(order_id.replace('_', '-')),
  );
  expect(wrong).toEqual([]);
  const delivered = rows.filter(({ status }) => status === 'success').length;
  expect(batch).toMatchObject({
    status: 'completed',
    counts: { success: delivered, refunded: ROWS - delivered },
    amounts: [{ total: ROWS / 2, refunded: (ROWS - delivered) / 2 }],
  });
  expect(await balance()).toBe(before - delivered / 2);
}, 300_000);

async function balance(): Promise<number> {
  const { wallets } = (await system.api('/api/v1/wallet')).json;
  return wallets.find((each: { currency: string }) => each.currency === 'USD').balance;
}
