import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTables, startEngine } from '../../shared/local/engine.ts';
import { repeats } from '../support/length.ts';
import { Chance } from './chance.ts';
import { ModelDb } from './model-db.ts';

/**
 * The model against a real engine: the same random commands, in the forms in which the store sends them, must get the
 * same answers. The model is different on purpose where these commands do not go: it raises no conflict, throttle or
 * capacity limit by itself, and does not end pages at 1 MB.
 */

const COMMANDS = Number(process.env.MODEL_COMMANDS ?? repeats({ short: 900, long: 3_000 }));
let engine: Awaited<ReturnType<typeof startEngine>>;
let client: DynamoDBClient;

beforeAll(async () => {
  engine = await startEngine({});
  client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTables(client);
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

type Command = { constructor: { name: string }; input: unknown };

/** A random command of the kinds that the store sends. */
function randomCommand(chance: Chance): Command {
  const key = `m#live#r${chance.below(80)}`;
  const wallet = `m#live#${chance.pick(['USD', 'ZWG'])}`;
  const version = 1 + chance.below(4);
  const order = {
    TableName: 'orders',
    Item: {
      pk: key,
      status: chance.pick(['pending', 'success', 'unknown']),
      version,
      listPk: 'm#live',
      listSk: `2026-01-0${1 + chance.below(9)}#${key}`,
      productId: chance.below(3),
      createdAt: 'x',
      currency: 'USD',
      amountMinor: chance.below(500),
      ...(chance.happens(0.3) ? { campaignPk: `cmp_${chance.below(2)}` } : {}),
      nested: { list: [1, 'two', null, { three: true }] },
      ...(chance.happens(0.5) ? { dueShard: chance.below(2), dueAt: `2026-02-0${1 + chance.below(9)}` } : {}),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ...chance.pick([
      { ConditionExpression: 'attribute_not_exists(pk)' },
      {
        ConditionExpression: 'version = :version AND #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':version': 1 + chance.below(4), ':status': chance.pick(['pending', 'success']) },
      },
    ]),
  };
  const entry = {
    TableName: 'ledger',
    Item: {
      pk: wallet,
      seq: 1 + chance.below(120),
      kind: chance.pick(['order', 'refund']),
      amountMinor: chance.below(9),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const commands: (() => Command)[] = [
    () => new PutCommand(order),
    () => new PutCommand(entry),
    () => new TransactWriteCommand({ TransactItems: [{ Put: order }, { Put: entry }] }),
    () => new GetCommand({ TableName: 'orders', Key: { pk: key }, ConsistentRead: true }),
    () =>
      new BatchGetCommand({ RequestItems: { orders: { Keys: [{ pk: key }, { pk: 'none' }], ConsistentRead: true } } }),
    () => ledgerQuery(chance, wallet),
    () => indexQuery(chance),
    () => sparseIndexQuery(chance),
    () => versionedPut(chance),
    () => healthUpdate(chance),
    () =>
      new UpdateCommand({
        TableName: 'merchants',
        Key: { pk: `key#${chance.below(3)}`, sk: 'key' },
        UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :now)',
        ...(chance.happens(0.5) ? { ConditionExpression: 'attribute_exists(pk)' } : {}),
        ExpressionAttributeValues: { ':now': String(chance.below(100)) },
        ReturnValues: 'ALL_NEW',
      }),
    () =>
      new QueryCommand({
        TableName: 'merchants',
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': `key#${chance.below(3)}`, ':prefix': chance.pick(['k', 'key#']) },
      }),
  ];
  return chance.pick(commands)();
}

/** A write of an item with a revision, as endpoints and deliveries are written. */
function versionedPut(chance: Chance): Command {
  const revision = 1 + chance.below(5);
  const isNew = chance.happens(0.4);
  const pk = `dlv_${chance.below(40)}`;
  return new PutCommand({
    TableName: 'deliveries',
    Item: {
      pk,
      revision,
      listPk: 'm#live',
      listSk: `2026-01-0${1 + chance.below(9)}#${pk}`,
      endpointId: chance.pick(['a', 'b']),
      orderId: chance.pick(['x', 'y']),
      ...(chance.happens(0.5) ? { dueShard: chance.below(2), dueAt: `2026-02-0${1 + chance.below(9)}` } : {}),
    },
    ConditionExpression: isNew ? 'attribute_not_exists(pk)' : 'revision = :revision',
    ...(isNew ? {} : { ExpressionAttributeValues: { ':revision': 1 + chance.below(5) } }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

/** Due orders of one owner, events to publish, or deliveries of one order to one endpoint. */
function sparseIndexQuery(chance: Chance): Command {
  const at = `2026-0${2 + chance.below(2)}-0${1 + chance.below(9)}`;
  return chance.pick([
    new QueryCommand({
      TableName: 'orders',
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard',
      FilterExpression: 'begins_with(pk, :owner)',
      ExpressionAttributeValues: { ':shard': chance.below(2), ':owner': chance.pick(['m#live#', 'm#live#r1', 'n#']) },
    }),
    new QueryCommand({
      TableName: 'orders',
      IndexName: 'campaign',
      KeyConditionExpression: 'campaignPk = :campaign AND listSk <= :at',
      ExpressionAttributeValues: { ':campaign': `cmp_${chance.below(2)}`, ':at': at.replace('2026-0', '2026-01-0') },
    }),
    new QueryCommand({
      TableName: 'deliveries',
      IndexName: 'listed',
      KeyConditionExpression: 'listPk = :owner AND listSk BETWEEN :from AND :top',
      FilterExpression: 'endpointId = :endpoint AND orderId = :order',
      ExpressionAttributeValues: {
        ':owner': 'm#live',
        ':from': '0',
        ':top': chance.pick(['~', '2026-01-05']),
        ':endpoint': 'a',
        ':order': 'x',
      },
      ScanIndexForward: false,
    }),
    new QueryCommand({
      TableName: 'deliveries',
      IndexName: 'listed',
      KeyConditionExpression: 'listPk = :owner AND listSk < :below',
      ExpressionAttributeValues: { ':owner': 'm#live', ':below': `2026-01-0${1 + chance.below(9)}` },
      ScanIndexForward: false,
    }),
  ]);
}

function ledgerQuery(chance: Chance, wallet: string): Command {
  if (chance.happens(0.2)) {
    const from = chance.below(120);
    return new QueryCommand({
      TableName: 'ledger',
      KeyConditionExpression: 'pk = :pk AND seq BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': wallet, ':from': from, ':to': from + chance.below(20) },
      ConsistentRead: true,
    });
  }
  const isBelow = chance.happens(0.5);
  const isKind = chance.happens(0.4);
  return new QueryCommand({
    TableName: 'ledger',
    KeyConditionExpression: isBelow ? 'pk = :pk AND seq < :below' : 'pk = :pk',
    ...(isKind ? { FilterExpression: '#kind = :kind', ExpressionAttributeNames: { '#kind': 'kind' } } : {}),
    ExpressionAttributeValues: {
      ':pk': wallet,
      ...(isBelow ? { ':below': chance.below(120) } : {}),
      ...(isKind ? { ':kind': 'refund' } : {}),
    },
    ScanIndexForward: chance.happens(0.3),
    ConsistentRead: true,
    Limit: 1 + chance.below(6),
  });
}

function indexQuery(chance: Chance): Command {
  if (chance.happens(0.5)) {
    return new QueryCommand({
      TableName: 'orders',
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :at',
      ExpressionAttributeValues: { ':shard': chance.below(2), ':at': `2026-02-0${1 + chance.below(9)}` },
    });
  }
  const isFiltered = chance.happens(0.5);
  return new QueryCommand({
    TableName: 'orders',
    IndexName: 'listed',
    KeyConditionExpression: 'listPk = :owner AND listSk BETWEEN :from AND :top',
    ...(isFiltered ? { FilterExpression: 'productId = :product' } : {}),
    ExpressionAttributeValues: {
      ':owner': 'm#live',
      ':from': `2026-01-0${1 + chance.below(4)}`,
      ':top': `2026-01-0${5 + chance.below(4)}`,
      ...(isFiltered ? { ':product': chance.below(3) } : {}),
    },
    ScanIndexForward: false,
  });
}

function healthUpdate(chance: Chance): Command {
  const Key = { pk: chance.pick(['hotrecharge', 'pesaway']) };
  const common = { TableName: 'health', Key, ReturnValues: 'ALL_NEW' as const };
  return chance.pick([
    new UpdateCommand({
      ...common,
      UpdateExpression: 'ADD failureCount :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
    new UpdateCommand({
      ...common,
      UpdateExpression: 'SET openSince = :now, probeAt = :next',
      ConditionExpression: 'attribute_not_exists(openSince)',
      ExpressionAttributeValues: { ':now': '5', ':next': String(chance.below(9)) },
    }),
    new UpdateCommand({
      ...common,
      UpdateExpression: 'SET failureCount = :zero REMOVE openSince, probeAt',
      ExpressionAttributeValues: { ':zero': 0 },
    }),
    new UpdateCommand({
      ...common,
      UpdateExpression: 'SET probeAt = :next',
      ConditionExpression: 'attribute_exists(openSince) AND probeAt <= :now',
      ExpressionAttributeValues: { ':now': String(chance.below(9)), ':next': String(chance.below(9)) },
    }),
  ]);
}

/** An answer or error, in a form that can be compared between two engines. */
async function answerOf(send: (command: Command) => Promise<unknown>, command: Command): Promise<unknown> {
  try {
    const { $metadata, Count, UnprocessedKeys, ConsumedCapacity, ...answer } = (await send(command)) as Record<
      string,
      unknown
    >;
    return sorted(answer);
  } catch (error) {
    const { name, Item, CancellationReasons } = error as {
      name: string;
      Item?: Parameters<typeof unmarshall>[0];
      CancellationReasons?: { Code: string; Item?: Parameters<typeof unmarshall>[0] }[];
    };
    return sorted({
      name,
      item: Item && unmarshall(Item),
      reasons: CancellationReasons?.map((reason) => [reason.Code, reason.Item && unmarshall(reason.Item)]),
    });
  }
}

/** Without absent attributes, and with the others in alphabetical order. */
function sorted(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, part) =>
      part && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ),
  );
}

it(`${COMMANDS} random commands get equal answers`, async () => {
  const chance = new Chance(20260507);
  const model = new ModelDb().client;
  const real = DynamoDBDocumentClient.from(client);
  const seen = new Map<string, number>();
  for (let n = 0; n < COMMANDS; n += 1) {
    const command = randomCommand(chance);
    const input = structuredClone(command.input);
    const [expected, got] = [
      await answerOf((each) => real.send(each as never), command),
      await answerOf((each) => model.send(each as never) as Promise<unknown>, {
        ...command,
        constructor: command.constructor,
        input,
      }),
    ];
    const kind = `${command.constructor.name} ${(expected as { name?: string }).name ?? 'done'}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    expect({ n, kind, input, answer: got }).toEqual({ n, kind, input, answer: expected });
  }
  // Every kind of answer occurred, errors included.
  for (const kind of ['PutCommand', 'TransactWriteCommand', 'UpdateCommand']) {
    expect(seen.get(`${kind} done`) ?? 0).toBeGreaterThan(10);
  }
  expect(seen.get('PutCommand ConditionalCheckFailedException') ?? 0).toBeGreaterThan(50);
  expect(seen.get('TransactWriteCommand TransactionCanceledException') ?? 0).toBeGreaterThan(50);
}, 600_000);
