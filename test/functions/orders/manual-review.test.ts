import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { listOpen, listReview, resolveOrder, reverseOrder } from '../../../shared/flows/orders/review.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

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
    const [evidence] = await listReview(world, 'live');
    expect(evidence).toMatchObject({
      agent_reference: 'one',
      status: 'review',
      provider_reference: expect.stringMatching(/^ord-/),
      last_finding: 'unclear: busy',
      query_count: expect.any(Number),
      not_found_count: 0,
      attempts: [{ outcome: 'unclear', evidence: 'socket hang up' }],
    });
  });

  it('is undecided as one that is pending or unknown is, until it is decided', async () => {
    const key = await inReview('one');
    world.upstream.script = [{ kind: 'unclear', evidence: 'socket hang up' }];
    await place('two');
    await world.dispatchAll();
    await world.sweep(1);
    await place('three');
    const { all_listed: isAll, orders } = await listOpen(world, 'live');
    const next = expect.stringMatching(/^\d{4}-/);
    expect([isAll, orders.map(({ agent_reference: reference, status }) => [reference, status])]).toEqual([
      true,
      [
        ['one', 'review'],
        ['two', 'unknown'],
        ['three', 'pending'],
      ],
    ]);
    expect(orders.map(({ next_check_at: at }) => at)).toEqual([null, next, next]);
    expect(orders[1]).toMatchObject({ merchant_id: merchant.id, amount: 'USD 5.00', provider: 'hotrecharge' });
    await resolveOrder(world, key, 'delivered', decision);
    world.upstream.script = [];
    world.upstream.finding = { kind: 'success', receipt: {}, evidence: 'delivered' };
    await world.dispatchAll();
    await world.sweep(60);
    expect(await listOpen(world, 'live')).toEqual({ all_listed: true, orders: [] });
    expect(await listOpen(world, 'test')).toEqual({ all_listed: true, orders: [] });
  });

  it('decided as delivered keeps the money; the decision is on the timeline with who and why', async () => {
    const key = await inReview('one');
    await resolveOrder(world, key, 'delivered', decision);
    expect(await shown('one')).toMatchObject({ status: 'success', final: true });
    expect((await shown('one')).timeline.at(-1).note).toBe('Decided by ruth: their statement of 7 May');
    expect(await kinds()).toEqual(['adjustment', 'order']);
    expect(await listReview(world, 'live')).toEqual([]);
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

  it('is read by no sweep', async () => {
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
