import { createHash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { createUpload } from '../../../functions/bulk/create-upload.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { getBulkTemplate } from '../../../functions/bulk/get-bulk-template.ts';
import { getPreview } from '../../../functions/bulk/get-preview.ts';
import { listBulk } from '../../../functions/bulk/list-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { advanceBatches, runBulk } from '../../../functions/workers/run-bulk.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { Product } from '../../../shared/domain/catalogue.ts';
import { createBatch } from '../../../shared/flows/bulk/create-batch.ts';
import { planBatch } from '../../../shared/flows/bulk/plan-batch.ts';
import { readSheet } from '../../../shared/http/csv/read-sheet.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** Bulk as a merchant meets it: a CSV is looked at, paid at once, sent row by row, and what is left goes back. */

const netone = aProduct({ id: 200, name: 'NetOne USD', network: 'NetOne' });
const safaricom = aProduct({
  ...{ id: 254_001, name: 'Safaricom KES', network: 'Safaricom', country: 'KE', currency: 'KES' },
  ...{ minMinor: 500, maxMinor: 1_000_000, stepMinor: 100 },
} as Partial<Product>);

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world, { USD: 10_000, KES: 1_000_000 });
  await sell(world, airtimeUsd, netone, safaricom);
});
afterAll(stopEngine);

type Texts = Record<string, string>;

function ask<P, Q, B>(
  endpoint: RouteHandler<P, Q, B>,
  input: { body?: unknown; query?: Texts; params?: Texts; headers?: Texts } = {},
) {
  const { headers = {}, ...rest } = input;
  return call(world, endpoint, { ...rest, headers: { ...merchant.headers(), ...headers } });
}

const of = (batch: { id: string }) => ({ params: { batch_id: batch.id } });
const phone = (n: number) => `07722${String(79_000 + n)}`;
const sheet = (rows: readonly string[], header = 'target,amount') => [header, ...rows].join('\n');
const file = (count: number, amount = '1') => sheet(Array.from({ length: count }, (_, n) => `${phone(n)},${amount}`));

const create = (csv: string, options: object = {}) =>
  ask(createBulk, { body: { csv, batch_reference: 'may', ...options } });
const look = async (batch: { id: string }) => (await ask(getBulk, of(batch))).json;

async function settle(): Promise<void> {
  while (world.messages.length > 0) await world.dispatchAll();
}

async function balance(currency = 'USD'): Promise<number> {
  const { wallets } = (await ask(getWallet)).json;
  return wallets.find((each: { currency: string }) => each.currency === currency)?.balance;
}

async function entries(currency = 'USD') {
  return (await ask(listLedger, { query: { currency, limit: '100' } })).json.data.filter(
    (entry: { kind: string }) => entry.kind !== 'adjustment',
  );
}

describe('preview', () => {
  it('says of every row what would become of it, and what all of it costs', async () => {
    const csv = sheet(
      [
        `${phone(1)},5,,,pay-1`,
        '+254 712 345 678,50,,,',
        '0712345678,2.50,,USD,',
        `${phone(2)},"5,50",,,`,
        `${phone(1)},5,,,`,
        `${phone(3)},5,,,pay-1`,
        '0242123456,1,,,',
        `${phone(4)},1000,,,`,
        '37112345678,5,,,',
        `${phone(5)},5,999,,`,
        `+263${phone(6).slice(1)},5,254001,,`,
        `${phone(7)},5,100,KES,`,
        `${phone(8)},5,,EUR,`,
      ],
      'Phone Number;Amount;Product;Currency;Reference'.replaceAll(';', ','),
    );
    const { status, json } = await ask(previewBulk, { body: csv, headers: { 'content-type': 'text/csv' } });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      rows: 13,
      valid: 4,
      invalid: 9,
      duplicates: 1,
      totals: [
        { currency: 'USD', rows: 3, total: 12.5, balance: 100, is_covered: true },
        { currency: 'KES', rows: 1, total: 50, balance: 10_000, is_covered: true },
      ],
      is_covered: true,
      existing_batch: null,
      next_cursor: null,
    });
    expect(json.data[0]).toEqual({
      row: 2,
      status: 'valid',
      target: phone(1),
      msisdn: `+263${phone(1).slice(1)}`,
      product_id: 100,
      product: 'Airtime USD',
      network: 'Econet',
      amount: 5,
      currency: 'USD',
      reference: 'pay-1',
    });
    expect(json.data[1]).toMatchObject({ row: 3, msisdn: '+254712345678', product_id: 254_001, currency: 'KES' });
    expect(json.data[1].reference).toBe(`${json.batch_reference}~3`);
    expect(json.data[2]).toMatchObject({ row: 4, network: 'NetOne', amount: 2.5 });
    expect(json.data[4]).toMatchObject({ row: 6, status: 'valid', same_as_row: 2 });
    expect(
      json.errors.map((each: { row: number; column: string; code: string }) => [each.row, each.column, each.code]),
    ).toEqual([
      [5, 'amount', 'decimal_comma'],
      [7, 'reference', 'duplicate_reference'],
      [8, 'target', 'invalid_target'],
      [9, 'amount', 'invalid_amount'],
      [10, 'product_id', 'invalid_request'],
      [11, 'product_id', 'product_not_found'],
      [12, 'target', 'invalid_target'],
      [13, 'currency', 'invalid_request'],
      [14, 'currency', 'invalid_request'],
    ]);
    for (const { detail, fix } of json.errors) expect([detail, fix].every((text) => text.length > 10)).toBe(true);
    expect(await entries()).toEqual([]);
  });

  it('asks which currency is meant where a network is sold in several', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' }));
    world.memo.clear();
    const { json } = await ask(previewBulk, { body: { csv: file(1) } });
    expect(json.errors[0]).toMatchObject({ row: 2, column: 'currency' });
    expect(json.errors[0].detail).toMatch(/USD, ZWG/);
    expect((await ask(previewBulk, { body: { csv: file(1), currency: 'ZWG' } })).json.data[0].product_id).toBe(101);
    expect((await ask(previewBulk, { body: { csv: file(1), product_id: 100 } })).json.data[0].product_id).toBe(100);
  });

  it('knows references of orders that there are', async () => {
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: 100, target: phone(1), amount: 5, agent_reference: 'pay-1' },
    });
    const csv = sheet([`${phone(1)},5,pay-1`, `${phone(2)},5,pay-2`], 'target,amount,reference');
    const { json } = await ask(previewBulk, { body: { csv } });
    expect(json.errors).toMatchObject([{ row: 2, column: 'reference', code: 'reference_used' }]);
    expect(json.errors[0].detail).toMatch(/is an order of 2026-05-07 already, and it is pending/);
  });

  it('tells of money that is not there, and of a batch that is', async () => {
    const poor = await ask(previewBulk, { body: { csv: file(3, '50'), batch_reference: 'may' } });
    expect(poor.json).toMatchObject({ is_covered: false, totals: [{ total: 150, balance: 100, is_covered: false }] });
    await create(file(2));
    const known = await ask(previewBulk, { body: { csv: file(2), batch_reference: 'may' } });
    expect(known.json.existing_batch).toMatchObject({ status: 'running' });
  });

  it('knows a file that was sent before, under whatever name', async () => {
    const csv = file(2);
    const fresh = await ask(previewBulk, { body: { csv, batch_reference: 'june' } });
    expect(fresh.json.same_file_batch).toBeNull();
    const { json } = await create(csv);
    const again = await ask(previewBulk, { body: { csv, batch_reference: 'june' } });
    expect(again.json).toMatchObject({
      existing_batch: null,
      same_file_batch: { id: json.id, batch_reference: 'may', status: 'running' },
    });
    const other = await call(world, previewBulk, { headers: merchant.headers('test'), body: { csv } });
    expect(other.json.same_file_batch).toBeNull();
    world.fault = (command, input) =>
      command === 'PutCommand' && JSON.stringify(input).includes('file#') ? new Error('no') : undefined;
    expect((await create(file(3), { batch_reference: 'july' })).status).toBe(202);
  });

  it('takes text/csv, a form, JSON and an upload, and says the same', async () => {
    const csv = file(3);
    const form = [
      '--X',
      'Content-Disposition: form-data; name="batch_reference"',
      '',
      'may',
      '--X',
      'Content-Disposition: form-data; name="file"; filename="may.csv"',
      'Content-Type: text/csv',
      '',
      csv,
      '--X--',
      '',
    ].join('\r\n');
    const upload = (await ask(createUpload, { body: { bytes: Buffer.byteLength(csv) } })).json;
    const put = await fetch(upload.upload_url, { method: 'PUT', body: csv });
    expect(put.status).toBe(200);
    const answers = await Promise.all([
      ask(previewBulk, { body: csv, headers: { 'content-type': 'text/csv' }, query: { batch_reference: 'may' } }),
      ask(previewBulk, { body: form, headers: { 'content-type': 'multipart/form-data; boundary=X' } }),
      ask(previewBulk, { body: { csv, batch_reference: 'may' } }),
      ask(previewBulk, { body: { upload_id: upload.upload_id, batch_reference: 'may' } }),
    ]);
    for (const { status, json } of answers) {
      expect(status).toBe(200);
      expect(json).toMatchObject({ batch_reference: 'may', rows: 3, valid: 3 });
      expect(json.data).toEqual(answers[0]?.json.data);
    }
  });

  it('tells an upload that is empty from one that never came', async () => {
    const upload = (await ask(createUpload, { body: {} })).json;
    await fetch(upload.upload_url, { method: 'PUT', body: '' });
    const reply = await ask(previewBulk, { body: { upload_id: upload.upload_id } });
    expect([reply.status, reply.json.detail]).toEqual([422, 'The file is empty.']);
  });

  it.each<[string, number, string, unknown, Texts]>([
    ['no CSV at all', 400, 'invalid_request', {}, {}],
    ['two CSVs', 400, 'invalid_request', { csv: 'a', upload_id: `upl_${'a'.repeat(20)}` }, {}],
    ['an upload that never came', 404, 'upload_not_found', { upload_id: `upl_${'a'.repeat(20)}` }, {}],
    ['a field that is none', 400, 'invalid_request', { csv: 'a', refrence: 'x' }, {}],
    ['no header', 422, 'invalid_csv', { csv: '0772279099,5' }, {}],
    ['no rows', 422, 'invalid_csv', { csv: 'target,amount\n' }, {}],
    ['a form without a file', 400, 'invalid_request', '--X--', { 'content-type': 'multipart/form-data; boundary=X' }],
    ['one row too many', 413, 'csv_too_large', { csv: `target,amount\n${'1,1\n'.repeat(100_001)}` }, {}],
    ['a bad batch_reference', 400, 'invalid_request', { csv: 'a', batch_reference: 'a~b' }, {}],
    ['JSON that is no object', 400, 'invalid_request', '[1]', { 'content-type': 'application/json' }],
    [
      'more than a request holds',
      413,
      'body_too_large',
      'x'.repeat(4 * 1024 * 1024 + 1),
      { 'content-type': 'text/csv' },
    ],
  ])('refuses %s: %i %s', async (_what, status, code, body, headers) => {
    const reply = await ask(previewBulk, { body, headers });
    expect([reply.status, reply.json.code]).toEqual([status, code]);
  });

  it('shows its rows page by page, all or some, for a day, and to nobody else', async () => {
    const csv = sheet(Array.from({ length: 150 }, (_, n) => `${phone(n)},${n % 10 === 0 ? 'x' : '0.5'}`));
    const { json } = await ask(previewBulk, { body: { csv } });
    expect(json.data).toHaveLength(100);
    const params = { preview_id: json.preview_id };
    const rest = await ask(getPreview, { params, query: { cursor: json.next_cursor, limit: '100' } });
    expect(rest.json.data.map(({ row }: { row: number }) => row)).toEqual(
      Array.from({ length: 50 }, (_, n) => 102 + n),
    );
    expect(rest.json).toMatchObject({ rows: 150, valid: 135, next_cursor: null });
    const wrong = await ask(getPreview, { params, query: { status: 'invalid', limit: '10' } });
    expect(wrong.json.data).toHaveLength(10);
    const report = await (await fetch(json.report_url)).text();
    expect(report.split('\r\n')).toHaveLength(152);
    const other = await aMerchant(world);
    const hidden = await call(world, getPreview, { headers: other.headers(), params });
    const test = await ask(getPreview, { params, headers: merchant.headers('test') });
    expect([hidden.json.code, test.json.code]).toEqual(['preview_not_found', 'preview_not_found']);
    world.advance(24 * 3_600_000);
    expect((await ask(getPreview, { params })).json.code).toBe('preview_not_found');
    expect((await ask(createBulk, { body: { preview_id: json.preview_id } })).json.code).toBe('preview_not_found');
  });

  it('the template is a file that can be sent', async () => {
    const template = await ask(getBulkTemplate);
    expect(template.headers['content-type']).toBe('text/csv; charset=utf-8');
    const { json } = await ask(previewBulk, { body: { csv: template.text } });
    expect([json.errors, json.valid]).toEqual([[], 2]);
  });
});

describe('a batch', () => {
  it("never has more than four messages under way, in its merchant's name", async () => {
    await create(file(99, '0.5'));
    while (world.messages.length > 0) {
      const bulk = world.messages.filter(({ queue }) => queue === 'bulk');
      expect(bulk.length).toBeLessThanOrEqual(4);
      for (const { message } of bulk) expect(message.group).toBe(merchant.id);
      await world.dispatchAll();
    }
    expect(world.upstream.vends).toHaveLength(99);
  });

  it('is paid with one entry, sends every row once, and each row is an order', async () => {
    const reply = await create(file(60));
    expect(reply.status).toBe(202);
    expect(reply.headers.location).toBe(`/api/v1/bulk/${reply.json.id}`);
    expect(reply.json).toMatchObject({
      batch_reference: 'may',
      status: 'running',
      rows: 60,
      amounts: [{ currency: 'USD', rows: 60, total: 60, refunded: 0 }],
    });
    expect(await balance()).toBe(40);
    expect(world.upstream.sends).toEqual([]);
    await settle();
    const done = await look(reply.json);
    expect(done).toMatchObject({ status: 'completed', counts: { success: 60 }, estimated_end_at: null });
    expect(world.upstream.vends).toHaveLength(60);
    expect(new Set(world.upstream.vends).size).toBe(60);
    const own = await entries();
    expect(own).toMatchObject([{ kind: 'batch', amount: -60, batch_id: done.id }]);
    const order = await ask(getOrder, { params: { agent_reference: 'may~2' } });
    expect(order.json).toMatchObject({ status: 'success', batch_id: done.id, target: phone(0), amount: 1 });
    const rows = (await ask(listBulkRows, { ...of(done), query: { limit: '100' } })).json;
    expect(rows.data).toHaveLength(60);
    expect(rows.data[0]).toMatchObject({ row: 2, status: 'success', final: true, order_id: order.json.id });
  });

  it('of a preview is what the preview said', async () => {
    const csv = sheet([`${phone(1)},5`, `${phone(2)},x`, '254712345678,50']);
    const preview = (await ask(previewBulk, { body: { csv, batch_reference: 'may' } })).json;
    const refused = await ask(createBulk, { body: { preview_id: preview.preview_id } });
    expect([refused.status, refused.json.code]).toEqual([422, 'batch_invalid']);
    expect(refused.json.detail).toBe('1 of 3 rows cannot be sent.');
    expect(refused.json.errors).toMatchObject([{ row: 3, column: 'amount', code: 'not_an_amount' }]);
    const reply = await ask(createBulk, { body: { preview_id: preview.preview_id, accept: 'valid_rows' } });
    expect(reply.status).toBe(202);
    expect(reply.json.amounts).toEqual([
      { currency: 'USD', rows: 1, total: 5, refunded: 0 },
      { currency: 'KES', rows: 1, total: 50, refunded: 0 },
    ]);
    await settle();
    expect(await look(reply.json)).toMatchObject({ status: 'completed', counts: { success: 2, left_out: 1 } });
    const rows = (await ask(listBulkRows, of(reply.json))).json.data;
    expect(rows[1]).toMatchObject({ row: 3, status: 'left_out', errors: [{ code: 'not_an_amount' }] });
    const both = { preview_id: preview.preview_id, csv };
    expect((await ask(createBulk, { body: both })).json).toMatchObject({ code: 'invalid_request', param: 'csv' });
  });

  it('is made once per reference: again it is the same, with another file it is refused', async () => {
    const first = await create(file(3));
    await settle();
    const again = await create(file(3));
    expect([again.status, again.headers['idempotent-replayed'], again.json.id]).toEqual([200, 'true', first.json.id]);
    const other = await create(file(4));
    expect([other.status, other.json.code, other.json.param]).toEqual([422, 'reference_reused', 'batch_reference']);
    const option = await create(file(3), { accept: 'valid_rows' });
    expect(option.json.code).toBe('reference_reused');
    await settle();
    expect(world.upstream.vends).toHaveLength(3);
  });

  it('without a reference is known by its file: the same file again sends nothing', async () => {
    const csv = file(3);
    const first = await create(csv, { batch_reference: undefined });
    const hash = createHash('sha256').update(csv).digest('hex').slice(0, 24);
    expect(first.json.batch_reference).toBe(`file-${hash}`);
    await settle();
    const again = await create(csv, { batch_reference: undefined });
    expect([again.status, again.json.id]).toEqual([200, first.json.id]);
    const named = sheet([`${phone(1)},5,pay-1`], 'target,amount,reference');
    await create(named, { batch_reference: 'one' });
    await settle();
    const second = await create(named, { batch_reference: 'two' });
    expect(second.json.errors).toMatchObject([{ code: 'reference_used' }]);
    expect(world.upstream.vends).toHaveLength(4);
  });

  it('that the wallet does not cover is refused before any row, and may be sent again', async () => {
    const reply = await create(file(101));
    expect([reply.status, reply.json.code]).toEqual([402, 'insufficient_funds']);
    expect(reply.json.detail).toMatch(/does not cover USD 101.00/);
    await settle();
    expect([await balance(), await entries(), world.upstream.sends]).toEqual([100, [], []]);
    expect((await ask(listBulk)).json.data).toEqual([]);
    expect((await create(file(99))).status).toBe(202);
  });

  it('gives back together what its rows did not use', async () => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected, { kind: 'success', receipt: {}, evidence: '' }, rejected, rejected];
    const { json } = await create(file(30));
    await settle();
    expect(await look(json)).toMatchObject({
      status: 'completed',
      counts: { success: 27, refunded: 3 },
      amounts: [{ total: 30, refunded: 3 }],
    });
    expect(await entries()).toMatchObject([
      { kind: 'batch_refund', amount: 3, batch_id: json.id },
      { kind: 'batch', amount: -30, batch_id: json.id },
    ]);
    const failed = await ask(listBulkRows, { ...of(json), query: { status: 'refunded' } });
    expect(failed.json.data).toHaveLength(3);
    expect(failed.json.data[0].failure).toMatchObject({ code: 'network_refused', retryable: true });
  });

  it('waits for rows in doubt, and gives back what turns out not delivered', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    world.upstream.finding = { kind: 'in_progress', evidence: '' };
    const { json } = await create(file(3));
    await settle();
    expect(await look(json)).toMatchObject({ status: 'running', counts: { success: 2, unknown: 1 } });
    world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
    await world.sweep(5);
    await settle();
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', amounts: [{ total: 3, refunded: 1 }] });
    expect(await balance()).toBe(98);
  });

  it('a row that proves delivered after its refund is charged again, by itself', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const { json } = await create(file(1));
    await settle();
    expect(await balance()).toBe(100);
    const { changeOrder } = await import('../../../shared/flows/orders/change-order.ts');
    const { applyCallback } = await import('../../../shared/domain/order-life.ts');
    const { readOrdersOf } = await import('../../../shared/store/orders.ts');
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    // Rows are sent side by side: either may be the one that was refused.
    const orders = [...(await readOrdersOf(world, owner, ['may~2', 'may~3'])).values()];
    const order = orders.find(({ status }) => status === 'refunded');
    if (!order) throw new Error('no order');
    await changeOrder(world, order, (now) =>
      applyCallback(now, { kind: 'success', receipt: {}, evidence: '' }, world.now()),
    );
    expect(await balance()).toBe(99);
    expect(await entries()).toMatchObject([
      { kind: 'correction', amount: -1, batch_id: json.id },
      { kind: 'batch_refund', amount: 1 },
      { kind: 'batch', amount: -1 },
    ]);
    await world.sweep();
    expect(await balance()).toBe(99);
  });

  it('a reference that a single order took meanwhile stays that order; the row goes back', async () => {
    const csv = sheet([`${phone(1)},5,pay-1`, `${phone(2)},5,pay-2`], 'target,amount,reference');
    const { json } = await create(csv);
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: 100, target: phone(9), amount: 7, agent_reference: 'pay-1' },
    });
    await settle();
    expect(await look(json)).toMatchObject({
      counts: { success: 1, failed: 1 },
      amounts: [{ total: 10, refunded: 5 }],
    });
    const rows = (await ask(listBulkRows, of(json))).json.data;
    expect(rows[0]).toMatchObject({ status: 'failed', order_id: null, failure: { code: 'reference_used' } });
    expect(await balance()).toBe(88);
    expect(world.upstream.vends).toHaveLength(2);
  });

  it('is seen by its merchant in its mode only, and listed newest first', async () => {
    const first = await create(file(1), { batch_reference: 'one' });
    world.advance(1000);
    const second = await create(file(1), { batch_reference: 'two' });
    const all = (await ask(listBulk, { query: { limit: '1' } })).json;
    expect(all.data.map(({ id }: { id: string }) => id)).toEqual([second.json.id]);
    const rest = (await ask(listBulk, { query: { cursor: all.next_cursor } })).json;
    expect(rest.data.map(({ id }: { id: string }) => id)).toEqual([first.json.id]);
    for (const headers of [(await aMerchant(world)).headers(), merchant.headers('test')]) {
      for (const endpoint of [getBulk, listBulkRows, cancelBulk, retryBulk] as RouteHandler[]) {
        expect((await ask(endpoint, { ...of(first.json), headers })).json.code).toBe('batch_not_found');
      }
    }
  });

  it('in test mode runs in the sandbox, and touches no live wallet', async () => {
    const headers = merchant.headers('test');
    const csv = sheet(['0772279099,1', '0772279005,1', '0772279011,1']);
    const { json } = await ask(createBulk, { body: { csv }, headers });
    await settle();
    const { counts } = (await ask(getBulk, { ...of(json), headers })).json;
    expect(counts).toMatchObject({ success: 1, refunded: 1, unknown: 1, pending: 0 });
    expect([await balance(), world.upstream.sends]).toEqual([100, []]);
  });
});

describe('progress', () => {
  it('counts as chunks are run, and says when it will be over', async () => {
    const { json } = await create(file(90));
    expect(await look(json)).toMatchObject({ counts: { pending: 90 }, estimated_end_at: null });
    const [first] = world.messages.splice(0);
    world.advance(10_000);
    await runBulk(world, first?.message.body as { batchId: string; chunk: number });
    const half = await look(json);
    expect(half.counts).toMatchObject({ success: 25, pending: 65 });
    const left = Date.parse(half.estimated_end_at) - Date.parse(world.now());
    expect(left).toBeGreaterThan(20_000);
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 90 } });
  });

  it('the rows as CSV come in parts, without formulas', async () => {
    const csv = sheet([`${phone(1)},5,"=cmd|' /C calc'!A0"`], 'target,amount,custom_sms');
    const { json } = await create(csv, { accept: 'valid_rows' });
    await settle();
    const rows = await ask(listBulkRows, { params: { batch_id: json.id ?? 'none' }, query: { format: 'csv' } });
    if (json.id) expect(rows.text).not.toMatch(/(^|,)=/m);
    const batch = (await create(file(3), { batch_reference: 'csv' })).json;
    await settle();
    const table = await ask(listBulkRows, { ...of(batch), query: { format: 'csv' } });
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = table.text.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(new RegExp(`^2,success,${phone(0)},'\\+263`));
    expect(table.headers.link).toBeUndefined();
  });

  it('is told by webhook when it is over, with the totals; of rows only on request', async () => {
    const heard: { type: string; data: { object: { status: string } } }[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      heard.push(JSON.parse(body));
      return { status: 200, headers: {}, body: '' };
    };
    await ask(createEndpoint, { body: { url: 'https://merchant.example/hook' } });
    const quiet = (await create(file(2))).json;
    await settle();
    expect(heard.map(({ type }) => type)).toEqual(['batch.completed']);
    expect(heard[0]?.data.object).toEqual(await look(quiet));
    await sendDue(world);
    expect(heard).toHaveLength(1);
    await create(file(2), { batch_reference: 'loud', row_webhooks: true });
    await settle();
    expect(heard.map(({ type }) => type).sort()).toEqual([
      'batch.completed',
      'batch.completed',
      'order.success',
      'order.success',
    ]);
  });
});

describe('cancelling', () => {
  it('stops what was not sent, and gives it back once', async () => {
    const { json } = await create(file(60));
    const [first, ...rest] = world.messages.splice(0);
    await runBulk(world, first?.message.body as { batchId: string; chunk: number });
    const cancelled = await ask(cancelBulk, of(json));
    expect([cancelled.status, cancelled.json.status]).toEqual([202, 'cancelling']);
    world.messages.push(...rest);
    await settle();
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await world.sweep();
      await settle();
    }
    const done = await look(json);
    expect(done).toMatchObject({
      status: 'cancelled',
      counts: { success: 25, refunded: 35 },
      amounts: [{ total: 60, refunded: 35 }],
    });
    expect(world.upstream.vends).toHaveLength(25);
    expect(await balance()).toBe(75);
    expect((await entries()).map(({ kind }: { kind: string }) => kind)).toEqual(['batch_refund', 'batch']);
    const again = await ask(cancelBulk, of(json));
    expect([again.status, again.json.status]).toEqual([200, 'cancelled']);
    const row = await ask(getOrder, { params: { agent_reference: 'may~60' } });
    expect(row.json).toMatchObject({ status: 'refunded', failure: { code: 'cancelled' } });
  });

  it('a worker that had taken a chunk before, and wakes after, sends nothing that was given back', async () => {
    const { json } = await create(file(5));
    const [message] = world.messages.splice(0);
    let isCancelled = false;
    // Between its reading of the batch and its first row the batch is cancelled, stopped and paid back by others.
    world.fault = (command, input) => {
      const isProgress = command === 'PutCommand' && JSON.stringify(input).includes('#progress#');
      if (isProgress && !isCancelled) isCancelled = true;
      return undefined;
    };
    const running = runBulk(world, message?.message.body as { batchId: string; chunk: number });
    await ask(cancelBulk, of(json));
    await running;
    await settle();
    for (let minutes = 0; minutes < 6; minutes += 1) {
      await world.sweep();
      await settle();
    }
    const done = await look(json);
    const delivered = world.upstream.vends.length;
    expect(done).toMatchObject({ status: 'cancelled', amounts: [{ total: 5, refunded: 5 - delivered }] });
    expect(await balance()).toBe(100 - delivered);
  });

  it('rows that wait for a provider that is down are left to the sweep, and not tried all the time', async () => {
    world.upstream.script = Array.from({ length: 10 }, () => ({ kind: 'unsent', evidence: 'refused' }) as const);
    await create(file(10), { batch_reference: 'shows-that-it-is-down' });
    await settle();
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    const { json } = await create(file(30));
    for (let times = 0; times < 3; times += 1) await world.dispatchAll();
    expect(world.messages).toEqual([]);
    world.upstream.balances = async () => [];
    await world.sweep(10);
    await settle();
    await world.sweep();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 30 } });
  });

  it('rows that wait for a provider that is down are stopped too', async () => {
    world.upstream.script = Array.from({ length: 5 }, () => ({ kind: 'unsent', evidence: 'refused' }) as const);
    const { json } = await create(file(5));
    await settle();
    expect((await look(json)).counts).toMatchObject({ pending: 5, success: 0 });
    await ask(cancelBulk, of(json));
    await settle();
    expect(await look(json)).toMatchObject({ status: 'cancelled', amounts: [{ total: 5, refunded: 5 }] });
    await world.sweep(10);
    await settle();
    expect([world.upstream.vends, await balance()]).toEqual([[], 100]);
  });
});

describe('sending the failed rows again', () => {
  const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;

  it('is a new batch of just them, and asked again the same', async () => {
    world.upstream.script = [rejected, { kind: 'success', receipt: {}, evidence: '' }, rejected];
    const { json } = await create(file(10));
    expect((await ask(retryBulk, of(json))).json.code).toBe('batch_running');
    await settle();
    const retry = await ask(retryBulk, of(json));
    expect(retry.status).toBe(202);
    expect(retry.json).toMatchObject({ batch_reference: 'may~r1', rows: 2, retry_of: json.id });
    await settle();
    const again = await ask(retryBulk, of(json));
    expect([again.status, again.json.id, again.json.counts.success]).toEqual([200, retry.json.id, 2]);
    expect(world.upstream.vends).toHaveLength(10);
    expect(await balance()).toBe(90);
    expect((await ask(retryBulk, of(retry.json))).json.code).toBe('nothing_to_retry');
  });

  it('has nothing to do with rows that were cancelled', async () => {
    const { json } = await create(file(3));
    await ask(cancelBulk, of(json));
    await settle();
    expect((await ask(retryBulk, of(json))).json.code).toBe('nothing_to_retry');
  });
});

describe('whatever dies or comes twice', () => {
  it('two who make the same batch at once make one, and pay once', async () => {
    const [one, two] = await Promise.all([create(file(30)), create(file(30))]);
    expect([one?.status, two?.status].sort()).toEqual([200, 202]);
    expect(one?.json.id).toBe(two?.json.id);
    await settle();
    expect(world.upstream.vends).toHaveLength(30);
    expect(await entries()).toHaveLength(1);
  });

  it('whoever posts the same at once and comes second finds the batch, whatever that did to wallet and references', async () => {
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    const post = (reference: string, csv: string, meanwhile?: () => Promise<unknown>) => {
      const input = { reference, contentHash: reference, accept: 'all_or_nothing', hasRowWebhooks: false } as const;
      return createBatch(world, owner, input, async () => {
        await meanwhile?.();
        return { rowResults: await planBatch(world, owner, readSheet(csv).rows, { reference, defaults: {} }) };
      });
    };
    const draining = await post('one', file(60), () => post('one', file(60)));
    expect(draining).toMatchObject({ isReplay: true, batch: { reference: 'one', rows: 60 } });
    const named = sheet([`${phone(1)},1,mine`], 'target,amount,reference');
    const taking = await post('two', named, async () => {
      await post('two', named);
      await settle();
    });
    expect(taking).toMatchObject({ isReplay: true, batch: { reference: 'two', rows: 1 } });
    expect(await entries()).toHaveLength(2);
  });

  it('two who cancel at once, and two who send the failed rows again at once', async () => {
    const { json } = await create(file(30));
    const both = await Promise.all([ask(cancelBulk, of(json)), ask(cancelBulk, of(json))]);
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    await settle();
    expect((await look(json)).amounts).toMatchObject([{ total: 30, refunded: 30 }]);
    expect(await balance()).toBe(100);
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = Array.from({ length: 5 }, () => rejected);
    const failed = (await create(file(5), { batch_reference: 'june' })).json;
    await settle();
    const retries = await Promise.all([ask(retryBulk, of(failed)), ask(retryBulk, of(failed))]);
    expect(retries.map(({ status }) => status).sort()).toEqual([200, 202]);
    await settle();
    expect([world.upstream.vends.length, await balance()]).toEqual([5, 95]);
  });

  it('two batches at once of which the wallet covers one', async () => {
    const both = await Promise.all([
      create(file(60), { batch_reference: 'one' }),
      create(file(60), { batch_reference: 'two' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 402]);
    await settle();
    expect([await balance(), world.upstream.vends.length]).toEqual([40, 60]);
  });

  it('a lost answer to the debit that emptied the wallet is no lack of funds', async () => {
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'TransactWriteCommand' || isLost) return undefined;
      isLost = true;
      return 'after';
    };
    expect((await create(file(100))).status).toBe(202);
    world.fault = undefined;
    expect([await balance(), (await entries()).length]).toEqual([0, 1]);
  });

  it('every message twice and side by side sends every row once', async () => {
    await create(file(60));
    for (let round = 0; round < 10 && world.messages.length > 0; round += 1) {
      world.messages.push(...world.messages);
      await world.dispatchAll();
    }
    expect(world.upstream.vends).toHaveLength(60);
    expect(new Set(world.upstream.vends).size).toBe(60);
  });

  it('waits for a provider that is down, without walking through all of it, and goes on when it is up', async () => {
    const { recordFailure } = await import('../../../shared/store/health.ts');
    const { json } = await create(file(99, '0.5'));
    for (let n = 0; n < 30; n += 1) await recordFailure(world, 'hotrecharge');
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    await settle();
    expect((await look(json)).counts).toMatchObject({ pending: 99 });
    expect(world.upstream.sends).toEqual([]);
    const before = world.calls.length;
    await world.sweep();
    await settle();
    expect(world.calls.length - before).toBeLessThan(100);
    world.upstream.balances = async () => [];
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await world.sweep();
      await settle();
    }
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 99 } });
    expect(world.upstream.vends).toHaveLength(99);
  });

  it('messages that are lost are found by the sweep, chunk by chunk', async () => {
    const { json } = await create(file(130, '0.5'));
    for (let minutes = 0; minutes < 20; minutes += 1) {
      world.messages.length = 0;
      await world.sweep();
      const [one] = world.messages.filter(({ queue }) => queue === 'bulk');
      if (one) await runBulk(world, one.message.body as { batchId: string; chunk: number });
    }
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 130 } });
    expect(world.upstream.vends).toHaveLength(130);
  });

  it.each(['before', 'after'] as const)('a database that loses every seventh answer, %s its effect', async (when) => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected, rejected];
    let count = 0;
    world.fault = () => {
      count += 1;
      return count % 7 === 0 ? when : undefined;
    };
    let id: string | undefined;
    for (let tries = 0; tries < 30 && !id; tries += 1) id = (await create(file(30))).json.id;
    for (let round = 0; round < 40; round += 1) {
      await settle().catch(() => undefined);
      world.advance(7 * 60_000);
      await advanceBatches(world).catch(() => undefined);
      await world.sweep().catch(() => undefined);
    }
    world.fault = undefined;
    await world.sweep(10);
    await settle();
    const done = await look({ id: id ?? '' });
    const delivered = new Set(world.upstream.vends);
    expect(world.upstream.vends).toHaveLength(delivered.size);
    expect(done.status).toBe('completed');
    expect(done.amounts).toMatchObject([{ total: 30, refunded: 30 - delivered.size }]);
    expect(await balance()).toBe(100 - delivered.size);
  });

  it('two who look after a batch at once give back once', async () => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected, rejected];
    const { json } = await create(file(30));
    while (world.messages.length > 0) {
      const messages = world.messages.splice(0);
      await Promise.all([...messages, ...messages].map(({ message }) => runBulk(world, message.body as never)));
    }
    await Promise.all([advanceBatches(world), advanceBatches(world)]);
    world.advance(3 * 60_000);
    await Promise.all([advanceBatches(world), advanceBatches(world), advanceBatches(world)]);
    expect(await look(json)).toMatchObject({ status: 'completed', amounts: [{ refunded: 2 }] });
    expect((await entries()).filter(({ kind }: { kind: string }) => kind === 'batch_refund')).toHaveLength(1);
  });

  it('has what it is granted, from the preview to the end', async () => {
    const own = (name: keyof typeof routes) => granted(world, routes[name].access);
    const headers = merchant.headers();
    const preview = await call(own('previewBulk'), previewBulk, { headers, body: { csv: file(2) } });
    expect(preview.status).toBe(200);
    const body = { preview_id: preview.json.preview_id };
    const made = await call(own('createBulk'), createBulk, { headers, body });
    expect(made.status).toBe(202);
    const runner = granted(world, workers.runBulk.access);
    for (const { message } of world.messages.splice(0)) await runBulk(runner, message.body as never);
    await advanceBatches(runner);
    expect((await call(own('getBulk'), getBulk, { headers, ...of(made.json) })).json.status).toBe('completed');
    await sendDue(granted(world, workers.webhookSender.access));
  });
});

it('wallet writes are the same for a thousand rows and for ten thousand', async () => {
  const { adjustWallet } = await import('../../../shared/flows/wallet/adjust-wallet.ts');
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  await adjustWallet(world, wallet, { amountMinor: 10_000_000, reason: 'Deposit', by: 'test' });
  const writes: number[] = [];
  for (const count of [1_000, 10_000]) {
    let ledgerWrites = 0;
    world.fault = (_command, input) => {
      const { TransactItems = [] } = input as { TransactItems?: { Put?: { TableName: string } }[] };
      ledgerWrites += TransactItems.filter(({ Put }) => Put?.TableName.endsWith('ledger')).length;
      return undefined;
    };
    const rows = Array.from({ length: count }, (_, n) => `07722${String(10_000 + n)},1`);
    expect((await create(sheet(rows), { batch_reference: `n${count}` })).status).toBe(202);
    world.messages.length = 0;
    writes.push(ledgerWrites);
  }
  world.fault = undefined;
  expect(writes).toEqual([1, 1]);
}, 120_000);
