import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import { advanceBatches } from '../../../functions/workers/run-bulk.ts';
import { sendDue, sendEvents } from '../../../functions/workers/webhook-sender.ts';
import { unpublished } from '../../../shared/domain/order-events.ts';
import { postpone } from '../../../shared/domain/order-life.ts';
import { MINUTE, plus } from '../../../shared/domain/time.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { putOff } from '../../../shared/store/due-items.ts';
import type { DueOrder } from '../../../shared/store/due-orders.ts';
import { dueOrders } from '../../../shared/store/due-orders.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { orderInDoubt, virtualWorld } from '../../support/virtual-world.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What fails in a sweep is put off, a little longer each time, and counted. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' },
  });
  world.advance(3 * MINUTE);
});

afterAll(stopEngine);

const key = () => ({ merchantId: merchant.id, mode: 'live', agentReference: 'one' }) as const;

async function due(): Promise<DueOrder> {
  const [order] = await dueOrders(world, 'hotrecharge', plus(world.now(), 60 * MINUTE));
  if (!order) throw new Error('nothing is due');
  return order;
}

describe('putting off', () => {
  it('waits 2, 4, 8, then every 15 minutes, and starts again once the item has changed', async () => {
    const gaps: number[] = [];
    for (let failures = 1; failures <= 5; failures += 1) {
      expect(await putOff(world, (await due()).due)).toBe(failures);
      gaps.push((Date.parse((await due()).due.at) - Date.parse(world.now())) / MINUTE);
    }
    expect(gaps).toEqual([2, 4, 8, 15, 15]);
    await world.dispatchAll();
    await world.dispatchAll();
    expect((await readOrder(world, key()))?.status).toBe('success');
    expect(await dueOrders(world, 'hotrecharge', plus(world.now(), 60 * MINUTE))).toEqual([]);
  });

  it('by two sweeps at once counts once', async () => {
    const { due: row } = await due();
    const counted = await Promise.all([putOff(world, row), putOff(world, row)]);
    expect(counted.toSorted()).toEqual([1, undefined]);
    expect(await putOff(world, (await due()).due)).toBe(2);
  });

  it('counts once when the answer to its write was lost', async () => {
    const { due: row } = await due();
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'PutCommand' || isLost) return undefined;
      isLost = true;
      return 'after';
    };
    expect(await putOff(world, row)).toBe(1);
    world.fault = undefined;
    expect(await putOff(world, (await due()).due)).toBe(2);
  });

  it('leaves an event as it was first posted, until the order changes', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: 'no answer' }];
    await world.dispatchAll();
    world.messages.length = 0;
    const read = async () => {
      const order = await readOrder(world, key());
      if (!order) throw new Error('no order');
      return order;
    };
    const posted = unpublished(await read());
    expect(posted).toMatchObject([{ type: 'order.unknown', shown: { dueAt: expect.any(String) } }]);
    for (let times = 0; times < 2; times += 1) {
      await putOff(world, (await due()).due);
      expect(unpublished(await read())).toEqual(posted);
    }
    const { dueAt = '' } = await read();
    await changeOrder(world, await read(), (order) => postpone(order, plus(dueAt, MINUTE)));
    expect(unpublished(await read())).toEqual(posted);
    expect(await read()).not.toHaveProperty('putOffFrom');
  });

  it('leaves the bytes of an event as they were first posted, also once its next query is overdue', async () => {
    const posted: string[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      posted.push(body);
      return { status: 200, headers: {}, body: '' };
    };
    const body = { url: 'https://merchant.example/hook' };
    await call(world, createEndpoint, { headers: merchant.headers(), body });
    world.upstream.script = [{ kind: 'unclear', evidence: 'no answer' }];
    await dispatch(world, key());
    world.fault = (command, input) =>
      command === 'PutCommand' && String((input as { TableName: string }).TableName).endsWith('deliveries')
        ? new Error('the answer was lost')
        : undefined;
    await expect(sendEvents(world, key())).rejects.toThrow();
    world.fault = undefined;
    world.advance(20 * MINUTE);
    await sendEvents(world, key(), 2);
    expect(posted).toHaveLength(2);
    expect(posted[1]).toBe(posted[0]);
    expect(JSON.parse(posted[0] ?? '').data.object.next_check_at).toBe((await readOrder(world, key()))?.dueAt);
  });

  it('loses no change that somebody else makes at the same time', async () => {
    const { due: row } = await due();
    await Promise.all([world.dispatchAll(), putOff(world, row)]);
    expect((await readOrder(world, key()))?.status).toBe('success');
    expect(await putOff(world, row)).toBeUndefined();
  });
});

it('every sweep puts off what it cannot read, and goes on', async () => {
  const at = plus(world.now(), -MINUTE);
  const damaged = { merchantId: 'm', mode: 'live', dueShard: 0, dueAt: at };
  const items = [
    { table: 'orders', item: { ...damaged, pk: 'm#live#bad', version: 3 } },
    { table: 'orders', item: { pk: 'm#live#x', mode: 'live', version: 1, dueShard: 1, dueAt: at, outbox: [] } },
    { table: 'topups', item: { ...damaged, pk: 'top_bad' } },
    { table: 'batches', item: { ...damaged, pk: 'bat_bad', version: 'three' } },
    { table: 'deliveries', item: { ...damaged, pk: 'dlv_bad', version: 3, lane: 'x' } },
    { table: 'watches', item: { ...damaged, pk: 'm#live#USD', revision: 3 } },
  ] as const;
  for (const { table, item } of items) {
    await world.db.send(new PutCommand({ TableName: world.table(table), Item: item }));
  }
  const seen: string[] = [];
  Object.assign(world.log, { metric: (name: string) => name === METRICS.failingItems && seen.push(name) });
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    expect(seen).toEqual([]);
    await reconcile(world);
    await sendDue(world);
    await expect(advanceBatches(world)).rejects.toThrow('1 batches could not be advanced');
    world.advance(20 * MINUTE);
  }
  expect(seen).toHaveLength(items.length);
});

it('an item of a test key that keeps failing is logged and not in the metric', async () => {
  const at = plus(world.now(), -MINUTE);
  const Item = { pk: 'm#test#bad', dueShard: 1_000, dueAt: at };
  await world.db.send(new PutCommand({ TableName: world.table('orders'), Item }));
  const seen: string[] = [];
  Object.assign(world.log, {
    metric: (name: string) => seen.push(name),
    error: (event: string) => seen.push(event),
  });
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await reconcile(world);
    world.advance(20 * MINUTE);
  }
  expect(seen).toContain('sweep.item_keeps_failing');
  expect(seen).not.toContain(METRICS.failingItems);
});

it('5,000 poisoned orders that are due first do not delay a healthy one', async () => {
  const virtual = virtualWorld();
  const old = plus(virtual.clock.iso, -60 * MINUTE);
  const names = Array.from({ length: 5_000 }, (_, n) => `bad${n}`);
  await virtual.during(Promise.all(names.map((name) => orderInDoubt(virtual, name, old))));
  for (const item of virtual.db.items('orders')) delete item.queryCount;
  await virtual.during(orderInDoubt(virtual, 'good', plus(virtual.clock.iso, -10 * MINUTE)));
  await virtual.every(2, 2, () => reconcile(virtual.world));
  expect(virtual.providers.hotrecharge.queries.map(({ reference }) => reference)).toEqual(['ord-good']);
});
