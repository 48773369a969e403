import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listAudit } from '../../../functions/account/list-audit.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { setTestBalance } from '../../../functions/wallet/set-test-balance.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import { setBalance } from '../../../shared/store/adjustments.ts';
import { listWallet, readTail } from '../../../shared/store/ledger.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld, transactionConflict } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
});
afterAll(stopEngine);

const wallet = (currency: 'USD' | 'UGX' = 'USD') => ({ merchantId: merchant.id, mode: 'test', currency }) as const;
const put = (balance: unknown, currency = 'USD', mode: Mode = 'test') =>
  call(world, setTestBalance, { headers: merchant.headers(mode), body: { currency, balance } });
const order = (reference: string, amount = 5) =>
  call(world, createOrder, {
    headers: { ...merchant.headers('test'), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount, agent_reference: reference },
  });
const held = async (currency: 'USD' | 'UGX' = 'USD') => (await readTail(world, wallet(currency)))?.balanceAfterMinor;
const acts = async () => {
  const query = { action: 'wallet.test_balance_set' };
  return (await call(world, listAudit, { headers: merchant.headers('test'), query })).json.data;
};

describe('the balance of a test wallet', () => {
  it('is set down and up by adjustments, so that funds run out and come back', async () => {
    const reply = await put('4.99');
    expect([reply.status, reply.json]).toEqual([
      200,
      { currency: 'USD', balance: 4.99, adjustment: -95.01, entry_id: expect.stringMatching(/^ent_/) },
    ]);
    expect(await order('too dear'.replace(' ', '-'))).toMatchObject({
      status: 402,
      json: { code: 'insufficient_funds' },
    });
    expect((await put(5)).json).toMatchObject({ balance: 5, adjustment: 0.01 });
    expect((await order('now')).status).toBe(202);
    expect((await put(0)).json).toMatchObject({ balance: 0, adjustment: 0, entry_id: null });
    const [entry] = (
      await call(world, listLedger, {
        headers: merchant.headers('test'),
        query: { currency: 'USD', kind: 'adjustment' },
      })
    ).json.data;
    expect(entry).toMatchObject({ kind: 'adjustment', amount: 0.01, description: 'Test balance set to 5.00' });
    expect((await verifyLedger(world, wallet())).violation).toBeUndefined();
  });

  it('is recorded in the audit log, with the key, what it was and what it is', async () => {
    await put(20);
    await put(20);
    expect(await acts()).toMatchObject([
      { action: 'wallet.test_balance_set', subject: 'USD', before: { balance: 100 }, after: { balance: 20 } },
    ]);
  });

  it('makes a wallet that never held money, and none for a balance of zero', async () => {
    expect((await put(0, 'UGX')).json).toMatchObject({ balance: 0, adjustment: 0 });
    expect(await held('UGX')).toBeUndefined();
    expect((await put(500, 'UGX')).json).toMatchObject({ balance: 500, adjustment: 500 });
    const { wallets } = (await call(world, getWallet, { headers: merchant.headers('test') })).json;
    expect(wallets).toContainEqual(expect.objectContaining({ currency: 'UGX', balance: 500 }));
  });

  it('is never that of a live wallet', async () => {
    const live = { ...wallet(), mode: 'live' } as const;
    const before = await readTail(world, live);
    expect(await put(1, 'USD', 'live')).toMatchObject({ status: 403, json: { code: 'test_key_required' } });
    expect(() => setBalance(world, live, { balanceMinor: 1, description: 'x' }, () => [])).toThrow(
      'no live balance is ever set',
    );
    await put(1);
    expect(await readTail(world, live)).toEqual(before);
  });

  it.each([-1, '-0.01', 'x', 0.001, 10_000_000.01, '1e3', null])('is not %p', async (balance) => {
    expect(await put(balance)).toMatchObject({ status: 400, json: { code: 'invalid_request', param: 'balance' } });
    expect(await held()).toBe(10_000);
  });

  it('set by many at once, between orders, is each time what was set, and the ledger adds up', async () => {
    // No two differ by a number of orders: a balance that is held already would be set without an entry.
    const sets = [10.01, 20.02, 30.03, 40.04, 50.05].map((balance) => put(balance));
    const orders = Array.from({ length: 10 }, (_, n) => order(`race-${n}`, 1));
    const replies = await Promise.all([...sets, ...orders]);
    const { entries } = await listWallet(world, wallet(), { limit: 100 });
    for (const { json, status } of replies.slice(0, sets.length)) {
      if (status !== 200) continue;
      const entry = entries.find(({ id }) => id === json.entry_id);
      expect(entry?.balanceAfterMinor).toBe(Math.round(json.balance * 100));
    }
    expect((await acts()).length).toBe(
      entries.filter(({ description }) => /^Test balance/.test(description ?? '')).length,
    );
    expect((await verifyLedger(world, wallet())).violation).toBeUndefined();
  });

  it('is exact where an order comes between the look and the write', async () => {
    let hasOrdered = false;
    world.fault = (name, input) => {
      if (hasOrdered || name !== 'TransactWriteCommand' || !JSON.stringify(input).includes('Test balance')) return;
      hasOrdered = true;
      return transactionConflict();
    };
    const setting = put(30);
    await setting;
    world.fault = undefined;
    expect([hasOrdered, await held()]).toEqual([true, 3_000]);
  });

  it.each(['before', 'after'] as const)('is set once where the answer is lost %s the write', async (when) => {
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return when;
    };
    const reply = await put(30);
    world.fault = undefined;
    expect([isLost, reply.status, reply.json.adjustment, await held()]).toEqual([true, 200, -70, 3_000]);
    expect(await acts()).toHaveLength(1);
  });

  it('is not set again by a lost answer, where an order came behind it', async () => {
    let isLost = false;
    world.fault = (name, input) => {
      if (isLost || name !== 'TransactWriteCommand' || !JSON.stringify(input).includes('Test balance'))
        return undefined;
      isLost = true;
      return 'after';
    };
    // The order is posted while the setter reads what happened to its write.
    const send = world.db.send.bind(world.db);
    let isOrdered = false;
    const racing: typeof send = async (command: never) => {
      if (isLost && !isOrdered) {
        isOrdered = true;
        world.fault = undefined;
        await order('behind', 1);
      }
      return send(command);
    };
    const reply = await call({ ...world, db: { send: racing } as never }, setTestBalance, {
      headers: merchant.headers('test'),
      body: { currency: 'USD', balance: 30 },
    });
    expect([isOrdered, reply.json.balance, await held()]).toEqual([true, 30, 2_900]);
  });
});
