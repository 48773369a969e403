import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import type { TableName } from '../manifest/tables.ts';
import { LISTED_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { rowSetsPk } from './batches.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listPk } from './list-newest-first.ts';
import { readItems, readMany } from './read-items.ts';
import type { Put } from './write.ts';
import { saveNext } from './write.ts';

/**
 * How far personal data was erased, by `pk`: `old#<list>#<owner>`, up to which place of a merchant's list;
 * `number#<hash>`, the erasure of one number, by its keyed hash. No item here is on the way of an order.
 */

/** The lists whose items lose their personal data after a time. */
export type ErasedList = 'orders' | 'topups' | 'batches' | 'rowSets';

/** The request log too is read when a number is erased; it ends by itself. */
type ReadList = ErasedList | 'requests';

const LISTS: Readonly<Record<ReadList, { table: TableName; partition: (owner: Owner) => string }>> = {
  orders: { table: 'orders', partition: listPk },
  topups: { table: 'topups', partition: listPk },
  batches: { table: 'batches', partition: listPk },
  rowSets: { table: 'batches', partition: rowSetsPk },
  requests: { table: 'requests', partition: listPk },
};

/** Items of a list, by key. */
export function readListed(world: World, list: ReadList, pks: readonly string[]): Promise<Record<string, unknown>[]> {
  return readMany(world, LISTS[list].table, pks);
}

export interface Cursor {
  /** Everything up to this place of the list was looked at. */
  readonly upTo: string;
  /** What was not final then, by key: looked at again in every run. */
  readonly left: readonly string[];
  /** Where there is more of it: looked at again up to `at`, and up to `to` there may be some. */
  readonly missed?: Missed | undefined;
  readonly revision: number;
}

interface Missed {
  readonly at: string;
  readonly to: string;
  /** Where, up to `at`, some was still not final. */
  readonly again?: { readonly from: string; readonly to: string };
}

const CURSOR: Shape<Cursor> = { upTo: 'string', left: 'object', revision: 'number' };

export async function readCursor(world: World, list: ErasedList, owner: Owner): Promise<Cursor> {
  const [item] = await readItems(world, 'erasures', [cursorPk(list, owner)]);
  return item ? fromItem('cursor', CURSOR, item) : { upTo: '0', left: [], revision: 0 };
}

/** Writes the next revision. False when another run was first. */
export function saveCursor(world: World, list: ErasedList, owner: Owner, cursor: Cursor): Promise<boolean> {
  return saveNext(world, {
    table: 'erasures',
    item: { pk: cursorPk(list, owner), ...defined({ ...cursor }) },
    counter: 'revision',
  });
}

/** What the erasure of a number has come to at one merchant, in one mode. */
export interface OwnerErasure extends Owner {
  /** Its orders of that number that hold only the hash now, whenever they were erased. */
  readonly orders: number;
  readonly rows: number;
  readonly topups: number;
  readonly deliveries: number;
  /** Of the request log. */
  readonly requests: number;
  /** What is not final yet, by reference or id. */
  readonly left: readonly string[];
}

export interface NumberErasure {
  readonly numberHash: string;
  readonly startedAt: Instant;
  /** Owners up to this one, in the order of their keys, are done. */
  readonly upTo: string;
  /** Those of them that had anything. */
  readonly touched: readonly OwnerErasure[];
  readonly finishedAt?: Instant;
  readonly revision: number;
}

const NUMBER: Shape<NumberErasure> = { numberHash: 'string', upTo: 'string', touched: 'object', revision: 'number' };

export async function readNumberErasure(world: World, numberHash: string): Promise<NumberErasure | undefined> {
  const [item] = await readItems(world, 'erasures', [numberPk(numberHash)]);
  return item && fromItem('erasure of a number', NUMBER, item);
}

/** Writes the next revision, with entries of the audit log. False when another run was first. */
export function saveNumberErasure(world: World, next: NumberErasure, acts: readonly Put[]): Promise<boolean> {
  const item = { pk: numberPk(next.numberHash), ...next };
  return saveNext(world, { table: 'erasures', item, counter: 'revision' }, acts);
}

export interface ListedRow {
  readonly pk: string;
  readonly listSk: string;
}

/** Rows of a merchant's list, oldest first: after a place, and of items that were created before an instant. */
export async function listOldest(
  world: World,
  list: ReadList,
  owner: Owner,
  { after, before, limit }: { after: string; before: Instant; limit: number },
): Promise<ListedRow[]> {
  if (after >= before) return [];
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table(LISTS[list].table),
      IndexName: LISTED_INDEX,
      // An instant alone sorts before every place that begins with it.
      KeyConditionExpression: 'listPk = :owner AND listSk BETWEEN :after AND :before',
      ExpressionAttributeValues: { ':owner': LISTS[list].partition(owner), ':after': after, ':before': before },
      Limit: limit + 1,
    }),
  );
  return (answer.Items ?? [])
    .map(({ pk, listSk }) => ({ pk: String(pk), listSk: String(listSk) }))
    .filter(({ listSk }) => listSk !== after);
}

/** The keys of a merchant's orders of a number, or of its hash: one page of the list, and where the next begins. */
export async function ordersOfNumber(
  world: World,
  owner: Owner,
  { msisdn, numberHash }: { msisdn: string; numberHash: string },
  start?: Record<string, unknown>,
): Promise<{ pks: string[]; next?: Record<string, unknown> | undefined }> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('orders'),
      IndexName: LISTED_INDEX,
      KeyConditionExpression: 'listPk = :owner',
      FilterExpression: 'msisdn IN (:msisdn, :hash)',
      ExpressionAttributeValues: { ':owner': listPk(owner), ':msisdn': msisdn, ':hash': numberHash },
      ...(start ? { ExclusiveStartKey: start } : {}),
    }),
  );
  return { pks: (answer.Items ?? []).map(({ pk }) => String(pk)), next: answer.LastEvaluatedKey };
}

function cursorPk(list: ErasedList, owner: Owner): string {
  return `old#${list}#${listPk(owner)}`;
}

function numberPk(numberHash: string): string {
  return `number#${numberHash}`;
}
