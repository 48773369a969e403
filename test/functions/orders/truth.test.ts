import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { getTarget } from '../../../functions/orders/get-target.ts';
import { listProducts } from '../../../functions/orders/list-products.ts';
import { dispatch, giveUp } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import { syncCatalogue } from '../../../functions/workers/sync-catalogue.ts';
import { listReview, resolveOrder, reverseOrder } from '../../../shared/flows/orders/review.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import { RECEIVES_MAX } from '../../../shared/manifest/access.ts';
import { readCatalogue } from '../../../shared/store/catalogue.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What happens when the truth comes late, by a person, or not at all. */

let world: TestWorld;
let merchant: TestMerchant;
const decision = { by: 'ruth', reason: 'their statement of 7 May' };

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

async function place(reference: string, changes: Record<string, unknown> = {}): Promise<OrderKey> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: reference, ...changes };
  const reply = await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  expect(reply.status).toBe(202);
  return { merchantId: merchant.id, mode: 'live', agentReference: reference };
}

async function shown(reference: string) {
  return (await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: reference } })).json;
}

async function kinds(): Promise<string[]> {
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  expect((await verifyLedger(world, wallet)).violation).toBeUndefined();
  return (await listWallet(world, wallet, { limit: 100 })).entries.map((entry) => entry.kind).toReversed();
}

async function inReview(reference: string): Promise<OrderKey> {
  const key = await place(reference);
  world.upstream.script = [{ kind: 'unclear', evidence: 'socket hang up' }];
  world.upstream.finding = { kind: 'unclear', evidence: 'busy' };
  await world.dispatchAll();
  for (let hours = 0; hours < 27; hours += 1) await world.sweep(60);
  expect((await shown(reference)).under_review).toBe(true);
  return key;
}

describe('an order in review', () => {
  it('is listed with all that is known about it', async () => {
    await inReview('one');
    const [evidence] = await listReview(world);
    expect(evidence).toMatchObject({
      agent_reference: 'one',
      status: 'review',
      provider_reference: expect.stringMatching(/^ord-/),
      last_finding: 'unclear: busy',
      attempts: [{ outcome: 'unclear', evidence: 'socket hang up' }],
    });
  });

  it('decided as delivered keeps the money; the decision is on the timeline with who and why', async () => {
    const key = await inReview('one');
    await resolveOrder(world, key, 'delivered', decision);
    expect(await shown('one')).toMatchObject({ status: 'success', final: true });
    expect((await shown('one')).timeline.at(-1).note).toBe('Decided by ruth: their statement of 7 May');
    expect(await kinds()).toEqual(['adjustment', 'order']);
    expect(await listReview(world)).toEqual([]);
  });

  it('decided as refunded by two at once is refunded once', async () => {
    const key = await inReview('one');
    const both = await Promise.allSettled([
      resolveOrder(world, key, 'refunded', decision),
      resolveOrder(world, key, 'refunded', decision),
    ]);
    expect(both.some((result) => result.status === 'fulfilled')).toBe(true);
    expect(await kinds()).toEqual(['adjustment', 'order', 'refund']);
    await expect(resolveOrder(world, key, 'delivered', decision)).rejects.toThrow('is refunded, not in review');
  });

  it('is not looked at by any sweep', async () => {
    await inReview('one');
    const before = world.upstream.queries.length;
    await world.sweep(600);
    expect(world.upstream.queries).toHaveLength(before);
  });
});

it('a success is reversed by a new entry, once', async () => {
  const key = await place('one');
  await world.dispatchAll();
  const both = await Promise.allSettled([reverseOrder(world, key, decision), reverseOrder(world, key, decision)]);
  expect(both.some((result) => result.status === 'fulfilled')).toBe(true);
  expect(await shown('one')).toMatchObject({ status: 'reversed', final: true });
  expect(await kinds()).toEqual(['adjustment', 'order', 'reversal']);
});

describe('a delivery that is known only after the refund', () => {
  async function refundedThenDelivered(): Promise<void> {
    const key = await place('one');
    world.upstream.script = [
      async () => {
        // While this call hangs, the order is given up, asked about, and refunded.
        world.upstream.finding = { kind: 'rejected', failure: 'network_refused', evidence: '' };
        await world.sweep(3);
        await world.sweep(3);
        if (spendsAll) await adjustWallet(world, wallet(), { amountMinor: -10_000, reason: 'spent', by: 't' });
        return { kind: 'success', receipt: { providerRef: 'late' }, evidence: '' };
      },
    ];
    await dispatch(world, key);
  }
  const wallet = () => ({ merchantId: merchant.id, mode: 'live', currency: 'USD' }) as const;
  let spendsAll = false;

  it('is charged again as a new entry', async () => {
    spendsAll = false;
    await refundedThenDelivered();
    expect(await shown('one')).toMatchObject({ status: 'success', provider_ref: 'late', failure: null });
    expect(await kinds()).toEqual(['adjustment', 'order', 'refund', 'correction']);
  });

  it('is written off when the wallet no longer covers it: no balance goes below zero', async () => {
    spendsAll = true;
    await refundedThenDelivered();
    const order = await shown('one');
    expect(order.status).toBe('refunded');
    expect(order.timeline.at(-1).note).toContain('the loss is ours');
    expect(await kinds()).toEqual(['adjustment', 'order', 'refund', 'adjustment']);
  });
});

describe('a provider that is down', () => {
  async function goDown(): Promise<void> {
    for (let n = 0; n < 10; n += 1) {
      await place(`down${n}`, { amount: 0.1 });
      world.upstream.script = [{ kind: 'unsent', evidence: 'connection refused' }];
      world.messages.splice(0, world.messages.length - 1);
      await world.dispatchAll();
    }
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    world.memo.clear();
  }

  it('gets no more than ten orders; the next waits, says since when, and the POST does not', async () => {
    await goDown();
    const sends = world.upstream.sends.length;
    world.messages.length = 0;
    await place('next');
    await world.dispatchAll();
    expect(world.upstream.sends).toHaveLength(sends);
    expect(await shown('next')).toMatchObject({ status: 'pending', held_since: expect.any(String), final: false });
    const products = await call(world, listProducts, { headers: merchant.headers() });
    expect(products.json.data[0]).toMatchObject({ available: false, unavailable_since: expect.any(String) });
    const before = Date.parse(world.now());
    const reply = await call(world, createOrder, {
      headers: merchant.headers(),
      body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'next' },
    });
    expect([reply.status, reply.json.status]).toEqual([202, 'pending']);
    expect(Date.parse(world.now()) - before).toBeLessThan(1_000);
  });

  it('is probed at most once in ten seconds, however many orders wait', async () => {
    await goDown();
    let probes = 0;
    world.upstream.balances = async () => {
      probes += 1;
      throw new Error('down');
    };
    for (let second = 0; second < 60; second += 1) {
      world.advance(1_000);
      world.memo.clear();
      await Promise.all([place(`a${second}`, { amount: 0.1 }), place(`b${second}`, { amount: 0.1 })]);
      await world.dispatchAll();
    }
    expect(probes).toBeGreaterThan(0);
    expect(probes).toBeLessThanOrEqual(6);
  });

  it('that answers a probe gets all that waited, each once', async () => {
    await goDown();
    world.messages.length = 0;
    await place('next');
    await world.dispatchAll();
    world.upstream.balances = async () => [];
    for (let sweeps = 0; sweeps < 6; sweeps += 1) {
      await world.sweep(2);
      world.memo.clear();
      await world.dispatchAll();
    }
    expect((await shown('next')).status).toBe('success');
    expect((await shown('down0')).status).toBe('success');
    expect(new Set(world.upstream.vendCounts().values())).toEqual(new Set([1]));
    expect(world.upstream.vends).toHaveLength(11);
  });

  it('does not keep test orders from the sandbox', async () => {
    await goDown();
    const reply = await call(world, createOrder, {
      headers: { ...merchant.headers('test'), prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'play' },
    });
    await world.dispatchAll();
    expect(reply.status).toBe(202);
    const params = { agent_reference: 'play' };
    expect((await call(world, getOrder, { headers: merchant.headers('test'), params })).json.status).toBe('success');
  });
});

describe('a poisoned message', () => {
  it('leaves its order in review with the cause, which an operator can then decide', async () => {
    const key = await place('one');
    await giveUp(world, key, new Error('cannot read the product'));
    expect(await shown('one')).toMatchObject({ status: 'unknown', under_review: true });
    const [evidence] = await listReview(world);
    expect(evidence?.timeline.at(-1)?.note).toContain('cannot read the product');
    await resolveOrder(world, key, 'refunded', decision);
    expect(await kinds()).toEqual(['adjustment', 'order', 'refund']);
  });

  it('never parks an order that may have left us', async () => {
    const key = await place('one');
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await world.dispatchAll();
    await giveUp(world, key, new Error('x'));
    expect((await shown('one')).under_review).toBeUndefined();
  });

  it('is given up at its last receive only, and its neighbours are not repeated', async () => {
    const { onBatch } = await import('../../../shared/aws/worker.ts');
    const record = (body: string, receives: number, messageId: string) => ({
      messageId,
      body: JSON.stringify(body),
      attributes: { ApproximateReceiveCount: String(receives) },
    });
    const given: string[] = [];
    const seen: string[] = [];
    const work = {
      async onMessage(_world: unknown, message: string) {
        seen.push(message);
        if (message.startsWith('bad')) throw new Error('poison');
      },
      async onLastFailure(_world: unknown, message: string) {
        given.push(message);
      },
    };
    const event = {
      Records: [
        record('good', 1, 'm1'),
        record('bad-early', RECEIVES_MAX - 1, 'm2'),
        record('bad-last', RECEIVES_MAX, 'm3'),
      ],
    } as unknown as SQSEvent;
    expect(await onBatch(world, work, event)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm3' }],
    });
    expect(given).toEqual(['bad-last']);
    expect(seen).toHaveLength(3);
  });
});

describe('a target', () => {
  const ask = (target: string, query: Record<string, string> = {}, mode: 'live' | 'test' = 'live') =>
    call(world, getTarget, { headers: merchant.headers(mode), params: { target }, query });

  it('that is a number tells country, network and what can be sent to it', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, network: 'Econet' }), aProduct({ id: 103, network: 'Telecel' }));
    const reply = await ask('+263 77 227 9099');
    expect(reply.json).toMatchObject({ type: 'phone', target: '+263772279099', country: 'ZW', network: 'Econet' });
    expect(reply.json.network_is_certain).toBe(true);
    expect(reply.json.products.map((product: { id: number }) => product.id)).toEqual([100, 101]);
  });

  it('in a country where numbers move says that the network is a guess, and offers all, likely ones first', async () => {
    const kenya = { country: 'KE', currency: 'KES' } as const;
    await sell(
      world,
      aProduct({ id: 1, network: 'Airtel', ...kenya }),
      aProduct({ id: 2, network: 'Safaricom', ...kenya }),
    );
    const reply = await ask('0712345678', { country: 'KE' });
    expect(reply.json).toMatchObject({ network: 'Safaricom', network_is_certain: false });
    expect(reply.json.products.map((product: { id: number }) => product.id)).toEqual([2, 1]);
  });

  it('that is a meter names its holder; an unknown one is not found; a provider that cannot tell is 503', async () => {
    await sell(
      world,
      aProduct({ id: 41, kind: 'zesa', targetType: 'meter', network: 'ZESA', providerProductId: '41' }),
    );
    expect((await ask('37112345678', {}, 'test')).json.holder.name).toBe('T. Moyo');
    expect((await ask('37112345001', {}, 'test')).json.code).toBe('meter_not_found');
    world.upstream.lookup = async () => Promise.reject(new Error('timed out'));
    const reply = await ask('37112345678');
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([503, 'provider_unavailable', '10']);
  });

  it.each(['hello', '0242700000', '12345', '+4915112345678'])(
    '%s is refused by the name of the field',
    async (target) => {
      const reply = await ask(target);
      expect([reply.status, reply.json.param]).toEqual([422, 'target']);
    },
  );
});

it('the catalogue follows what the upstream sells: added, changed, withdrawn, back again', async () => {
  const offers = async (...products: ReturnType<typeof aProduct>[]) => {
    world.upstream.catalogue = async () => products;
    await syncCatalogue(world).catch(() => undefined);
    world.memo.clear();
    return readCatalogue(world);
  };
  expect((await offers(airtimeUsd, aProduct({ id: 7 }))).size).toBe(2);
  expect((await offers(aProduct({ id: 100, maxMinor: 500 }), aProduct({ id: 7 }))).get(100)?.maxMinor).toBe(500);
  expect((await offers(aProduct({ id: 7 }))).get(100)).toMatchObject({ available: false });
  expect((await offers(airtimeUsd, aProduct({ id: 7 }))).get(100)).toMatchObject({ available: true, maxMinor: 30_000 });
  world.calls.length = 0;
  await offers(airtimeUsd, aProduct({ id: 7 }));
  expect(world.calls).not.toContain('PutCommand');
});

it('the reconciler reads as much for 20 unknown orders among 1,000 as among 10,000', async () => {
  for (let n = 0; n < 20; n += 1) await place(`u${n}`, { amount: 0.1 });
  world.upstream.script = Array.from({ length: 20 }, () => ({ kind: 'unclear' as const, evidence: '' }));
  await world.dispatchAll();
  world.upstream.finding = { kind: 'in_progress', evidence: '' };
  const fill = async (from: number, to: number) => {
    for (let start = from; start < to; start += 25) {
      const puts = Array.from({ length: Math.min(25, to - start) }, (_, index) => ({
        PutRequest: {
          Item: { pk: `m#live#f${start + index}`, status: 'success', listPk: 'm#live', listSk: `x${start + index}` },
        },
      }));
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: puts } }));
    }
  };
  const readsOfARun = async () => {
    world.memo.clear();
    world.calls.length = 0;
    world.advance(3_600_000);
    await reconcile(world);
    return world.calls.filter((name) => name !== 'PutCommand').length;
  };
  await fill(0, 980);
  const among1000 = await readsOfARun();
  await fill(980, 9_980);
  expect(await readsOfARun()).toBe(among1000);
}, 60_000);

it('a ledger that was changed behind our back is found out, at the entry that was changed', async () => {
  for (let n = 0; n < 5; n += 1) await place(`o${n}`, { amount: 1 });
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  expect(await verifyLedger(world, wallet)).toEqual({ entries: 6, balanceMinor: 9_500 });
  const { entries } = await listWallet(world, wallet, { limit: 10 });
  const victim = entries.find((entry) => entry.seq === 3);
  const forged = { pk: `${merchant.id}#live#USD`, ...victim, amountMinor: -1 };
  await world.db.send(
    new BatchWriteCommand({ RequestItems: { [world.table('ledger')]: [{ PutRequest: { Item: forged } }] } }),
  );
  expect((await verifyLedger(world, wallet)).violation).toEqual({
    seq: 3,
    what: 'entry 3 was changed after it was written',
  });
});
