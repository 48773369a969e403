import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { exportLedger } from '../../../functions/wallet/export-ledger.ts';
import { getStatement } from '../../../functions/wallet/get-statement.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { verifyLedger } from '../../../functions/wallet/verify-ledger.ts';
import type { Entry, WalletId } from '../../../shared/domain/ledger.ts';
import { append } from '../../../shared/domain/ledger.ts';
import type { Currency } from '../../../shared/domain/money.ts';
import { formatAmount } from '../../../shared/domain/money.ts';
import { sendToManualReview } from '../../../shared/domain/order-life.ts';
import { plus } from '../../../shared/domain/time.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { verifyLedger as verify } from '../../../shared/flows/wallet/verify-ledger.ts';
import { csvRow } from '../../../shared/http/csv/csv.ts';
import { encodeCursor } from '../../../shared/http/cursor.ts';
import { entryPut, listBetween, listWallet } from '../../../shared/store/ledger.ts';
import { commit, readOrder } from '../../../shared/store/orders.ts';
import type { World } from '../../../shared/world.ts';
import { Chance } from '../../simulation/chance.ts';
import { ModelDb } from '../../simulation/model-db.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

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
const verified = async (query: Record<string, string> = {}, on: World = world) =>
  call(on, verifyLedger, { headers: merchant.headers(), query: { currency: 'USD', ...query } });

describe('a statement', () => {
  it.each([7, 11, 2026])('opens as the one before closed, and adds up, whatever moved when (%d)', async (seed) => {
    const chance = new Chance(seed);
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
      expect(each.adds_up).toBe(true);
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

  it('ends with the last millisecond of the month in UTC', async () => {
    world.advance(Date.parse('2026-05-31T23:59:59.999Z') - Date.parse(world.now()));
    await move(500);
    world.advance(1);
    await move(20);
    expect((await statement('2026-05')).json).toMatchObject({
      from: '2026-05-01T00:00:00.000Z',
      to: '2026-06-01T00:00:00.000Z',
      closed: true,
      closing_balance: 5,
      totals: [{ kind: 'adjustment', count: 1, amount: 5 }],
    });
    expect((await statement('2026-06')).json).toMatchObject({
      closed: false,
      opening_balance: 5,
      closing_balance: 5.2,
    });
  });

  it('of more entries than one takes is refused before they are read', async () => {
    const first = await move(500);
    const far = { ...append(walletOf(), first, { id: 'ent_far', ...penny }, world.now()), seq: 100_002 };
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: entryPut(far).item }));
    const reply = await statement('2026-05');
    expect([reply.status, reply.json.code]).toEqual([422, 'statement_too_large']);
  });

  it('of a ledger that does not add up is not answered', async () => {
    await move(500);
    const entry = await move(20);
    const item = entryPut({ ...entry, balanceAfterMinor: 530 }).item;
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: item }));
    expect((await statement('2026-05')).status).toBe(500);
  });
});

describe('nobody but its merchant, in its mode,', () => {
  it('is shown anything of a ledger', async () => {
    await move(500);
    const other = await aMerchant(world, {});
    for (const headers of [merchant.headers('test'), other.headers('live'), other.headers('test')]) {
      const ask = async (endpoint: typeof getStatement | typeof exportLedger | typeof verifyLedger, query = {}) =>
        call(world, endpoint as typeof exportLedger, { headers, query: { currency: 'USD', ...query } });
      expect(lines((await ask(exportLedger)).text)).toHaveLength(1);
      expect((await ask(getStatement, { month: '2026-05' })).json).toMatchObject({ entries: 0, closing_balance: 0 });
      expect((await ask(verifyLedger)).json).toMatchObject({ verified: true, entries: 0 });
      expect((await call(world, getWallet, { headers })).json.wallets).toEqual([]);
    }
  });

  it('play money has accounts of its own', async () => {
    const wallet = { ...walletOf(), mode: 'test' } as const;
    await adjustWallet(world, wallet, { amountMinor: 700, reason: 'x', by: 'test' });
    const headers = merchant.headers('test');
    const shown = await call(world, exportLedger, { headers, query: { currency: 'USD' } });
    expect(shown.headers['content-disposition']).toContain('ledger-test-USD.csv');
    expect(lines(shown.text)[1]).toContain(',7.00,USD,7.00,');
    const query = { currency: 'USD', month: '2026-05' };
    expect((await call(world, getStatement, { headers, query })).json).toMatchObject({ closing_balance: 7 });
    expect((await call(world, verifyLedger, { headers, query: { currency: 'USD' } })).json).toMatchObject({
      entries: 1,
    });
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
      'seq,created_at,kind,description,agent_reference,order_id,topup_id,batch_id,amount,currency,balance_after,id,hash',
    );
    expect(rows.map((row) => row.split(',').slice(8, 11))).toEqual([
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
    const cells = parsed(text).slice(1);
    expect(cells.map((row) => row.length)).toEqual(Array(6).fill(13));
    expect(cells.every((row) => !/^[=+\-@\t\r]/.test(row[3] ?? ''))).toBe(true);
  });

  it('says any text so that it is read back as it was, but for the apostrophe before what would run', () => {
    const text = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', 'é') });
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const isHot = (cell: string) => /^[\s']*[=+\-@\t\r\n]/.test(cell);
        const meant = rows.map((row) => row.map((cell) => (isHot(cell) ? `'${cell}` : cell)));
        expect(parsed(rows.map(csvRow).join(''))).toEqual(meant);
      }),
    );
  });

  it('of an empty wallet has the names of the columns and nothing else', async () => {
    const reply = await csv({ currency: 'KES' });
    expect([lines(reply.text).length, reply.headers.link]).toEqual([1, undefined]);
  });

  it.each([0, -1, -9_007_199_254_740_991, 1.5])(
    'is not continued at place %d, which no cursor of ours names',
    async (from) => {
      const reply = await csv({ currency: 'USD', cursor: encodeCursor({ from }) });
      expect([reply.status, reply.json.code]).toEqual([400, 'invalid_cursor']);
    },
  );

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
    const { headers } = await csv({ currency: 'USD', from: '2026-05-01', to: '2026-06-01', kind: 'order' });
    expect(headers['content-disposition']).toContain('ledger-live-USD-order-from-2026-05-01-to-2026-06-01.csv');
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
    const shown = lines(parts.join(''))
      .slice(1)
      .map((row) => row.split(','));
    const written = await listBetween(model, wallet, 1, 30_000);
    expect(shown.map((row) => [row[0], row[1], row[8], row[10], row[11], row[12]])).toEqual(
      written.map((entry) => [
        String(entry.seq),
        entry.at,
        formatAmount(entry.amountMinor, 'USD'),
        formatAmount(entry.balanceAfterMinor, 'USD'),
        entry.id,
        entry.hash,
      ]),
    );
    expect(shown).toHaveLength(25_002);
  }, 60_000);

  it('announces a further part only where there is one', async () => {
    const { world: model, wallet, tail } = await longLedger(10_000);
    const link = async (query = {}) =>
      (await call(model, exportLedger, { headers: merchant.headers(), query: { currency: 'USD', ...query } })).headers
        .link;
    expect(await link()).toBeUndefined();
    await add(model, wallet, tail);
    expect(await link()).toMatch(/^<\/api\/v1\/wallet\/ledger\/export\?currency=USD&cursor=[\w-]+>; rel="next"$/);
    expect(await link({ kind: 'order' })).toBeUndefined();
  }, 60_000);

  it('of a kind that is rare ends a part in time, and goes on where it was', async () => {
    const { world: model, wallet, tail } = await longLedger(4_500);
    const rare = append(wallet, tail, { id: 'ent_rare', kind: 'topup', amountMinor: 5, description: 'x' }, world.now());
    await model.db.send(new PutCommand({ TableName: 'ledger', Item: entryPut(rare).item }));
    const slow = slowed(model);
    let text = '';
    let parts = 0;
    let cursor: string | undefined;
    do {
      const query = { currency: 'USD', kind: 'topup', ...(cursor ? { cursor } : {}) };
      const reply: Awaited<ReturnType<typeof csv>> = await call(slow, exportLedger, {
        headers: merchant.headers(),
        query,
      });
      text += reply.text;
      parts += 1;
      cursor = /cursor=([\w-]+)>/.exec(reply.headers.link ?? '')?.[1];
    } while (cursor);
    expect([parts > 3, lines(text).length, lines(text)[1]?.startsWith('4501,')]).toEqual([true, 2, true]);
  }, 60_000);
});

const penny = { kind: 'adjustment', amountMinor: 1, description: 'x' } as const;

/** What a spreadsheet reads: RFC 4180. */
function parsed(text: string): string[][] {
  const cells = [...text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, cell = '', end] of cells) {
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

/** A clock that moves on by so much each time it is looked at that every time is up. */
function slowed(on: World): World {
  let at = on.now();
  return {
    ...on,
    now: () => {
      at = plus(at, 30_000);
      return at;
    },
  };
}

async function add(model: World, wallet: WalletId, tail: Entry | undefined): Promise<Entry> {
  const id = `ent_${(tail?.seq ?? 0) + 1}`;
  const entry = append(wallet, tail, { id, ...penny }, world.now());
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
  const ask = async () => (await verified()).json;

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
    const { world: model } = await longLedger(2_500);
    const slow = slowed(model);
    let { json } = await verified({}, slow);
    let parts = 1;
    for (; json.next_cursor !== null; parts += 1) json = (await verified({ cursor: json.next_cursor }, slow)).json;
    expect([parts > 2, json]).toEqual([
      true,
      { currency: 'USD', verified: true, entries: 2_500, balance: 25, first_flaw: null, next_cursor: null },
    ]);
  });

  it('sees between two parts that what it went by was rewritten or taken away', async () => {
    const { world: model, wallet } = await longLedger(1_500);
    const { next } = await verify(model, wallet, { withinMs: 0 });
    if (!next) throw new Error('there is more');
    const forged = { ...next, hash: 'f'.repeat(64) };
    expect((await verify(model, wallet, { from: forged })).violation).toEqual({
      seq: 1000,
      what: 'entry 1000 was changed while the ledger was verified',
    });
    const gone = await verify(model, wallet, { from: { ...next, seq: 1_501 } });
    expect(gone.violation).toEqual({ seq: 1_501, what: 'entry 1501 is missing' });
    expect(await verify(model, wallet, { from: next })).toEqual({ entries: 1_500, balanceMinor: 1_500 });
  });

  it.each([
    ['before the first', 0, { seq: 0, what: 'entry 0 lies before the first' }],
    ['between two pages', 1000.5, { seq: 1001, what: 'entry 1001 is missing: found 1000.5' }],
    ['far behind the last', 10 ** 12, { seq: 1201, what: 'entry 1201 is missing' }],
  ])('sees what was put %s', async (_where, seq, violation) => {
    const { world: model, wallet, tail } = await longLedger(1_200);
    const stray = { ...append(wallet, tail, { id: 'ent_stray', ...penny }, world.now()), seq };
    await model.db.send(new PutCommand({ TableName: 'ledger', Item: entryPut(stray).item }));
    expect((await verify(model, wallet)).violation).toEqual(violation);
  });

  it.each([{ seq: 0 }, { seq: -5 }, { after: 5 }])(
    'does not go on from %o, which no cursor of ours says',
    async (place) => {
      const cursor = encodeCursor({ hash: 'x', balanceMinor: 0, ...place });
      expect((await verified({ cursor })).json).toMatchObject({ status: 400, code: 'invalid_cursor' });
    },
  );

  it('takes 20,000 entries in a moment', async () => {
    const { world: model, wallet } = await longLedger(20_000);
    const startedAt = performance.now();
    expect(await verify(model, wallet)).toEqual({ entries: 20_000, balanceMinor: 20_000 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  }, 60_000);

  it('finds the first entry that is wrong after each of 1,000 random edits, deletions, swaps and insertions', async () => {
    const chance = new Chance(1);
    const wallet = walletOf();
    const chain: Entry[] = [];
    for (let n = 1; n <= 200; n += 1) {
      const amountMinor = n % 3 === 0 ? -chance.below(100) - 1 : 100 + chance.below(900);
      const about = { orderId: `ord_${n}`, agentReference: `r-${n}`, description: `Order r-${n}` };
      const draft = { id: `ent_${n}`, kind: n % 3 === 0 ? 'order' : 'refund', amountMinor, ...about } as const;
      chain.push(append(wallet, chain.at(-1), draft, plus(world.now(), n)));
    }
    const seen = new Map<string, number>();
    for (let n = 0; n < 1000; n += 1) {
      const { what, rows, wrongAt } = tampered(chain, chance);
      const db = new ModelDb();
      for (const row of rows) db.execute(new PutCommand({ TableName: 'ledger', Item: entryPut(row).item }));
      const { violation, entries } = await verify({ ...world, table: (name) => name, db: db.client }, wallet);
      expect([what, violation?.seq, entries]).toEqual([what, wrongAt, wrongAt - 1]);
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    expect([...seen.keys()].toSorted()).toEqual(['deletion', 'edit', 'insertion', 'swap', 'wedge']);
  }, 120_000);
});

const EDITS: readonly ((entry: Entry) => Partial<Entry>)[] = [
  ({ amountMinor }) => ({ amountMinor: amountMinor + 1 }),
  ({ balanceAfterMinor }) => ({ balanceAfterMinor: balanceAfterMinor + 1 }),
  ({ description }) => ({ description: `${description}.` }),
  ({ at }) => ({ at: plus(at, 1) }),
  ({ id }) => ({ id: `${id}0` }),
  ({ kind }) => ({ kind: kind === 'refund' ? 'correction' : 'refund' }),
  ({ orderId }) => ({ orderId: `${orderId}0` }),
  ({ agentReference }) => ({ agentReference: `${agentReference}0` }),
  () => ({ counterAccount: 'elsewhere' }),
  () => ({ hash: 'f'.repeat(64) }),
  () => ({ previousHash: '0'.repeat(64) }),
  () => ({ topupId: 'top_1' }),
  () => ({ batchId: 'bat_1' }),
];

/** A chain that somebody with access to the table has changed once, and the first entry that is wrong then. */
function tampered(chain: readonly Entry[], chance: Chance): { what: string; rows: Entry[]; wrongAt: number } {
  const place = chance.below(chain.length - 1);
  const other = place + 1 + chance.below(chain.length - 1 - place);
  const [entry, later] = [chain[place], chain[other]];
  if (!entry || !later) throw new Error('both are in the chain');
  const wrongAt = place + 1;
  switch (chance.pick(['edit', 'deletion', 'swap', 'insertion', 'wedge'] as const)) {
    case 'edit':
      return { what: 'edit', rows: chain.with(place, { ...entry, ...chance.pick(EDITS)(entry) }), wrongAt };
    case 'deletion':
      return { what: 'deletion', rows: chain.toSpliced(place, 1), wrongAt };
    case 'swap': {
      const rows = chain.with(place, { ...later, seq: entry.seq }).with(other, { ...entry, seq: later.seq });
      return { what: 'swap', rows, wrongAt };
    }
    case 'insertion': {
      const behind = chain.slice(place).map((each) => ({ ...each, seq: each.seq + 1 }));
      return { what: 'insertion', rows: [...chain.slice(0, place), { ...later, seq: wrongAt }, ...behind], wrongAt };
    }
    default:
      return { what: 'wedge', rows: [...chain, { ...later, seq: entry.seq + 0.5 }], wrongAt: wrongAt + 1 };
  }
}

describe('a wallet', () => {
  it('says that what is in doubt is not known rather than a sum of a part', async () => {
    await move(500);
    const pages = {
      ...world,
      db: {
        send: async (command: { input: { IndexName?: string; ExclusiveStartKey?: unknown } }) => {
          delete command.input.ExclusiveStartKey;
          const answer = await world.db.send(command as never);
          return command.input.IndexName === 'due' ? { ...(answer as object), LastEvaluatedKey: { pk: 'x' } } : answer;
        },
      } as never,
    };
    const { json } = await call(pages, getWallet, { headers: merchant.headers() });
    expect(json.wallets).toMatchObject([{ currency: 'USD', balance: 5, in_doubt: null }]);
  });

  const shown = async () => (await call(world, getWallet, { headers: merchant.headers() })).json.wallets;

  const place = async (agent_reference: string, amount: number, headers = merchant.headers()) =>
    call(world, createOrder, {
      headers: { ...headers, prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount, agent_reference },
    });

  it('shows what orders took that may come back, until they are decided', async () => {
    merchant = await aMerchant(world, { USD: 10_000 });
    await sell(world);
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await place('a', 5);
    expect(await shown()).toMatchObject([{ balance: 95, in_doubt: 5 }]);
    await world.dispatchAll();
    await place('b', 2.5);
    expect(await shown()).toMatchObject([{ balance: 92.5, in_doubt: 7.5 }]);
    await world.dispatchAll();
    expect(await shown()).toMatchObject([{ balance: 92.5, in_doubt: 5 }]);
    world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
    await world.sweep();
    expect(await shown()).toMatchObject([{ balance: 97.5, in_doubt: 0 }]);
  });

  it('counts what a person looks at, and nothing of another mode, merchant or currency', async () => {
    merchant = await aMerchant(world, { USD: 10_000, KES: 5_000 });
    const other = await aMerchant(world, { USD: 10_000 });
    await sell(world);
    await place('mine', 5);
    await place('play', 3, merchant.headers('test'));
    await place('theirs', 2, other.headers());
    const order = await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference: 'mine' });
    if (!order) throw new Error('it was placed');
    expect(await commit(world, sendToManualReview(order, 'a test', world.now()))).toMatchObject({ kind: 'done' });
    expect(await shown()).toMatchObject([
      { currency: 'USD', in_doubt: 5 },
      { currency: 'KES', in_doubt: 0 },
    ]);
    const play = await call(world, getWallet, { headers: merchant.headers('test') });
    expect(play.json.wallets).toMatchObject([
      { currency: 'USD', in_doubt: 3 },
      { currency: 'KES', in_doubt: 0 },
    ]);
  });

  it('is shown also where all there is of it is in doubt', async () => {
    const item = { pk: `${merchant.id}#live#x`, dueShard: 0, dueAt: world.now(), amountMinor: 250, currency: 'KES' };
    await world.db.send(new PutCommand({ TableName: world.table('orders'), Item: item }));
    expect(await shown()).toEqual([{ currency: 'KES', balance: 0, in_doubt: 2.5, low_balance_threshold: null }]);
  });
});
