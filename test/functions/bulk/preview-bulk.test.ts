import { describe, expect, it } from '@jest/globals';
import { createUpload } from '../../../functions/bulk/create-upload.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import type { Texts } from '../../support/bulk-set-up.ts';
import {
  ask,
  create,
  entries,
  file,
  freshMerchantForEachTest,
  merchant,
  phone,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import { sell } from '../../support/world.ts';

freshMerchantForEachTest();

describe('preview', () => {
  it('shows what a run would do with every row, and what all of it costs', async () => {
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

  it('shows that the wallet does not cover it, and that the batch exists', async () => {
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

  it('distinguishes an empty upload from one that never came', async () => {
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
});
