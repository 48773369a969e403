import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../../../shared/domain/ledger.ts';
import { append } from '../../../shared/domain/ledger.ts';
import { plus } from '../../../shared/domain/time.ts';
import { verifyLedger as verify } from '../../../shared/flows/wallet/verify-ledger.ts';
import { encodeCursor } from '../../../shared/http/cursor.ts';
import { entryPut, listWallet } from '../../../shared/store/ledger.ts';
import { Chance } from '../../simulation/chance.ts';
import { ModelDb } from '../../simulation/model-db.ts';
import {
  freshMerchantForEachTest,
  longLedger,
  merchant,
  move,
  penny,
  slowed,
  verified,
  walletOf,
  world,
} from '../../support/ledger-set-up.ts';
import { repeats } from '../../support/length.ts';

const TAMPERINGS = repeats({ short: 250, long: 1_000 });

freshMerchantForEachTest();

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
      { currency: 'USD', verified: true, entries: 2_500, balance: 25, first_flaw: null, head: null, next_cursor: null },
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
    const poorer = await verify(model, wallet, { from: { ...next, balanceMinor: next.balanceMinor - 1 } });
    expect(poorer.violation?.seq).toBe(1000);
    const gone = await verify(model, wallet, { from: { ...next, seq: 1_501 } });
    expect(gone.violation).toEqual({ seq: 1_501, what: 'entry 1501 is missing' });
    expect(await verify(model, wallet, { from: next })).toMatchObject({ entries: 1_500, balanceMinor: 1_500 });
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
    const before = process.cpuUsage();
    expect(await verify(model, wallet)).toMatchObject({ entries: 20_000, balanceMinor: 20_000 });
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  }, 60_000);

  it(`finds the first entry that is wrong after each of ${TAMPERINGS} random edits, deletions, swaps and insertions`, async () => {
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
    for (let n = 0; n < TAMPERINGS; n += 1) {
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

it('a ledger that was changed behind our back is found out, at the entry that was changed', async () => {
  await move(10_000);
  for (let n = 0; n < 5; n += 1) await move(-100);
  expect(await verify(world, walletOf())).toMatchObject({ entries: 6, balanceMinor: 9_500 });
  const { entries } = await listWallet(world, walletOf(), { limit: 10 });
  const victim = entries.find((entry) => entry.seq === 3);
  const forged = { pk: `${merchant.id}#live#USD`, ...victim, amountMinor: -1 };
  await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: forged }));
  expect((await verify(world, walletOf())).violation).toEqual({
    seq: 3,
    what: 'entry 3 was changed after it was written',
  });
});
