import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Instant } from '../domain/time.ts';
import type { TableName } from '../manifest/tables.ts';
import type { World } from '../world.ts';

/** Reads that more than one kind of item needs. */

/** A sparse index is read in this many parts, so that no one partition carries all that is owed. */
export const SHARDS = 4;

/** The part an item lies in, by its id. */
export function shardOf({ id }: { readonly id: string }): number {
  return id.charCodeAt(id.length - 1) % SHARDS;
}

/** An item without what it holds for its keys, its indexes and the store itself: the thing that was stored. */
export function withoutKeys(item: Record<string, unknown>): Record<string, unknown> {
  const {
    pk: _pk,
    sk: _sk,
    listPk: _listPk,
    listSk: _listSk,
    dueShard: _dueShard,
    outboxShard: _outboxShard,
    outboxAt: _outboxAt,
    campaignPk: _campaignPk,
    expiresAt: _expiresAt,
    writeId: _writeId,
    ...thing
  } = item;
  return thing;
}

/** What one BatchGet takes. */
export const BATCH_GET_MAX = 100;

/** Items by key, at most a hundred, consistent, in the order asked for. */
export async function readItems(
  world: World,
  name: TableName,
  pks: readonly string[],
): Promise<Record<string, unknown>[]> {
  const table = world.table(name);
  const found = new Map<string, Record<string, unknown>>();
  let keys = pks.map((pk) => ({ pk }));
  for (let tries = 0; keys.length > 0; tries += 1) {
    assert(tries < 10, 'the table answers a batch within ten tries');
    if (tries > 0) await world.sleep(20 * 2 ** tries);
    const answer = await world.db.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const item of answer.Responses?.[table] ?? []) found.set(String(item.pk), item);
    keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
  }
  return pks.flatMap((pk): Record<string, unknown>[] => {
    const item = found.get(pk);
    return item ? [item] : [];
  });
}

/** Requests of one reader under way. */
const READS_AT_ONCE = 16;

/** The same for any number of keys, a few requests at a time. */
export async function readMany(
  world: World,
  name: TableName,
  pks: readonly string[],
): Promise<Record<string, unknown>[]> {
  const parts = Array.from({ length: Math.ceil(pks.length / BATCH_GET_MAX) }, (_, part) =>
    pks.slice(part * BATCH_GET_MAX, (part + 1) * BATCH_GET_MAX),
  );
  const items: Record<string, unknown>[] = [];
  while (parts.length > 0) {
    const some = parts.splice(0, READS_AT_ONCE).map((part) => readItems(world, name, part));
    items.push(...(await Promise.all(some)).flat());
  }
  return items;
}

interface SparseIndex {
  readonly table: TableName;
  readonly index: string;
  readonly shard: string;
  readonly sort: string;
}

/** Rows whose time has come, oldest first. The index may lag: whoever acts on one reads the item first. */
export async function dueRows(
  world: World,
  { table, index, shard, sort }: SparseIndex,
  at: Instant,
  limitPerShard: number,
): Promise<Record<string, unknown>[]> {
  const answers = await Promise.all(
    Array.from({ length: SHARDS }, (_, part) =>
      world.db.send(
        new QueryCommand({
          TableName: world.table(table),
          IndexName: index,
          KeyConditionExpression: `${shard} = :shard AND ${sort} <= :at`,
          ExpressionAttributeValues: { ':shard': part, ':at': at },
          Limit: limitPerShard,
        }),
      ),
    ),
  );
  return answers.flatMap((answer) => answer.Items ?? []).sort((a, b) => (String(a[sort]) < String(b[sort]) ? -1 : 1));
}
