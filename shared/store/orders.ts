import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import { defined } from '../domain/defined.ts';
import type { EntryDraft, Owner } from '../domain/ledger.ts';
import type { Spending } from '../domain/line.ts';
import type { Change, Order } from '../domain/order.ts';
import { isFinal, walletOf } from '../domain/order.ts';
import { instantOfOrderId } from '../domain/order-id.ts';
import { storeOutcome } from '../domain/order-life.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import { CAMPAIGN_INDEX, LISTED_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { dueKeys } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listKeys, listNewestFirst, listPk } from './list-newest-first.ts';
import { post, putUnmoved, putWithEntries } from './post.ts';
import type { Posting } from './posting.ts';
import { readItems, readMany } from './read-items.ts';
import type { Item, Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/**
 * Order items. The key is (merchant, mode, agent_reference), so the order is its own idempotency record and never
 * expires. `listPk`/`listSk` put it in the merchant's list, `dueShard`/`dueAt` in the due index while anything is
 * pending, with `dueFor`, and `doubtPk`/`listSk` in the index of orders in doubt.
 */

export interface OrderKey extends Owner {
  readonly agentReference: string;
}

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

/**
 * One order by its id, through the merchant's list, which lags by moments; `undefined` also for an order of a batch,
 * whose id does not say when it was placed.
 */
export async function findOrderById(world: World, owner: Owner, id: string): Promise<Order | undefined> {
  const createdAt = instantOfOrderId(id);
  if (createdAt === undefined) return undefined;
  const key = listKeys({ ...owner, id, createdAt });
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('orders'),
      IndexName: LISTED_INDEX,
      KeyConditionExpression: 'listPk = :owner AND listSk = :place',
      ExpressionAttributeValues: { ':owner': key.listPk, ':place': key.listSk },
      Limit: 1,
    }),
  );
  const [row] = answer.Items ?? [];
  return row && readOrder(world, keyOfPk(String(row.pk)));
}

/** One order, read consistently from the table: acting on a stale index row would vend twice. */
export async function readOrder(world: World, key: OrderKey): Promise<Order | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('orders'), Key: { pk: orderPk(key) }, ConsistentRead: true }),
  );
  return answer.Item ? toOrder(answer.Item) : undefined;
}

/** One order, perhaps as it was a moment ago, for half the price: to see whether it has changed, never to change it. */
export async function peekAtOrder(world: World, key: OrderKey): Promise<Order | undefined> {
  const answer = await world.db.send(new GetCommand({ TableName: world.table('orders'), Key: { pk: orderPk(key) } }));
  return answer.Item ? toOrder(answer.Item) : undefined;
}

/** An order, and the debit that pays for it. */
export interface Funding {
  readonly order: Order;
  readonly entry: Omit<EntryDraft, 'id'>;
}

/**
 * Accepts an order: the order and its debit in one transaction, or, where the wallet does not cover it, the `refused`
 * order alone. Exactly one caller creates an order under a reference (`isNew`); all others get that order. A refusal is
 * true of the moment at which it is written.
 */
export function fund(
  world: World,
  { refused, ...funding }: Funding & { readonly refused: Order },
): Promise<{ order: Order; isNew: boolean }> {
  const { order } = funding;
  const posting = { ...fundingOf(world, funding), refusal: orderPut(world, refused, NEW_ORDER) };
  return withRetries(world, async () => {
    const posted = await post(world, posting);
    if (posted.kind === 'done') return { order, isNew: true };
    if (posted.kind === 'refused') return { order: refused, isNew: true };
    if (posted.kind !== 'moved') return new Retry('the order was not posted');
    // Our own order, where the answer to an earlier try was lost.
    const there = toOrder(posted.row);
    return { order: there, isNew: there.id === order.id };
  });
}

/**
 * Accepts one order with its debit, its campaign's totals and the companion writes of `decide`, in one transaction.
 * `decide` runs again for each try; it may return an existing order instead, such as our own after a lost answer.
 * `undefined` where the wallet does not cover the order: then nothing was written.
 */
export function acceptPayout(world: World, decide: () => Promise<Acceptance | Order>): Promise<Order | undefined> {
  return withRetries(world, async (): Promise<Order | undefined | Retry> => {
    const decided = await decide();
    if (!('companions' in decided)) return decided;
    const { companions, spending } = decided;
    const own = fundingOf(world, decided);
    const posted = await post(world, { ...own, puts: [...own.puts, ...companions], spending });
    if (posted.kind === 'uncovered') return undefined;
    return posted.kind === 'done' ? decided.order : new Retry('another write came first');
  });
}

export interface Acceptance extends Funding {
  readonly spending: Spending;
  /** Further puts of the same transaction. */
  readonly companions: readonly Put[];
}

function fundingOf(world: World, { order, entry }: Funding): Posting {
  assert(entry.amountMinor === -order.amountMinor && entry.orderId === order.id, 'a debit pays for its own order');
  const debit = { wallet: walletOf(order), entry: { ...entry, id: newId(world, 'ent') }, at: order.createdAt };
  const id = newId(world, 'wri');
  return { id, puts: [orderPut(world, order, NEW_ORDER, id)], movements: [debit] };
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
  owner: Owner,
  references: readonly string[],
): Promise<Map<string, Order>> {
  const pks = references.map((agentReference) => orderPk({ ...owner, agentReference }));
  const orders = (await readMany(world, 'orders', pks)).map(toOrder);
  return new Map(orders.map((order) => [order.agentReference, order]));
}

/** Orders by reference, perhaps as they were a moment ago, for half the price: to count them, never to change them. */
export async function readSettled(world: World, owner: Owner, references: readonly string[]): Promise<Order[]> {
  const pks = references.map((agentReference) => orderPk({ ...owner, agentReference }));
  return (await readMany(world, 'orders', pks, false)).map(toOrder);
}

export type Committed =
  | { readonly kind: 'done'; readonly order: Order }
  /** The wallet was busy: the outcome is stored on the order, and its money has still to move. */
  | { readonly kind: 'stored'; readonly order: Order }
  /** The order was changed first: decide again from this one. */
  | { readonly kind: 'moved'; readonly order: Order }
  /** The wallet does not cover the debit of this change; nothing was written. */
  | { readonly kind: 'uncovered'; readonly order: Order };

/**
 * Writes a decided change if the order is still the one it was decided on: one put, or one transaction with the ledger
 * entry when money moves. A write of ours whose answer was lost is recognised by its write id and counts as done. Where
 * the wallet is busy, the outcome is stored on the order alone: it may never be reported again. The companions are
 * written with either.
 */
export async function commit(world: World, change: Change, companions: readonly Put[] = []): Promise<Committed> {
  const { before, after, entry } = change;
  const writeId = newId(world, 'wri');
  const put = changePut(world, change, writeId);
  const movements = entry ? [{ wallet: walletOf(after), entry, at: after.finalizedAt ?? world.now() }] : [];
  const { payout } = after;
  const spending = entry &&
    payout && { campaignId: payout.campaignId, day: payout.day, amountMinor: entry.amountMinor };
  const stored = entry && before.stored === undefined ? storeOutcome(change, world.now()).after : undefined;
  const storedId = newId(world, 'wri');
  const instead = stored && {
    put: { ...put, item: itemOf(stored, storedId) },
    writeId: storedId,
  };
  const result = await putWithEntries(world, { put, writeId, movements, spending, companions, instead });
  if (result.kind === 'moved') return { kind: 'moved', order: toOrder(result.row) };
  if (result.kind === 'stored') return { kind: 'stored', order: stored ?? before };
  return result.kind === 'done' ? { kind: 'done', order: after } : { kind: 'uncovered', order: before };
}

/** The same of a change that moves nothing, for whoever is granted no money. `there` is the order as it is by then. */
export async function commitUnmoved(world: World, change: Change): Promise<{ there: Order; isDone: boolean }> {
  assert(change.entry === undefined, 'a change of who moves no money has no entry');
  const writeId = newId(world, 'wri');
  const result = await putUnmoved(world, { put: changePut(world, change, writeId), writeId });
  if (result.kind === 'moved') return { there: toOrder(result.row), isDone: false };
  return { there: change.after, isDone: true };
}

/** The put of a change, on the condition that its order is still the one it was decided on. */
function changePut(world: World, { before, after }: Change, writeId: string): Put {
  assert(
    after.version === before.version + 1 && after.id === before.id,
    'a change follows the order it was decided on',
  );
  const values = { ':version': before.version, ':status': before.status };
  const put = orderPut(world, after, 'version = :version AND #status = :status', writeId);
  return { ...put, values, names: { '#status': 'status' } };
}

/**
 * Writes a change together with what its batch pays for it. `charge` decides again for each try; `undefined` where the
 * batch cannot pay: then nothing was written.
 */
export function commitWithBatch(
  world: World,
  change: Change,
  charge: () => Promise<Put | undefined>,
  companions: readonly Put[] = [],
): Promise<Committed | undefined> {
  const { after } = change;
  const writeId = newId(world, 'wri');
  const put = changePut(world, change, writeId);
  return withRetries(world, async (tries): Promise<Committed | undefined | Retry> => {
    const companion = await charge();
    if (!companion) {
      // An earlier try, whose answer was lost, may have taken what the batch held.
      const [there] = tries > 0 ? await readItems(world, 'orders', [orderPk(after)]) : [];
      return there?.writeId === writeId ? { kind: 'done', order: after } : undefined;
    }
    const written = await write(world, [put, companion, ...companions]);
    if (written.kind === 'done') return { kind: 'done', order: after };
    if (written.kind === 'again') return new Retry(written.reason);
    const row = written.rows[0];
    if (!row) return new Retry('the batch was changed first');
    return row.writeId === writeId ? { kind: 'done', order: after } : { kind: 'moved', order: toOrder(row) };
  });
}

export interface OrderFilter {
  readonly status?: readonly Order['status'][];
  readonly productId?: number;
  readonly msisdn?: string;
  readonly batchId?: string;
  /** Who placed it. */
  readonly by?: string;
  readonly from?: Instant;
  readonly to?: Instant;
  /** Continue below this `listSk`. */
  readonly below?: string | undefined;
  readonly limit: number;
}

/** A merchant's orders, newest first. `next` is where to continue; a page may be short while `next` is set. */
export async function listOrders(
  world: World,
  owner: Owner,
  { productId, msisdn, ...filter }: OrderFilter,
): Promise<{ orders: Order[]; next?: string }> {
  const { items: orders, ...rest } = await listNewestFirst(world, owner, {
    ...queryOf(filter),
    table: 'orders',
    read: toOrder,
    equals: { productId, msisdn },
  });
  return { orders, ...rest };
}

/** The orders of a campaign's payouts, newest first. Whose campaign it is, is for the caller to know. */
export async function listPayouts(
  world: World,
  owner: Owner,
  campaignId: string,
  filter: OrderFilter,
): Promise<{ orders: Order[]; next?: string }> {
  const { items: orders, ...rest } = await listNewestFirst(world, owner, {
    ...queryOf(filter),
    table: 'orders',
    read: toOrder,
    within: { index: CAMPAIGN_INDEX, partition: 'campaignPk', value: campaignId },
  });
  return { orders, ...rest };
}

/** A filter of which nothing is in an index: the orders themselves are looked at. */
function queryOf({ status, productId, msisdn, batchId, by, ...page }: OrderFilter) {
  const wanted: Partial<Order> = defined({ productId, msisdn, batchId, by });
  const names = Object.keys(wanted) as (keyof Order)[];
  const matches = (order: Order) =>
    (status?.includes(order.status) ?? true) && names.every((name) => order[name] === wanted[name]);
  return { ...page, matches: status || names.length > 0 ? matches : undefined };
}

/**
 * What an order is due for, as far as its row says it: `query`, a status query and nothing before it; `unknown`, a
 * status query after something else, such as its events; `recheck`, the query of a decided one; `unfreezing`, the end
 * of the freeze that holds it. Absent for all else, so that the row of an order which is not in doubt is written twice:
 * when it is accepted, and when all is done.
 */
export type DueFor = 'query' | 'unknown' | 'recheck' | 'unfreezing';

/** The attributes of an order's row in the due index, and in that of its owner's orders in doubt. */
function doubtKeys(order: Order): { dueFor?: DueFor; doubtPk?: string } {
  const { status, stored, outbox, dueAt } = order;
  const isAlone = stored === undefined && outbox === undefined;
  if (status === 'unknown') return { dueFor: isAlone ? 'query' : 'unknown', doubtPk: listPk(order) };
  if (status === 'pending' && order.isFrozen && isAlone) return { dueFor: 'unfreezing' };
  if (status === 'review') return { doubtPk: listPk(order) };
  const isRechecked = status === 'refunded' || (status === 'success' && order.recheckAt !== undefined);
  return isRechecked && dueAt !== undefined && isAlone ? { dueFor: 'recheck' } : {};
}

function orderPut(world: World, order: Order, condition: string, writeId = newId(world, 'wri')): Put {
  return { table: 'orders', item: itemOf(order, writeId), condition };
}

function itemOf(order: Order, writeId: string): Item {
  return {
    pk: orderPk(order),
    ...withoutKeyed(order),
    ...listKeys(order),
    ...defined({ campaignPk: order.payout?.campaignId }),
    ...dueKeys(order),
    ...doubtKeys(order),
    writeId,
  };
}

function orderPk(key: OrderKey): string {
  return `${key.merchantId}#${key.mode}#${key.agentReference}`;
}

/** The key of an order, from its primary key. */
export function keyOfPk(pk: string): OrderKey {
  const [merchantId = '', mode, agentReference = ''] = pk.split('#');
  return { merchantId, mode: mode === 'live' ? 'live' : 'test', agentReference };
}

/**
 * An order without what its keys and its timeline say too: an item of one KB or less is written for one unit. `toOrder`
 * puts it back.
 */
function withoutKeyed(order: Order): object {
  const { merchantId: _m, mode: _o, agentReference: _r, id: _i, createdAt: _c, finalizedAt, payout, ...rest } = order;
  const { campaignId: _p, ...paying } = payout ?? { campaignId: '' };
  return {
    ...rest,
    ...(finalizedAt === finalChangeOf(order) ? {} : { finalizedAt }),
    ...(payout ? { payout: paying } : {}),
  };
}

/** The order that an item stores. */
export function toOrder(item: Record<string, unknown>): Order {
  const { pk = '', listSk, campaignPk, payout } = item;
  const [createdAt, id] = String(listSk ?? '').split('#');
  const keyed = { ...keyOfPk(String(pk)), ...defined({ createdAt, id }) };
  const paying = payout ? { payout: { ...payout, campaignId: campaignPk } } : {};
  const order = fromItem<Order>('order', ORDER, { ...item, ...keyed, ...paying });
  const finalizedAt = order.finalizedAt ?? finalChangeOf(order);
  return finalizedAt === undefined ? order : { ...order, finalizedAt };
}

/** When a decided order reached its status. */
function finalChangeOf({ status, timeline }: Pick<Order, 'status' | 'timeline'>): Instant | undefined {
  if (!isFinal(status)) return undefined;
  const reached = timeline.findLastIndex((each) => each.status !== status) + 1;
  return timeline[reached]?.at;
}
