import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import type { Entry } from '../../../shared/domain/ledger.ts';
import { mismatchIn } from '../../../shared/domain/ledger.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import { Retry, withRetries } from '../../../shared/store/write.ts';
import type { Reply } from '../../support/call.ts';
import { call } from '../../support/call.ts';
import { repeats } from '../../support/length.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, lostAnswer, sell, stopEngine, testWorld, transactionConflict } from '../../support/world.ts';

/** Many callers at once, lost answers, conflicts: what the conditions in the store are for. */

const CALLERS = repeats({ short: 150, long: 1_000 });
const AFFORDABLE = repeats({ short: 30, long: 100 });
const BACKOFF_MS_MAX = 2_000;

afterAll(stopEngine);

const order = (reference: string, amount = 5) => ({
  product_id: 100,
  target: '0772279099',
  amount,
  agent_reference: reference,
});

async function aShop(funds: number, options: Parameters<typeof testWorld>[0] = { clock: 'slow', dispatches: true }) {
  const world = await testWorld(options);
  const merchant = await aMerchant(world, { USD: funds });
  await sell(world);
  return { world, merchant };
}

/** Posts an order as a client does: the same again after a 503, later each time. */
async function untilNotBusy(world: TestWorld, headers: Record<string, string>, body: object): Promise<Reply> {
  for (let backoffMs = 50; ; backoffMs = Math.min(2 * backoffMs, BACKOFF_MS_MAX)) {
    const reply = await call(world, createOrder, { headers, body });
    if (reply.status !== 503) return reply;
    expect(reply.headers['retry-after']).toBe('1');
    await sleep(backoffMs * (0.5 + Math.random()));
  }
}

async function chain(world: TestWorld, merchant: TestMerchant): Promise<Entry[]> {
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  const entries: Entry[] = [];
  let below: number | undefined;
  do {
    const page = await listWallet(world, wallet, { limit: 100, belowSeq: below });
    entries.unshift(...page.entries.toReversed());
    below = page.continueBelow;
  } while (below !== undefined);
  entries.forEach((entry, index) => {
    expect(mismatchIn(wallet, entries[index - 1], entry)).toBeUndefined();
  });
  return entries;
}

describe('one reference', () => {
  it('posted many times at once is one order, one debit, one vend, and one body for all', async () => {
    const { world, merchant } = await aShop(10_000);
    const replies = await Promise.all(
      Array.from({ length: CALLERS }, () => untilNotBusy(world, merchant.headers(), order('same'))),
    );
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(CALLERS - 1);
    expect(world.upstream.vends).toHaveLength(1);
    expect((await chain(world, merchant)).map((entry) => entry.amountMinor)).toEqual([10_000, -500]);
  }, 120_000);

  it('posted by two with different content is one order; the other gets the name of the field that differs', async () => {
    const { world, merchant } = await aShop(10_000);
    const replies = await Promise.all(
      [5, 6].map((amount) => call(world, createOrder, { headers: merchant.headers(), body: order('race', amount) })),
    );
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 422]);
    expect(await chain(world, merchant)).toHaveLength(2);
  });
});

it('orders at once on a wallet that pays for half of them: half accepted, half refused, nothing left, no gap', async () => {
  const { world, merchant } = await aShop(AFFORDABLE * 500);
  const replies = await Promise.all(
    Array.from({ length: 2 * AFFORDABLE }, (_, index) =>
      untilNotBusy(world, merchant.headers(), order(`distinct-${index}`)),
    ),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(AFFORDABLE);
  expect(replies.filter(({ status }) => status === 402)).toHaveLength(AFFORDABLE);
  const entries = await chain(world, merchant);
  expect(entries).toHaveLength(AFFORDABLE + 1);
  expect(entries.at(-1)?.balanceAfterMinor).toBe(0);
  expect([...world.upstream.vendCounts().values()]).toEqual(Array.from({ length: AFFORDABLE }, () => 1));
}, 120_000);

describe('a lost answer', () => {
  const writes = ['TransactWriteCommand', 'PutCommand'];

  it.each(['before', 'after'] as const)(
    'of any one write, lost %s it happened, changes nothing in the end',
    async (when) => {
      for (let nth = 0; nth < 3; nth += 1) {
        const { world, merchant } = await aShop(10_000, { dispatches: true });
        let seen = 0;
        world.fault = (command) => {
          if (!writes.includes(command)) return undefined;
          seen += 1;
          return seen === nth + 1 ? when : undefined;
        };
        const reply = await call(world, createOrder, { headers: merchant.headers(), body: order('lost') });
        expect([reply.status, reply.json.status]).toEqual([201, 'success']);
        expect(seen).toBeGreaterThan(nth);
        expect(world.upstream.vends).toHaveLength(1);
        expect((await chain(world, merchant)).map((entry) => entry.amountMinor)).toEqual([10_000, -500]);
      }
    },
  );

  it.each(['before', 'after'] as const)('of a refund, lost %s it happened, refunds once', async (when) => {
    const { world, merchant } = await aShop(10_000, { dispatches: true });
    world.upstream.script = [{ kind: 'rejected', failure: 'invalid_target', evidence: '217' }];
    let transactions = 0;
    world.fault = (command) => {
      if (command !== 'TransactWriteCommand') return undefined;
      transactions += 1;
      return transactions === 2 ? when : undefined;
    };
    const reply = await call(world, createOrder, { headers: merchant.headers(), body: order('lost') });
    expect(reply.json.status).toBe('refunded');
    expect((await chain(world, merchant)).map((entry) => entry.amountMinor)).toEqual([10_000, -500, 500]);
  });

  it('of every write in turn ends in 503 with Retry-After; the same request then finds what was written', async () => {
    const { world, merchant } = await aShop(10_000, { dispatches: false });
    world.fault = (command) => (command === 'TransactWriteCommand' ? 'after' : undefined);
    const request = { headers: { ...merchant.headers(), prefer: 'respond-async' }, body: order('unlucky') };
    // The first transaction happened, its answer is lost, and the retry recognises its own order.
    expect((await call(world, createOrder, request)).status).toBe(202);
    world.fault = () => lostAnswer();
    expect((await call(world, createOrder, request)).status).toBe(503);
    world.fault = (command) => (command === 'TransactWriteCommand' ? 'before' : undefined);
    const other = { ...request, body: order('unluckier') };
    const refused = await call(world, createOrder, other);
    expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([503, 'busy', '1']);
    world.fault = undefined;
    expect(await chain(world, merchant)).toHaveLength(2);
    expect((await call(world, createOrder, other)).status).toBe(202);
  });
});

it('a transaction conflict is tried again, and nothing is written twice', async () => {
  const { world, merchant } = await aShop(10_000, { dispatches: true });
  let conflicts = 3;
  world.fault = (command) => {
    if (command !== 'TransactWriteCommand' || conflicts === 0) return undefined;
    conflicts -= 1;
    return transactionConflict();
  };
  const reply = await call(world, createOrder, { headers: merchant.headers(), body: order('contended') });
  expect(reply.json.status).toBe('success');
  expect(await chain(world, merchant)).toHaveLength(2);
});

it('a change that moves no money is tried again, too, as often as its item is written', async () => {
  const { world } = await aShop(10_000, { dispatches: false });
  let tries = 0;
  const done = await withRetries(world, async () => {
    tries += 1;
    return tries < 8 ? new Retry('it was changed first') : 'done';
  });
  expect([done, tries]).toEqual(['done', 8]);
});

it('a stale memory of the wallet neither refuses nor overspends', async () => {
  const { world, merchant } = await aShop(1_000, { dispatches: true });
  const elsewhere = { ...world, memo: new Map<string, unknown>() };
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  const body = (reference: string) => ({ headers: merchant.headers(), body: order(reference) });
  expect((await call(world, createOrder, body('here-1'))).status).toBe(201);
  expect((await call(elsewhere, createOrder, body('there-1'))).status).toBe(201);
  // This process still remembers a balance of 5.00; the wallet is empty.
  expect((await call(world, createOrder, body('here-2'))).status).toBe(402);
  expect((await chain(world, merchant)).at(-1)?.balanceAfterMinor).toBe(0);
  const shown = await call(world, getOrder, {
    headers: merchant.headers(),
    params: { agent_reference: 'here-2' },
  });
  expect(shown.json.status).toBe('failed');
  // This one is refused on what was just read, which is remembered; then there is money again.
  expect((await call(world, createOrder, body('here-3'))).status).toBe(402);
  await adjustWallet(elsewhere, wallet, { amountMinor: 1_000, reason: 'Deposit', by: 'test' });
  expect((await call(world, createOrder, body('here-4'))).status).toBe(201);
});
