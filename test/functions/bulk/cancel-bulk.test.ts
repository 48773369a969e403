import { describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { runBulk } from '../../../functions/workers/run-bulk.ts';
import {
  ask,
  balance,
  create,
  entries,
  file,
  freshMerchantForEachTest,
  look,
  of,
  settle,
  world,
} from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

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
