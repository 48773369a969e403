import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { ProviderName } from '../domain/catalogue.ts';
import { PROVIDERS } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { Mode } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { MINUTE, plus } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { TableName } from '../manifest/tables.ts';
import { DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import type { Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/**
 * The sparse index of what is due. Unpublished events are due too: an item has one row for all that is pending on it,
 * and a row for each would cost every order two writes more. Each track has partitions of its own, so that what waits
 * in one never stands before what waits in another: no test item before a live one, no provider's live orders before
 * those of the next. Orders are in the track of their provider, everything else in that of its mode.
 */
export type Track = Mode | ProviderName;

/** These numbers are stored. No table uses two names of one number, but for the reviews of orders. */
const TRACKS: Readonly<Record<Track, number>> = { live: 0, hotrecharge: 0, test: 1, sandbox: 1, pesaway: 2 };

/** Shards spread the items of a track over several partitions. More may be added: they have the next numbers. */
const SHARDS = 4;
/** The numbers of a track. */
const PARTITIONS = 1_000;
/** The last one has its items in review, which no sweep reads. No number of shards reaches it. */
const REVIEW = PARTITIONS - 1;

/** The tracks of a mode's orders. */
export function orderTracks(mode: Mode): readonly ProviderName[] {
  return PROVIDERS.filter((provider) => (provider === 'sandbox') === (mode === 'test'));
}

const ROWS_PER_PAGE = 1_000;

interface Tracked {
  readonly id: string;
  readonly mode: Mode;
  readonly provider?: ProviderName;
}

/** The partition of an item in its due index. */
export function duePartition({ id, mode, provider }: Tracked): number {
  const track = mode === 'test' ? mode : (provider ?? mode);
  return TRACKS[track] * PARTITIONS + shardOf(id, SHARDS);
}

/** The partitions of a track, without that of its reviews. */
export function partitionsOf(track: Track): number[] {
  return Array.from({ length: SHARDS }, (_, shard) => TRACKS[track] * PARTITIONS + shard);
}

/** The tracks whose sweep also looks at what is in review, for the events of it. */
const REVIEW_OF: Partial<Record<Track, Mode>> = { live: 'live', hotrecharge: 'live', test: 'test', sandbox: 'test' };

/** The partition of what is in review. */
export function reviewPartition(mode: Mode): number {
  return TRACKS[mode] * PARTITIONS + REVIEW;
}

/** One of some shards, always the same for an id. */
export function shardOf(id: string, shards: number): number {
  return id.charCodeAt(id.length - 1) % shards;
}

interface Indexed extends Tracked {
  readonly status: string;
  readonly dueAt?: Instant;
  readonly outbox?: readonly unknown[];
  /** An outcome that the sweep completes, also for an item in review. */
  readonly stored?: unknown;
  /** A credited top-up that its gateway denies: an operator decides. */
  readonly deniedAt?: Instant;
}

/** For what waits for a person, and has events that no person publishes. */
const EVENTS = 'events';

/** The attributes that put an item in the due index, with its `dueAt`, while anything is pending on it. */
export function dueKeys(item: Indexed): { dueShard?: number; dueFor?: typeof EVENTS } {
  const { mode, status, dueAt, outbox, stored, deniedAt } = item;
  assert(dueAt !== undefined || outbox === undefined, 'what has unpublished events is due');
  if (dueAt === undefined) return {};
  const isInReview = status === 'review' || deniedAt !== undefined;
  const waitsForPerson = isInReview && stored === undefined;
  if (!waitsForPerson) return { dueShard: duePartition(item) };
  return { dueShard: reviewPartition(mode), ...(outbox ? { dueFor: EVENTS } : {}) };
}

/** An item that a sweep must handle, as its index has it. */
export interface Due {
  readonly table: TableName;
  readonly track: Track;
  readonly pk: string;
  readonly at: Instant;
}

export interface Row {
  readonly due: Due;
  /** The attributes that the index includes. */
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Reading {
  readonly table: TableName;
  readonly track: Track;
  readonly at: Instant;
  readonly limitPerShard: number;
}

/**
 * Rows of a track in the due index whose time has come by `at`, oldest first. The index may lag behind the table:
 * callers read an item consistently before they act on its row.
 */
export async function dueRows(world: World, { table, track, at, limitPerShard }: Reading): Promise<Row[]> {
  const answers = await Promise.all(
    partitionsOf(track).map((partition) =>
      world.db.send(new QueryCommand({ ...dueQuery(world, { table, track, at }, partition), Limit: limitPerShard })),
    ),
  );
  return oldestFirst(answers.flatMap((answer) => answer.Items ?? []).map((fields) => rowOf({ table, track }, fields)));
}

/** More rows of one kind than a sweep can work through. */
const KEPT_OF_A_KIND = 50_000;

/**
 * The same with a limit for each kind of row and none for all: a kind of which there are many never stands before
 * another. All due rows are read, and each is small.
 */
export async function dueRowsOfEachKind(
  world: World,
  reading: Omit<Reading, 'limitPerShard'>,
  kindOf: (row: Row) => unknown = () => undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  const counts = new Map<unknown, number>();
  await eachDueRow(world, reading, (row) => {
    const kind = kindOf(row);
    const count = counts.get(kind) ?? 0;
    if (count < KEPT_OF_A_KIND) rows.push(row);
    counts.set(kind, count + 1);
  });
  const reviews = REVIEW_OF[reading.track];
  if (reviews) {
    await eachRowOf(world, reading, reviewPartition(reviews), (row) => row.fields.dueFor === EVENTS && rows.push(row));
  }
  return oldestFirst(rows);
}

function oldestFirst(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a.due.at < b.due.at ? -1 : 1));
}

/**
 * Every row of a track in the due index whose time has come, page by page; those of one partition oldest first. For
 * work that is shared out before any of it is done: where one owner may have thousands of rows, others are found behind
 * them.
 */
export async function eachDueRow(
  world: World,
  { table, track, at }: Omit<Reading, 'limitPerShard'>,
  take: (row: Row) => void,
): Promise<void> {
  await Promise.all(partitionsOf(track).map((partition) => eachRowOf(world, { table, track, at }, partition, take)));
}

async function eachRowOf(
  world: World,
  { table, track, at }: Omit<Reading, 'limitPerShard'>,
  partition: number,
  take: (row: Row) => unknown,
): Promise<void> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await world.db.send(
      new QueryCommand({
        ...dueQuery(world, { table, track, at }, partition),
        Limit: ROWS_PER_PAGE,
        ...defined({ ExclusiveStartKey: start }),
      }),
    );
    for (const fields of page.Items ?? []) take(rowOf({ table, track }, fields));
    start = page.LastEvaluatedKey;
  } while (start);
}

function dueQuery(world: World, { table, at }: Omit<Reading, 'limitPerShard'>, partition: number) {
  return {
    TableName: world.table(table),
    IndexName: DUE_INDEX,
    KeyConditionExpression: 'dueShard = :partition AND dueAt <= :at',
    ExpressionAttributeValues: { ':partition': partition, ':at': at },
  };
}

function rowOf(of: Pick<Due, 'table' | 'track'>, fields: Record<string, unknown>): Row {
  return { due: { ...of, pk: String(fields.pk), at: String(fields.dueAt) }, fields };
}

/** How many items are in review. Nothing of them is read, so that a damaged one is counted too. */
export async function countInReview(world: World, table: 'orders' | 'topups', mode: Mode): Promise<number> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table(table),
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :partition',
      ExpressionAttributeValues: { ':partition': reviewPartition(mode) },
    }),
  );
  return answer.Items?.length ?? 0;
}

/** More than go to review in a run's time on any day but the worst. */
const REVIEWS_PER_PAGE = 500;

/** What went to review at an instant or later and is still there, the first first: a page of it. */
export async function reviewRows(
  world: World,
  table: 'orders' | 'topups',
  { mode, since }: { mode: Mode; since: Instant },
): Promise<{ rows: { pk: string; at: Instant }[]; isAll: boolean }> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table(table),
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :partition AND dueAt >= :since',
      ExpressionAttributeValues: { ':partition': reviewPartition(mode), ':since': since },
      Limit: REVIEWS_PER_PAGE,
    }),
  );
  const rows = (answer.Items ?? []).map(({ pk, dueAt }) => ({ pk: String(pk), at: String(dueAt) }));
  return { rows, isAll: answer.LastEvaluatedKey === undefined };
}

const PUT_OFF_MS = 2 * MINUTE;
const PUT_OFF_MS_MAX = 15 * MINUTE;

/**
 * Puts off an item whose sweep failed, a little longer each time, so that it does not stand before its neighbours for
 * ever. It is copied and not understood: a damaged item must be put off too. Answers how often it has failed since it
 * last changed; `undefined` where somebody else has changed it or put it off.
 */
export function putOff(world: World, { table, pk, at }: Due): Promise<number | undefined> {
  const writeId = newId(world, 'wri');
  const counter = table === 'watches' ? 'revision' : 'version';
  return withRetries(world, async () => {
    const read = new GetCommand({ TableName: world.table(table), Key: { pk }, ConsistentRead: true });
    const { Item: item } = await world.db.send(read);
    const failuresBefore = Number(item?.sweepFailures ?? 0);
    // Ours, where the answer was lost.
    if (item?.writeId === writeId) return failuresBefore;
    if (item?.dueAt !== at) return undefined;
    const failures = failuresBefore + 1;
    const next = plus(world.now(), Math.min(PUT_OFF_MS * 2 ** (failures - 1), PUT_OFF_MS_MAX));
    const before: unknown = item[counter];
    const after = typeof before === 'number' ? { [counter]: before + 1 } : {};
    const isUnchanged = before === undefined ? `attribute_not_exists(${counter})` : `${counter} = :before`;
    const from = table === 'orders' ? { putOffFrom: item.putOffFrom ?? at } : {};
    const put: Put = {
      table,
      item: { ...item, ...after, ...from, dueAt: next, sweepFailures: failures, writeId },
      condition: `${isUnchanged} AND dueAt = :at`,
      values: { ':at': at, ...defined({ ':before': before }) },
    };
    const written = await write(world, [put]);
    if (written.kind === 'again') return new Retry(written.reason);
    return written.kind === 'done' ? failures : undefined;
  });
}
