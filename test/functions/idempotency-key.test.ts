import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { listBulk } from '../../functions/bulk/list-bulk.ts';
import { listTopups } from '../../functions/wallet/list-topups.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { call } from '../support/call.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** The header Idempotency-Key stands for the reference of whatever a route creates; orders have a test of their own. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world, { USD: 10_000 });
  await sell(world);
});
afterAll(stopEngine);

const bulk = { csv: 'target,amount\n0772279099,5' };
const topup = { amount: 50, currency: 'USD' };

describe.each([
  ['a top-up', startTopup as RouteHandler, listTopups as RouteHandler, topup, 'reference'],
  ['a batch', createBulk as RouteHandler, listBulk as RouteHandler, bulk, 'batch_reference'],
] as [string, RouteHandler, RouteHandler, object, string][])(
  '%s under an Idempotency-Key',
  (_name, create, list, body, field) => {
    const post = (key: string, extra: object = {}) =>
      call(world, create, { headers: { ...merchant.headers(), 'idempotency-key': key }, body: { ...body, ...extra } });
    const count = async () => (await call(world, list, { headers: merchant.headers() })).json.data.length;

    it('is made once, whoever repeats it', async () => {
      const [first, second] = await Promise.all([post('key-1'), post('"key-1"')]);
      const again = await post('key-1');
      expect(new Set([first.json.id, second.json.id, again.json.id]).size).toBe(1);
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(again.json[field]).toBe('key-1');
      expect(await count()).toBe(1);
    });

    it('is another under another key', async () => {
      const ids = [(await post('key-1')).json.id, (await post('key-2')).json.id];
      expect(new Set(ids).size).toBe(2);
    });

    it('is refused where the body has another reference, and nothing is made', async () => {
      const reply = await post('other', { [field]: 'one' });
      expect(reply).toMatchObject({ status: 400, json: { code: 'invalid_request', param: 'Idempotency-Key' } });
      expect(await count()).toBe(0);
      expect((await post('one', { [field]: 'one' })).json[field]).toBe('one');
    });

    it('is made once where the answer of its write is lost', async () => {
      let isLost = false;
      world.fault = (command) => {
        if (isLost || !/^(Put|TransactWrite)Command$/.test(command)) return undefined;
        isLost = true;
        return 'after';
      };
      await post('key-1');
      await post('key-1');
      expect(isLost).toBe(true);
      expect(await count()).toBe(1);
    });
  },
);

it('every route whose body may have a reference takes the header', () => {
  const files = readdirSync('functions', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const sources = files.map((path) => [path, readFileSync(`functions/${path}`, 'utf8')] as const);
  const named = sources.filter(([, text]) => /^ {2}(\w+_)?reference: (z\.optional\()?\w*Reference/m.test(text));
  expect(named.map(([path]) => path.split('/').at(-1)).sort()).toEqual(
    expect.arrayContaining(['create-bulk.ts', 'start-topup.ts']),
  );
  for (const [path, text] of named) expect([path, text.includes('idempotencyField')]).toEqual([path, true]);
});
