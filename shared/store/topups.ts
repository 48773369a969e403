import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import type { Topup, TopupChange } from '../domain/topup.ts';
import { newId } from '../id.ts';
import { DUE_INDEX, OUTBOX_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { putWithEntry } from './ledger.ts';
import { listKeys, listNewestFirst } from './listed.ts';
import { dueRows, readItems, SHARDS, shardOf, withoutKeys } from './read.ts';
import type { Put } from './write.ts';

/**
 * Top-ups, one item each, by their id, which follows from the merchant's reference: so the item is its own idempotency
 * record. Indexes as with orders: what is due, events to hand on, and a merchant's list.
 */

/** Those in review lie in a part of the due index of their own, where no sweep looks. */
const REVIEW_SHARD = SHARDS;
const NEW = 'attribute_not_exists(pk)';

export async function readTopup(world: World, id: string): Promise<Topup | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('topups'), Key: { pk: id }, ConsistentRead: true }),
  );
  return answer.Item ? toTopup(answer.Item) : undefined;
}

/** Writes a new top-up, or answers with the one that is there under its reference. */
export async function createTopup(world: World, topup: Topup): Promise<{ topup: Topup; isNew: boolean }> {
  const writeId = newId(world, 'wri');
  const result = await putWithEntry(world, { put: topupPut(topup, NEW, writeId), writeId });
  return result.kind === 'moved' ? { topup: toTopup(result.row), isNew: false } : { topup, isNew: true };
}

/** Writes a decided change, with its credit in one transaction, if nothing moved; else answers what is there. */
export async function commitTopup(world: World, change: TopupChange): Promise<{ there: Topup; isDone: boolean }> {
  const { before, after, entry } = change;
  assert(after.version === before.version + 1 && after.id === before.id, 'a change follows what it was decided on');
  const writeId = newId(world, 'wri');
  const values = { ':version': before.version, ':status': before.status };
  const names = { '#status': 'status' };
  const put = { ...topupPut(after, 'version = :version AND #status = :status', writeId), values, names };
  const { merchantId, mode, currency } = after;
  const money = entry && { wallet: { merchantId, mode, currency }, entry, at: after.finalizedAt ?? world.now() };
  const result = await putWithEntry(world, { put, writeId, money });
  assert(result.kind !== 'uncovered', 'a top-up takes nothing');
  return result.kind === 'moved' ? { there: toTopup(result.row), isDone: false } : { there: after, isDone: true };
}

/** Ids of top-ups whose time has come, oldest first. */
export async function dueTopups(world: World, at: Instant, limitPerShard: number): Promise<string[]> {
  const due = { table: 'topups', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  return (await dueRows(world, due, at, limitPerShard)).map(({ pk }) => String(pk));
}

/** Ids of top-ups with events to hand on, oldest first. */
export async function topupsWithEvents(world: World, at: Instant, limitPerShard: number): Promise<string[]> {
  const waiting = { table: 'topups', index: OUTBOX_INDEX, shard: 'outboxShard', sort: 'outboxAt' } as const;
  return (await dueRows(world, waiting, at, limitPerShard)).map(({ pk }) => String(pk));
}

/** Top-ups in review, those that wait longest first, at most a hundred. */
export async function topupsInReview(world: World): Promise<Topup[]> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('topups'),
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard',
      ExpressionAttributeValues: { ':shard': REVIEW_SHARD },
      Limit: 100,
    }),
  );
  const pks = (answer.Items ?? []).map(({ pk }) => String(pk));
  return (await readItems(world, 'topups', pks)).map(toTopup).filter(({ status }) => status === 'review');
}

/** A merchant's top-ups, newest first. `next` is where to continue below. */
export async function listTopups(
  world: World,
  owner: Owner,
  page: { below?: string | undefined; limit: number },
): Promise<{ topups: Topup[]; next?: string }> {
  const { things: topups, ...rest } = await listNewestFirst(world, owner, { ...page, table: 'topups', read: toTopup });
  return { topups, ...rest };
}

function topupPut(topup: Topup, condition: string, writeId: string): Put {
  const [event] = topup.outbox ?? [];
  const item = {
    ...topup,
    pk: topup.id,
    ...listKeys(topup),
    ...(topup.dueAt === undefined ? {} : { dueShard: topup.status === 'review' ? REVIEW_SHARD : shardOf(topup) }),
    ...(event === undefined ? {} : { outboxShard: shardOf(topup), outboxAt: event.at }),
    writeId,
  };
  return { table: 'topups', item, condition };
}

function toTopup(item: Record<string, unknown>): Topup {
  return withoutKeys(item) as unknown as Topup;
}
