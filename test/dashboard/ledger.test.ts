import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { isAmount, moneyText } from '../../dashboard/src/parts/money-text.ts';
import { beginningOf, follow, type Row } from '../../dashboard/src/routes/ledger/chain.ts';
import { columnsOf, rowsOf } from '../../dashboard/src/routes/ledger/export-rows.ts';
import { checkHeads } from '../../dashboard/src/routes/ledger/heads.ts';
import { minorText } from '../../dashboard/src/routes/ledger/minor-text.ts';
import { wrapped } from '../../dashboard/src/routes/ledger/pdf.ts';
import { statementCsv } from '../../dashboard/src/routes/ledger/statement-csv.ts';
import { statementPdf } from '../../dashboard/src/routes/ledger/statement-pdf.ts';
import { listHeads } from '../../functions/wallet/list-heads.ts';
import { signHeads } from '../../functions/workers/sign-heads.ts';
import type { Entry } from '../../shared/domain/ledger.ts';
import { append, ENTRY_KINDS, walletKey } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { CURRENCIES, formatAmount, parseAmount } from '../../shared/domain/money.ts';
import { entryPut } from '../../shared/store/ledger.ts';
import { call } from '../support/call.ts';
import {
  csv,
  DAY,
  freshMerchantForEachTest,
  merchant,
  move,
  statement,
  walletOf,
  world,
} from '../support/ledger-set-up.ts';

/** What the dashboard makes of the ledger in the browser, held against the rules of the ledger itself. */

freshMerchantForEachTest();

const TEXTS = ['Order 1', '=1+1', "'=1+1", "'plain'", '007', '2026-05-07', 'a,"b"\r\nc', 'Zürich – ½', ''];

/** An entry of each kind and with each odd text, as the store would have written it. */
async function everyKind(currency: Currency = 'USD'): Promise<readonly Entry[]> {
  const wallet = walletOf(currency);
  const entries: Entry[] = [];
  for (const [at, text] of [...TEXTS, ...ENTRY_KINDS].entries()) {
    const kind = ENTRY_KINDS[at % ENTRY_KINDS.length] ?? 'order';
    const more = [{}, { orderId: 'ord_1', agentReference: text || 'r' }, { topupId: 'top_1' }, { batchId: 'bat_1' }][
      at % 4
    ];
    const draft = { id: `ent_${at}`, kind, amountMinor: at === 3 ? -7 : 1005, description: text, ...more };
    entries.push(append(wallet, entries.at(-1), draft, world.now()));
  }
  for (const entry of entries) {
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: entryPut(entry).item }));
  }
  return entries;
}

async function exported(currency: Currency = 'USD'): Promise<Row[]> {
  const { text } = await csv({ currency });
  return rowsOf(text, columnsOf(text));
}

describe('the chain, recomputed from an export', () => {
  it.each(['USD', 'UGX'] as const)('in %s is that of the ledger, for every kind and any text', async (currency) => {
    const entries = await everyKind(currency);
    const rows = await exported(currency);
    const wallet = walletKey(walletOf(currency));
    const { tail, violation } = await follow(wallet, await beginningOf(wallet), rows);
    const last = entries.at(-1);
    expect([violation, tail]).toEqual([
      undefined,
      { seq: last?.seq, hash: last?.hash, balanceMinor: last?.balanceAfterMinor },
    ]);
  });

  it('goes on where a part ended', async () => {
    await everyKind();
    const wallet = walletKey(walletOf());
    const rows = await exported();
    const { tail } = await follow(wallet, await beginningOf(wallet), rows.slice(0, 5));
    expect(await follow(wallet, tail, rows.slice(5))).toMatchObject({ tail: { seq: rows.length } });
  });

  it('names the first entry that was changed, taken out, swapped or given another balance', async () => {
    await everyKind();
    const wallet = walletKey(walletOf());
    const rows = await exported();
    const violationOf = async (changed: readonly Row[], of = wallet) =>
      (await follow(of, await beginningOf(of), changed)).violation;
    const fields = [
      'id',
      'at',
      'kind',
      'description',
      'agentReference',
      'orderId',
      'topupId',
      'batchId',
      'damaged',
    ] as const;
    for (const field of fields) {
      const changed = rows.map((row) => (row.seq === 4 ? { ...row, [field]: `${row[field]}x` } : row));
      expect([field, await violationOf(changed)]).toEqual([field, { seq: 4, what: 'changed' }]);
    }
    for (const field of ['amountMinor', 'balanceMinor'] as const) {
      const changed = rows.map((row) => (row.seq === 4 ? { ...row, [field]: row[field] + 1 } : row));
      expect(await violationOf(changed)).toEqual({ seq: 4, what: 'changed' });
    }
    expect(await violationOf(rows.filter(({ seq }) => seq !== 4))).toEqual({ seq: 4, what: 'missing' });
    expect(await violationOf(rows.slice(1))).toEqual({ seq: 1, what: 'missing' });
    expect(await violationOf(rows, 'mer_other#live#USD')).toEqual({ seq: 1, what: 'changed' });
  });
});

describe('signed heads', () => {
  async function heads() {
    for (let day = 0; day < 3; day += 1) {
      await move(100);
      await signHeads(world);
      world.advance(DAY);
    }
    return (await call(world, listHeads, { headers: merchant.headers(), query: { currency: 'USD' } })).json;
  }

  it('are checked with the public key alone, and each follows the one before', async () => {
    const { data, public_key: key } = await heads();
    const checked = await checkHeads(walletKey(walletOf()), key, data);
    const rows = await exported();
    expect(checked.map(({ isSigned, follows }) => [isSigned, follows])).toEqual([
      [true, undefined],
      [true, true],
      [true, true],
    ]);
    expect(checked.map(({ seq, hash }) => rows.some((row) => row.seq === seq && row.hash === hash))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('that were changed, or are of another wallet, are not signed', async () => {
    const { data, public_key: key } = await heads();
    const [first, second] = data;
    const changed = [
      { ...first, leaf: first.leaf.replace(/ 100$/, ' 900') },
      { ...first, head: first.head.replace('"number":1', '"number":2') },
      { ...first, signature: second.signature },
      { ...first, signature: 'AAAA' },
      { ...first, signature: '' },
      { ...first, head: '{' },
      { ...first, leaf: second.leaf },
    ];
    for (const head of changed) {
      expect(await checkHeads(walletKey(walletOf()), key, [head])).toMatchObject([{ isSigned: false }]);
    }
    expect(await checkHeads('mer_1#live#USD', key, [first])).toMatchObject([{ isSigned: false }]);
    const [, other] = await checkHeads(walletKey(walletOf()), key, [{ ...first, head: `${first.head} ` }, second]);
    expect(other?.follows).toBe(false);
  });
});

describe('a statement', () => {
  const facts = {
    business: 'Kiosk (7) \\ Žižkov 東',
    merchantId: 'mer_1',
    isTest: true,
    madeAt: '2026-05-08T00:00:00.000Z',
  };

  async function pdf(rowCount?: number, more: Partial<Row> = {}): Promise<string> {
    await everyKind();
    const rows = rowCount === undefined ? undefined : Array.from({ length: rowCount }, () => ({ ...ROW, ...more }));
    const { json } = await statement('2026-05');
    return Buffer.from(statementPdf({ ...facts, statement: json, rows })).toString('latin1');
  }
  const ROW: Row = {
    ...{ seq: 1, id: 'ent_1', at: '2026-05-07T08:00:00.000Z', kind: 'order', description: 'Order (1)', damaged: '' },
    ...{
      agentReference: '',
      orderId: '',
      topupId: '',
      batchId: '',
      amountMinor: -100_005,
      balanceMinor: 5,
      hash: 'ab',
    },
  };

  it('as PDF has all of a long description, in lines of its column', async () => {
    const description = `Adjusted: ${'the provider was asked twice, '.repeat(8)}and paid once.`;
    const file = await pdf(60, { description });
    const shown = [...file.matchAll(/\(([^)]*)\) Tj/g)].map(([, text]) => text);
    expect(shown.join(' ')).toContain(description);
    expect(shown.filter((text) => text?.endsWith('once.'))).toHaveLength(60);
    const heights = [...file.matchAll(/ (\d+) Td/g)].map(([, y]) => Number(y));
    expect(Math.min(...heights)).toBeGreaterThan(0);
  });

  it('as PDF has its parts at the bytes that its table names, and only characters that its font has', async () => {
    const file = await pdf(200);
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    const places = [...file.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => Number(place));
    expect(places.map((place, at) => file.slice(place).startsWith(`${at + 1} 0 obj\n`))).toEqual(
      places.map(() => true),
    );
    for (const [, length, content = ''] of file.matchAll(/\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g)) {
      expect(content).toHaveLength(Number(length));
    }
    expect(file).toContain('(Kiosk \\(7\\) \\\\ Zizkov ?)');
    expect(file).toContain('TEST MODE');
    expect(file).toContain('(-1,000.05)');
    expect(file).toMatch(/\/Count [4-9] /);
    expect(file.match(/\(Page \d of 5\)/g)).toHaveLength(5);
  });

  it('says so where there are too many entries to list', async () => {
    expect(await pdf()).toContain('More than 5,000 entries');
  });

  it('as CSV adds up', async () => {
    await everyKind();
    const lines = statementCsv((await statement('2026-05')).json)
      .trimEnd()
      .split('\r\n')
      .slice(1);
    const minor = lines.map((line) => parseAmount((line.split(',')[2] ?? '').replace('-', ''), 'USD'));
    const sum = minor.slice(0, -1).reduce<number>((all, each) => all + Number(each), 0);
    expect([lines[0], sum]).toEqual(['opening_balance,,0.00,USD,2026-05', minor.at(-1)]);
  });
});

describe('texts and amounts', () => {
  it.each([
    ['Short', ['Short']],
    ['', ['']],
    ['A very long description', ['A very long', 'description']],
    ['Order 12345678901234567890 of May', ['Order', '12345678901', '234567890 of', 'May']],
  ])('"%s" is in lines that have room, with all its letters', (text, lines) => {
    expect(wrapped(text, 60)).toEqual(lines);
  });

  it.each(Object.keys(CURRENCIES) as Currency[])('minor units of %s are written as the API writes them', (currency) => {
    for (const minor of [0, 1, -1, 12_345, -100_000])
      expect(minorText(minor, currency)).toBe(formatAmount(minor, currency));
  });

  it.each(['0', '5', '5.5', '0.05', '5.500', '5.001', '', '.5', '5.', '-5', '1e3', '1,000', ' 5'])(
    'the amount "%s" may be sent if the API takes it',
    (text) => {
      for (const currency of Object.keys(CURRENCIES) as Currency[]) {
        if (isAmount(text, currency)) expect(parseAmount(text, currency)).toEqual(expect.any(Number));
      }
      expect([isAmount('5.5', 'USD'), isAmount('5.5', 'UGX'), isAmount('5', 'UGX')]).toEqual([true, false, true]);
    },
  );

  it('a currency without decimals has none', () => {
    expect([moneyText(1500, 'UGX'), moneyText('1500', 'USD')]).toEqual(['1,500 UGX', '1,500.00 USD']);
  });
});
