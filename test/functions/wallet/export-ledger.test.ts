import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exportLedger } from '../../../functions/wallet/export-ledger.ts';
import { append } from '../../../shared/domain/ledger.ts';
import { formatAmount } from '../../../shared/domain/money.ts';
import { csvRow } from '../../../shared/http/csv/csv.ts';
import { encodeCursor } from '../../../shared/http/cursor.ts';
import { entryPut, listBetween } from '../../../shared/store/ledger.ts';
import { call } from '../../support/call.ts';
import {
  add,
  csv,
  DAY,
  freshMerchantForEachTest,
  lines,
  longLedger,
  merchant,
  move,
  slowed,
  world,
} from '../../support/ledger-set-up.ts';
import { repeats } from '../../support/length.ts';

freshMerchantForEachTest();

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
      'seq,created_at,kind,description,agent_reference,order_id,topup_id,batch_id,amount,currency,balance_after,id,hash,damaged',
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
    expect(cells.map((row) => row.length)).toEqual(Array(6).fill(14));
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
    const ENTRIES = repeats({ short: 12_000, long: 25_000 });
    const { world: model, wallet, tail } = await longLedger(ENTRIES);
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
    expect(parts).toHaveLength(Math.ceil(ENTRIES / 10_000));
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
    expect(shown).toHaveLength(ENTRIES + parts.length - 1);
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
