import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import type { Finding } from '../../../shared/domain/order.ts';
import { readTail } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;
let key: OrderKey;

beforeEach(async () => {
  world = await testWorld({ dispatches: false });
  merchant = await aMerchant(world);
  await sell(world);
  key = { merchantId: merchant.id, mode: 'live', agentReference: 'one' };
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' },
  });
});

afterAll(stopEngine);

async function shown() {
  const reply = await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: 'one' } });
  return reply.json;
}

async function balance(): Promise<number | undefined> {
  return (await readTail(world, { merchantId: merchant.id, mode: 'live', currency: 'USD' }))?.balanceAfterMinor;
}

/** What was delivered must be found: without it, "not found" proves nothing. */
async function deliverAnother(): Promise<void> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'delivered' };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  await dispatch(world, { ...key, agentReference: 'delivered' });
}

describe('the reconciler', () => {
  it('sends an order whose message was lost', async () => {
    world.messages.length = 0;
    await world.sweep();
    expect(world.messages).toHaveLength(1);
    await world.dispatchAll();
    expect((await shown()).status).toBe('success');
  });

  it('gives up a claim whose holder died, then asks', async () => {
    world.upstream.script = ['die'];
    await dispatch(world, key);
    expect((await shown()).status).toBe('unknown');
    world.upstream.vends.push(world.upstream.sends[0]?.reference ?? '');
    await world.sweep();
    expect((await shown()).status).toBe('success');
  });

  it.each<[Finding, string, number]>([
    [{ kind: 'success', receipt: { providerRef: 'r1' }, evidence: '' }, 'success', 9_500],
    [{ kind: 'rejected', failure: 'limit_reached', evidence: '' }, 'refunded', 10_000],
    [{ kind: 'in_progress', evidence: '' }, 'unknown', 9_500],
    [{ kind: 'unclear', evidence: '' }, 'unknown', 9_500],
    [{ kind: 'not_found', evidence: '' }, 'unknown', 9_500],
  ])('on %o makes the order %s', async (finding, status, left) => {
    world.upstream.script = [{ kind: 'unclear', evidence: 'timed out' }];
    world.upstream.finding = finding;
    await dispatch(world, key);
    await world.sweep();
    expect((await shown()).status).toBe(status);
    expect(await balance()).toBe(left);
  });

  it('believes "not found" only after the horizon and two status queries', async () => {
    await deliverAnother();
    world.upstream.script = [{ kind: 'unclear', evidence: 'timed out' }];
    world.upstream.finding = { kind: 'not_found', evidence: '' };
    await dispatch(world, key);
    await world.sweep(58);
    expect((await shown()).status).toBe('unknown');
    await world.sweep(60);
    expect(await shown()).toMatchObject({ status: 'refunded', failure: { code: 'not_delivered' } });
    expect(await balance()).toBe(9_500);
  });

  it('sends an order that stays unclear to manual review after a day, and moves no money', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: 'timed out' }];
    world.upstream.finding = { kind: 'unclear', evidence: '' };
    await dispatch(world, key);
    for (let hours = 0; hours < 30; hours += 1) await world.sweep(60);
    expect(await shown()).toMatchObject({ status: 'unknown', under_review: true, next_check_at: null });
    expect(await balance()).toBe(9_500);
    expect(world.upstream.queries.length).toBeLessThan(40);
  });

  it('gives the money of an order back that could not be sent for hours', async () => {
    for (let hours = 0; hours < 7; hours += 1) {
      world.messages.length = 0;
      await world.sweep(60);
    }
    expect(await shown()).toMatchObject({ status: 'refunded', failure: { code: 'provider_unavailable' } });
    expect(await balance()).toBe(10_000);
    await world.dispatchAll();
    expect(world.upstream.sends).toHaveLength(0);
  });

  it('run five times at once settles once', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: 'timed out' }];
    world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
    await dispatch(world, key);
    world.advance(125_000);
    await Promise.all(Array.from({ length: 5 }, () => reconcile(world)));
    expect((await shown()).status).toBe('refunded');
    expect(await balance()).toBe(10_000);
  });

  it('goes on with the others when one order fails', async () => {
    const other = { ...key, agentReference: 'two' };
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'two' },
    });
    world.messages.length = 0;
    world.fault = (command, input) =>
      command === 'GetCommand' && JSON.stringify(input).includes('#one"') ? new Error('broken') : undefined;
    await world.sweep();
    expect(world.messages.map(({ message }) => message.body)).toEqual([{ ...other, unfrozenAt: world.now() }]);
  });

  it('does nothing and writes nothing when nothing is due', async () => {
    await dispatch(world, key);
    await world.dispatchAll();
    world.calls.length = 0;
    await world.sweep(600);
    expect(new Set(world.calls)).toEqual(new Set(['QueryCommand', 'GetCommand']));
  });
});

describe('an order whose process was killed after its claim', () => {
  /** What a kill leaves: a claim without an outcome. */
  async function kill(): Promise<void> {
    let answer = () => {};
    world.upstream.script = [() => new Promise<never>(() => answer())];
    const killed = new Promise<void>((resolve) => {
      answer = resolve;
    });
    void dispatch(world, key);
    await killed;
  }

  it('waits an hour before "not found" counts, says why, and shows when it is asked about next', async () => {
    await deliverAnother();
    const sentAt = world.now();
    await kill();
    expect(await shown()).toMatchObject({ status: 'pending', next_check_at: minutesAfter(sentAt, 2) });
    const asked: string[] = [];
    for (let minute = 0; minute < 70 && (await shown()).status !== 'refunded'; minute += 1) {
      const { next_check_at: due } = await shown();
      const before = world.upstream.queries.length;
      await world.sweep(1);
      if (world.upstream.queries.length > before) asked.push(due);
      // Never asked before the time that was shown.
      if (world.upstream.queries.length > before) expect(due <= world.now()).toBe(true);
    }
    expect(await shown()).toMatchObject({ status: 'refunded', failure: { code: 'not_delivered' } });
    expect(world.now()).toBe(minutesAfter(sentAt, 60));
    expect(asked.at(-1)).toBe(minutesAfter(sentAt, 60));
    const notes = (await shown()).timeline.map(({ note }: { note: string }) => note);
    const why = `The provider has no record of it. It may still arrive there, so that counts only from ${minutesAfter(sentAt, 60)} on.`;
    expect(notes.filter((note: string) => note === why)).toHaveLength(1);
  });

  const minutesAfter = (at: string, minutes: number) => new Date(Date.parse(at) + minutes * 60_000).toISOString();
});
