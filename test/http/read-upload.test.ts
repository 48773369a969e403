import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { previewBulk } from '../../functions/bulk/preview-bulk.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { call } from '../support/call.ts';
import { repeats } from '../support/length.ts';
import { airtimeUsd } from '../support/products.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/**
 * Forms as broken clients and cut connections leave them. Each stream of the parser reports a broken form by itself, which
 * once ended the process: an error without a listener fails the test during which it is thrown.
 */

const FIELD = '--X\r\nContent-Disposition: form-data; name="currency"\r\n\r\nUSD\r\n';
const FILE =
  '--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' +
  'target,amount\n0772279099,1\n\r\n';
const END = '--X--\r\n';
const GOOD = FIELD + FILE + END;

const long = `target,amount\n${'0772279099,1\n'.repeat(100_001)}`;
const manyFields = Array.from({ length: 21 }, (_, n) => FIELD.replace('currency', `f${n}`)).join('');

let world: TestWorld;
let merchant: TestMerchant;

beforeAll(async () => {
  world = await testWorld();
  merchant = await aMerchant(world, { USD: 10_000 });
  await sell(world, airtimeUsd);
});
afterAll(stopEngine);

async function post<P, Q, B>(endpoint: RouteHandler<P, Q, B>, body: string, type = 'multipart/form-data; boundary=X') {
  const reply = await call(world, endpoint, { headers: { ...merchant.headers(), 'content-type': type }, body });
  // What a stream reports late it reports now, within the test.
  await new Promise(setImmediate);
  return reply;
}

describe.each<[string, RouteHandler<unknown, unknown, never>, number]>([
  ['preview', previewBulk as never, 200],
  ['bulk', createBulk as never, 202],
])('a form sent to %s', (_name, endpoint, taken) => {
  it('that is cut anywhere is refused, and only the whole form is taken', async () => {
    const whole = GOOD.length - '\r\n'.length;
    for (let length = 0; length < whole; length += repeats({ short: 3, long: 1 })) {
      const { status, json } = await post(endpoint, GOOD.slice(0, length));
      expect([length, status, json.code]).toEqual([length, 400, 'invalid_request']);
    }
    expect((await post(endpoint, GOOD.slice(0, whole))).status).toBe(taken);
    expect((await post(endpoint, GOOD)).status).toBeLessThan(300);
  });

  it.each([
    ['that ends in its file', FILE.replace(/\r\n$/, ''), 'ends before its last boundary'],
    ['that ends in a line break', FILE, 'ends before its last boundary'],
    ['that ends in two dashes', `${FILE}--`, 'ends before its last boundary'],
    ['that ends in a boundary, not its last', `${FILE}--X\r\n`, 'ends before its last boundary'],
    ['with two files', FILE + FILE + END, 'more than one file'],
    ['with a field twice', FIELD + FIELD + FILE + END, 'currency twice'],
    ['with a file and a field csv', FIELD.replace('currency', 'csv') + FILE + END, 'csv twice'],
    ['with too many fields', manyFields + FILE + END, 'more than 20 fields'],
    ['without a file', FIELD + END, 'has no file'],
  ])('%s is refused with its fault', async (_what, body, fault) => {
    const { status, json } = await post(endpoint, body);
    expect([status, json.code, json.detail]).toEqual([400, 'invalid_request', expect.stringContaining(fault)]);
  });

  it('without a boundary in its content-type is refused with that', async () => {
    const { status, json } = await post(endpoint, GOOD, 'multipart/form-data');
    expect([status, json.detail]).toEqual([400, expect.stringContaining('has no boundary')]);
  });
});

it.each([
  ['field', FIELD.replace('currency', 'csv').replace('USD', () => long)],
  ['file', FILE.replace(/target.*1\n/s, () => long)],
])('a CSV in a %s of a form is read to its end, however long it is', async (_kind, part) => {
  expect((await post(previewBulk, part + END)).json.code).toBe('csv_too_large');
  expect((await post(previewBulk, part)).json.detail).toContain('ends before its last boundary');
});

/** What a mutation puts in: what means something to a parser of forms, and what does not. */
const scrap = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '-',
    '--',
    '--X',
    '\r\n--X',
    '\r\n--X--',
    '"',
    ';',
    ':',
    '=',
    "'",
    '\\',
    '%',
    '\0',
  ),
  fc.constantFrom(
    'filename="b"',
    'charset=utf-7',
    "filename*=utf-8''%ff",
    '__proto__',
    'Content-Type: ',
    FIELD,
    FILE,
    END,
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const mutation = fc.record({ at: fc.nat(GOOD.length), drops: fc.oneof(fc.nat(3), fc.nat(GOOD.length)), puts: scrap });
const mutatedForm = fc
  .array(mutation, { minLength: 1, maxLength: 4 })
  .map((mutations) =>
    mutations.reduce((text, { at, drops, puts }) => text.slice(0, at) + puts + text.slice(at + drops), GOOD),
  );

it('no mutated form is answered with a 5xx, or not at all', async () => {
  await fc.assert(
    fc.asyncProperty(mutatedForm, async (form) => {
      expect([200, 400, 413, 422]).toContain((await post(previewBulk, form)).status);
    }),
    { numRuns: repeats({ short: 50, long: 500 }) },
  );
});
