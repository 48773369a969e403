import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import type { Order, Status } from '../domain/order.ts';
import { isFinal } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import type { Due } from './due-items.ts';
import { countInReview, dueRows, orderTracks, outboxRows, partitionsOf, reviewPartition } from './due-items.ts';
import { listPk } from './list-newest-first.ts';
import type { OrderKey } from './orders.ts';
import { keyOfPk, toOrder } from './orders.ts';
import { readMany } from './read-items.ts';

/** Orders by what is pending: due, with events to publish, in review, or in doubt. Reads of the sparse indexes only. */

/** Pages (of one megabyte) read of each shard of the due index for one sum. */
const DOUBT_PAGES_MAX = 3;
/** Due orders read at once for the age of the oldest unknown one. */
const MEASURED_PER_PAGE = 1_000;

export interface DueOrder extends OrderKey {
  readonly due: Due;
  /** As the index has it, so a hint. */
  readonly status: Status;
}

/** Due orders of one provider, oldest first. */
export async function dueOrders(
  world: World,
  provider: ProviderName,
  at: Instant,
  limitPerShard: number,
): Promise<DueOrder[]> {
  const rows = await dueRows(world, { table: 'orders', track: provider, at, limitPerShard });
  return rows.map(({ due, fields }) => ({ ...keyOfPk(due.pk), due, status: fields.status as Status }));
}

/** Orders with unpublished events, oldest first. */
export async function ordersWithEvents(
  world: World,
  mode: Mode,
  at: Instant,
  limitPerShard: number,
): Promise<(OrderKey & { due: Due })[]> {
  const rows = await outboxRows(world, { table: 'orders', track: mode, at, limitPerShard });
  return rows.map(({ due }) => ({ ...keyOfPk(due.pk), due }));
}

/** A mode's orders in review, the longest waiting first, at most 500. */
export async function ordersInReview(world: World, mode: Mode): Promise<Order[]> {
  const { rows } = await readDue(world, reviewPartition(mode), 500);
  const pks = rows.map(({ pk }) => pk);
  const orders = (await readMany(world, 'orders', pks)).map(toOrder);
  return orders.filter((order) => order.status === 'review');
}

/** How many live orders are in review, and when the oldest unknown one was placed. */
export async function measureDoubt(world: World): Promise<{ inReview: number; oldestUnknownSince?: Instant }> {
  const partitions = orderTracks('live').flatMap(partitionsOf);
  const since = (await Promise.all(partitions.map((partition) => oldestUnknownOf(world, partition))))
    .filter((each) => each !== undefined)
    .sort();
  return { inReview: await countInReview(world, 'orders', 'live'), ...defined({ oldestUnknownSince: since[0] }) };
}

/** Of all its pages, because what is due last may be the oldest: its next query is hours away. */
async function oldestUnknownOf(world: World, partition: number): Promise<Instant | undefined> {
  let oldest: Instant | undefined;
  let start: Record<string, unknown> | undefined;
  do {
    const { rows, next } = await readDue(world, partition, MEASURED_PER_PAGE, start);
    for (const { pk, status, createdAt } of rows) {
      // Test orders that were stored before they had partitions of their own.
      if (status !== 'unknown' || keyOfPk(pk).mode !== 'live') continue;
      if (oldest === undefined || createdAt < oldest) oldest = createdAt;
    }
    start = next;
  } while (start);
  return oldest;
}

/**
 * The sum of a merchant's undecided orders by currency. All of them are in the due index, which lags by moments.
 * `undefined` where all merchants together have more due orders than one request reads: a partial sum would be wrong.
 */
export async function sumInDoubt(world: World, owner: Owner): Promise<ReadonlyMap<string, number> | undefined> {
  const partitions = [...orderTracks(owner.mode).flatMap(partitionsOf), reviewPartition(owner.mode)];
  const shards = await Promise.all(partitions.map((shard) => readDoubt(world, owner, shard)));
  const sums = new Map<string, number>();
  for (const rows of shards) {
    if (!rows) return undefined;
    for (const { currency, amountMinor } of rows) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  }
  return sums;
}

async function readDoubt(
  world: World,
  owner: Owner,
  shard: number,
): Promise<{ currency: string; amountMinor: number }[] | undefined> {
  const rows: { currency: string; amountMinor: number }[] = [];
  let start: Record<string, unknown> | undefined;
  for (let page = 0; page < DOUBT_PAGES_MAX; page += 1) {
    const answer = await world.db.send(
      new QueryCommand({
        TableName: world.table('orders'),
        IndexName: DUE_INDEX,
        KeyConditionExpression: 'dueShard = :shard',
        FilterExpression: 'begins_with(pk, :owner)',
        ExpressionAttributeValues: { ':shard': shard, ':owner': `${listPk(owner)}#` },
        ...defined({ ExclusiveStartKey: start }),
      }),
    );
    const open = (answer.Items ?? []).filter(({ status }) => !isFinal(status));
    rows.push(...open.map(({ currency, amountMinor }) => ({ currency, amountMinor })));
    start = answer.LastEvaluatedKey;
    if (!start) return rows;
  }
  return undefined;
}

async function readDue(
  world: World,
  shard: number,
  limit: number,
  start?: Record<string, unknown>,
): Promise<{
  rows: { pk: string; status: string; createdAt: Instant }[];
  next: Record<string, unknown> | undefined;
}> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('orders'),
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard',
      ExpressionAttributeValues: { ':shard': shard },
      Limit: limit,
      ...defined({ ExclusiveStartKey: start }),
    }),
  );
  const rows = (answer.Items ?? []).map(({ pk, status, createdAt }) => ({ pk, status, createdAt }));
  return { rows, next: answer.LastEvaluatedKey };
}
