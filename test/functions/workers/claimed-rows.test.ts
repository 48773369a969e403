import { expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { advanceBatches, runBulk } from '../../../functions/workers/run-bulk.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { recordFailure } from '../../../shared/store/health.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import {
  ask,
  create,
  file,
  freshMerchantForEachTest,
  look,
  merchant,
  of,
  settle,
  world,
} from '../../support/bulk-set-up.ts';

/** A row's order is written already claimed: who may call, and who finds a claim whose holder died. */

freshMerchantForEachTest();

const succeeds = { kind: 'success', receipt: {}, evidence: '' } as const;

async function row(n = 2): Promise<Order> {
  const order = await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference: `may~${n}` });
  if (!order) throw new Error(`row ${n} has no order`);
  return order;
}

/** Takes the messages of the batch's chunks. */
const chunks = () => world.messages.splice(0).map(({ message }) => message.body as { batchId: string; chunk: number });

const isPutOf = (command: string, input: unknown, what: string) =>
  command === 'PutCommand' && JSON.stringify(input).includes(what);

/** Loses the next put of a claimed order, or its answer. */
function atPut(when: 'before' | 'after'): void {
  world.fault = (command, input) => {
    if (!isPutOf(command, input, '"dispatching"')) return undefined;
    world.fault = undefined;
    return when;
  };
}

it('a row is written claimed and then settled: two writes, and it is never due', async () => {
  const puts: unknown[] = [];
  world.fault = (command, input) => {
    if (isPutOf(command, input, 'may~2"')) puts.push((input as { Item: unknown }).Item);
    return undefined;
  };
  await create(file(1));
  await settle();
  expect(puts).toMatchObject([{ status: 'dispatching' }, { status: 'success' }]);
  for (const put of puts) expect(put).not.toHaveProperty('dueAt');
});

it.each(['before', 'after'] as const)(
  'an answer lost %s the put: whoever claimed the row sends it, once',
  async (when) => {
    const { json } = await create(file(1));
    atPut(when);
    await settle();
    expect(world.upstream.vends).toHaveLength(1);
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 1 } });
  },
);

it('of two runs of a chunk whose puts meet only one calls, though both derive the same order', async () => {
  await create(file(1));
  const [chunk] = chunks();
  if (!chunk) throw new Error('no chunk');
  let second: Promise<void> | undefined;
  // The lease is over when the first run's put is under way, and the second run's put comes first.
  const { db } = world;
  let isFirst = true;
  const send = async (command: { constructor: { name: string }; input: unknown }) => {
    if (isFirst && isPutOf(command.constructor.name, command.input, '"dispatching"')) {
      isFirst = false;
      world.advance(25_000);
      second = runBulk(world, chunk);
      await second;
    }
    return (db.send as (command: unknown) => Promise<unknown>).call(db, command);
  };
  Object.assign(world, { db: { send } });
  await runBulk(world, chunk);
  expect(second).toBeDefined();
  expect(world.upstream.sends).toHaveLength(1);
});

it('a run whose preparation is refused leaves alone what another run has claimed meanwhile', async () => {
  await create(file(1));
  const [chunk] = chunks();
  const prepare = world.upstream.prepare.bind(world.upstream);
  const errors: string[] = [];
  world.log.error = (event) => void errors.push(event);
  world.upstream.delayMs = 100;
  let isFirst = true;
  let second: Promise<void> | undefined;
  world.upstream.prepare = async (recharge) => {
    if (!isFirst) return prepare(recharge);
    isFirst = false;
    // The lease is over, and the second run has claimed the row and calls.
    world.advance(25_000);
    second = runBulk(world, chunk as never);
    while (world.upstream.sends.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return { kind: 'rejected', failure: 'invalid_target', evidence: '' };
  };
  await runBulk(world, chunk as never);
  await second;
  expect(errors).not.toContain('batch.row_failed');
  expect(await row()).toMatchObject({ status: 'success' });
  expect(world.upstream.sends).toHaveLength(1);
});

it('a claim whose holder died becomes unknown by the sweep of its batch, and is then due and queried', async () => {
  const { json } = await create(file(1));
  const [chunk] = chunks();
  const { db } = world;
  let isDead = false;
  const send = async (command: { constructor: { name: string }; input: unknown }) => {
    if (isDead) return new Promise<never>(() => undefined);
    const answer = await (db.send as (command: unknown) => Promise<unknown>).call(db, command);
    isDead = isPutOf(command.constructor.name, command.input, '"dispatching"');
    return answer;
  };
  void runBulk({ ...world, db: { send } as never }, chunk as never);
  while (!isDead) await new Promise((resolve) => setTimeout(resolve, 1));
  await advanceBatches(world);
  world.messages.length = 0;
  world.advance(60_000);
  await runBulk(world, chunk as never);
  const claimed = await row();
  expect(claimed).toMatchObject({ status: 'dispatching' });
  expect(claimed.dueAt).toBeUndefined();
  expect((await look(json)).status).toBe('running');
  // A message for it sends nothing either.
  await dispatch(world, { merchantId: merchant.id, mode: 'live', agentReference: 'may~2' });
  world.advance(120_000);
  await advanceBatches(world);
  expect(await row()).toMatchObject({ status: 'unknown', dueAt: expect.any(String) });
  expect(world.upstream.sends).toHaveLength(1);
  await world.sweep(5);
  await settle();
  await world.sweep(2);
  expect(world.upstream.sends).toHaveLength(1);
  expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 1 } });
});

it('a run that was suspended after its put does not call: the row is pending, and due', async () => {
  await create(file(1));
  world.fault = (command, input) => {
    if (!isPutOf(command, input, '"dispatching"')) return undefined;
    world.fault = undefined;
    world.advance(10_001);
    return undefined;
  };
  const [chunk] = chunks();
  await runBulk(world, chunk as never);
  expect(world.upstream.sends).toEqual([]);
  expect(await row()).toMatchObject({ status: 'pending', dueAt: expect.any(String) });
  await world.sweep(3);
  await settle();
  expect(world.upstream.vends).toHaveLength(1);
});

it('an order that another run claimed, and was not sent, is left to its own due row', async () => {
  await create(file(1));
  const [chunk] = chunks();
  world.upstream.script = [{ kind: 'unsent', evidence: 'no route' }];
  await runBulk(world, chunk as never);
  const pending = await row();
  expect(pending).toMatchObject({ status: 'pending', dueAt: expect.any(String) });
  await runBulk(world, chunk as never);
  expect(await row()).toEqual(pending);
});

it('the breaker is read before each put: a row of a provider that just went down waits unsent', async () => {
  const { json } = await create(file(25));
  const [chunk] = chunks();
  world.upstream.balances = async () => Promise.reject(new Error('down'));
  world.upstream.script = Array.from({ length: 10 }, () => async () => succeeds);
  world.upstream.script[9] = async () => {
    for (let n = 0; n < 30; n += 1) await recordFailure(world, 'hotrecharge');
    world.advance(3_000);
    return { kind: 'unclear', evidence: '' };
  };
  await runBulk(world, chunk as never);
  expect(world.upstream.sends).toHaveLength(10);
  expect((await look(json)).counts).toMatchObject({ unknown: 1 });
  expect(await row(20)).toMatchObject({ status: 'pending', heldSince: expect.any(String), attempts: [] });
});

it('the batch is read before each group: of a chunk that runs, no row after the group is sent', async () => {
  const { json } = await create(file(25));
  const [chunk] = chunks();
  world.upstream.script = Array.from({ length: 10 }, (_, n) => async () => {
    if (n === 0) await ask(cancelBulk, of(json));
    return succeeds;
  });
  await runBulk(world, chunk as never);
  expect(world.upstream.sends).toHaveLength(10);
  await settle();
  expect(world.upstream.sends).toHaveLength(10);
});
