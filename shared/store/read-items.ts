import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import { defined } from '../domain/defined.ts';
import type { TableName } from '../manifest/tables.ts';
import type { World } from '../world.ts';

/** The limit of one BatchGet. */
export const BATCH_GET_MAX = 100;

/**
 * Items by key, at most a hundred, in the order of the keys. Keys without an item are left out. Not read consistently,
 * they may be as they were a moment ago, for half the price.
 */
export async function readItems(
  world: World,
  name: TableName,
  pks: readonly string[],
  isConsistent = true,
): Promise<Record<string, unknown>[]> {
  const table = world.table(name);
  const found = new Map<string, Record<string, unknown>>();
  let keys = pks.map((pk) => ({ pk }));
  for (let tries = 0; keys.length > 0; tries += 1) {
    assert(tries < 10, 'the table answers a batch within ten tries');
    if (tries > 0) await world.sleep(20 * 2 ** tries);
    const answer = await world.db.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: isConsistent } } }),
    );
    for (const item of answer.Responses?.[table] ?? []) found.set(String(item.pk), item);
    keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
  }
  return pks.flatMap((pk): Record<string, unknown>[] => {
    const item = found.get(pk);
    return item ? [item] : [];
  });
}

/** Concurrent requests of one `readMany`. */
const READS_AT_ONCE = 16;

/** The same for any number of keys. */
export async function readMany(
  world: World,
  name: TableName,
  pks: readonly string[],
  isConsistent = true,
): Promise<Record<string, unknown>[]> {
  const parts = Array.from({ length: Math.ceil(pks.length / BATCH_GET_MAX) }, (_, part) =>
    pks.slice(part * BATCH_GET_MAX, (part + 1) * BATCH_GET_MAX),
  );
  const items: Record<string, unknown>[] = [];
  while (parts.length > 0) {
    const some = parts.splice(0, READS_AT_ONCE).map((part) => readItems(world, name, part, isConsistent));
    items.push(...(await Promise.all(some)).flat());
  }
  return items;
}

/** All items of a table that a query finds, page by page, read consistently. */
export async function queryAll(
  world: World,
  name: TableName,
  query: Pick<QueryCommandInput, 'KeyConditionExpression' | 'ExpressionAttributeValues'>,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = { ...query, TableName: world.table(name), ConsistentRead: true };
    const answer = await world.db.send(new QueryCommand({ ...page, ...defined({ ExclusiveStartKey: start }) }));
    items.push(...(answer.Items ?? []));
    start = answer.LastEvaluatedKey;
  } while (start);
  return items;
}
