import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Batch, BatchChange, BatchRow, ChunkProgress, Movement } from '../domain/batch.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Due } from './due-items.ts';
import { dueKeys, dueRowsOfEachKind } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listKeys, listNewestFirst, listPk } from './list-newest-first.ts';
import type { WalletMovement } from './post.ts';
import { putWithEntries } from './post.ts';
import { readItems, readMany } from './read-items.ts';
import type { Put } from './write.ts';
import { Retry, saveNext, withRetries, write } from './write.ts';

/**
 * Batch items, by `pk`: `<id>`, a batch, whose id follows from the merchant's reference; `<id>#rows#<set>#<chunk>`,
 * the rows of a chunk, which never change until they are erased, with the first of each set in a list of its own;
 * `<id>#progress#<chunk>`, the progress of a chunk; `file#<owner>#<hash>`, the last batch of a file. Rows and progress
 * are separate items, so a late second write of rows overwrites no progress.
 */

const NEW = 'attribute_not_exists(pk)';

const BATCH: Shape<Batch> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  rowSet: 'string',
  rows: 'number',
  amounts: 'object',
  status: 'string',
  version: 'number',
};
const CHUNK_PROGRESS: Shape<ChunkProgress> = {
  batchId: 'string',
  chunk: 'number',
  version: 'number',
  counts: 'object',
  returned: 'object',
};

export async function readBatch(world: World, id: string): Promise<Batch | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('batches'), Key: { pk: id }, ConsistentRead: true }),
  );
  return answer.Item ? toBatch(answer.Item) : undefined;
}

/**
 * Accepts a batch: the batch and the debit of each of its wallets in one transaction, however many rows it has.
 * `uncovered`: this currency's wallet does not cover its debit, and nothing was written. `taken`: the reference already
 * has this batch.
 */
export async function fundBatch(
  world: World,
  batch: Batch,
  debits: readonly Movement[],
): Promise<
  | { readonly kind: 'done' }
  | { readonly kind: 'uncovered'; readonly currency: Currency }
  | { readonly kind: 'taken'; readonly batch: Batch }
> {
  const writeId = newId(world, 'wri');
  const movements = movementsOf(batch, debits, batch.createdAt);
  const result = await putWithEntries(world, { put: batchPut(batch, NEW, writeId), writeId, movements });
  if (result.kind === 'uncovered') return { kind: 'uncovered', currency: result.wallet.currency };
  return result.kind === 'moved' ? { kind: 'taken', batch: toBatch(result.row) } : { kind: 'done' };
}

/**
 * Writes a decided change, its refunds in the same transaction, if the batch did not change meanwhile. Else `there` is
 * the current one.
 */
export async function commitBatch(world: World, change: BatchChange): Promise<{ there: Batch; isDone: boolean }> {
  const { before, after, refunds } = change;
  assert(
    after.version === before.version + 1 && after.id === before.id,
    'a change follows the version it was decided on',
  );
  const writeId = newId(world, 'wri');
  const put = { ...batchPut(after, 'version = :version', writeId), values: { ':version': before.version } };
  const movements = movementsOf(after, refunds, after.refundedAt ?? world.now());
  const result = await putWithEntries(world, { put, writeId, movements });
  assert(result.kind !== 'uncovered', 'a change of a batch never debits');
  return result.kind === 'moved' ? { there: toBatch(result.row), isDone: false } : { there: after, isDone: true };
}

/** The put of a change that moves no money of its own, for the transaction of an order. */
export function batchChangePut(world: World, { before, after }: BatchChange): Put {
  const put = batchPut(after, 'version = :version', newId(world, 'wri'));
  return { ...put, values: { ':version': before.version } };
}

function movementsOf({ merchantId, mode }: Batch, movements: readonly Movement[], at: Instant): WalletMovement[] {
  return movements.map(({ currency, entry }) => ({ wallet: { merchantId, mode, currency }, entry, at }));
}

/** Stores the last batch of a file. Only a warning depends on it. */
export async function noteFile(world: World, batch: Batch, csvHash: string): Promise<void> {
  const item = { pk: filePk(batch, csvHash), batchId: batch.id };
  await world.db.send(new PutCommand({ TableName: world.table('batches'), Item: item }));
}

/** Which of these batches there are. */
export async function readBatchIds(world: World, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await readMany(world, 'batches', ids)).map(({ pk }) => String(pk)));
}

/** The last batch of a file with this content, under any reference. */
export async function readBatchOfFile(world: World, owner: Owner, csvHash: string): Promise<Batch | undefined> {
  const [item] = await readItems(world, 'batches', [filePk(owner, csvHash)]);
  return item && readBatch(world, String(item.batchId));
}

/**
 * Writes the rows of one chunk, under a row set of this request alone. The first chunk lists the set, so that its rows
 * are found where no batch comes of it.
 */
export async function saveRows(world: World, batch: Batch, chunk: number, rows: readonly BatchRow[]): Promise<void> {
  const { id, rowSet, createdAt } = batch;
  const listed = {
    listPk: rowSetsPk(batch),
    listSk: `${createdAt}#${rowSet}`,
    batchId: id,
    rowSet,
    batchRows: batch.rows,
  };
  const item = { pk: rowsPk(id, rowSet, chunk), rows: packRows(rows), ...(chunk === 0 ? listed : {}) };
  await withRetries(world, async () => {
    const written = await write(world, [{ table: 'batches', item, condition: NEW }]);
    // Refused: an earlier try of ours wrote it and its answer was lost.
    return written.kind === 'again' ? new Retry(written.reason) : true;
  });
}

/** One text, because no query needs a field of a row, and packed: the rows of a chunk are much alike. */
export function packRows(rows: readonly BatchRow[]): string {
  return deflateRawSync(JSON.stringify(rows)).toString('base64');
}

export function unpackRows(packed: unknown): BatchRow[] {
  return JSON.parse(inflateRawSync(Buffer.from(String(packed), 'base64')).toString('utf8'));
}

/** The rows of some chunks, in the order of the chunks; none for a chunk that is not stored. */
export async function readRows(world: World, batch: RowSet, chunks: readonly number[]): Promise<BatchRow[][]> {
  const pks = chunks.map((chunk) => rowsPk(batch.id, batch.rowSet, chunk));
  const items = new Map((await readMany(world, 'batches', pks)).map((item) => [item.pk, unpackRows(item.rows)]));
  return pks.map((pk) => items.get(pk) ?? []);
}

/**
 * Changes rows of a chunk in place, which only erasing them does. Answers how many differ now; a row of a chunk that
 * another writer changes at the same time is changed by one of the two.
 */
export function rewriteRows(
  world: World,
  { id, rowSet }: RowSet,
  chunk: number,
  change: (row: BatchRow) => BatchRow,
): Promise<number> {
  const pk = rowsPk(id, rowSet, chunk);
  return withRetries(world, async () => {
    const [item] = await readItems(world, 'batches', [pk]);
    if (!item) return 0;
    const before = unpackRows(item.rows);
    const after = before.map(change);
    const differing = after.filter((row, place) => JSON.stringify(row) !== JSON.stringify(before[place])).length;
    if (differing === 0) return 0;
    const replaced = { condition: '#rows = :before', names: { '#rows': 'rows' }, values: { ':before': item.rows } };
    const put: Put = { table: 'batches', item: { ...item, rows: packRows(after) }, ...replaced };
    const written = await write(world, [put]);
    return written.kind === 'done' ? differing : new Retry('the rows were changed first');
  });
}

/** The rows of one request, of which a batch came or not. */
export interface RowSet {
  readonly id: string;
  readonly rowSet: string;
  /** How many, of all chunks. */
  readonly rows: number;
}

/** Read from the first chunk of a set. */
export function toRowSet({ batchId, rowSet, batchRows }: Record<string, unknown>): RowSet {
  return { id: String(batchId), rowSet: String(rowSet), rows: Number(batchRows) };
}

/** The progress of these chunks. Chunks that nobody has started have none. */
export async function readChunkProgress(world: World, id: string, chunks: readonly number[]): Promise<ChunkProgress[]> {
  const pks = chunks.map((chunk) => chunkProgressPk(id, chunk));
  return (await readMany(world, 'batches', pks)).map((item) => fromItem('chunk progress', CHUNK_PROGRESS, item));
}

/** Writes the next version of a chunk's progress. True for exactly one of concurrent writers. */
export function saveChunkProgress(world: World, progress: ChunkProgress): Promise<boolean> {
  const item = { ...progress, pk: chunkProgressPk(progress.batchId, progress.chunk) };
  return saveNext(world, { table: 'batches', item, counter: 'version' });
}

/** Due batches, oldest first. */
export async function dueBatches(world: World, mode: Mode, at: Instant): Promise<{ batchId: string; due: Due }[]> {
  return (await dueRowsOfEachKind(world, { table: 'batches', track: mode, at })).map(toSource);
}

function toSource({ due }: { due: Due }): { batchId: string; due: Due } {
  return { batchId: due.pk, due };
}

/** A merchant's batches, newest first. `next` is where to continue below. */
export async function listBatches(
  world: World,
  owner: Owner,
  page: { below?: string | undefined; limit: number },
): Promise<{ batches: Batch[]; next?: string }> {
  const { items: batches, ...rest } = await listNewestFirst(world, owner, {
    ...page,
    table: 'batches',
    read: toBatch,
  });
  return { batches, ...rest };
}

function batchPut(batch: Batch, condition: string, writeId: string): Put {
  const item = {
    ...batch,
    pk: batch.id,
    ...listKeys(batch),
    ...dueKeys(batch),
    writeId,
  };
  return { table: 'batches', item, condition };
}

function filePk({ merchantId, mode }: Owner, csvHash: string): string {
  return `file#${merchantId}#${mode}#${csvHash}`;
}

/** The list of a merchant's row sets. */
export function rowSetsPk(owner: Owner): string {
  return `${listPk(owner)}#rows`;
}

function rowsPk(id: string, rowSet: string, chunk: number): string {
  return `${id}#rows#${rowSet}#${chunk}`;
}

function chunkProgressPk(id: string, chunk: number): string {
  return `${id}#progress#${chunk}`;
}

export function toBatch(item: Record<string, unknown>): Batch {
  return fromItem('batch', BATCH, item);
}
