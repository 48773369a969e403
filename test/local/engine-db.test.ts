import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTables, startEngine } from '../../shared/local/engine.ts';
import { EngineDb } from '../support/engine-db.ts';

/** The tests' own client: what it answers is what the document client of the deployed functions answers. */

let engine: Awaited<ReturnType<typeof startEngine>>;
let sdk: DynamoDBClient;
let lean: EngineDb;

beforeAll(async () => {
  engine = await startEngine({});
  sdk = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  lean = new EngineDb(engine.endpoint);
  await createTables(sdk, 'sdk-');
  await createTables(lean, 'lean-');
});
afterAll(async () => {
  sdk.destroy();
  lean.destroy();
  await engine.stop();
});

const order = {
  pk: 'a',
  version: 1,
  dueShard: 1,
  dueAt: '1',
  list: ['x', 1.5, null, true],
  map: { 'é"': { n: -0.01 } },
};
const refused = { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

/** Every command and every kind of answer that the store meets, on the tables with a prefix. */
function commands(prefix: string): { constructor: { name: string } }[] {
  const TableName = `${prefix}orders`;
  const Update = {
    TableName,
    Key: { pk: 'a' },
    UpdateExpression: 'SET #v = :v',
    ExpressionAttributeNames: { '#v': 'version' },
    ExpressionAttributeValues: { ':v': 2 },
  };
  const due = {
    TableName,
    IndexName: 'due',
    KeyConditionExpression: 'dueShard = :shard',
    ExpressionAttributeValues: { ':shard': 1 },
    Limit: 1,
  };
  return [
    new GetCommand({ TableName, Key: { pk: 'a' } }),
    new PutCommand({ TableName, Item: { ...order, none: undefined, map: { ...order.map, none: undefined } } }),
    new GetCommand({ TableName, Key: { pk: 'a' }, ConsistentRead: true }),
    new PutCommand({ TableName, Item: order, ...refused } as never),
    new PutCommand({ TableName, Item: order, ConditionExpression: 'attribute_not_exists(pk)' }),
    new UpdateCommand({ ...Update, ReturnValues: 'ALL_NEW' }),
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { ...order, pk: 'b' } } },
        { Put: { TableName, Item: order, ...refused } as never },
      ],
    }),
    new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { ...order, pk: 'b' } } }, { Update }] }),
    new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: { ...order, pk: 'c' } } }] } }),
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [{ pk: 'b' }, { pk: 'none' }] } } }),
    new QueryCommand(due),
    new QueryCommand({ ...due, ExclusiveStartKey: { pk: 'a', dueShard: 1, dueAt: '1' } }),
    new ScanCommand({ TableName, FilterExpression: 'pk = :c', ExpressionAttributeValues: { ':c': 'c' } }),
    new DeleteCommand({ TableName, Key: { pk: 'c' }, ReturnValues: 'ALL_OLD' }),
    new PutCommand({ TableName, Item: { version: 1 } }),
    new PutCommand({ TableName: `${prefix}none`, Item: order }),
  ];
}

async function answers(send: (command: never) => Promise<unknown>, prefix: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const command of commands(prefix)) {
    const answer = await send(command as never).then(
      (value) => ({ ...(value as object), $metadata: undefined }),
      ({ name, message, Item, CancellationReasons }) => ({ name, message, Item, CancellationReasons }),
    );
    all.push([command.constructor.name, JSON.parse(JSON.stringify(answer).replaceAll(prefix, ''))]);
  }
  return all;
}

it('answers every command as the document client does', async () => {
  const documents = DynamoDBDocumentClient.from(sdk, { marshallOptions: { removeUndefinedValues: true } });
  const expected = await answers((command) => documents.send(command), 'sdk-');
  expect(await answers((command) => lean.send(command), 'lean-')).toEqual(expected);
  // The commands meet what they are meant to meet.
  expect(expected).toContainEqual([
    'PutCommand',
    expect.objectContaining({ name: 'ConditionalCheckFailedException', Item: expect.any(Object) }),
  ]);
  expect(expected).toContainEqual([
    'TransactWriteCommand',
    expect.objectContaining({ CancellationReasons: expect.any(Array) }),
  ]);
  expect(expected).toContainEqual(['QueryCommand', expect.objectContaining({ LastEvaluatedKey: expect.any(Object) })]);
  expect(expected).toContainEqual([
    'BatchGetCommand',
    expect.objectContaining({ Responses: { orders: [expect.any(Object)] } }),
  ]);
});

it('stores and reads every kind of value as the document client does', async () => {
  const documents = DynamoDBDocumentClient.from(sdk, { marshallOptions: { removeUndefinedValues: true } });
  const values = {
    text: ['', 'é"\ud83d\ude00\u0000'],
    numbers: [0, -1, 1.5, 1e-7, Number.MAX_SAFE_INTEGER, 2n ** 70n],
    bytes: new Uint8Array([0, 255, 13, 10]),
    sets: [new Set(['a']), new Set([1, 2])],
    rest: [true, false, null, undefined, [], {}, new Map([['a', 1]])],
    none: undefined,
  };
  for (const db of [documents, lean]) {
    for (const TableName of ['sdk-orders', 'lean-orders']) {
      const Item = { pk: `by ${db === lean ? 'us' : 'the SDK'}`, ...values };
      await db.send(new PutCommand({ TableName, Item }));
    }
  }
  for (const pk of ['by us', 'by the SDK']) {
    const expected = await documents.send(new GetCommand({ TableName: 'sdk-orders', Key: { pk } }));
    const { Item } = await lean.send(new GetCommand({ TableName: 'lean-orders', Key: { pk } }));
    expect(Item).toStrictEqual(expected.Item);
    expect(Item).toMatchObject({
      numbers: [0, -1, 1.5, 1e-7, Number.MAX_SAFE_INTEGER, 2n ** 70n],
      bytes: values.bytes,
    });
  }
  for (const unfit of [Number.NaN, 2 ** 60, new Set()]) {
    const put = new PutCommand({ TableName: 'lean-orders', Item: { pk: 'unfit', list: [unfit] } });
    const [theirs, ours] = await Promise.allSettled([documents.send(put), lean.send(put)]);
    expect(ours).toEqual(theirs);
  }
});

it('answers queries of partitions to which nothing was written as the engine does, until something is', async () => {
  const documents = DynamoDBDocumentClient.from(sdk, { marshallOptions: { removeUndefinedValues: true } });
  const TableName = 'empty-topups';
  const other = new EngineDb(engine.endpoint);
  await createTables(other, 'empty-');
  const query = (shard: number) =>
    new QueryCommand({
      TableName,
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :at',
      ExpressionAttributeValues: { ':shard': shard, ':at': '2' },
    });
  const shown: (number | undefined)[][] = [];
  const compare = async () => {
    const counts: (number | undefined)[] = [];
    for (const shard of [0, 1, 2, 3, 4, 5, 6]) {
      const { $metadata: _, ...theirs } = await documents.send(query(shard));
      expect(await other.send(query(shard))).toEqual(theirs);
      counts.push(theirs.Count);
    }
    shown.push(counts);
  };
  const item = (dueShard: number) => ({ TableName, Item: { pk: `of ${dueShard}`, dueShard, dueAt: '1' } });
  const moved = (pk: string, UpdateExpression: string) => ({
    TableName,
    Key: { pk },
    UpdateExpression,
    ExpressionAttributeValues: { ':to': 6 },
  });
  await compare();
  await other.send(new PutCommand(item(1)));
  await compare();
  const { Item } = item(3);
  await other.send(new TransactWriteCommand({ TransactItems: [{ Put: item(2) }] }));
  await other.send(new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }));
  await compare();
  const ExpressionAttributeNames = { '#s': 'dueShard' };
  await other.send(new UpdateCommand({ ...moved('of 1', 'SET #s = :to'), ExpressionAttributeNames }));
  await compare();
  await other.send(new TransactWriteCommand({ TransactItems: [{ Update: moved('of 2', 'SET dueShard = :to') }] }));
  await compare();
  expect(shown).toEqual([
    [0, 0, 0, 0, 0, 0, 0],
    [0, 1, 0, 0, 0, 0, 0],
    [0, 1, 1, 1, 0, 0, 0],
    [0, 0, 1, 1, 0, 0, 1],
    [0, 0, 0, 1, 0, 0, 2],
  ]);
  other.destroy();
});

it('sends what came while all connections were busy, in long answers too, and fails what is under way when it ends', async () => {
  const put = (pk: string) =>
    new PutCommand({
      TableName: 'lean-orders',
      Item: { pk, text: 'ä'.repeat(40_000) },
      ReturnConsumedCapacity: 'NONE',
    });
  const pks = Array.from({ length: 60 }, (_, place) => `long ${place}`);
  await Promise.all(pks.map((pk) => lean.send(put(pk))));
  const read = await Promise.all(pks.map((pk) => lean.send(new GetCommand({ TableName: 'lean-orders', Key: { pk } }))));
  expect(read.map(({ Item }) => [Item?.pk, Item?.text])).toEqual(pks.map((pk) => [pk, 'ä'.repeat(40_000)]));
  const other = new EngineDb(engine.endpoint);
  const lost = other.send(put('lost'));
  other.destroy();
  await expect(lost).rejects.toThrow('closed the connection');
});
