import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/create-order.ts';
import { exportLedger } from '../../functions/export-ledger.ts';
import { getStatement } from '../../functions/get-statement.ts';
import { getWallet } from '../../functions/get-wallet.ts';
import { verifyLedger } from '../../functions/verify-ledger.ts';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { append } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { adjustWallet } from '../../shared/flows/adjust-wallet.ts';
import { verifyLedger as verify } from '../../shared/flows/verify-ledger.ts';
import { ModelDb } from '../../shared/local/model-db.ts';
import { Chance } from '../../shared/local/sim-clock.ts';
import { entryPut, listWallet } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';
import { call } from '../support/call.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** The ledger as an accountant meets it. */

const DAY = 24 * 3_600_000;
let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world, {});
});
afterAll(stopEngine);

const walletOf = (currency: Currency = 'USD'): WalletId => ({ merchantId: merchant.id, mode: 'live', currency });

async function move(amountMinor: number, reason = 'x', currency: Currency = 'USD'): Promise<Entry> {
  return adjustWallet(world, walletOf(currency), { amountMinor, reason, by: 'test' });
}

const statement = async (month: string, currency = 'USD') =>
  call(world, getStatement, { headers: merchant.headers(), query: { currency, month } });
const csv = (query: Record<string, string>) => call(world, exportLedger, { headers: merchant.headers(), query });
const lines = (text: string) => text.split('\r\n').slice(0, -1);

describe('a statement', () => {
  it('opens with what the month before closed with, and adds up, whatever moved when', async () => {
    const chance = new Chance(7);
    let balance = 0;
    for (let n = 0; n < 60; n += 1) {
      world.advance(chance.below(3 * DAY));
      const amount = balance > 500 && chance.happens(0.5) ? -(1 + chance.below(500)) : 1 + chance.below(1000);
      await move(amount);
      balance += amount;
    }
    const months = ['2026-05', '2026-06', '2026-07', '2026-08', '2026-09'].filter((each) => `${each}-01` < world.now());
    // biome-ignore lint/suspicious/noExplicitAny: answers are looked at as their callers see them
    const shown: any[] = [];
    for (const month of months) shown.push((await statement(month)).json);
    const cents = (amount: number) => Math.round(amount * 100);
    shown.forEach((each, place) => {
      const moved = each.totals.reduce((sum: number, total: { amount: number }) => sum + cents(total.amount), 0);
      expect(cents(each.opening_balance) + moved).toBe(cents(each.closing_balance));
      expect(each.opening_balance).toBe(place === 0 ? 0 : shown[place - 1].closing_balance);
    });
    expect(cents(shown.at(-1).closing_balance)).toBe(balance);
    expect(shown.reduce((sum, each) => sum + each.entries, 0)).toBe(60);
    expect(shown.map((each) => each.closed)).toEqual(months.map((_month, place) => place < months.length - 1));
  });

  it('of a month without entries opens and closes alike; a month to come and a month that is none are refused', async () => {
    await move(500);
    world.advance(70 * DAY);
    expect((await statement('2026-06')).json).toMatchObject({
      opening_balance: 5,
      closing_balance: 5,
      entries: 0,
      totals: [],
      closed: true,
    });
    expect((await statement('2026-05', 'KES')).json).toMatchObject({ opening_balance: 0, closing_balance: 0 });
    for (const month of ['2027-01', '2026-13', '2026-5', 'May']) {
      expect((await statement(month)).json).toMatchObject({ status: 400, param: 'month' });
    }
  });
});

describe('an export', () => {
  it('has every entry, oldest first, as numbers that a spreadsheet adds up', async () => {
    for (const amount of [1000, -250, 5]) await move(amount);
    const reply = await csv({ currency: 'USD' });
    expect(reply.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="ledger-live-USD.csv"',
    });
    const [head, ...rows] = lines(reply.text);
    expect(head).toBe(
      'seq,created_at,kind,description,agent_reference,order_id,topup_id,amount,currency,balance_after,id,hash',
    );
    expect(rows.map((row) => row.split(',').slice(7, 10))).toEqual([
      ['10.00', 'USD', '10.00'],
      ['-2.50', 'USD', '7.50'],
      ['0.05', 'USD', '7.55'],
    ]);
    expect(reply.headers.link).toBeUndefined();
  });

  it('cannot be made to run a formula, nor to break a row', async () => {
    for (const reason of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', 'a "b", c\r\nd']) await move(100, reason);
    const { text } = await csv({ currency: 'USD' });
    expect(text).not.toMatch(/(^|,)"?[=+@\t]/m);
    expect(text).toContain("'=1+1 (test)");
    expect(text).toContain(`"a ""b"", c\r\nd (test)"`);
  });

  it('shows whole numbers where the currency has no decimals', async () => {
    await move(5000, 'x', 'UGX');
    expect(lines((await csv({ currency: 'UGX' })).text)[1]).toContain(',5000,UGX,5000,');
  });

  it('takes a part of the time and of the kinds', async () => {
    await move(100);
    world.advance(DAY);
    const at = world.now();
    await move(200);
    expect(lines((await csv({ currency: 'USD', from: at })).text)).toHaveLength(2);
    expect(lines((await csv({ currency: 'USD', to: at })).text)).toHaveLength(2);
    expect(lines((await csv({ currency: 'USD', kind: 'order' })).text)).toHaveLength(1);
    expect((await csv({})).json).toMatchObject({ status: 400, param: 'currency' });
  });

  it('of more than a part holds is the whole ledger when the parts are put together, though it grows', async () => {
    const { world: model, wallet, tail } = await longLedger(25_000);
    const parts: string[] = [];
    let query: Record<string, string> | undefined = { currency: 'USD' };
    let last = tail;
    while (query) {
      const reply: Awaited<ReturnType<typeof csv>> = await call(model, exportLedger, {
        headers: merchant.headers(),
        query,
      });
      parts.push(reply.text);
      const next: string | undefined = /^<[^?]*\?([^>]*)>; rel="next"$/.exec(reply.headers.link ?? '')?.[1];
      query = next === undefined ? undefined : Object.fromEntries(new URLSearchParams(next));
      if (next !== undefined) last = await add(model, wallet, last);
    }
    expect(parts).toHaveLength(3);
    const seqs = lines(parts.join(''))
      .slice(1)
      .map((row) => Number(row.split(',')[0]));
    expect(seqs).toEqual(Array.from({ length: 25_002 }, (_, place) => place + 1));
  }, 60_000);
});

async function add(model: World, wallet: WalletId, tail: Entry | undefined): Promise<Entry> {
  const id = `ent_${(tail?.seq ?? 0) + 1}`;
  const entry = append(wallet, tail, { id, kind: 'adjustment', amountMinor: 1, description: 'x' }, world.now());
  const { item } = entryPut(entry);
  await model.db.send(new PutCommand({ TableName: 'ledger', Item: item }));
  return entry;
}

/** A ledger too long for a test to write into a real engine, in the model that is held against one. */
async function longLedger(count: number) {
  const db = new ModelDb().client;
  const model: World = {
    ...world,
    table: (name) => name,
    db: {
      send: (command: { input: { TableName?: string } }) =>
        command.input.TableName === 'ledger' ? db.send(command as never) : world.db.send(command as never),
    } as never,
  };
  const wallet = walletOf();
  let tail: Entry | undefined;
  for (let n = 0; n < count; n += 1) tail = await add(model, wallet, tail);
  return {
    world: { ...model, table: (name: never) => (name === 'ledger' ? 'ledger' : world.table(name)) },
    wallet,
    tail,
  };
}

describe('verifying', () => {
  const ask = async () =>
    (await call(world, verifyLedger, { headers: merchant.headers(), query: { currency: 'USD' } })).json;

  it('proves a chain that is whole, and an empty one', async () => {
    expect(await ask()).toMatchObject({ verified: true, entries: 0, balance: 0, first_flaw: null, next_cursor: null });
    for (const amount of [1000, -250]) await move(amount);
    expect(await ask()).toMatchObject({ verified: true, entries: 2, balance: 7.5, first_flaw: null });
  });

  it('names the first entry that was changed', async () => {
    for (let n = 0; n < 5; n += 1) await move(100);
    const { entries } = await listWallet(world, walletOf(), { limit: 10 });
    for (const seq of [4, 2]) {
      const entry = entries.find((each) => each.seq === seq);
      if (!entry) throw new Error('it is there');
      await world.db.send(
        new PutCommand({ TableName: world.table('ledger'), Item: entryPut({ ...entry, amountMinor: 101 }).item }),
      );
    }
    expect(await ask()).toMatchObject({
      verified: false,
      entries: 1,
      first_flaw: { seq: 2, what: 'entry 2 was changed after it was written' },
    });
  });

  it('goes on from part to part as if it were one', async () => {
    const { world: model, wallet } = await longLedger(2_500);
    let verified = await verify(model, wallet, { withinMs: 0 });
    let parts = 1;
    while (verified.continueAfter !== undefined) {
      verified = await verify(model, wallet, { after: verified.continueAfter, withinMs: 0 });
      parts += 1;
    }
    expect([parts > 2, verified]).toEqual([true, { entries: 2_500, balanceMinor: 2_500 }]);
  });
});

describe('a wallet', () => {
  const shown = async () => (await call(world, getWallet, { headers: merchant.headers() })).json.wallets;

  it('shows what orders took that may come back, until they are decided', async () => {
    merchant = await aMerchant(world, { USD: 10_000 });
    await sell(world);
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    for (const [reference, amount] of [
      ['a', 5],
      ['b', 2.5],
    ] as const) {
      await call(world, createOrder, {
        headers: { ...merchant.headers(), prefer: 'respond-async' },
        body: { product_id: 100, target: '0772279099', amount, agent_reference: reference },
      });
    }
    expect(await shown()).toMatchObject([{ balance: 92.5, in_doubt: 7.5 }]);
    await world.dispatchAll();
    expect(await shown()).toMatchObject([{ balance: 92.5, in_doubt: 5 }]);
    world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
    await world.sweep();
    expect(await shown()).toMatchObject([{ balance: 97.5, in_doubt: 0 }]);
  });
});
