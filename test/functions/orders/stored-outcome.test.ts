import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { applyCallback, cancel } from '../../../shared/domain/order-life.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { listReview, resolveOrder, reverseOrder } from '../../../shared/flows/orders/review.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import { listActs } from '../../../shared/store/audit.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld, transactionConflict } from '../../support/world.ts';

/** A certain outcome whose wallet is busy is stored on its order; the money follows. */

let world: TestWorld;
let merchant: TestMerchant;

const rejection = { kind: 'rejected', failure: 'invalid_target', evidence: '217' } as const;
const success = { kind: 'success', receipt: { providerRef: 'late' }, evidence: '' } as const;
const decision = { by: 'ruth', reason: 'their statement' };
const HOUR_MINUTES = 60;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

async function place(): Promise<OrderKey> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  world.messages.length = 0;
  return { merchantId: merchant.id, mode: 'live', agentReference: 'one' };
}

/** Every transaction with a ledger entry conflicts: the wallet is busy. */
function busyWallet(): void {
  const ledger = world.table('ledger');
  world.fault = (command, input) =>
    command === 'TransactWriteCommand' && JSON.stringify(input).includes(ledger) ? transactionConflict() : undefined;
}

async function rejectedWhileBusy(): Promise<OrderKey> {
  const key = await place();
  world.upstream.script = [rejection];
  busyWallet();
  await dispatch(world, key);
  return key;
}

const read = async (key: OrderKey) => (await readOrder(world, key)) as Order;

const shown = async () =>
  (await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: 'one' } })).json;

async function amounts(): Promise<number[]> {
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  expect((await verifyLedger(world, wallet)).violation).toBeUndefined();
  return (await listWallet(world, wallet, { limit: 100 })).entries.map((entry) => entry.amountMinor).toReversed();
}

describe('a rejection while the wallet is busy', () => {
  it('is stored with its evidence and its reason; the merchant sees the order pending, and due now', async () => {
    const key = await rejectedWhileBusy();
    const order = await read(key);
    expect(order).toMatchObject({
      status: 'dispatching',
      stored: { status: 'refunded', failure: 'invalid_target' },
      attempts: [{ outcome: 'rejected', evidence: '217' }],
    });
    expect(await shown()).toMatchObject({ status: 'pending', final: false, failure: null });
    expect((await shown()).next_check_at >= world.now()).toBe(true);
    expect(Date.parse(order.dueAt ?? '')).toBeLessThanOrEqual(Date.parse(world.now()));
    expect(await amounts()).toEqual([10_000, -500]);
  });

  it('is completed by the next sweep, once, also by two sweeps at once, and nothing is queried', async () => {
    const key = await rejectedWhileBusy();
    await world.sweep();
    expect((await read(key)).stored).toBeDefined();
    world.fault = undefined;
    world.advance(120_000);
    await Promise.all([reconcile(world), reconcile(world), dispatch(world, key)]);
    expect(await shown()).toMatchObject({ status: 'refunded', failure: { code: 'invalid_target' } });
    expect((await read(key)).stored).toBeUndefined();
    await world.dispatchAll();
    expect((await read(key)).dueAt).toBeUndefined();
    expect(await amounts()).toEqual([10_000, -500, 500]);
    expect(world.upstream.queries).toHaveLength(0);
    expect(world.upstream.sends).toHaveLength(1);
  });

  it('gives way to a success that arrives before the refund is booked', async () => {
    const key = await rejectedWhileBusy();
    const { order } = await changeOrder(world, await read(key), (current) =>
      applyCallback(current, success, world.now()),
    );
    expect(order).toMatchObject({ status: 'success', receipt: { providerRef: 'late' } });
    expect(order.stored).toBeUndefined();
    world.fault = undefined;
    await world.sweep();
    expect(await amounts()).toEqual([10_000, -500]);
  });

  it('stands against everything else: another rejection, a cancellation, a decision by hand', async () => {
    const key = await rejectedWhileBusy();
    const before = await read(key);
    const other = { ...rejection, failure: 'network_refused' } as const;
    const late = await changeOrder(world, before, (current) => applyCallback(current, other, world.now()));
    const cancelled = await changeOrder(world, before, (current) => cancel(current, world.now()));
    expect([late.isMine, cancelled.isMine]).toEqual([false, false]);
    await expect(resolveOrder(world, key, 'delivered', decision)).rejects.toThrow('not in review');
    expect(await read(key)).toEqual(before);
  });
});

describe.each(['before', 'after'] as const)('an answer lost %s its write happened', (when) => {
  it.each([1, 2, 3, 4])('is no loss and no second refund: write %i after the rejection', async (nth) => {
    const key = await place();
    world.upstream.script = [
      async () => {
        let writes = 0;
        let conflicts = 1;
        world.fault = (command) => {
          if (command !== 'TransactWriteCommand' && command !== 'PutCommand') return undefined;
          writes += 1;
          if (writes === nth) return when;
          // The first try to book the refund loses its race.
          conflicts -= command === 'TransactWriteCommand' ? 1 : 0;
          return conflicts >= 0 && command === 'TransactWriteCommand' ? transactionConflict() : undefined;
        };
        return rejection;
      },
    ];
    await dispatch(world, key);
    await world.sweep();
    expect(await amounts()).toEqual([10_000, -500, 500]);
    expect(await shown()).toMatchObject({ status: 'refunded' });
  });
});

it('a process that dies after it stored the outcome leaves the rest to the sweep', async () => {
  const key = await place();
  world.upstream.script = [rejection];
  let isDead = false;
  world.fault = (command) => {
    if (isDead) return new Error('the process died');
    if (command === 'TransactWriteCommand') return transactionConflict();
    return undefined;
  };
  const send = world.db.send.bind(world.db) as (command: { input: { Item?: object } }) => Promise<unknown>;
  const db = {
    send: async (command: { input: { Item?: object } }) => {
      const answer = await send(command);
      isDead ||= 'stored' in (command.input.Item ?? {});
      return answer;
    },
  };
  await expect(dispatch({ ...world, db: db as unknown as TestWorld['db'] }, key)).rejects.toThrow('died');
  world.fault = undefined;
  await world.sweep();
  expect(await amounts()).toEqual([10_000, -500, 500]);
});

describe('the same for money that moves after the end', () => {
  it('of a reversal: the order stays a success until it is booked, once', async () => {
    const key = await place();
    await dispatch(world, key);
    busyWallet();
    await reverseOrder(world, key, decision);
    expect(await shown()).toMatchObject({ status: 'success', final: true, next_check_at: null });
    expect((await read(key)).stored).toMatchObject({ status: 'reversed' });
    world.fault = undefined;
    await Promise.all([world.sweep(), reconcile(world)]);
    expect(await shown()).toMatchObject({ status: 'reversed' });
    expect((await shown()).timeline.at(-1).note).toBe('Reversed by ruth: their statement');
    expect(await amounts()).toEqual([10_000, -500, 500]);
  });

  it('of a delivery after the refund: it is charged again, once', async () => {
    const key = await place();
    world.upstream.script = [rejection];
    await dispatch(world, key);
    busyWallet();
    await changeOrder(world, await read(key), (current) => applyCallback(current, success, world.now()));
    expect((await read(key)).stored).toMatchObject({ status: 'success' });
    world.fault = undefined;
    await Promise.all([world.sweep(), reconcile(world)]);
    expect(await shown()).toMatchObject({ status: 'success', provider_ref: 'late' });
    expect(await amounts()).toEqual([10_000, -500, 500, -500]);
  });
});

it('an order in review with a stored decision leaves the list of reviews and is completed by the sweep', async () => {
  const key = await place();
  world.upstream.script = [{ kind: 'unclear', evidence: 'hang up' }];
  world.upstream.finding = { kind: 'unclear', evidence: 'busy' };
  await dispatch(world, key);
  for (let hours = 0; hours < 27; hours += 1) await world.sweep(HOUR_MINUTES);
  expect(await listReview(world, 'live')).toHaveLength(1);
  busyWallet();
  await resolveOrder(world, key, 'refunded', decision);
  expect(await listReview(world, 'live')).toHaveLength(0);
  await expect(resolveOrder(world, key, 'delivered', decision)).rejects.toThrow('as soon as its money moves');
  world.fault = undefined;
  await world.sweep();
  expect(await shown()).toMatchObject({ status: 'refunded' });
  expect(await amounts()).toEqual([10_000, -500, 500]);
  const { acts } = await listActs(world, { merchantId: merchant.id, mode: 'live' }, { limit: 100 });
  const decided = acts.filter(({ action }) => action === 'order.resolved');
  expect(decided.map(({ by, after }) => [by.id, after?.resolution])).toEqual([['ruth', 'refunded']]);
});
