import { describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { advanceBatches, runBulk } from '../../../functions/workers/run-bulk.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { ADVANCE_INTERVAL_MS } from '../../../shared/domain/batch.ts';
import { RUN_LEASE_MS } from '../../../shared/domain/batch-life.ts';
import { workers } from '../../../shared/manifest/workers.ts';
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
  phone,
  settle,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';

freshMerchantForEachTest();

describe('a batch', () => {
  it("never has more than four messages under way, in its merchant's name", async () => {
    await create(file(99, '0.5'));
    while (world.messages.length > 0) {
      const bulk = world.messages.filter(({ queue }) => queue === 'bulk');
      expect(bulk.length).toBeLessThanOrEqual(4);
      for (const { message } of bulk) expect(message.group).toBe(`${merchant.id}.live`);
      await world.dispatchAll();
    }
    expect(world.upstream.vends).toHaveLength(99);
  });

  it('is paid with one entry, sends every row once, and each row is an order', async () => {
    const reply = await create(file(60));
    expect(reply.status).toBe(202);
    expect(reply.headers.location).toBe(`/api/v1/bulk/${reply.json.id}`);
    expect(reply.json).toMatchObject({
      batch_reference: 'may',
      status: 'running',
      rows: 60,
      amounts: [{ currency: 'USD', rows: 60, total: 60, refunded: 0 }],
    });
    expect(await balance()).toBe(40);
    expect(world.upstream.sends).toEqual([]);
    await settle();
    const done = await look(reply.json);
    expect(done).toMatchObject({ status: 'completed', counts: { success: 60 }, estimated_end_at: null });
    expect(world.upstream.vends).toHaveLength(60);
    expect(new Set(world.upstream.vends).size).toBe(60);
    const own = await entries();
    expect(own).toMatchObject([{ kind: 'batch', amount: -60, batch_id: done.id }]);
    const order = await ask(getOrder, { params: { agent_reference: 'may~2' } });
    expect(order.json).toMatchObject({ status: 'success', batch_id: done.id, target: phone(0), amount: 1 });
    const rows = (await ask(listBulkRows, { ...of(done), query: { limit: '100' } })).json;
    expect(rows.data).toHaveLength(60);
    expect(rows.data[0]).toMatchObject({ row: 2, status: 'success', final: true, order_id: order.json.id });
  });

  it('gives back together what its rows did not use', async () => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected, { kind: 'success', receipt: {}, evidence: '' }, rejected, rejected];
    const { json } = await create(file(30));
    await settle();
    expect(await look(json)).toMatchObject({
      status: 'completed',
      counts: { success: 27, refunded: 3 },
      amounts: [{ total: 30, refunded: 3 }],
    });
    expect(await entries()).toMatchObject([
      { kind: 'batch_refund', amount: 3, batch_id: json.id },
      { kind: 'batch', amount: -30, batch_id: json.id },
    ]);
    const failed = await ask(listBulkRows, { ...of(json), query: { status: 'refunded' } });
    expect(failed.json.data).toHaveLength(3);
    expect(failed.json.data[0].failure).toMatchObject({ code: 'network_refused', retryable: true });
  });

  it('waits for rows in doubt, and gives back what turns out not delivered', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    world.upstream.finding = { kind: 'in_progress', evidence: '' };
    const { json } = await create(file(3));
    await settle();
    expect(await look(json)).toMatchObject({ status: 'running', counts: { success: 2, unknown: 1 } });
    world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
    await world.sweep(5);
    await settle();
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', amounts: [{ total: 3, refunded: 1 }] });
    expect(await balance()).toBe(98);
  });

  it('a row that proves delivered after its refund is charged again, by itself', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const { json } = await create(file(1));
    await settle();
    expect(await balance()).toBe(100);
    const { changeOrder } = await import('../../../shared/flows/orders/change-order.ts');
    const { applyCallback } = await import('../../../shared/domain/order-life.ts');
    const { readOrdersOf } = await import('../../../shared/store/orders.ts');
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    // Rows are sent side by side: either may be the one that was refused.
    const orders = [...(await readOrdersOf(world, owner, ['may~2', 'may~3'])).values()];
    const order = orders.find(({ status }) => status === 'refunded');
    if (!order) throw new Error('no order');
    await changeOrder(world, order, (now) =>
      applyCallback(now, { kind: 'success', receipt: {}, evidence: '' }, world.now()),
    );
    expect(await balance()).toBe(99);
    expect(await entries()).toMatchObject([
      { kind: 'correction', amount: -1, batch_id: json.id },
      { kind: 'batch_refund', amount: 1 },
      { kind: 'batch', amount: -1 },
    ]);
    await world.sweep();
    expect(await balance()).toBe(99);
  });

  it('a reference that a single order took meanwhile stays that order; the row goes back', async () => {
    const csv = sheet([`${phone(1)},5,pay-1`, `${phone(2)},5,pay-2`], 'target,amount,reference');
    const { json } = await create(csv);
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: 100, target: phone(9), amount: 7, agent_reference: 'pay-1' },
    });
    await settle();
    expect(await look(json)).toMatchObject({
      counts: { success: 1, failed: 1 },
      amounts: [{ total: 10, refunded: 5 }],
    });
    const rows = (await ask(listBulkRows, of(json))).json.data;
    expect(rows[0]).toMatchObject({ status: 'failed', order_id: null, failure: { code: 'reference_used' } });
    expect(await balance()).toBe(88);
    expect(world.upstream.vends).toHaveLength(2);
  });
});

describe('progress', () => {
  it('sends a webhook when it is over, with the totals; for rows only on request', async () => {
    const heard: { type: string; data: { object: { status: string } } }[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      heard.push(JSON.parse(body));
      return { status: 200, headers: {}, body: '' };
    };
    await ask(createEndpoint, { body: { url: 'https://merchant.example/hook' } });
    const quiet = (await create(file(2))).json;
    await settle();
    expect(heard.map(({ type }) => type)).toEqual(['batch.completed']);
    const { created_by, ...shown } = await look(quiet);
    expect(heard[0]?.data.object).toEqual(shown);
    expect(created_by).toMatchObject({ type: 'key' });
    await sendDue(world);
    expect(heard).toHaveLength(1);
    await create(file(2), { batch_reference: 'loud', row_webhooks: true });
    await settle();
    expect(heard.map(({ type }) => type).sort()).toEqual([
      'batch.completed',
      'batch.completed',
      'order.success',
      'order.success',
    ]);
  });
});

describe('a worker that is killed', () => {
  const hangs = () => new Promise<never>(() => undefined);
  const SWEEP_SECONDS = 120;

  /** Seconds from a kill in the second group of a chunk, so long after a sweep, until the next row is sent. */
  async function standstill(killedAfterSweep: number): Promise<number> {
    await create(file(60, '0.1'), { batch_reference: `k${killedAfterSweep}` });
    const [first, ...others] = world.messages.splice(0);
    for (const { message } of others) await runBulk(world, message.body as never);
    world.messages.length = 0;
    world.advance(killedAfterSweep * 1_000);
    const before = world.upstream.sends.length;
    world.upstream.script = Array.from({ length: 20 }, (_, n) => (n < 10 ? succeeds : hangs));
    void runBulk(world, first?.message.body as never);
    while (world.upstream.sends.length < before + 20) await new Promise((resolve) => setTimeout(resolve, 1));
    let waited = SWEEP_SECONDS - killedAfterSweep;
    world.advance(waited * 1_000);
    for (;;) {
      await advanceBatches(world);
      await world.dispatchAll();
      if (world.upstream.sends.length > before + 20) return waited;
      waited += SWEEP_SECONDS;
      world.advance(SWEEP_SECONDS * 1_000);
    }
  }

  it('holds its batch up for two and a half minutes at most, and no row is sent twice', async () => {
    for (const seconds of [0, 99, 101, 119]) expect(await standstill(seconds)).toBeLessThanOrEqual(140);
    await settle();
    expect(new Set(world.upstream.sends.map(({ reference }) => reference)).size).toBe(world.upstream.sends.length);
  }, 120_000);

  it('has a lease that ends before the queue delivers its message again, and that no sweep misses', () => {
    expect(RUN_LEASE_MS).toBeLessThan(workers.runBulk.timeoutSeconds * 1_000);
    expect(ADVANCE_INTERVAL_MS).toBeLessThan(workers.runBulk.everyMinutes * 60_000);
    expect(RUN_LEASE_MS + workers.runBulk.everyMinutes * 60_000).toBeLessThanOrEqual(150_000);
  });

  it('renews the lease while it works: nobody takes the chunk meanwhile', async () => {
    await create(file(25));
    const message = world.messages.splice(0)[0]?.message.body as never;
    let leases = 0;
    let others = 0;
    world.fault = (_command, input) => {
      if (JSON.stringify(input).includes('#progress#') && JSON.stringify(input).includes('leasedAt')) leases += 1;
      return undefined;
    };
    world.upstream.script = Array.from({ length: 25 }, (_, n) => async () => {
      if (n % 10 === 9) {
        world.advance(15_000);
        const before = leases;
        await runBulk(world, message);
        others += leases - before;
      }
      return succeeds();
    });
    await runBulk(world, message);
    expect([world.upstream.sends.length, leases, others]).toEqual([25, 3, 0]);
  });

  it('wakes after another has taken its chunk, and stops; every row is sent once', async () => {
    const { json } = await create(file(25));
    const message = world.messages.splice(0)[0]?.message.body as never;
    world.upstream.script = Array.from({ length: 25 }, (_, n) => async () => {
      if (n !== 9) return succeeds();
      world.advance(21_000);
      await runBulk(world, message);
      return succeeds();
    });
    await runBulk(world, message);
    await settle();
    const references = world.upstream.sends.map(({ reference }) => reference);
    expect([references.length, new Set(references).size]).toEqual([25, 25]);
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 25 } });
  });
});

const succeeds = async () => ({ kind: 'success', receipt: {}, evidence: '' }) as const;

describe('whatever dies or comes twice', () => {
  it('two who cancel at once, and two who send the failed rows again at once', async () => {
    const { json } = await create(file(30));
    const both = await Promise.all([ask(cancelBulk, of(json)), ask(cancelBulk, of(json))]);
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    await settle();
    expect((await look(json)).amounts).toMatchObject([{ total: 30, refunded: 30 }]);
    expect(await balance()).toBe(100);
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = Array.from({ length: 5 }, () => rejected);
    const failed = (await create(file(5), { batch_reference: 'june' })).json;
    await settle();
    const retries = await Promise.all([ask(retryBulk, of(failed)), ask(retryBulk, of(failed))]);
    expect(retries.map(({ status }) => status).sort()).toEqual([200, 202]);
    await settle();
    expect([world.upstream.vends.length, await balance()]).toEqual([5, 95]);
  });

  it('every message twice and side by side sends every row once', async () => {
    await create(file(60));
    for (let round = 0; round < 10 && world.messages.length > 0; round += 1) {
      world.messages.push(...world.messages);
      await world.dispatchAll();
    }
    expect(world.upstream.vends).toHaveLength(60);
    expect(new Set(world.upstream.vends).size).toBe(60);
  });

  it('waits for a provider that is down, without walking through all of it, and goes on when it is up', async () => {
    const { recordFailure } = await import('../../../shared/store/health.ts');
    const { json } = await create(file(99, '0.5'));
    for (let n = 0; n < 30; n += 1) await recordFailure(world, 'hotrecharge');
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    await settle();
    expect((await look(json)).counts).toMatchObject({ pending: 99 });
    expect(world.upstream.sends).toEqual([]);
    const before = world.calls.length;
    await world.sweep();
    await settle();
    expect(world.calls.length - before).toBeLessThan(150);
    world.upstream.balances = async () => [];
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await world.sweep();
      await settle();
    }
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 99 } });
    expect(world.upstream.vends).toHaveLength(99);
  });

  it('messages that are lost are found by the sweep, chunk by chunk', async () => {
    const { json } = await create(file(130, '0.5'));
    for (let minutes = 0; minutes < 20; minutes += 1) {
      world.messages.length = 0;
      await world.sweep();
      const [one] = world.messages.filter(({ queue }) => queue === 'bulk');
      if (one) await runBulk(world, one.message.body as { batchId: string; chunk: number });
    }
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 130 } });
    expect(world.upstream.vends).toHaveLength(130);
  });

  it.each(['before', 'after'] as const)('a database that loses every seventh answer, %s its effect', async (when) => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected, rejected];
    let count = 0;
    world.fault = () => {
      count += 1;
      return count % 7 === 0 ? when : undefined;
    };
    let id: string | undefined;
    for (let tries = 0; tries < 30 && !id; tries += 1) id = (await create(file(30))).json.id;
    for (let round = 0; round < 40; round += 1) {
      await settle().catch(() => undefined);
      world.advance(7 * 60_000);
      await advanceBatches(world).catch(() => undefined);
      await world.sweep().catch(() => undefined);
    }
    world.fault = undefined;
    // What failed again and again is put off by a quarter of an hour at most.
    for (let round = 0; round < 3; round += 1) {
      await world.sweep(16);
      await settle();
    }
    const done = await look({ id: id ?? '' });
    const delivered = new Set(world.upstream.vends);
    expect(world.upstream.vends).toHaveLength(delivered.size);
    expect(done.status).toBe('completed');
    expect(done.amounts).toMatchObject([{ total: 30, refunded: 30 - delivered.size }]);
    expect(await balance()).toBe(100 - delivered.size);
  });

  it('two who look after a batch at once give back once', async () => {
    const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    world.upstream.script = [rejected, rejected];
    const { json } = await create(file(30));
    while (world.messages.length > 0) {
      const messages = world.messages.splice(0);
      await Promise.all([...messages, ...messages].map(({ message }) => runBulk(world, message.body as never)));
    }
    await Promise.all([advanceBatches(world), advanceBatches(world)]);
    world.advance(3 * 60_000);
    await Promise.all([advanceBatches(world), advanceBatches(world), advanceBatches(world)]);
    expect(await look(json)).toMatchObject({ status: 'completed', amounts: [{ refunded: 2 }] });
    expect((await entries()).filter(({ kind }: { kind: string }) => kind === 'batch_refund')).toHaveLength(1);
  });
});

it('wallet writes are the same for a thousand rows and for ten thousand', async () => {
  const { adjustWallet } = await import('../../../shared/flows/wallet/adjust-wallet.ts');
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  await adjustWallet(world, wallet, { amountMinor: 10_000_000, reason: 'Deposit', by: 'test' });
  const writes: number[] = [];
  for (const count of [1_000, 10_000]) {
    let ledgerWrites = 0;
    world.fault = (_command, input) => {
      const { TransactItems = [] } = input as { TransactItems?: { Put?: { TableName: string } }[] };
      ledgerWrites += TransactItems.filter(({ Put }) => Put?.TableName.endsWith('ledger')).length;
      return undefined;
    };
    const rows = Array.from({ length: count }, (_, n) => `07722${String(10_000 + n)},1`);
    expect((await create(sheet(rows), { batch_reference: `n${count}` })).status).toBe(202);
    world.messages.length = 0;
    writes.push(ledgerWrites);
  }
  world.fault = undefined;
  expect(writes).toEqual([1, 1]);
}, 120_000);
