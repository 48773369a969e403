import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { createUpload } from '../../../functions/bulk/create-upload.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import type { Currency } from '../../../shared/domain/money.ts';
import { uploadName } from '../../../shared/flows/bulk/uploads.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import type { Texts } from '../../support/bulk-set-up.ts';
import {
  ask,
  create,
  entries,
  file,
  freshMerchantForEachTest,
  merchant,
  phone,
  safaricom,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';
import { createKey } from '../../support/create-key.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import { sell } from '../../support/world.ts';

freshMerchantForEachTest();

async function fund(currency: Currency, amountMinor: number): Promise<void> {
  const wallet = { merchantId: merchant.id, mode: 'live', currency } as const;
  await adjustWallet(world, wallet, { amountMinor, reason: 'Deposit', by: 'test' });
}

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

  it('says where it found each column, so that the cell of an error can be shown', async () => {
    const csv = `sep=;\nName;Mobile Number;Value\nAnn;${phone(1)};five\n`;
    const { json } = await ask(previewBulk, { body: { csv } });
    const columns = [
      { column: 'target', position: 2 },
      { column: 'amount', position: 3 },
    ];
    expect(json).toMatchObject({ columns, separator: ';', errors: [{ row: 3, column: 'amount' }] });
  });

  it('asks which currency is meant where a network is sold in several', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' }));
    world.memo.clear();
    const csv = sheet([`${phone(1)},5,`, `${phone(2)},5,USD`], 'target,amount,currency');
    const { json } = await ask(previewBulk, { body: { csv } });
    expect(json.errors).toMatchObject([{ row: 2, column: 'currency' }]);
    expect(json.errors[0].detail).toMatch(/USD, ZWG/);
    expect((await ask(previewBulk, { body: { csv: file(1), currency: 'ZWG' } })).json.data[0].product_id).toBe(101);
    expect((await ask(previewBulk, { body: { csv: file(1), product_id: 100 } })).json.data[0].product_id).toBe(100);
  });

  it('takes the only wallet with money where a network is sold in several and no row names a currency', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' }), safaricom);
    world.memo.clear();
    const csv = sheet([`${phone(1)},5`, '+254712345678,50']);
    const preview = (await ask(previewBulk, { body: { csv } })).json;
    expect(preview).toMatchObject({
      valid: 2,
      data: [{ product_id: 100 }, { product_id: 254_001 }],
      notes: [{ code: 'currency_of_wallet', detail: expect.stringContaining('USD, your only wallet with money') }],
    });
    await fund('ZWG', 10_000);
    const run = (await ask(createBulk, { body: { preview_id: preview.preview_id } })).json;
    expect(run.amounts).toMatchObject([{ currency: 'USD', total: 5 }, { currency: 'KES' }]);
  });

  it('refuses once for the file where it cannot know the wallet', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' }));
    world.memo.clear();
    await fund('ZWG', 10_000);
    for (const endpoint of [previewBulk, createBulk]) {
      const both = await call(world, endpoint, { headers: merchant.headers(), body: { csv: file(3) } });
      expect([both.status, both.json.code, both.json.param]).toEqual([422, 'currency_required', 'currency']);
      expect(both.json.detail).toMatch(/USD and ZWG.*more than one of these wallets has money/);
      expect(both.json.errors).toBeUndefined();
    }
    await fund('ZWG', -10_000);
    await fund('USD', -10_000);
    const none = await ask(previewBulk, { body: { csv: file(3) } });
    expect([none.json.code, none.json.detail]).toEqual(['currency_required', expect.stringContaining('none of these')]);
    expect((await ask(previewBulk, { body: { csv: file(3), currency: 'ZWG' } })).json.valid).toBe(3);
  });

  it('does not tell a key that may neither spend nor see balances which wallet has money', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' }), safaricom);
    world.memo.clear();
    const askWith = async (scopes: Scope[], body: object) => {
      const { text } = await createKey(world, { merchantId: merchant.id, mode: 'live', name: 'narrow', scopes });
      return (await call(world, previewBulk, { headers: { authorization: `Api-Key ${text}` }, body })).json;
    };
    const answers = [];
    for (const [currency, amountMinor] of [
      ['USD', 0],
      ['ZWG', 10_000],
      ['USD', -10_000],
    ] as const) {
      if (amountMinor !== 0) await fund(currency, amountMinor);
      answers.push(await askWith(['orders:read'], { csv: file(3) }));
    }
    const detail = expect.stringContaining('this key is not shown which of these wallets has money');
    expect(answers[0]).toMatchObject({ code: 'currency_required', param: 'currency', detail });
    expect(new Set(answers.map((answer) => JSON.stringify({ ...answer, request_id: '' }))).size).toBe(1);
    expect((await askWith(['orders:read'], { csv: file(3), currency: 'USD' })).valid).toBe(3);
    expect((await askWith(['orders:read', 'orders:write'], { csv: file(3) })).valid).toBe(3);
    expect((await askWith(['orders:read', 'wallet:read'], { csv: file(3) })).valid).toBe(3);
  });

  it('names the column of a problem in its fix', async () => {
    const cells = ['5,50', '$-1', '1000000', '1.234', ''];
    const rows = [
      ...cells.map((amount) => `${phone(1)},"${amount}",,,,`),
      `2.6E+11,5,,,,`,
      '12,5,,,,',
      `${phone(1)},5,x,,,`,
      `${phone(1)},5,9,,,`,
      `${phone(1)},5,,dollars,,`,
      `${phone(1)},5,100,KES,,`,
      `${phone(1)},5,,,c d,`,
      `${phone(1)},5,,,,${'x'.repeat(200)}`,
    ];
    const csv = sheet(rows, 'target,amount,product_id,currency,reference,custom_sms');
    const { json } = await ask(previewBulk, { body: { csv } });
    expect(json.errors).toHaveLength(rows.length);
    for (const { column, fix } of json.errors) expect(fix).toMatch(new RegExp(`\\b${column}\\b`));
  });

  it.each<[string, string, Buffer]>([
    ['UTF-16', 'little-endian', Buffer.from('\uFEFFtarget\tamount\tsms\n0772279001\t5\tCafé', 'utf16le')],
    ['UTF-16', 'big-endian', Buffer.from('\uFEFFtarget\tamount\tsms\n0772279001\t5\tCafé', 'utf16le').swap16()],
    ['Windows-1252', 'as Excel saves it', Buffer.from('target;amount;sms\n0772279001;5;Caf\xe9', 'latin1')],
  ])('reads %s, %s, and says so: as the body, in a form and uploaded', async (encoding, _what, bytes) => {
    const [before, after] = [
      '--X\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n',
      '\r\n--X--\r\n',
    ];
    const form = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
    const upload = (await ask(createUpload, { body: { bytes: bytes.length } })).json;
    expect((await fetch(upload.upload_url, { method: 'PUT', body: new Uint8Array(bytes) })).status).toBe(200);
    const answers = [
      await ask(previewBulk, { body: bytes, headers: { 'content-type': 'text/csv' } }),
      await ask(previewBulk, { body: form, headers: { 'content-type': 'multipart/form-data; boundary=X' } }),
      await ask(previewBulk, { body: { upload_id: upload.upload_id } }),
    ];
    for (const { json } of answers) {
      expect(json).toMatchObject({
        valid: 1,
        notes: [{ code: 'encoding', detail: expect.stringContaining(encoding) }],
      });
      const run = (await ask(createBulk, { body: { preview_id: json.preview_id } })).json;
      const sms = (await ask(listBulkRows, { params: { batch_id: run.id }, query: { format: 'csv' } })).text;
      expect(sms).toMatch(/,Café\r\n$/);
    }
  });

  it.each([
    ['UTF-8 with a damaged character', Buffer.from('target,amount,sms\n0772279001,5,Caf\xc3\xa9 \xe9', 'latin1')],
    ['bytes of no encoding', Buffer.from('target,amount,sms\n0772279001,5,\x81\xe9', 'latin1')],
    ['UTF-16 without its mark', Buffer.from('target,amount\n0772279001,5é', 'utf16le')],
    ['a workbook', Buffer.from('PK\x03\x04\x14\x00\xe9', 'latin1')],
  ])('refuses %s', async (_what, bytes) => {
    const { json } = await ask(previewBulk, { body: bytes, headers: { 'content-type': 'text/csv' } });
    expect(json.code).toBe('invalid_csv');
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
    const upload = (await ask(createUpload, { body: { bytes: 1 } })).json;
    await world.files.write(uploadName({ merchantId: merchant.id, mode: 'live' }, upload.upload_id), '', 'text/csv');
    const reply = await ask(previewBulk, { body: { upload_id: upload.upload_id } });
    expect([reply.status, reply.json.detail]).toEqual([422, 'The file is empty.']);
  });

  it.each<[string, string]>([
    ['row too_many_cells', 'target,amount\n0772279001,5,50'],
    ['target invisible_characters', 'target,amount\n0772\t279001,5'],
    ['target spreadsheet_error', 'target,amount\n#N/A,5'],
    ['amount formula', 'target,amount\n0772279001,=5+1'],
    ['target decimals_in_target', 'target,amount\n772279001.0,5'],
    ['target two_targets', "target,msisdn,amount,same_as_row\n0772279001,'+263772279002,5,"],
  ])('names what is wrong with a cell: %s', async (problem, csv) => {
    const { json } = await ask(previewBulk, { body: { csv: `${csv}\n` } });
    expect(json.errors.map(({ column, code }: Texts) => `${column} ${code}`)).toEqual([problem]);
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
