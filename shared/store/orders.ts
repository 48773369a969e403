import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import { defined } from '../domain/defined.ts';
import type { Entry, EntryDraft, Mode, Owner, WalletId } from '../domain/ledger.ts';
import { append, covers, walletKey } from '../domain/ledger.ts';
import type { Change, Order, Status } from '../domain/order.ts';
import { walletOf } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import { CAMPAIGN_INDEX, DUE_INDEX, OUTBOX_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { companionWrites } from './campaigns.ts';
import { entryPut, forget, putWithEntry, readTail, recallTail, remember } from './ledger.ts';
import { listKeys, listNewestFirst, listPk } from './listed.ts';
import { dueRows, readMany, SHARDS, shardOf, withoutKeys } from './read.ts';
import type { Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

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

/** Megabytes read of each part of the due index for one sum. */
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
  /** What is written instead when the wallet does not cover it: the same order, refused. Absent: nothing is. */
  readonly refused?: Order;
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
  await withRetries(world, async (tries) => {
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
    if (written.kind === 'again') return new Retry(written.reason);
    plan.orders.forEach((order, index) => {
      const row = written.rows[index];
      if (!row) return;
      const there = toOrder(row);
      results.set(order.id, { order: there, isNew: there.id === order.id });
    });
    return results.size === fundings.length ? true : new Retry('another order was accepted first');
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
      if (refused) orders.push(refused);
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

/**
 * Writes an order that was paid with its batch, if its reference is free; else answers with the order that has it. An
 * order of ours whose answer was lost is found as one that is there.
 */
export async function createRow(world: World, order: Order): Promise<Order> {
  assert(order.batchId !== undefined, 'only what a batch has paid for is written without a debit');
  return withRetries(world, async () => {
    const written = await write(world, [orderPut(world, order, NEW_ORDER)]);
    if (written.kind === 'again') return new Retry(written.reason);
    const row = written.kind === 'refused' ? written.rows[0] : undefined;
    return row ? toOrder(row) : order;
  });
}

/** Orders by their references, as far as there are any; consistent. */
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
  const hasMoved = async () => (await readOrder(world, before))?.version !== before.version;
  const companions = companionWrites(world, change, hasMoved);
  const result = await putWithEntry(world, { put, writeId, money, companions });
  if (result.kind === 'moved') return { kind: 'moved', order: toOrder(result.row) };
  return result.kind === 'done' ? { kind: 'done', order: after } : { kind: 'uncovered', order: before };
}

export interface Acceptance {
  readonly order: Order;
  readonly entry: Omit<EntryDraft, 'id'>;
  /** What must be written with it. */
  readonly companions: readonly Put[];
}

/**
 * Accepts one order with its debit and what `decide` wants written beside them, all in one transaction. Each try
 * decides anew; it answers with an order where there is nothing to accept, its own among them when an answer was lost.
 * `undefined` when the wallet does not cover it: then nothing was written.
 */
export function acceptWithCompanions(
  world: World,
  decide: () => Promise<Acceptance | Order>,
): Promise<Order | undefined> {
  return withRetries(world, async (): Promise<Order | undefined | Retry> => {
    const decided = await decide();
    if (!('companions' in decided)) return decided;
    const { companions, order } = decided;
    const wallet = walletOf(order);
    const plan = planFunding(world, wallet, await readTail(world, wallet), [decided]);
    if (!plan.tail) return undefined;
    const written = await write(world, [...plan.puts, ...companions]);
    if (written.kind === 'done') {
      remember(world, plan.tail);
      return order;
    }
    forget(world, wallet);
    return new Retry(written.kind === 'again' ? written.reason : 'somebody else came first');
  });
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
  const { things: orders, ...rest } = await listNewestFirst(world, owner, {
    ...filter,
    table: 'orders',
    equals: { productId, msisdn },
    read: toOrder,
    ...(status ? { wants: (order: Order) => status.includes(order.status) } : {}),
  });
  return { orders, ...rest };
}

/** A campaign's payouts, newest first, by the orders that pay them. */
export async function listPayouts(
  world: World,
  owner: Owner,
  campaignId: string,
  { status, ...page }: { status?: readonly Status[]; below?: string | undefined; limit: number },
): Promise<{ orders: Order[]; next?: string }> {
  const { things: orders, ...rest } = await listNewestFirst(world, owner, {
    ...page,
    table: 'orders',
    within: { index: CAMPAIGN_INDEX, partition: 'campaignPk', value: campaignId },
    read: toOrder,
    ...(status ? { wants: (order: Order) => status.includes(order.status) } : {}),
  });
  return { orders, ...rest };
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
 * What a merchant's undecided orders add up to, by currency: all of them are due for something, so the due index has
 * them. It lags by moments. `undefined` where more is due, of all merchants, than one request reads: a sum of a part
 * would be wrong.
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
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    rows.push(...(answer.Items ?? []).map(({ currency, amountMinor }) => ({ currency, amountMinor })));
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
    ...(order.payout ? { campaignPk: order.payout.campaignId } : {}),
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

function toOrder(item: Record<string, unknown>): Order {
  return withoutKeys(item) as unknown as Order;
}
