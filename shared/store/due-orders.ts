import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import type { Order } from '../domain/order.ts';
import { isFinal } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { DOUBT_INDEX, DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import type { Due, Row } from './due-items.ts';
import {
  countInReview,
  dueRowsOfEachKind,
  orderTracks,
  partitionsOf,
  reviewPartition,
  reviewRows,
} from './due-items.ts';
import { instantOfListSk, listPk } from './list-newest-first.ts';
import type { DueFor, OrderKey } from './orders.ts';
import { keyOfPk, toOrder } from './orders.ts';
import { readMany } from './read-items.ts';

/** Orders by what is pending: due, in review, or in doubt. Reads of the sparse indexes only. */

/** Pages (of one megabyte) read of a merchant's orders in doubt for one sum: some 20,000 orders. */
const DOUBT_PAGES_MAX = 3;
/** Due orders read at once for the age of the oldest unknown one. */
const MEASURED_PER_PAGE = 1_000;

export interface DueOrder extends OrderKey {
  readonly due: Due;
  /** As the index has it, so a hint. */
  readonly dueFor?: DueFor | undefined;
  readonly createdAt: Instant;
}

/** Due orders of one provider, oldest first. No number of orders with unpublished events stands before one in doubt. */
export async function dueOrders(world: World, provider: ProviderName, at: Instant): Promise<DueOrder[]> {
  const dueFor = ({ fields }: Row) => fields.dueFor as DueFor | undefined;
  const rows = await dueRowsOfEachKind(world, { table: 'orders', track: provider, at }, dueFor);
  return rows.map((row) => ({
    ...keyOfPk(row.due.pk),
    due: row.due,
    dueFor: dueFor(row),
    createdAt: createdAtOf(row),
  }));
}

function createdAtOf({ fields }: Row): Instant {
  return instantOfListSk(String(fields.listSk));
}

/** A mode's orders in review, the longest waiting first, at most 500. */
export async function ordersInReview(world: World, mode: Mode): Promise<Order[]> {
  const { rows } = await readDue(world, reviewPartition(mode), 500);
  const pks = rows.map(({ pk = '' }) => pk);
  const orders = (await readMany(world, 'orders', pks)).map(toOrder);
  return orders.filter((order) => order.status === 'review');
}

/** Undecided orders of which one call tells. */
const OPEN_MAX = 500;

/**
 * A mode's orders that are not decided, whoever decides them: pending, unknown or in review. The oldest first; `isAll`
 * is false where there are more than one call lists. Strictly, an order of the last moments may be missing: the index
 * lags behind the table.
 */
export async function openOrders(world: World, mode: Mode): Promise<{ orders: Order[]; isAll: boolean }> {
  const orders: Order[] = [];
  for (const partition of [...orderTracks(mode).flatMap(partitionsOf), reviewPartition(mode)]) {
    let start: Record<string, unknown> | undefined;
    do {
      const { rows, next } = await readDue(world, partition, MEASURED_PER_PAGE, start);
      const pks = rows.filter(({ dueFor }) => dueFor !== 'recheck').map(({ pk = '' }) => pk);
      const read = (await readMany(world, 'orders', pks)).map(toOrder);
      orders.push(...read.filter(({ status }) => !isFinal(status)));
      start = next;
    } while (start && orders.length <= OPEN_MAX);
    if (orders.length > OPEN_MAX) break;
  }
  const oldestFirst = orders.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  return { orders: oldestFirst.slice(0, OPEN_MAX), isAll: orders.length <= OPEN_MAX };
}

/** Orders that went to review at an instant or later and are still there: a page of them, without reading them. */
export async function ordersReviewedSince(
  world: World,
  mode: Mode,
  since: Instant,
): Promise<{ orders: (OrderKey & { readonly at: Instant })[]; isAll: boolean }> {
  const { rows, isAll } = await reviewRows(world, 'orders', { mode, since });
  return { orders: rows.map(({ pk, at }) => ({ ...keyOfPk(pk), at })), isAll };
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
    for (const { dueFor, listSk } of rows) {
      if (dueFor !== 'query' && dueFor !== 'unknown') continue;
      const createdAt = instantOfListSk(listSk);
      if (oldest === undefined || createdAt < oldest) oldest = createdAt;
    }
    start = next;
  } while (start);
  return oldest;
}

/**
 * The sum of a merchant's orders in doubt by currency: unknown, or in review. They are in an index of their own, which
 * lags by moments and has no order that is decided in time, so this costs the same however many orders others have due.
 * `undefined` where there are more than one request reads: a partial sum would be wrong.
 */
export async function sumInDoubt(world: World, owner: Owner): Promise<ReadonlyMap<string, number> | undefined> {
  const sums = new Map<string, number>();
  let start: Record<string, unknown> | undefined;
  for (let page = 0; page < DOUBT_PAGES_MAX; page += 1) {
    const answer = await world.db.send(
      new QueryCommand({
        TableName: world.table('orders'),
        IndexName: DOUBT_INDEX,
        KeyConditionExpression: 'doubtPk = :owner',
        ExpressionAttributeValues: { ':owner': listPk(owner) },
        ...defined({ ExclusiveStartKey: start }),
      }),
    );
    for (const { currency, amountMinor } of answer.Items ?? []) {
      sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
    }
    start = answer.LastEvaluatedKey;
    if (!start) return sums;
  }
  return undefined;
}

async function readDue(
  world: World,
  shard: number,
  limit: number,
  start?: Record<string, unknown>,
): Promise<{ rows: Record<string, string>[]; next: Record<string, unknown> | undefined }> {
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
  return { rows: answer.Items ?? [], next: answer.LastEvaluatedKey };
}
