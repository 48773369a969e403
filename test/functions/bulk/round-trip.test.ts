import { describe, expect, it } from '@jest/globals';
import Papa from 'papaparse';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import type { Product } from '../../../shared/domain/catalogue.ts';
import { csvRow } from '../../../shared/http/csv/csv.ts';
import {
  ask,
  balance,
  create,
  file,
  freshMerchantForEachTest,
  of,
  phone,
  safaricom,
  settle,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import { sell } from '../../support/world.ts';

/** Our own exports can be uploaded again, also after a spreadsheet has opened and saved them. */

freshMerchantForEachTest();

const zesa = aProduct({
  ...{ id: 400, name: 'ZESA', network: 'ZESA', kind: 'zesa', targetType: 'meter' },
} as Partial<Product>);

const HEADER = 'target,amount,product_id,currency,reference,custom_sms';
const ROWS = [
  `${phone(1)},5.50,100,USD,202511051829000000,"Thanks, ""Ann"""`,
  '+254712345678,50,,,may-2,=1+1',
  '254712345679,50,,,00017,',
  "37112345678,5,400,USD,3-4,'tis yours",
  `${phone(2)},5,,,INV-1,123456789012`,
  `${phone(3)},"5,50",100,USD,1E5,`,
  `${phone(4)},5,,,,Hi`,
  `${phone(4)},-1,400,ZWG,,Hi`,
];

const preview = async (csv: string, options: object = {}) =>
  (await ask(previewBulk, { body: { csv, ...options } })).json;
const reportOf = async (csv: string, options: object = {}) =>
  (await fetch((await preview(csv, options)).report_url)).text();
const rowsOf = async (batch: { id: string }) =>
  (await ask(listBulkRows, { ...of(batch), query: { format: 'csv' } })).text;

/** What a preview says of each row, but for the place in the file. */
const said = ({ data }: { data: Record<string, unknown>[] }) => data.map(({ row, same_as_row, ...rest }) => rest);

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** What Excel makes of a cell that it reads and saves again as CSV. */
function rewritten(cell: string): string {
  const [, month = '', day = ''] = /^([a-z]{3})-(\d{1,2})$/i.exec(cell) ?? [];
  if (MONTHS.some((each) => each.toLowerCase() === month.toLowerCase())) return `${day}-${month}`;
  if (/^\d{1,2}-\d{1,2}$/.test(cell)) return `${cell}-2026`;
  if (!/^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(cell)) return cell;
  const value = Number(cell);
  return value >= 1e11 || /e/i.test(cell) ? value.toExponential(5).replace('e', 'E') : String(value);
}

function savedBySpreadsheet(csv: string): string {
  const { data } = Papa.parse<string[]>(csv.trimEnd(), { delimiter: ',' });
  return Papa.unparse(
    data.map((cells) => cells.map(rewritten)),
    { delimiter: ';' },
  );
}

describe('the report of a preview', () => {
  it.each([
    ['as it is', (csv: string) => csv],
    ['saved by a spreadsheet', savedBySpreadsheet],
  ])('uploaded again, %s, says the same of each row', async (_how, save) => {
    await sell(world, airtimeUsd, safaricom, zesa);
    world.memo.clear();
    const csv = sheet(ROWS, HEADER);
    const first = await preview(csv, { batch_reference: 'may' });
    expect(first).toMatchObject({ valid: 6, invalid: 2 });
    const again = await preview(save(await reportOf(csv, { batch_reference: 'may' })), { batch_reference: 'may' });
    const digits = (rows: Record<string, unknown>[]) =>
      rows.map(({ target, ...rest }) => ({ ...rest, target: String(target).replace(/^0|^\+/, '') }));
    expect(digits(said(again))).toEqual(digits(said(first)));
    const { json } = await ask(createBulk, { body: { preview_id: again.preview_id, accept: 'valid_rows' } });
    const rows = Papa.parse<Record<string, string>>(await rowsOf(json), { header: true }).data;
    expect(rows.slice(0, 5).map((row) => row.custom_sms)).toEqual([
      'Thanks, "Ann"',
      "'=1+1",
      '',
      "'tis yours",
      "'123456789012",
    ]);
  });

  it('of a batch that was made since sends nothing twice, even before its rows are orders', async () => {
    const report = await reportOf(file(3), { batch_reference: 'may' });
    await create(file(3));
    const again = await preview(report, { batch_reference: 'june' });
    expect(again.errors.map(({ code }: { code: string }) => code)).toEqual(Array(3).fill('reference_used'));
    expect(again.errors[0].detail).toBe('may~2 is a row of the batch may already.');
    const run = await create(report, { batch_reference: 'june' });
    expect([run.status, run.json.code]).toEqual([422, 'batch_invalid']);
  });

  it('has its amounts in one form, of rows that can be sent and of others, and no formula', async () => {
    const csv = sheet([`${phone(1)},5,`, `${phone(2)},5.00,`, 'x,5.00,', 'x,=5,'], 'target,amount,sms');
    const { data } = Papa.parse<Record<string, string>>((await reportOf(csv)).trimEnd(), { header: true });
    expect(data.map(({ status, amount }) => [status, amount])).toEqual([
      ['valid', '5.00'],
      ['valid', '5.00'],
      ['invalid', '5.00'],
      ['invalid', "'=5"],
    ]);
  });

  it('with a row twice has that row once', async () => {
    const report = await reportOf(file(1), { batch_reference: 'may' });
    const line = report.split('\r\n')[1];
    const again = await preview(`${report}${line}\r\n`, { batch_reference: 'june' });
    expect(again).toMatchObject({ valid: 1, errors: [{ row: 3, code: 'duplicate_reference' }] });
  });
});

describe('the rows of a batch', () => {
  it('uploaded again are read, and what was ordered is not sent again', async () => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected];
    const { json } = await create(sheet([`${phone(1)},5,`, `${phone(2)},5,Hi`], 'target,amount,sms'));
    await settle();
    const rows = await rowsOf(json);
    const again = await preview(rows, { batch_reference: 'june' });
    expect(again).toMatchObject({ rows: 2, valid: 0, ignored_columns: expect.arrayContaining(['msisdn', 'message']) });
    expect(again.errors.map(({ code }: { code: string }) => code)).toEqual(['reference_used', 'reference_used']);
    const before = await balance();
    const cleared = rows.replaceAll(/may~\d/g, '');
    const run = await create(cleared, { batch_reference: 'june' });
    await settle();
    expect([run.status, await balance()]).toEqual([202, before - 10]);
    expect(
      world.upstream.sends
        .map(({ customSms }) => customSms)
        .slice(2)
        .sort(),
    ).toEqual(['Hi', undefined]);
  });

  it('that were left out come back with every cell', async () => {
    await sell(world, airtimeUsd, zesa);
    world.memo.clear();
    const csv = sheet([`${phone(1)},5,,,,`, '37112345678,"5,50",400,USD,r-1,Hi'], HEADER);
    const { json } = await create(csv, { accept: 'valid_rows' });
    const unchanged = await preview(await rowsOf(json), { batch_reference: 'june' });
    expect([unchanged.detail, unchanged.valid]).toEqual([undefined, 0]);
    const again = await preview((await rowsOf(json)).replace(`"'5,50"`, '5.50'), { batch_reference: 'june' });
    expect(again.data[1]).toMatchObject({
      status: 'valid',
      product_id: 400,
      currency: 'USD',
      amount: 5.5,
      reference: 'r-1',
    });
  });

  it('have tokens in groups of four, and long digits as texts', async () => {
    const token = '12345678901234567890';
    const done = {
      kind: 'success',
      receipt: { providerRef: '202511051829', tokens: [{ token }] },
      evidence: '',
    } as const;
    world.upstream.script = [async () => done];
    const { json } = await create(sheet([`${phone(1)},5,202605070000123`], 'target,amount,reference'));
    await settle();
    const rows = savedBySpreadsheet(await rowsOf(json));
    const [row] = Papa.parse<Record<string, string>>(rows, { header: true, delimiter: ';' }).data;
    expect(row).toMatchObject({
      tokens: '1234 5678 9012 3456 7890',
      provider_ref: "'202511051829",
      agent_reference: "'202605070000123",
    });
  });

  it('show no cell that a spreadsheet would rewrite', () => {
    const texts = ['123456789012', '00123', '1E5', 'may-2', '3-4', '2026-05-07', '12:30', '1.10', 'TRUE', '+263', '=1'];
    for (const text of texts) expect([text, csvRow([text])]).toEqual([text, `'${text}\r\n`]);
    const kept = ['0772279099', '37112345678', 'INV-1', 'may~2', 'May', 'mayor 5', '1234 5678 9012', 'network_refused'];
    for (const text of kept) expect([text, csvRow([text])]).toEqual([text, `${text}\r\n`]);
  });
});
