import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import { defined } from '../domain/defined.ts';
import type { Entry, EntryDraft, Mode, Owner, WalletId } from '../domain/ledger.ts';
import { append, covers, walletKey } from '../domain/ledger.ts';
import type { Change, Order, Status } from '../domain/order.ts';
import { walletOf } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import { CAMPAIGN_INDEX, DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { companionWrites } from './campaigns.ts';
import { dueRows, outboxRows, REVIEW_SHARD, SHARDS, sparseKeys } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { entryPut, forget, putWithEntries, readTail, recallTail, remember } from './ledger.ts';
import { listKeys, listNewestFirst, listPk } from './list-newest-first.ts';
import { readMany } from './read-items.ts';
import type { Put, Written } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/**
 * Order items. The key is (merchant, mode, agent_reference), so the order is its own idempotency record and never
 * expires. `listPk`/`listSk` put it in the merchant's list, `dueShard`/`dueAt` in the due index while work is pending,
 * `outboxShard`/`outboxAt` in the outbox index while it has unpublished events.
 */

export interface OrderKey {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly agentReference: string;
}

/** Pages (of one megabyte) read of each shard of the due index for one sum. */
const DOUBT_PAGES_MAX = 3;

const NEW_ORDER = 'attribute_not_exists(pk)';

const ORDER: Shape<Order> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  agentReference: 'string',
  status: 'string',
  version: 'number',
  productId: 'number',
  amountMinor: 'number',
  currency: 'string',
  provider: 'string',
  attempts: 'object',
  timeline: 'object',
  queryCount: 'number',
  notFoundCount: 'number',
  events: 'number',
};

/** One order, read consistently from the table: acting on a stale index row would vend twice. */
export async function readOrder(world: World, key: OrderKey): Promise<Order | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('orders'), Key: { pk: orderPk(key) }, ConsistentRead: true }),
  );
  return answer.Item ? toOrder(answer.Item) : undefined;
}

/** An order, and the debit that pays for it. */
export interface Funding {
  readonly order: Order;
  readonly entry: Omit<EntryDraft, 'id'>;
}

/**
 * Accepts an order: the order and its debit in one transaction, or, where the wallet does not cover it, the `refused`
 * order alone. Exactly one caller creates an order under a reference (`isNew`); all others get that order. Only a tail
 * that was just read can refuse an order, never a remembered one.
 */
export function fund(
  world: World,
  { refused, ...funding }: Funding & { readonly refused: Order },
): Promise<{ order: Order; isNew: boolean }> {
  const { order } = funding;
  const wallet = walletOf(order);
  return withRetries(world, async (tries) => {
    let tail = tries === 0 ? recallTail(world, wallet) : undefined;
    if (!tail || !covers(tail, order.amountMinor)) tail = await readTail(world, wallet);
    const funded = await writeFunded(world, wallet, tail, [funding]);
    const isRefused = funded.kind === 'uncovered';
    const written = isRefused ? await write(world, [orderPut(world, refused, NEW_ORDER)]) : funded;
    if (written.kind === 'done') return { order: isRefused ? refused : order, isNew: true };
    if (written.kind === 'again') return new Retry(written.reason);
    const row = written.rows[0];
    if (!row) return new Retry('another entry was written first');
    // Our own order, where the answer to an earlier try was lost.
    const there = toOrder(row);
    return { order: there, isNew: there.id === order.id };
  });
}

/**
 * Accepts one order with its debit and the companion writes of `decide`, in one transaction. `decide` runs again for
 * each try; it may return an existing order instead, such as our own after a lost answer. `undefined` where the wallet
 * does not cover the order: then nothing was written.
 */
export function acceptWithCompanions(
  world: World,
  decide: () => Promise<Acceptance | Order>,
): Promise<Order | undefined> {
  return withRetries(world, async (): Promise<Order | undefined | Retry> => {
    const decided = await decide();
    if (!('companions' in decided)) return decided;
    const { order, companions } = decided;
    const wallet = walletOf(order);
    const written = await writeFunded(world, wallet, await readTail(world, wallet), [decided], companions);
    if (written.kind === 'uncovered') return undefined;
    if (written.kind === 'done') return order;
    return new Retry(written.kind === 'again' ? written.reason : 'another write came first');
  });
}

export interface Acceptance extends Funding {
  /** Further puts of the same transaction. */
  readonly companions: readonly Put[];
}

/**
 * Writes orders of one wallet, their debits (chained onto its tail) and the companions, all in one transaction.
 * `uncovered` where the tail does not cover the orders together. The orders come first, so the first rows of a refused
 * transaction are theirs, in the same order.
 */
async function writeFunded(
  world: World,
  wallet: WalletId,
  tail: Entry | undefined,
  fundings: readonly Funding[],
  companions: readonly Put[] = [],
): Promise<Written | { readonly kind: 'uncovered' }> {
  const totalMinor = fundings.reduce((sum, { order }) => sum + order.amountMinor, 0);
  if (!covers(tail, totalMinor)) return { kind: 'uncovered' };
  const orders: Put[] = [];
  const entries: Put[] = [];
  let last = tail;
  for (const { order, entry } of fundings) {
    assert(entry.amountMinor === -order.amountMinor && entry.orderId === order.id, 'a debit pays for its own order');
    assert(walletKey(walletOf(order)) === walletKey(wallet), 'an order is paid from its own wallet');
    last = append(wallet, last, { ...entry, id: newId(world, 'ent') }, order.createdAt);
    orders.push(orderPut(world, order, NEW_ORDER));
    entries.push(entryPut(last));
  }
  const written = await write(world, [...orders, ...entries, ...companions]);
  if (written.kind === 'done') remember(world, last);
  else forget(world, wallet);
  return written;
}

/**
 * Writes an order that its batch has paid for, if the reference is free; else returns the order that has it, which may
 * be our own after a lost answer.
 */
export async function createRow(world: World, order: Order): Promise<Order> {
  assert(order.batchId !== undefined, 'only an order that its batch has paid for is written without a debit');
  return withRetries(world, async () => {
    const written = await write(world, [orderPut(world, order, NEW_ORDER)]);
    if (written.kind === 'again') return new Retry(written.reason);
    const row = written.kind === 'refused' ? written.rows[0] : undefined;
    return row ? toOrder(row) : order;
  });
}

/** Orders by reference, read consistently. */
export async function readOrdersOf(
  world: World,
  owner: Omit<OrderKey, 'agentReference'>,
  references: readonly string[],
): Promise<Map<string, Order>> {
  const pks = references.map((agentReference) => orderPk({ ...owner, agentReference }));
  const orders = (await readMany(world, 'orders', pks)).map(toOrder);
  return new Map(orders.map((order) => [order.agentReference, order]));
}

export type Committed =
  | { readonly kind: 'done'; readonly order: Order }
  /** The order was changed first: decide again from this one. */
  | { readonly kind: 'moved'; readonly order: Order }
  /** The wallet does not cover the debit of this change; nothing was written. */
  | { readonly kind: 'uncovered'; readonly order: Order };

/**
 * Writes a decided change if the order is still the one it was decided on: one put, or one transaction with the ledger
 * entry when money moves. A write of ours whose answer was lost is recognised by its write id and counts as done.
 */
export async function commit(world: World, change: Change): Promise<Committed> {
  const { before, after, entry } = change;
  assert(
    after.version === before.version + 1 && after.id === before.id,
    'a change follows the order it was decided on',
  );
  const writeId = newId(world, 'wri');
  const condition = 'version = :version AND #status = :status';
  const values = { ':version': before.version, ':status': before.status };
  const put: Put = { ...orderPut(world, after, condition, writeId), values, names: { '#status': 'status' } };
  const movements = entry ? [{ wallet: walletOf(after), entry, at: after.finalizedAt ?? world.now() }] : [];
  const hasMoved = async () => (await readOrder(world, before))?.version !== before.version;
  const companions = companionWrites(world, change, hasMoved);
  const result = await putWithEntries(world, { put, writeId, movements, companions });
  if (result.kind === 'moved') return { kind: 'moved', order: toOrder(result.row) };
  return result.kind === 'done' ? { kind: 'done', order: after } : { kind: 'uncovered', order: before };
}

export interface OrderFilter {
  readonly status?: readonly Order['status'][];
  readonly productId?: number;
  readonly msisdn?: string;
  readonly from?: Instant;
  readonly to?: Instant;
  /** Continue below this `listSk`. */
  readonly below?: string;
  readonly limit: number;
}

/** A merchant's orders, newest first. `next` is where to continue; a page may be short while `next` is set. */
export async function listOrders(
  world: World,
  owner: Owner,
  { status, productId, msisdn, ...filter }: OrderFilter,
): Promise<{ orders: Order[]; next?: string }> {
  const { items: orders, ...rest } = await listNewestFirst(world, owner, {
    ...filter,
    table: 'orders',
    equals: { productId, msisdn },
    read: toOrder,
    matches: status && ((order: Order) => status.includes(order.status)),
  });
  return { orders, ...rest };
}

/** The orders of a campaign's payouts, newest first. */
export async function listPayouts(
  world: World,
  owner: Owner,
  campaignId: string,
  { status, ...page }: { status?: readonly Status[]; below?: string | undefined; limit: number },
): Promise<{ orders: Order[]; next?: string }> {
  const { items: orders, ...rest } = await listNewestFirst(world, owner, {
    ...page,
    table: 'orders',
    within: { index: CAMPAIGN_INDEX, partition: 'campaignPk', value: campaignId },
    read: toOrder,
    matches: status && ((order: Order) => status.includes(order.status)),
  });
  return { orders, ...rest };
}

/** Keys of due orders, oldest first. */
export async function dueOrders(world: World, at: Instant, limitPerShard: number): Promise<OrderKey[]> {
  return (await dueRows(world, 'orders', at, limitPerShard)).map(({ pk }) => keyOfPk(String(pk)));
}

/** Keys of orders with unpublished events, oldest first. */
export async function ordersWithEvents(world: World, at: Instant, limitPerShard: number): Promise<OrderKey[]> {
  return (await outboxRows(world, 'orders', at, limitPerShard)).map(({ pk }) => keyOfPk(String(pk)));
}

/** Orders in review, the longest waiting first, at most 500. */
export async function ordersInReview(world: World): Promise<Order[]> {
  const rows = await queryDue(world, REVIEW_SHARD, 500);
  const pks = rows.map((row) => row.pk);
  const orders = (await readMany(world, 'orders', pks)).map(toOrder);
  return orders.filter((order) => order.status === 'review');
}

/** How many live orders are in review, and when the oldest unknown one was placed. */
export async function measureDoubt(world: World): Promise<{ inReview: number; oldestUnknownSince?: Instant }> {
  const isLive = ({ pk }: { pk: string }) => keyOfPk(pk).mode === 'live';
  const review = (await queryDue(world, REVIEW_SHARD, 1000)).filter(isLive);
  const shards = Array.from({ length: SHARDS }, (_, shard) => queryDue(world, shard, 1000));
  const since = (await Promise.all(shards))
    .flat()
    .filter((row) => row.status === 'unknown' && isLive(row))
    .map((row) => row.createdAt)
    .sort();
  return { inReview: review.length, ...defined({ oldestUnknownSince: since[0] }) };
}

/**
 * The sum of a merchant's undecided orders by currency. All of them are in the due index, which lags by moments.
 * `undefined` where all merchants together have more due orders than one request reads: a partial sum would be wrong.
 */
export async function sumInDoubt(world: World, owner: Owner): Promise<ReadonlyMap<string, number> | undefined> {
  const shards = await Promise.all(Array.from({ length: SHARDS + 1 }, (_, shard) => readDoubt(world, owner, shard)));
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
    // A refunded order may be due as well, to be queried once more, and is decided.
    const undecided = (answer.Items ?? []).filter(({ status }) => status !== 'refunded');
    rows.push(...undecided.map(({ currency, amountMinor }) => ({ currency, amountMinor })));
    start = answer.LastEvaluatedKey;
    if (!start) return rows;
  }
  return undefined;
}

async function queryDue(
  world: World,
  shard: number,
  limit: number,
): Promise<{ pk: string; status: string; createdAt: Instant }[]> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('orders'),
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard',
      ExpressionAttributeValues: { ':shard': shard },
      Limit: limit,
    }),
  );
  return (answer.Items ?? []).map(({ pk, status, createdAt }) => ({ pk, status, createdAt }));
}

function orderPut(world: World, order: Order, condition: string, writeId = newId(world, 'wri')): Put {
  const item = {
    pk: orderPk(order),
    ...order,
    ...listKeys(order),
    ...defined({ campaignPk: order.payout?.campaignId }),
    ...sparseKeys(order),
    writeId,
  };
  return { table: 'orders', item, condition };
}

function orderPk(key: OrderKey): string {
  return `${key.merchantId}#${key.mode}#${key.agentReference}`;
}

function keyOfPk(pk: string): OrderKey {
  const [merchantId = '', mode, agentReference = ''] = pk.split('#');
  return { merchantId, mode: mode === 'live' ? 'live' : 'test', agentReference };
}

function toOrder(item: Record<string, unknown>): Order {
  return fromItem('order', ORDER, item);
}
