import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../domain/time.ts';
import type { TableName } from '../manifest/tables.ts';
import { DUE_INDEX, OUTBOX_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';

/** Shards of a sparse index: they spread the items with pending work over several partitions. */
export const SHARDS = 4;

/** The shard of an item, by its id. */
export function shardOf({ id }: { readonly id: string }): number {
  return id.charCodeAt(id.length - 1) % SHARDS;
}

/** Items in review have a shard of the due index of their own, after those that the sweeps read. */
export const REVIEW_SHARD = 4;

interface Indexed {
  readonly id: string;
  readonly status: string;
  readonly dueAt?: Instant;
  readonly outbox?: readonly { readonly at: Instant }[];
  /** An outcome that the sweep completes, also for an item in review. */
  readonly stored?: unknown;
  /** A credited top-up that its gateway denies: an operator decides. */
  readonly deniedAt?: Instant;
}

/** The attributes that put an item in the due index while work is pending, in the outbox index while it has events. */
export function sparseKeys(item: Indexed): { dueShard?: number; outboxShard?: number; outboxAt?: Instant } {
  const shard = shardOf(item);
  const [event] = item.outbox ?? [];
  const isInReview = item.status === 'review' || item.deniedAt !== undefined;
  const waitsForPerson = isInReview && item.stored === undefined;
  return {
    ...(item.dueAt !== undefined && { dueShard: waitsForPerson ? REVIEW_SHARD : shard }),
    ...(event && { outboxShard: shard, outboxAt: event.at }),
  };
}

/** Rows of the due index whose time has come, oldest first. */
export function dueRows(world: World, table: TableName, at: Instant, limitPerShard: number): Promise<Row[]> {
  return queryShards(world, { table, index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' }, at, limitPerShard);
}

/** Rows of the outbox index, so items with unpublished events, oldest first. */
export function outboxRows(world: World, table: TableName, at: Instant, limitPerShard: number): Promise<Row[]> {
  return queryShards(world, { table, index: OUTBOX_INDEX, shard: 'outboxShard', sort: 'outboxAt' }, at, limitPerShard);
}

type Row = Record<string, unknown>;

interface SparseIndex {
  readonly table: TableName;
  readonly index: string;
  readonly shard: string;
  readonly sort: string;
}

/** The index may lag behind the table: callers read an item consistently before they act on its row. */
async function queryShards(
  world: World,
  { table, index, shard, sort }: SparseIndex,
  at: Instant,
  limitPerShard: number,
): Promise<Row[]> {
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
