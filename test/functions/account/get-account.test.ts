import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getAccount } from '../../../functions/account/get-account.ts';
import type { LimitChange, Terms } from '../../../shared/domain/terms.ts';
import { limitsOf, readLimitChange, withLimit } from '../../../shared/domain/terms.ts';
import { SECOND } from '../../../shared/domain/time.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { listActs } from '../../../shared/store/audit.ts';
import { readTerms, TERMS_MS_MAX } from '../../../shared/store/terms.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
});

afterAll(stopEngine);

const ask = (mode: 'live' | 'test' = 'live') =>
  call(granted(world, routes.getAccount.access), getAccount, { headers: merchant.headers(mode) });
const set = (name: string, value: string, mode: 'live' | 'test' = 'live') =>
  changeTerms(world, { merchantId: merchant.id, mode }, OPERATOR, (terms) =>
    withLimit(terms, mode, readLimitChange(name, value) as LimitChange),
  );

const acts = async (mode: 'live' | 'test') =>
  (await listActs(world, { merchantId: merchant.id, mode }, { limit: 10, action: 'terms.set' })).acts;

describe('an account', () => {
  it("has the merchant's state and the limits of the key's mode", async () => {
    expect((await ask()).json).toEqual({
      merchant_id: merchant.id,
      name: 'Acme',
      mode: 'live',
      live: true,
      frozen: false,
      freeze: null,
      freezes: [],
      limits: {
        orders: { quota: 1_000, window_seconds: 10 },
        meter_lookups: { quota: 60, window_seconds: 60 },
        test_events: { quota: 10, window_seconds: 60 },
        resends: { quota: 60, window_seconds: 60 },
        new_keys: { quota: 100, window_seconds: 86_400 },
        upload_bytes: { quota: 524_288_000, window_seconds: 86_400 },
        endpoints: 5,
        campaigns: 1_000,
        keys: 100,
        members: 50,
      },
      created_at: '2026-05-07T08:00:00.000Z',
    });
  });

  it('shows what an operator changed, in the mode that was meant, until it is the default again', async () => {
    await set('orders', '2000/10');
    await set('endpoints', '7');
    expect((await ask()).json.limits).toMatchObject({ orders: { quota: 2_000, window_seconds: 10 }, endpoints: 7 });
    expect((await ask('test')).json.limits).toMatchObject({ orders: { quota: 200 }, endpoints: 5 });
    await set('orders', 'default');
    expect((await ask()).json.limits).toMatchObject({ orders: { quota: 1_000 }, endpoints: 7 });
  });
});

describe('terms', () => {
  it('are read every few seconds by a process, and are then those of now', async () => {
    await readTerms(world, merchant.id);
    const other = { ...world, memo: new Map() };
    await changeTerms(other, { merchantId: merchant.id, mode: 'live' }, OPERATOR, (terms) => ({
      ...terms,
      isLive: false,
    }));
    world.calls.length = 0;
    world.advance(TERMS_MS_MAX - 1);
    expect((await readTerms(world, merchant.id)).isLive).toBe(true);
    expect(world.calls).toEqual([]);
    world.advance(1);
    expect((await readTerms(world, merchant.id)).isLive).toBe(false);
    expect(TERMS_MS_MAX).toBeLessThanOrEqual(5 * SECOND);
  });

  it('keep both changes of two operators at once', async () => {
    await Promise.all([set('orders', '50/1'), set('orders', '20/1', 'test'), set('keys', '9')]);
    const terms = await readTerms(world, merchant.id);
    expect(terms.version).toBe(3);
    expect(limitsOf(terms, 'live')).toMatchObject({ rates: { orders: { quota: 50 } }, counts: { keys: 9 } });
    expect(limitsOf(terms, 'test').rates.orders.quota).toBe(20);
  });

  it('are changed once, in the audit log too, where the answer to the write was lost', async () => {
    let lost = 0;
    world.fault = (command) => (command === 'TransactWriteCommand' && ++lost === 1 ? 'after' : undefined);
    const terms: Terms = await set('orders', '50/1');
    world.fault = undefined;
    expect([lost, terms.version, (await readTerms(world, merchant.id)).version]).toEqual([2, 1, 1]);
    expect(await acts('live')).toHaveLength(1);
  });

  it('are recorded with what was set, in the mode of which it was', async () => {
    await set('keys', '9');
    await set('keys', '7', 'test');
    const act = { action: 'terms.set', subject: merchant.id, by: OPERATOR.by };
    expect(await acts('live')).toMatchObject([{ ...act, before: { keys: 100 }, after: { keys: 9 } }]);
    expect(await acts('test')).toMatchObject([{ ...act, before: { keys: 100 }, after: { keys: 7 } }]);
  });
});

describe('a change of a limit', () => {
  it.each([
    ['orders', '2000/10', { name: 'orders', value: { quota: 2_000, windowSeconds: 10 } }],
    ['keys', '0', { name: 'keys', value: 0 }],
    ['keys', 'default', { name: 'keys', value: undefined }],
    ['upload_bytes', '1073741824/86400', { name: 'upload_bytes', value: { quota: 2 ** 30, windowSeconds: 86_400 } }],
    ['orders', '2000', '2000 is no rate such as 2000/10'],
    ['orders', '0/10', '0/10 is no rate such as 2000/10'],
    ['orders', '2000/1', '2000/1 is more than 1000 a second'],
    ['keys', '1/1', '1/1 is no number up to 100000'],
    ['order', '1/1', /^there is no limit order; limits are orders, /],
  ])('%s to %s is read, or refused in a sentence', (name, text, expected) => {
    const read = readLimitChange(name, text);
    expect(read).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected);
  });
});
