import type { Batch, BatchRow, ChunkProgress } from '../../domain/batch.ts';
import { chunksOf, LANES, rowOrderId } from '../../domain/batch.ts';
import { advance, measureChunk, needsRun, openIn, sumUp, takeChunk } from '../../domain/batch-life.ts';
import type { Order } from '../../domain/order.ts';
import { acceptRow, cancel, cancelRow } from '../../domain/order-life.ts';
import { readBatch, readChunkProgress, readRows, saveChunkProgress } from '../../store/batches.ts';
import { createRow, readOrdersOf } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { changeOrder } from '../orders/change-order.ts';
import { dispatchOrder } from '../orders/dispatch-order.ts';
import { waitUntil } from '../orders/provider-gate.ts';
import { changeBatch } from './change-batch.ts';
import { enqueueBatch } from './create-batch.ts';

/** Rows of one chunk that are sent side by side. */
const ROWS_AT_ONCE = 10;
/** Chunks of one batch that are added up anew in one go. */
const TALLIES_AT_ONCE = 16;
/** A batch with many open rows is gone through in several sweeps. */
const TALLIES_MAX = 400;

/**
 * Gives every row of one chunk its turn, then has the next chunk of its lane run. Only one runs a chunk at a time, and
 * it does not matter if two do: a row becomes an order once, under its own reference, and an order is sent once.
 */
export async function runChunk(world: World, batchId: string, chunk: number): Promise<void> {
  const batch = await readBatch(world, batchId);
  if (batch?.status !== 'running') return;
  const [before] = await readChunkProgress(world, batchId, [chunk]);
  const taken = takeChunk(batch, before, chunk, world.now());
  if (!taken || !(await saveChunkProgress(world, taken))) return;
  const [rows = []] = await readRows(world, batch, [chunk]);
  const waiting = await rowsInTurn(world, batch, rows);
  while (waiting.length > 0) {
    const some = waiting.splice(0, ROWS_AT_ONCE);
    await Promise.all(some.map((row) => guarded(world, batch, runRow(world, batch, row))));
  }
  const { isRun } = await addUp(world, batch, taken);
  // Where a provider is down or the database in trouble, no chunk would fare better: the sweep comes back. A lane that
  // started anew by itself would be at its end again at once, and so on.
  if (!isRun) return;
  const next = chunk + LANES;
  if (next < chunksOf(batch)) await enqueueBatch(world, batch, [{ chunk: next }]);
  else await advanceBatch(world, batchId);
}

/** Looks after a batch: what became of open rows, what is to go back, which chunks nobody runs, whether it is ended. */
export async function advanceBatch(world: World, batchId: string): Promise<void> {
  const batch = await readBatch(world, batchId);
  if (batch?.status !== 'running') return;
  const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) => chunk);
  let progresses = await readChunkProgress(world, batchId, chunks);
  const open = someOf(
    world,
    progresses.filter((tally) => tally.isRun && openIn(tally.counts) > 0),
  );
  for (let done = 0; done < open.length; done += TALLIES_AT_ONCE) {
    const some = open.slice(done, done + TALLIES_AT_ONCE);
    await Promise.all(some.map((tally) => addUp(world, batch, tally)));
  }
  if (open.length > 0) progresses = await readChunkProgress(world, batchId, chunks);
  await enqueueBatch(world, batch, idleLanes(batch, progresses, world.now()));
  const sum = sumUp(batch, progresses);
  await changeBatch(world, batch, (current) => advance(current, sum, world.now()));
}

/** Not always the first: rows that stay in doubt for a day must not keep the others from being added up. */
function someOf(world: World, open: readonly ChunkProgress[]): ChunkProgress[] {
  const start = Math.floor(world.random() * open.length);
  return [...open.slice(start), ...open.slice(0, start)].slice(0, TALLIES_MAX);
}

/** The first chunk of each lane that somebody should be at, and nobody is. */
function idleLanes(batch: Batch, progresses: readonly ChunkProgress[], at: string): { chunk: number }[] {
  const known = new Map(progresses.map((tally) => [tally.chunk, tally]));
  const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) => chunk);
  return Array.from({ length: LANES }, (_, lane) => lane).flatMap((lane) => {
    const own = chunks.filter((chunk) => chunk % LANES === lane);
    const isBusy = own.some((chunk) => {
      const tally = known.get(chunk);
      return tally?.startedAt !== undefined && !needsRun(batch, tally, at);
    });
    const first = isBusy ? undefined : own.find((chunk) => needsRun(batch, known.get(chunk), at));
    return first === undefined ? [] : [{ chunk: first }];
  });
}

/** One row's turn: it becomes an order and is sent, or, where its batch was cancelled, an order that is not. */
async function runRow(world: World, batch: Batch, { row, order: request }: BatchRow): Promise<void> {
  if (!request) return;
  const { id: batchId, merchantId, mode } = batch;
  const quiet = batch.hasRowWebhooks ? {} : { isQuiet: true as const };
  const initial = { id: rowOrderId(batch, row), merchantId, mode, ...request, batchId, batchRow: row, ...quiet };
  if (batch.cancelledAt !== undefined) {
    const order = await createRow(world, cancelRow(initial, world.now()));
    if (isOwn(batch, order)) await changeOrder(world, order, (current) => cancel(current, world.now()));
    return;
  }
  const order = await createRow(world, acceptRow(initial, world.now()));
  if (isOwn(batch, order) && order.status === 'pending') await dispatchOrder(world, order);
}

/** The rows whose turn it is: where a provider is down, its rows wait, and the sweep comes back for them. */
async function rowsInTurn(world: World, batch: Batch, rows: readonly BatchRow[]): Promise<BatchRow[]> {
  const all = rows.filter(({ order }) => order);
  if (batch.cancelledAt !== undefined) return all;
  const providers = [...new Set(all.flatMap(({ order }) => order?.provider ?? []))];
  const isUp = await Promise.all(
    providers.map(async (name) => (await waitUntil(world, world.provider(name), batch)) === undefined),
  );
  return all.filter(({ order }) => order && isUp[providers.indexOf(order.provider)]);
}

function isOwn(batch: Batch, order: Order): boolean {
  return order.batchId === batch.id;
}

/** Writes what became of a chunk's rows. Somebody else who did so meanwhile is as right. */
async function addUp(world: World, batch: Batch, before: ChunkProgress): Promise<ChunkProgress> {
  const [rows = []] = await readRows(world, batch, [before.chunk]);
  const orders = await readOrdersOf(
    world,
    batch,
    rows.flatMap(({ order }) => order?.agentReference ?? []),
  );
  const pairs = rows.map((row) => [row, orders.get(row.order?.agentReference ?? '')] as const);
  const tally = measureChunk(batch, before, before.chunk, pairs);
  await saveChunkProgress(world, tally);
  return tally;
}

/** A row that fails is one that the sweep finds, as an order or as none; it does not stop the others. */
async function guarded(world: World, batch: Batch, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    world.log.error('batch.row_failed', { batchId: batch.id }, error);
  }
}
