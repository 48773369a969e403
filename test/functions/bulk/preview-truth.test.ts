import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import type { Product } from '../../../shared/domain/catalogue.ts';
import { call } from '../../support/call.ts';
import { repeats } from '../../support/length.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What a preview says of a row is what creating the batch does with it, on every row of files that people might make. */

const FILES = repeats({ short: 40, long: 500 });
const AT_ONCE = 10;

let world: TestWorld;
let merchant: TestMerchant;

beforeAll(async () => {
  world = await testWorld({ clock: 'real' });
  merchant = await aMerchant(world, { USD: 50_000_000, ZWG: 50_000_000, KES: 50_000_000 });
  const kenya = { country: 'KE', currency: 'KES', minMinor: 500, maxMinor: 1_000_000, stepMinor: 100 } as const;
  await sell(
    world,
    airtimeUsd,
    aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' }),
    aProduct({ id: 200, name: 'NetOne', network: 'NetOne' }),
    aProduct({ id: 201, name: 'NetOne data', network: 'NetOne', kind: 'data', denominationsMinor: [100, 500] }),
    aProduct({ id: 300, name: 'Gone', available: false }),
    aProduct({ id: 400, name: 'ZESA', network: 'ZESA', kind: 'zesa', targetType: 'meter' }),
    aProduct({ id: 254_001, name: 'Safaricom', network: 'Safaricom', ...kenya } as Partial<Product>),
  );
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'used-before' },
  });
}, 60_000);
afterAll(stopEngine);

const cell = <T extends string>(...values: T[]) => fc.constantFrom(...values);
/** One of the first, mostly, or one of the others. */
const mostly = (good: string[], other: string[]) =>
  fc.oneof({ weight: 5, arbitrary: cell(...good) }, { weight: 2, arbitrary: cell(...other) });

const aLine = fc.record({
  target: mostly(
    ['0772279099', '+263 77 227 9001', '0712345678'],
    ['254712345678', '0242123456', '37112345678', '2.6E+11', ''],
  ),
  amount: mostly(['1', '0.50', '5', '5.00'], ['5,50', '100000', 'five', '', '1000', '0.001', '$1', '5 USD', 'ZiG 5']),
  product_id: mostly([''], ['100', '101', '200', '201', '300', '400', '254001', '9', 'x']),
  currency: mostly(['USD'], ['', 'ZWG', 'KES', 'EUR', 'usd']),
  reference: mostly(['', 'a', 'b'], ['used-before', 'c d', 'twice']),
});
const aFile = fc.record({
  lines: fc.array(aLine, { minLength: 1, maxLength: 6 }),
  separator: cell(',', ';', '\t'),
  currency: fc.option(cell('USD', 'KES'), { nil: undefined }),
});
type File = typeof aFile extends fc.Arbitrary<infer F> ? F : never;

/** References are unique to the file, but for those that are meant to meet others. */
function textOf({ lines, separator }: File, n: number): string {
  const quoted = (text: string) => (text.includes(separator) ? `"${text}"` : text);
  const rows = lines.map((line) => {
    const own = ['a', 'b', 'twice'].includes(line.reference) ? `${line.reference}-${n}` : line.reference;
    return [line.target, line.amount, line.product_id, line.currency, own].map(quoted).join(separator);
  });
  return [['target', 'amount', 'product_id', 'currency', 'reference'].join(separator), ...rows].join('\n');
}

interface Row {
  readonly row: number;
  readonly status: string;
  readonly errors?: { code: string; column: string }[];
}

const facts = (row: Row & Record<string, unknown>, reference: unknown) =>
  row.errors
    ? [row.row, 'no', row.errors.map(({ column, code }) => `${column} ${code}`)]
    : [row.row, 'yes', row.msisdn, row.product_id, row.network, row.amount, row.currency, reference];

async function tryFile(file: File, n: number): Promise<{ rows: number; valid: number }> {
  const headers = merchant.headers();
  const wish = {
    csv: textOf(file, n),
    batch_reference: `f${n}`,
    ...(file.currency ? { currency: file.currency } : {}),
  };
  const preview = await call(world, previewBulk, { headers, body: wish });
  if (preview.json.code === 'currency_required') {
    expect((await call(world, createBulk, { headers, body: wish })).json.code).toBe('currency_required');
    expect(file.lines.some(({ currency }) => currency !== '')).toBe(false);
    return { rows: 0, valid: 0 };
  }
  expect(preview.status).toBe(200);
  const said = preview.json.data.map((row: Row & Record<string, unknown>) => facts(row, row.reference));
  const body = { preview_id: preview.json.preview_id, accept: 'valid_rows' };
  const made = await call(world, createBulk, { headers, body });
  if (preview.json.valid === 0) {
    expect(made.json.code).toBe('batch_invalid');
    const refused = made.json.errors.map(({ row, column, code }: { row: number; column: string; code: string }) => [
      row,
      `${column} ${code}`,
    ]);
    expect(refused).toEqual(
      said.flatMap(([row, , codes]: [number, string, string[]]) => codes.map((code) => [row, code])),
    );
  } else {
    expect(made.status).toBe(202);
    const rows = await call(world, listBulkRows, {
      headers,
      params: { batch_id: made.json.id },
      query: { limit: '100' },
    });
    const became = rows.json.data.map((row: Row & Record<string, unknown>) => facts(row, row.agent_reference));
    expect(became).toEqual(said);
  }
  return { rows: said.length, valid: preview.json.valid };
}

it('a preview and the batch made from it agree on every row', async () => {
  const files = fc.sample(aFile, { numRuns: FILES, seed: 20_260_507 });
  let rows = 0;
  let valid = 0;
  for (let done = 0; done < FILES; done += AT_ONCE) {
    const some = files.slice(done, done + AT_ONCE);
    for (const result of await Promise.all(some.map((file, index) => tryFile(file, done + index)))) {
      rows += result.rows;
      valid += result.valid;
    }
    world.messages.length = 0;
  }
  // Neither all good nor all bad.
  expect(valid / rows).toBeGreaterThan(0.05);
  expect(valid / rows).toBeLessThan(0.95);
}, 240_000);
