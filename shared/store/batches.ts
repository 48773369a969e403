import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Batch, BatchChange, BatchRow, ChunkProgress, Movement } from '../domain/batch.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import { DUE_INDEX, OUTBOX_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import type { Money } from './ledger.ts';
import { putWithEntries } from './ledger.ts';
import { listKeys, listNewestFirst } from './listed.ts';
import { dueRows, readItems, readMany, shardOf, withoutKeys } from './read.ts';
import type { Put } from './write.ts';
import { Retry, saveNext, withRetries, write } from './write.ts';

/**
 * Batches, by their id, which follows from the merchant's reference. Their rows lie beside them in chunks that never
 * change (`<id>#rows#<set>#<chunk>`), and so does what became of each chunk, which does (`<id>#tally#<chunk>`): whoever
 * writes rows a second time, however late, writes over nothing that has moved on. `file#…` names a file's last batch.
 */

const NEW = 'attribute_not_exists(pk)';

export async function readBatch(world: World, id: string): Promise<Batch | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('batches'), Key: { pk: id }, ConsistentRead: true }),
  );
  return answer.Item ? toBatch(answer.Item) : undefined;
}

/**
 * Accepts a batch: the batch and the debit of each of its wallets in one transaction, however many rows it has.
 * `uncovered` names a wallet that holds too little, and nothing was written; `taken` is the batch that is there.
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
  const moneys = moneysOf(batch, debits, batch.createdAt);
  const result = await putWithEntries(world, { put: batchPut(batch, NEW, writeId), writeId, moneys });
  if (result.kind === 'uncovered') return { kind: 'uncovered', currency: result.wallet.currency };
  return result.kind === 'moved' ? { kind: 'taken', batch: toBatch(result.row) } : { kind: 'done' };
}

/** Writes a decided change and what it gives back at once if nothing moved; else answers what is there. */
export async function commitBatch(world: World, change: BatchChange): Promise<{ there: Batch; isDone: boolean }> {
  const { before, after, refunds } = change;
  assert(after.version === before.version + 1 && after.id === before.id, 'a change follows what it was decided on');
  const writeId = newId(world, 'wri');
  const put = { ...batchPut(after, 'version = :version', writeId), values: { ':version': before.version } };
  const moneys = moneysOf(after, refunds, after.refundedAt ?? world.now());
  const result = await putWithEntries(world, { put, writeId, moneys });
  assert(result.kind !== 'uncovered', 'a batch only gives back after it was paid');
  return result.kind === 'moved' ? { there: toBatch(result.row), isDone: false } : { there: after, isDone: true };
}

function moneysOf({ merchantId, mode }: Batch, movements: readonly Movement[], at: Instant): Money[] {
  return movements.map(({ currency, entry }) => ({ wallet: { merchantId, mode, currency }, entry, at }));
}

/** Notes which batch was made of a file last; a warning hangs on it and no money. */
export async function noteFile(world: World, batch: Batch, csvHash: string): Promise<void> {
  const item = { pk: filePk(batch, csvHash), batchId: batch.id };
  await world.db.send(new PutCommand({ TableName: world.table('batches'), Item: item }));
}

/** The batch that was made of this very file last, under whatever reference. */
export async function readBatchOfFile(world: World, owner: Owner, csvHash: string): Promise<Batch | undefined> {
  const [item] = await readItems(world, 'batches', [filePk(owner, csvHash)]);
  return item && readBatch(world, String(item.batchId));
}

/** Keeps the rows of one chunk, under a set that only one request knows. */
export async function saveRows(
  world: World,
  { id, rowSet }: Pick<Batch, 'id' | 'rowSet'>,
  chunk: number,
  rows: readonly BatchRow[],
): Promise<void> {
  // As one text: a hundred thousand rows have over a million fields, and nothing ever asks for one of them.
  const item = { pk: rowsPk(id, rowSet, chunk), rows: JSON.stringify(rows) };
  await withRetries(world, async () => {
    const written = await write(world, [{ table: 'batches', item, condition: NEW }]);
    // Refused by our own: the answer to an earlier try was lost.
    return written.kind === 'again' ? new Retry(written.reason) : true;
  });
}

/** The rows of some chunks, in their order; of one that is not there, none. */
export async function readRows(world: World, batch: Batch, chunks: readonly number[]): Promise<BatchRow[][]> {
  const pks = chunks.map((chunk) => rowsPk(batch.id, batch.rowSet, chunk));
  const items = new Map(
    (await readMany(world, 'batches', pks)).map((item) => [item.pk, JSON.parse(String(item.rows)) as BatchRow[]]),
  );
  return pks.map((pk) => items.get(pk) ?? []);
}

/** What became of some chunks, as far as anybody looked. */
export async function readChunkProgress(world: World, id: string, chunks: readonly number[]): Promise<ChunkProgress[]> {
  const pks = chunks.map((chunk) => chunkProgressPk(id, chunk));
  return (await readMany(world, 'batches', pks)).map((item) => withoutKeys(item) as unknown as ChunkProgress);
}

/** Writes a tally whose version follows the one that is there. True for exactly one of those who try. */
export function saveChunkProgress(world: World, tally: ChunkProgress): Promise<boolean> {
  const item = { ...tally, pk: chunkProgressPk(tally.batchId, tally.chunk) };
  return saveNext(world, { table: 'batches', item, counter: 'version' });
}

/** Ids of batches that are to be looked after, oldest first. */
export async function dueBatches(world: World, at: Instant, limitPerShard: number): Promise<string[]> {
  const due = { table: 'batches', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  return (await dueRows(world, due, at, limitPerShard)).map(({ pk }) => String(pk));
}

/** Ids of batches with events to hand on, oldest first. */
export async function batchesWithEvents(world: World, at: Instant, limitPerShard: number): Promise<string[]> {
  const waiting = { table: 'batches', index: OUTBOX_INDEX, shard: 'outboxShard', sort: 'outboxAt' } as const;
  return (await dueRows(world, waiting, at, limitPerShard)).map(({ pk }) => String(pk));
}

/** A merchant's batches, newest first. `next` is where to continue below. */
export async function listBatches(
  world: World,
  owner: Owner,
  page: { below?: string | undefined; limit: number },
): Promise<{ batches: Batch[]; next?: string }> {
  const { things: batches, ...rest } = await listNewestFirst(world, owner, {
    ...page,
    table: 'batches',
    read: toBatch,
  });
  return { batches, ...rest };
}

function batchPut(batch: Batch, condition: string, writeId: string): Put {
  const [event] = batch.outbox ?? [];
  const item = {
    ...batch,
    pk: batch.id,
    ...listKeys(batch),
    ...(batch.dueAt === undefined ? {} : { dueShard: shardOf(batch) }),
    ...(event === undefined ? {} : { outboxShard: shardOf(batch), outboxAt: event.at }),
    writeId,
  };
  return { table: 'batches', item, condition };
}

function filePk({ merchantId, mode }: Owner, csvHash: string): string {
  return `file#${merchantId}#${mode}#${csvHash}`;
}

function rowsPk(id: string, rowSet: string, chunk: number): string {
  return `${id}#rows#${rowSet}#${chunk}`;
}

function chunkProgressPk(id: string, chunk: number): string {
  return `${id}#tally#${chunk}`;
}

function toBatch(item: Record<string, unknown>): Batch {
  return withoutKeys(item) as unknown as Batch;
}
