import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import type { Topup, TopupChange } from '../domain/topup.ts';
import { waitsForOperator } from '../domain/topup.ts';
import { newId } from '../id.ts';
import { DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import type { Due } from './due-items.ts';
import { dueKeys, dueRowsOfEachKind, reviewPartition, reviewRows } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listKeys, listNewestFirst } from './list-newest-first.ts';
import { putUnmoved, putWithEntries } from './post.ts';
import { readItems, readMany } from './read-items.ts';
import type { Put } from './write.ts';

/**
 * Top-up items, by id. The id follows from the merchant's reference, so the item is its own idempotency record. The
 * indexes are those of orders: due, and the merchant's list.
 */

const NEW = 'attribute_not_exists(pk)';

const TOPUP: Shape<Topup> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  status: 'string',
  version: 'number',
  amountMinor: 'number',
  chargedMinor: 'number',
  queryCount: 'number',
  events: 'number',
};

export async function readTopup(world: World, id: string): Promise<Topup | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('topups'), Key: { pk: id }, ConsistentRead: true }),
  );
  return answer.Item ? toTopup(answer.Item) : undefined;
}

/** Writes a new top-up, or returns the one that its reference already has. */
export async function createTopup(world: World, topup: Topup): Promise<{ topup: Topup; isNew: boolean }> {
  const writeId = newId(world, 'wri');
  const result = await putWithEntries(world, { put: topupPut(topup, NEW, writeId), writeId, movements: [] });
  return result.kind === 'moved' ? { topup: toTopup(result.row), isNew: false } : { topup, isNew: true };
}

/**
 * Writes a decided change, its credit in the same transaction, if the top-up did not change meanwhile. Else `there` is
 * the current one.
 */
export async function commitTopup(
  world: World,
  change: TopupChange,
  companions: readonly Put[] = [],
): Promise<{ there: Topup; isDone: boolean }> {
  const { after, entry } = change;
  const writeId = newId(world, 'wri');
  const put = changePut(change, writeId);
  const { merchantId, mode, currency } = after;
  const wallet = { merchantId, mode, currency };
  const movements = entry ? [{ wallet, entry, at: after.finalizedAt ?? world.now() }] : [];
  const result = await putWithEntries(world, { put, writeId, movements, companions });
  if (result.kind === 'uncovered') throw new Error(`the wallet of ${after.id} changed meanwhile: decide again`);
  assert(result.kind !== 'stored', 'a top-up stores no outcome');
  return result.kind === 'moved' ? { there: toTopup(result.row), isDone: false } : { there: after, isDone: true };
}

/** The same of a change that moves nothing, for whoever is granted no money. */
export async function commitUnmovedTopup(world: World, change: TopupChange): Promise<{ isDone: boolean }> {
  assert(change.entry === undefined, 'a change of who moves no money has no entry');
  const writeId = newId(world, 'wri');
  const { kind } = await putUnmoved(world, { put: changePut(change, writeId), writeId });
  return { isDone: kind === 'done' };
}

function changePut({ before, after }: TopupChange, writeId: string): Put {
  assert(
    after.version === before.version + 1 && after.id === before.id,
    'a change follows the version it was decided on',
  );
  const values = { ':version': before.version, ':status': before.status };
  const put = topupPut(after, 'version = :version AND #status = :status', writeId);
  return { ...put, values, names: { '#status': 'status' } };
}

/** Due top-ups, oldest first. */
export async function dueTopups(world: World, mode: Mode, at: Instant): Promise<{ topupId: string; due: Due }[]> {
  return (await dueRowsOfEachKind(world, { table: 'topups', track: mode, at })).map(toSource);
}

function toSource({ due }: { due: Due }): { topupId: string; due: Due } {
  return { topupId: due.pk, due };
}

/** Top-ups that an operator decides on, the longest waiting first, at most a hundred. */
export async function topupsInReview(world: World, mode: Mode): Promise<Topup[]> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('topups'),
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard',
      ExpressionAttributeValues: { ':shard': reviewPartition(mode) },
      Limit: 100,
    }),
  );
  const pks = (answer.Items ?? []).map(({ pk }) => String(pk));
  return (await readItems(world, 'topups', pks)).map(toTopup).filter(waitsForOperator);
}

/** Top-ups that went to review at an instant or later and are still there: a page of them. */
export async function topupsReviewedSince(
  world: World,
  mode: Mode,
  since: Instant,
): Promise<{ topups: Topup[]; last: Instant | undefined; isAll: boolean }> {
  const { rows, isAll } = await reviewRows(world, 'topups', { mode, since });
  const pks = rows.map(({ pk }) => pk);
  const topups = (await readMany(world, 'topups', pks)).map(toTopup).filter(({ status }) => status === 'review');
  return { topups, last: rows.at(-1)?.at, isAll };
}

/** A merchant's top-ups, newest first. `next` is where to continue below. */
export async function listTopups(
  world: World,
  owner: Owner,
  page: { below?: string | undefined; limit: number },
): Promise<{ topups: Topup[]; next?: string }> {
  const { items: topups, ...rest } = await listNewestFirst(world, owner, { ...page, table: 'topups', read: toTopup });
  return { topups, ...rest };
}

function topupPut(topup: Topup, condition: string, writeId: string): Put {
  const item = {
    ...topup,
    pk: topup.id,
    ...listKeys(topup),
    ...dueKeys(topup),
    writeId,
  };
  return { table: 'topups', item, condition };
}

export function toTopup(item: Record<string, unknown>): Topup {
  return fromItem('top-up', TOPUP, item);
}
