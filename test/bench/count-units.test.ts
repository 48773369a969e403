import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, it } from '@jest/globals';
import { ModelDb } from '../simulation/model-db.ts';
import type { CountedDb } from '../support/count-units.ts';
import { countUnits, sizeOf } from '../support/count-units.ts';

let counter: CountedDb;

beforeEach(() => {
  counter = countUnits(new ModelDb().client);
});

const order = { pk: 'o', listPk: 'm', listSk: '1', status: 'pending', productId: 1, amountMinor: 5 };
const due = { dueShard: 1, dueAt: '2026' };

async function units(work: () => Promise<unknown>) {
  counter.reset();
  await work().catch(() => undefined);
  return counter.units();
}

const put = (item: object, condition?: string) =>
  counter.db.send(
    new PutCommand({
      TableName: 'orders',
      Item: { ...item },
      ...(condition ? { ConditionExpression: condition } : {}),
    }),
  );

it('a put costs its kilobytes and its rows in indexes, each only when it changes', async () => {
  expect(await units(() => put({ ...order, ...due }))).toEqual({ read: 0, write: 3 });
  expect(await units(() => put({ ...order, ...due, note: 'x' }))).toEqual({ read: 0, write: 1 });
  expect(await units(() => put({ ...order, ...due, dueAt: '2027' }))).toEqual({ read: 0, write: 3 });
  expect(await units(() => put({ ...order, note: 'x'.repeat(1_024) }))).toEqual({ read: 0, write: 3 });
  expect(await units(() => put(order))).toEqual({ read: 0, write: 2 });
});

it('a write whose condition fails is charged too', async () => {
  await put(order);
  expect(await units(() => put(order, 'attribute_not_exists(pk)'))).toEqual({ read: 0, write: 1 });
});

it('a transaction costs twice for the items and once for rows in indexes', async () => {
  const puts = [
    { Put: { TableName: 'orders', Item: { ...order } } },
    { Put: { TableName: 'ledger', Item: { pk: 'w', seq: 1 } } },
  ];
  const write = () => counter.db.send(new TransactWriteCommand({ TransactItems: puts }));
  expect(await units(write)).toEqual({ read: 0, write: 5 });
});

it('a read costs its four kilobytes, half if it may be old, also when nothing is there', async () => {
  await put({ ...order, note: 'x'.repeat(5_000) });
  const get = (pk: string, ConsistentRead: boolean) =>
    counter.db.send(new GetCommand({ TableName: 'orders', Key: { pk }, ConsistentRead }));
  expect(await units(() => get('o', true))).toEqual({ read: 2, write: 0 });
  expect(await units(() => get('o', false))).toEqual({ read: 1, write: 0 });
  expect(await units(() => get('none', true))).toEqual({ read: 1, write: 0 });
});

it('a query costs what it read, not what its filter left', async () => {
  for (let seq = 1; seq <= 10; seq += 1) {
    const Item = { pk: 'w', seq, kind: seq === 1 ? 'topup' : 'order', text: 'x'.repeat(1_000) };
    await counter.db.send(new PutCommand({ TableName: 'ledger', Item }));
  }
  const query = () =>
    counter.db.send(
      new QueryCommand({
        TableName: 'ledger',
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':pk': 'w', ':kind': 'topup' },
        ConsistentRead: true,
      }),
    );
  expect(await units(query)).toEqual({ read: 3, write: 0 });
});

it('sizes are those of the developer guide', () => {
  expect(sizeOf({ pk: 'abc' })).toBe(5);
  expect(sizeOf({ n: 27 })).toBe(3);
  expect(sizeOf({ n: -27 })).toBe(4);
  expect(sizeOf({ n: 100_000 })).toBe(3);
  expect(sizeOf({ isTrue: true, none: undefined })).toBe(7);
  expect(sizeOf({ l: ['a', 'b'] })).toBe(1 + 3 + 2 + 2);
  expect(sizeOf({ m: { a: 'b' } })).toBe(1 + 3 + 1 + 2);
});
