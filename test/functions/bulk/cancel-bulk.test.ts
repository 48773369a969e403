import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { runBulk } from '../../../functions/workers/run-bulk.ts';
import { updateHealth } from '../../../shared/store/health.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { readOrdersOf } from '../../../shared/store/orders.ts';
import {
  ask,
  balance,
  create,
  entries,
  file,
  freshMerchantForEachTest,
  look,
  merchant,
  of,
  settle,
  world,
} from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

const owner = () => ({ merchantId: merchant.id, mode: 'live' }) as const;

/** The rows of the batch "may" whose orders wait to be sent. */
async function waitingRows(): Promise<OrderKey[]> {
  const references = Array.from({ length: 61 }, (_, n) => `may~${n + 1}`);
  const orders = await readOrdersOf(world, owner(), references);
  return [...orders.values()].filter(({ status }) => status === 'pending');
}

async function closeBreaker(): Promise<void> {
  const update = 'SET failureCount = :zero REMOVE openSince, probeAt, rampPerSecond, rampAt, rampSince';
  await updateHealth(world, 'hotrecharge', { update, values: { ':zero': 0 } });
  world.memo.clear();
  world.advance(60_000);
}

/** Every call waits while it is made ready, as behind a login that hangs. */
function holdPreparations() {
  const prepare = world.upstream.prepare.bind(world.upstream);
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate = {
    waiting: 0,
    open: () => open(),
    async hasWaiting(count: number) {
      for (let looks = 0; gate.waiting < count; looks += 1) {
        if (looks > 2_000) throw new Error(`only ${gate.waiting} wait`);
        await sleep(1);
      }
    },
  };
  world.upstream.prepare = async (recharge) => {
    gate.waiting += 1;
    await isOpen;
    return prepare(recharge);
  };
  return gate;
}

describe('cancelling', () => {
  it('stops what was not sent, and gives it back once', async () => {
    const { json } = await create(file(60));
    const [first, ...rest] = world.messages.splice(0);
    await runBulk(world, first?.message.body as { batchId: string; chunk: number });
    const cancelled = await ask(cancelBulk, of(json));
    expect([cancelled.status, cancelled.json.status]).toEqual([202, 'cancelling']);
    world.messages.push(...rest);
    await settle();
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await world.sweep();
      await settle();
    }
    const done = await look(json);
    expect(done).toMatchObject({
      status: 'cancelled',
      counts: { success: 25, refunded: 35 },
      amounts: [{ total: 60, refunded: 35 }],
    });
    expect(world.upstream.vends).toHaveLength(25);
    expect(await balance()).toBe(75);
    expect((await entries()).map(({ kind }: { kind: string }) => kind)).toEqual(['batch_refund', 'batch']);
    const again = await ask(cancelBulk, of(json));
    expect([again.status, again.json.status]).toEqual([200, 'cancelled']);
    const row = await ask(getOrder, { params: { agent_reference: 'may~60' } });
    expect(row.json).toMatchObject({ status: 'refunded', failure: { code: 'cancelled' } });
  });

  it('a worker that had taken a chunk before, and wakes after, sends nothing that was given back', async () => {
    const { json } = await create(file(5));
    const [message] = world.messages.splice(0);
    let isCancelled = false;
    // Between its reading of the batch and its first row the batch is cancelled, stopped and paid back by others.
    world.fault = (command, input) => {
      const isProgress = command === 'PutCommand' && JSON.stringify(input).includes('#progress#');
      if (isProgress && !isCancelled) isCancelled = true;
      return undefined;
    };
    const running = runBulk(world, message?.message.body as { batchId: string; chunk: number });
    await ask(cancelBulk, of(json));
    await running;
    await settle();
    for (let minutes = 0; minutes < 6; minutes += 1) {
      await world.sweep();
      await settle();
    }
    const done = await look(json);
    const delivered = world.upstream.vends.length;
    expect(done).toMatchObject({ status: 'cancelled', amounts: [{ total: 5, refunded: 5 - delivered }] });
    expect(await balance()).toBe(100 - delivered);
  });

  it('at most a group of each lane is sent after the answer, which names that bound', async () => {
    world.upstream.delayMs = 30;
    const { json } = await create(file(100));
    const running = world.messages.splice(0).map(({ message }) => runBulk(world, message.body as never));
    while (world.upstream.sends.length === 0) await sleep(1);
    const { json: cancelled } = await ask(cancelBulk, of(json));
    const before = world.upstream.sends.length;
    expect(cancelled.rows_still_sent_max).toBe(40);
    await Promise.all(running);
    await settle();
    for (let minutes = 0; minutes < 8; minutes += 2) {
      await world.sweep();
      await settle();
    }
    const sent = world.upstream.sends.length;
    expect(sent - before).toBeLessThanOrEqual(40);
    expect(sent).toBeLessThanOrEqual(80);
    expect(await look(json)).toMatchObject({ status: 'cancelled', amounts: [{ total: 100, refunded: 100 - sent }] });
    const again = await ask(cancelBulk, of(json));
    expect(again.json.rows_still_sent_max).toBe(0);
  });

  it('a group that begins after the cancellation is not sent, even where its chunk was begun before', async () => {
    const { json } = await create(file(25));
    let answeredAt = 0;
    world.upstream.script = Array.from({ length: 10 }, (_, n) => async () => {
      if (n === 0) {
        await ask(cancelBulk, of(json));
        answeredAt = world.upstream.sends.length;
      }
      return { kind: 'success', receipt: {}, evidence: '' } as const;
    });
    await settle();
    expect(world.upstream.sends.length - answeredAt).toBeLessThan(10);
    expect(world.upstream.sends.length).toBeLessThanOrEqual(10);
  });

  it('rows that wait to be sent again are not sent, whoever comes first', async () => {
    world.upstream.script = Array.from({ length: 5 }, () => ({ kind: 'unsent', evidence: 'refused' }) as const);
    const { json } = await create(file(5));
    await settle();
    await world.sweep(10);
    await ask(cancelBulk, of(json));
    const sends = world.upstream.sends.length;
    const waiting = world.messages.filter(({ queue }) => queue !== 'bulk');
    expect(waiting).toHaveLength(5);
    world.messages.splice(0, world.messages.length, ...waiting);
    await settle();
    expect(world.upstream.sends).toHaveLength(sends);
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'cancelled', amounts: [{ total: 5, refunded: 5 }] });
    expect(await balance()).toBe(100);
  });

  it.each([
    ['at once', 0],
    ['after the call was made ready, which took long', 30_000],
  ])('rows whose call is being made ready meanwhile are not sent (%s)', async (_how, ms) => {
    world.upstream.script = Array.from({ length: 60 }, () => ({ kind: 'unsent', evidence: 'refused' }) as const);
    const { json } = await create(file(60));
    await settle();
    const waiting = await waitingRows();
    expect(waiting.length).toBeGreaterThan(40);
    await closeBreaker();
    const sends = world.upstream.sends.length;
    const gate = holdPreparations();
    const run = Promise.all(waiting.map((key) => dispatch(world, key)));
    await gate.hasWaiting(waiting.length);
    const cancelled = await ask(cancelBulk, of(json));
    world.advance(ms);
    gate.open();
    await run;
    expect(cancelled.json.rows_still_sent_max).toBe(40);
    expect(world.upstream.sends.length - sends).toBe(0);
  });

  it('rows of a chunk whose call takes long to be made ready are not sent either', async () => {
    const { json } = await create(file(25));
    const gate = holdPreparations();
    const run = settle();
    await gate.hasWaiting(10);
    await ask(cancelBulk, of(json));
    world.advance(30_000);
    gate.open();
    await run;
    expect(world.upstream.sends).toEqual([]);
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'cancelled', amounts: [{ total: 25, refunded: 25 }] });
  });

  it('rows that wait for a provider that is down are left to the sweep, and not tried all the time', async () => {
    world.upstream.script = Array.from({ length: 10 }, () => ({ kind: 'unsent', evidence: 'refused' }) as const);
    await create(file(10), { batch_reference: 'shows-that-it-is-down' });
    await settle();
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    const { json } = await create(file(30));
    for (let times = 0; times < 3; times += 1) await world.dispatchAll();
    expect(world.messages).toEqual([]);
    world.upstream.balances = async () => [];
    await world.sweep(10);
    await settle();
    await world.sweep();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 30 } });
  });

  it('rows that wait for a provider that is down are stopped too', async () => {
    world.upstream.script = Array.from({ length: 5 }, () => ({ kind: 'unsent', evidence: 'refused' }) as const);
    const { json } = await create(file(5));
    await settle();
    expect((await look(json)).counts).toMatchObject({ pending: 5, success: 0 });
    await ask(cancelBulk, of(json));
    await settle();
    expect(await look(json)).toMatchObject({ status: 'cancelled', amounts: [{ total: 5, refunded: 5 }] });
    await world.sweep(10);
    await settle();
    expect([world.upstream.vends, await balance()]).toEqual([[], 100]);
  });
});
