import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Entry, EntryDraft, Mode, WalletId } from '../domain/ledger.ts';
import { append, covers, walletKey } from '../domain/ledger.ts';
import type { Change, Order } from '../domain/order.ts';
import { walletOf } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import { DUE_INDEX, LISTED_INDEX, OUTBOX_INDEX } from '../tables.ts';
import type { World } from '../world.ts';
import { entryPut, forget, putWithEntry, readTail, recallTail, remember } from './ledger.ts';
import { BATCH_GET_MAX, dueRows, readItems, SHARDS, shardOf } from './read.ts';
import type { Put } from './write.ts';
import { Again, persist, write } from './write.ts';

/**
 * Order items. The key is (merchant, mode, agent_reference), so the order is its own idempotency record and never
 * expires. `listPk`/`listSk` put it in the merchant's list, `dueShard`/`dueAt` in the due index while something is
 * owed, `outboxShard`/`outboxAt` in the outbox index while events wait to be handed on.
 */

export interface OrderKey {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly agentReference: string;
}

/** Orders in review lie in a part of the due index of their own, oldest first, where no sweep looks. */
const REVIEW_SHARD = SHARDS;

/** Megabytes of each part of the due index read for one sum: some ten thousand orders. */
const DOUBT_PAGES_MAX = 3;

const NEW_ORDER = 'attribute_not_exists(pk)';

/** One order, read consistently from the table itself: an index may lag, and a lagging answer vends twice. */
export async function readOrder(world: World, key: OrderKey): Promise<Order | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('orders'), Key: { pk: orderPk(key) }, ConsistentRead: true }),
  );
  return answer.Item ? toOrder(answer.Item) : undefined;
}

export interface Funding {
  readonly order: Order;
  readonly entry: Omit<EntryDraft, 'id'>;
  /** What is written instead when the wallet does not cover it: the same order, refused. */
  readonly refused: Order;
}

export interface Funded {
  readonly order: Order;
  /** False when the reference was taken: `order` is then the one that was there. */
  readonly isNew: boolean;
}

/**
 * Accepts orders against one wallet: each order and the debit that pays for it, all in one transaction, or, where the
 * wallet does not cover it, the refused order alone. Exactly one caller creates an order under a reference; all others
 * get that order. A refusal is only ever decided on a tail that was just read, never on a remembered one.
 */
export async function fund(world: World, wallet: WalletId, fundings: readonly Funding[]): Promise<Funded[]> {
  const results = new Map<string, Funded>();
  await persist(world, async (tries) => {
    const open = fundings.filter((each) => !results.has(each.order.id));
    let tail = tries === 0 ? recallTail(world, wallet) : undefined;
    if (!tail || !covers(tail, totalOf(open))) tail = await readTail(world, wallet);
    const plan = planFunding(world, wallet, tail, open);
    const written = await write(world, plan.puts);
    if (written.kind === 'done') {
      for (const order of plan.orders) results.set(order.id, { order, isNew: true });
      if (plan.tail) remember(world, plan.tail);
      return true;
    }
    forget(world, wallet);
    if (written.kind === 'again') return new Again(written.reason);
    plan.orders.forEach((order, index) => {
      const row = written.rows[index];
      if (!row) return;
      const there = toOrder(row);
      results.set(order.id, { order: there, isNew: there.id === order.id });
    });
    return results.size === fundings.length ? true : new Again('another order was accepted first');
  });
  return fundings.map((each) => {
    const result = results.get(each.order.id);
    assert(result, 'every order was accepted, refused or found');
    return result;
  });
}

/** Order puts first, then the entries: the reasons of a cancelled transaction come back in this order. */
function planFunding(world: World, wallet: WalletId, before: Entry | undefined, fundings: readonly Funding[]) {
  const orders: Order[] = [];
  const entryPuts: Put[] = [];
  let tail = before;
  for (const { order, entry, refused } of fundings) {
    if (!covers(tail, order.amountMinor)) {
      orders.push(refused);
      continue;
    }
    assert(entry.amountMinor === -order.amountMinor && entry.orderId === order.id, 'a debit pays for its own order');
    assert(walletKey(walletOf(order)) === walletKey(wallet), 'an order is paid from its own wallet');
    tail = append(wallet, tail, { ...entry, id: newId(world, 'ent') }, order.createdAt);
    orders.push(order);
    entryPuts.push(entryPut(tail));
  }
  const puts = [...orders.map((order) => orderPut(world, order, NEW_ORDER)), ...entryPuts];
  return { orders, puts, tail: entryPuts.length > 0 ? tail : undefined };
}

function totalOf(fundings: readonly Funding[]): number {
  return fundings.reduce((sum, each) => sum + each.order.amountMinor, 0);
}

export type Committed =
  | { readonly kind: 'done'; readonly order: Order }
  /** Somebody changed the order first: decide again from what is there now. */
  | { readonly kind: 'moved'; readonly order: Order }
  /** The change takes money that the wallet does not hold; nothing was written. */
  | { readonly kind: 'uncovered'; readonly order: Order };

/**
 * Writes a decided change if the order is still what it was decided on: one put, or one transaction with the ledger
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
  const money = entry && { wallet: walletOf(after), entry, at: after.finalizedAt ?? world.now() };
  const result = await putWithEntry(world, { put, writeId, money });
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

/** Index rows looked at for one page: a rare status must not turn one request into a walk through years. */
const EXAMINED_MAX = 500;

/**
 * A merchant's orders, newest first. The index gives keys, the table gives the orders, so what is shown is current.
 * `next` is where to continue; a page may be short, even empty, while `next` is set.
 */
export async function listOrders(
  world: World,
  owner: { merchantId: string; mode: Mode },
  filter: OrderFilter,
): Promise<{ orders: Order[]; next?: string }> {
  const found: Order[] = [];
  let below = filter.below;
  for (let examined = 0; examined < EXAMINED_MAX; ) {
    const page = await queryListed(world, owner, filter, below);
    examined += page.examined;
    const orders = await readOrders(world, page.pks);
    found.push(...orders.filter((order) => !filter.status || filter.status.includes(order.status)));
    const last = found[filter.limit - 1];
    if (last && found.length > filter.limit) return { orders: found.slice(0, filter.limit), next: listSk(last) };
    if (page.next === undefined) return { orders: found };
    below = page.next;
  }
  return below === undefined ? { orders: found } : { orders: found, next: below };
}

async function queryListed(
  world: World,
  owner: { merchantId: string; mode: Mode },
  filter: OrderFilter,
  below: string | undefined,
): Promise<{ pks: string[]; examined: number; next?: string }> {
  const filters = [
    ...(filter.productId === undefined ? [] : ['productId = :product']),
    ...(filter.msisdn === undefined ? [] : ['msisdn = :msisdn']),
  ];
  // `~` sorts after every instant; exclusive bounds are made by sorting just above or below the instant's own text.
  const top = below ?? filter.to ?? '~';
  const from = filter.from ?? '0';
  if (top < from) return { pks: [], examined: 1 };
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('orders'),
      IndexName: LISTED_INDEX,
      KeyConditionExpression: 'listPk = :owner AND listSk BETWEEN :from AND :top',
      ...(filters.length > 0 ? { FilterExpression: filters.join(' AND ') } : {}),
      ExpressionAttributeValues: {
        ':owner': listPk(owner),
        ':from': from,
        ':top': top,
        ...(filter.productId === undefined ? {} : { ':product': filter.productId }),
        ...(filter.msisdn === undefined ? {} : { ':msisdn': filter.msisdn }),
      },
      ScanIndexForward: false,
      Limit: filter.status || filters.length > 0 ? BATCH_GET_MAX : Math.min(filter.limit + 1, BATCH_GET_MAX),
    }),
  );
  const rows = (answer.Items ?? []).filter((row) => row.listSk !== below);
  const next = answer.LastEvaluatedKey?.listSk as string | undefined;
  return {
    pks: rows.map((row) => String(row.pk)),
    examined: Math.max(answer.ScannedCount ?? 0, 1),
    ...(next === undefined ? {} : { next }),
  };
}

async function readOrders(world: World, pks: readonly string[]): Promise<Order[]> {
  return (await readItems(world, 'orders', pks)).map(toOrder);
}

/** Keys of orders whose time has come, oldest first. */
export async function dueOrders(world: World, at: Instant, limitPerShard: number): Promise<OrderKey[]> {
  const due = { table: 'orders', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  return (await dueRows(world, due, at, limitPerShard)).map(({ pk }) => keyOfPk(String(pk)));
}

/** Keys of orders with events to hand on, oldest first. */
export async function ordersWithEvents(world: World, at: Instant, limitPerShard: number): Promise<OrderKey[]> {
  const waiting = { table: 'orders', index: OUTBOX_INDEX, shard: 'outboxShard', sort: 'outboxAt' } as const;
  return (await dueRows(world, waiting, at, limitPerShard)).map(({ pk }) => keyOfPk(String(pk)));
}

/** Orders in review, those that wait longest first, at most 500. */
export async function ordersInReview(world: World): Promise<Order[]> {
  const rows = await queryDue(world, REVIEW_SHARD, 500);
  const orders: Order[] = [];
  for (let start = 0; start < rows.length; start += BATCH_GET_MAX) {
    orders.push(
      ...(await readOrders(
        world,
        rows.slice(start, start + BATCH_GET_MAX).map((row) => row.pk),
      )),
    );
  }
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
  return { inReview: review.length, ...(since[0] === undefined ? {} : { oldestUnknownSince: since[0] }) };
}

/**
 * What a merchant's undecided orders add up to, by currency: all of them are due for something, so the due index has
 * them. It lags by moments; and where more is due than is read here, the sum is of what waits longest.
 */
export async function sumInDoubt(
  world: World,
  owner: { merchantId: string; mode: Mode },
): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  const shards = Array.from({ length: SHARDS + 1 }, async (_, shard) => {
    let start: Record<string, unknown> | undefined;
    for (let page = 0; page < DOUBT_PAGES_MAX; page += 1) {
      const answer = await world.db.send(
        new QueryCommand({
          TableName: world.table('orders'),
          IndexName: DUE_INDEX,
          KeyConditionExpression: 'dueShard = :shard',
          FilterExpression: 'begins_with(pk, :owner)',
          ExpressionAttributeValues: { ':shard': shard, ':owner': `${listPk(owner)}#` },
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      for (const { currency, amountMinor } of answer.Items ?? []) {
        sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
      }
      start = answer.LastEvaluatedKey;
      if (!start) return;
    }
  });
  await Promise.all(shards);
  return sums;
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
    listPk: listPk(order),
    listSk: listSk(order),
    ...(order.dueAt === undefined ? {} : { dueShard: order.status === 'review' ? REVIEW_SHARD : shardOf(order) }),
    ...(order.outbox?.[0] === undefined ? {} : { outboxShard: shardOf(order), outboxAt: order.outbox[0].at }),
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

function listPk(owner: { merchantId: string; mode: Mode }): string {
  return `${owner.merchantId}#${owner.mode}`;
}

/** Sorts by creation; the id makes it unique. */
function listSk(order: Pick<Order, 'createdAt' | 'id'>): string {
  return `${order.createdAt}#${order.id}`;
}

/** The item without what it holds for keys, indexes and the store itself. */
function toOrder(item: Record<string, unknown>): Order {
  const {
    pk: _pk,
    listPk: _listPk,
    listSk: _listSk,
    dueShard: _dueShard,
    outboxShard: _outboxShard,
    outboxAt: _outboxAt,
    writeId: _writeId,
    ...order
  } = item;
  return order as unknown as Order;
}
