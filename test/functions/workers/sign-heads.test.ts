import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { signHeads } from '../../../functions/workers/sign-heads.ts';
import { verifyLedgers } from '../../../functions/workers/verify-ledgers.ts';
import { dayOf, parseLeaf, rootFrom } from '../../../shared/domain/head.ts';
import type { Entry } from '../../../shared/domain/ledger.ts';
import { append, walletKey } from '../../../shared/domain/ledger.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import {
  hashOfHead,
  leafIn,
  openLastHead,
  pageName,
  readHead,
  readLastHead,
  readPage,
  stepsTo,
} from '../../../shared/flows/wallet/read-heads.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { entryPut, listBetween } from '../../../shared/store/ledger.ts';
import type { World } from '../../../shared/world.ts';
import { granted } from '../../support/granted.ts';
import {
  DAY,
  freshMerchantForEachTest,
  merchant,
  move,
  slowed,
  verified,
  walletOf,
  world,
} from '../../support/ledger-set-up.ts';

freshMerchantForEachTest();

interface Said {
  readonly errors: { event: string; fields: object | undefined }[];
  readonly metrics: Record<string, number>;
}

/** What a worker logs and publishes, with what it is granted. */
async function run(work: (world: World) => Promise<void>, access: object, on: World = world): Promise<Said> {
  const said: Said = { errors: [], metrics: {} };
  const log = {
    ...world.log,
    error: (event: string, fields?: object) => said.errors.push({ event, fields }),
    metric: (name: string, value: number) => (said.metrics[name] = (said.metrics[name] ?? 0) + value),
  };
  await work(granted({ ...on, log }, access));
  return said;
}

const sign = (on?: World) => run(signHeads, workers.signHeads.access, on);
const nextDay = () => world.advance(DAY);
const verifyAll = () => {
  world.advance(3_600_000);
  return run(verifyLedgers, workers.verifyLedgers.access);
};
const ask = async () => (await verified()).json;
const remove = (entry: Entry) =>
  world.db.send(new DeleteCommand({ TableName: world.table('ledger'), Key: { pk: walletKey(entry), seq: entry.seq } }));

/** Rewrites a chain from an entry on with the product's own `append`, so that every hash and balance is right. */
async function rewrite(from: number, amountMinor: number): Promise<Entry[]> {
  const old = await listBetween(world, walletOf(), 1, 1_000);
  const made: Entry[] = old.slice(0, from - 1);
  for (const { id, kind, description, at, ...entry } of old.slice(from - 1)) {
    const draft = { id, kind, description, amountMinor: entry.seq === from ? amountMinor : entry.amountMinor };
    made.push(append(walletOf(), made.at(-1), draft, at));
  }
  for (const entry of made) {
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: entryPut(entry).item }));
  }
  return made;
}

/** The same world, in which heads are as if somebody had removed some of what is stored of them. */
function without(removed: (name: string) => boolean): World {
  const { heads } = world;
  return {
    ...world,
    heads: {
      ...heads,
      read: async (name) => (removed(name) ? undefined : heads.read(name)),
      list: async (folder, after) => (await heads.list(folder, after)).filter((name) => !removed(`${folder}/${name}`)),
    },
  };
}

/** The same world, in which a text was replaced by another. */
function withForged(name: string, forge: (text: string) => string): World {
  const { heads } = world;
  const read = async (asked: string) => {
    const text = await heads.read(asked);
    return asked === name && text !== undefined ? forge(text) : text;
  };
  return { ...world, heads: { ...heads, read } };
}

const today = () => dayOf(world.now());

describe('a head', () => {
  it('has the tail of every wallet of both modes, and each can be followed from its leaf to the signed root', async () => {
    await move(500);
    await move(20);
    await move(7, 'x', 'KES');
    await adjustWallet(world, { ...walletOf(), mode: 'test' }, { amountMinor: 5, reason: 'x', by: 'test' });
    await sign();
    const signed = await readHead(world, today());
    if (!signed) throw new Error('it is signed');
    const { head, text, signature } = signed;
    expect(head).toMatchObject({ number: 1, wallets: 3, pages: 1, previous: null, day: today() });
    expect(await world.heads.isSigned(text, signature)).toBe(true);
    const page = await readPage(world, signed, 0);
    for (const [key, leaf] of page.leaves) {
      expect(rootFrom(leaf, stepsTo(signed, page, parseLeaf(leaf)))).toBe(head.root);
      expect(key.startsWith(merchant.id)).toBe(true);
    }
    expect(leafIn(page, walletOf())).toMatchObject({ seq: 2, balanceMinor: 520 });
  });

  it('is signed once a day, and each names the one before', async () => {
    await move(500);
    await sign();
    const first = await readLastHead(world);
    await move(1);
    await sign();
    expect(await readLastHead(world)).toEqual(first);
    nextDay();
    await sign();
    const second = await readLastHead(world);
    expect(second?.head).toMatchObject({ number: 2, previous: { day: first?.head.day } });
    expect(await ask()).toMatchObject({
      verified: true,
      head: { day: today(), entries: 2, balance: 5.01, agrees: true },
    });
  });

  it('by two runs at once, or after lost answers, is one, and whole', async () => {
    for (const currency of ['USD', 'KES', 'UGX'] as const) await move(500, 'x', currency);
    const { heads } = world;
    let calls = 0;
    const create: typeof heads.create = async (name, text) => {
      const isFree = await heads.create(name, text);
      calls += 1;
      if (calls % 2 === 0) throw new Error('lost');
      return isFree;
    };
    const lossy = { ...world, heads: { ...heads, create } };
    for (let n = 0; n < 8; n += 1) await Promise.allSettled([sign(lossy), sign(lossy)]);
    expect((await readHead(world, today()))?.head.wallets).toBe(3);
    for (const currency of ['USD', 'KES', 'UGX'] as const) {
      expect((await (await openLastHead(world)).check(walletOf(currency))).leaf?.seq).toBe(1);
    }
  });

  it('of many wallets is made page by page, by as many runs as it takes, and pages are divided as wallets grow', async () => {
    const currencies = ['USD', 'KES', 'UGX', 'TZS', 'ZWG'] as const;
    for (const currency of currencies) await move(500, 'x', currency);
    for (const pages of [16, 32]) {
      const last = await readLastHead(world);
      const previous = last ? { day: last.head.day, hash: hashOfHead(last) } : null;
      await world.heads.create(`plans/${today()}`, JSON.stringify({ day: today(), at: world.now(), pages, previous }));
      let runs = 0;
      for (; (await readHead(world, today())) === undefined && runs < 100; runs += 1) await sign(slowed(world));
      expect(runs).toBeGreaterThan(1);
      expect((await readHead(world, today()))?.head).toMatchObject({ pages, wallets: 5 });
      for (const currency of currencies) {
        const { leaf, violation } = await (await openLastHead(world)).check(walletOf(currency));
        expect([leaf?.seq, violation]).toEqual([pages === 16 ? 1 : 2, undefined]);
        await move(1, 'x', currency);
      }
      nextDay();
    }
    // A later one has as many pages, however few wallets there are.
    expect((await sign()).metrics.HeadMismatches).toBeUndefined();
    expect((await readLastHead(world))?.head).toMatchObject({ pages: 32, number: 3, wallets: 5 });
  });

  it('waits for a page that fails, and no other page waits for it', async () => {
    await move(500);
    world.fault = (command, input) =>
      command === 'QueryCommand' && JSON.stringify(input).includes('ledger') ? 'before' : undefined;
    expect((await sign()).errors).toMatchObject([{ event: 'heads.page_failed' }]);
    expect(await readLastHead(world)).toBeUndefined();
    world.fault = undefined;
    await sign();
    expect((await readLastHead(world))?.head.wallets).toBe(1);
  });
});

describe('a ledger that was rewritten with right hashes', () => {
  it('verifies as a chain, and is found by the head: by the merchant, by the worker and by the next signing', async () => {
    for (const amount of [10_000, -100, -200, -300]) await move(amount);
    await sign();
    expect(await ask()).toMatchObject({ verified: true, head: { agrees: true, entries: 4 } });
    await rewrite(2, -1);
    await move(-5);
    const entry = 'entry 4 is not the one in the head of 2026-05-07: it or one before it was rewritten';
    expect(await ask()).toMatchObject({
      verified: false,
      entries: 5,
      first_flaw: { seq: 4, what: entry },
      head: { agrees: false, entries: 4, balance: 94 },
    });
    for (let n = 0; n < 2; n += 1) {
      const { errors, metrics } = await verifyAll();
      expect(metrics.BrokenLedgers).toBe(1);
      expect(errors).toMatchObject([{ event: 'ledger.broken', fields: { merchantId: merchant.id, what: entry } }]);
    }
    nextDay();
    const { errors, metrics } = await sign();
    expect([metrics.HeadMismatches, errors.map(({ event }) => event)]).toEqual([1, ['heads.mismatch']]);
    // What was signed first goes on to be what counts.
    expect(await ask()).toMatchObject({ verified: false, head: { day: '2026-05-08', entries: 4, balance: 94 } });
  });

  it('is right again once it is mended', async () => {
    for (const amount of [10_000, -100]) await move(amount);
    await sign();
    const whole = await listBetween(world, walletOf(), 1, 10);
    await rewrite(1, 20_000);
    nextDay();
    await sign();
    for (const entry of whole) {
      await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: entryPut(entry).item }));
    }
    await move(-1);
    nextDay();
    expect((await sign()).metrics.HeadMismatches).toBeUndefined();
    expect(await ask()).toMatchObject({ verified: true, head: { entries: 3, agrees: true } });
  });

  it('before any head had it is not found: what is signed is what is there then', async () => {
    for (const amount of [10_000, -100]) await move(amount);
    await rewrite(1, 20_000);
    await sign();
    expect(await ask()).toMatchObject({ verified: true, head: { agrees: true, balance: 199 } });
  });
});

describe('a ledger whose tail was cut off', () => {
  it('is a whole chain, and is found by the head', async () => {
    for (const amount of [10_000, -100, -200]) await move(amount);
    await sign();
    for (const entry of await listBetween(world, walletOf(), 2, 3)) await remove(entry);
    const what = 'entry 3 is missing, and the head of 2026-05-07 has it';
    expect(await ask()).toMatchObject({ verified: false, entries: 1, balance: 100, first_flaw: { seq: 3, what } });
    expect((await verifyAll()).metrics.BrokenLedgers).toBe(1);
    nextDay();
    const { errors } = await sign();
    expect(errors).toMatchObject([{ event: 'heads.mismatch', fields: { what: 'its entries after 1 are gone' } }]);
  });

  it('is found when all of it is gone', async () => {
    const entry = await move(500, 'x', 'KES');
    await sign();
    await remove(entry);
    const { check } = await openLastHead(world);
    expect((await check(walletOf('KES'))).violation).toMatchObject({ seq: 1 });
    nextDay();
    expect((await sign()).errors).toMatchObject([{ fields: { what: 'its entries are gone' } }]);
  });
});

describe('a signing', () => {
  it('keeps a wallet whose row of the index was taken away', async () => {
    await move(500);
    await sign();
    await move(1);
    nextDay();
    await sign({ ...world, table: (name) => world.table(name === 'wallets' ? 'watches' : name) });
    expect(await ask()).toMatchObject({ verified: true, head: { day: '2026-05-08', entries: 2, agrees: true } });
  });

  it('takes no tail that does not continue its own chain, and goes on with all other wallets', async () => {
    await move(500);
    await move(500, 'x', 'KES');
    await sign();
    const tail = await move(20);
    const forged = new PutCommand({
      TableName: world.table('ledger'),
      Item: { ...entryPut(tail).item, amountMinor: 'much' },
    });
    await world.db.send(forged);
    await move(20, 'x', 'KES');
    nextDay();
    const { errors, metrics } = await sign();
    expect([errors.length, metrics.HeadMismatches]).toEqual([1, 1]);
    const { check } = await openLastHead(world);
    expect([(await check(walletOf())).leaf?.seq, (await check(walletOf('KES'))).leaf?.seq]).toEqual([1, 2]);
  });
});

describe('the worker that verifies', () => {
  it('reads nothing more of a wallet without new entries', async () => {
    await move(500);
    const reads = async () => {
      world.calls.length = 0;
      await verifyAll();
      return world.calls.filter((name) => name === 'QueryCommand').length;
    };
    await reads();
    // A head that cannot be read is no head, and costs no read either.
    const { heads } = world;
    Object.assign(world, { heads: { ...heads, list: () => Promise.reject(new Error('S3 is down')) } });
    const alone = await reads();
    Object.assign(world, { heads });
    await sign();
    expect(await reads()).toBe(alone);
  });
});

describe('heads that are not there, or not ours', () => {
  it('that were removed are missed: by the merchant after two days, and by an alarm at once', async () => {
    await move(500);
    await sign();
    expect((await verifyAll()).metrics.LedgerHeadAgeSeconds).toBe(3600);
    const bare = without((name) => name.includes('2026-05-07'));
    expect((await run(verifyLedgers, workers.verifyLedgers.access, bare)).metrics.LedgerHeadAgeSeconds).toBeGreaterThan(
      1e9,
    );
    world.advance(2 * DAY);
    expect((await verified({}, bare)).json).toMatchObject({
      verified: false,
      head: null,
      first_flaw: { seq: 1, what: 'there is no signed head, and entry 1 is older than two days' },
    });
    // The wallet is older than any that a first head has.
    expect((await sign(bare)).metrics.HeadMismatches).toBe(1);
  });

  it('that were not read for an hour do not keep chains from being verified', async () => {
    await move(500);
    const failing = { ...world, heads: { ...world.heads, list: () => Promise.reject(new Error('S3 is down')) } };
    world.advance(3_600_000);
    const { errors, metrics } = await run(verifyLedgers, workers.verifyLedgers.access, failing);
    expect(errors.map(({ event }) => event)).toEqual(['heads.not_read']);
    expect(metrics).toEqual({ BrokenLedgers: 0, LedgerUnverifiedSeconds: 3_600 });
  });

  it('a wallet that a head should have had and has not is distinguished from a new one', async () => {
    await sign();
    await move(500);
    expect(await ask()).toMatchObject({ verified: true, head: null });
    nextDay();
    world.advance(3_600_000);
    const hidden = withForged(`plans/${today()}`, (text) => text);
    // Its row of the index was taken away, so that the signing did not find it.
    const blind = {
      ...hidden,
      table: (name: never) => (name === 'wallets' ? world.table('watches') : world.table(name)),
    };
    await sign(blind as World);
    const what = 'entry 1 is older than the head of 2026-05-08, which does not have this wallet';
    expect(await ask()).toMatchObject({ verified: false, first_flaw: { seq: 1, what } });
    nextDay();
    const { errors, metrics } = await sign();
    expect(metrics.HeadMismatches).toBe(1);
    expect(errors).toMatchObject([{ fields: { what: 'it is older than the head before, and not in it' } }]);
  });

  it.each([
    [
      'signed by another key',
      (text: string) => text.replace(/"signature":"[^"]+"/, '"signature":"MEUCIQ=="'),
      'not signed by our key',
    ],
    ['changed', (text: string) => text.replace('number\\":1', 'number\\":2'), 'not signed by our key'],
    ['given another page', (text: string) => text.replace(/"pageRoots":\["./, '"pageRoots":["x'), 'was changed'],
    ['no head at all', () => 'nonsense', 'not signed by our key'],
  ])('a head that was %s proves nothing', async (_how, forge, what) => {
    await move(500);
    await sign();
    const forged = withForged(`heads/${today()}`, forge);
    const { json } = await verified({}, forged);
    expect(json).toMatchObject({ verified: false, head: null, first_flaw: { seq: 0 } });
    expect(json.first_flaw.what).toContain(what);
    // Nor is the next one built on it.
    nextDay();
    await expect(signHeads(forged)).rejects.toThrow(what);
  });

  it('a page that was changed or removed is named', async () => {
    await move(500);
    await sign();
    for (const on of [
      withForged(pageName(today(), 0), (text) => text.replace(/ 500$/, ' 900')),
      without((name) => name === pageName(today(), 0)),
    ]) {
      const { json } = await verified({}, on);
      expect(json.first_flaw).toEqual({
        seq: 0,
        what: 'page 0 of the head of 2026-05-07 is missing or was changed',
      });
    }
  });

  it('nobody replaces what is stored', async () => {
    expect(await world.heads.create('heads/2026-01-01', 'one')).toBe(true);
    expect(await world.heads.create('heads/2026-01-01', 'two')).toBe(false);
    expect(await world.heads.read('heads/2026-01-01')).toBe('one');
    expect(await world.heads.list('heads', '2025-12-31')).toEqual(['2026-01-01']);
    expect(await world.heads.list('heads', '2026-01-01')).toEqual([]);
  });
});
