import { worker } from '../../shared/aws/worker.ts';
import type { Batch, BatchRow, ChunkProgress } from '../../shared/domain/batch.ts';
import { chunksOf, LANES, ROWS_AT_ONCE, rowOrderId } from '../../shared/domain/batch.ts';
import {
  advance,
  isRenewalDue,
  leaveToMessage,
  measureChunk,
  needsRun,
  openIn,
  renewLease,
  sumUp,
  takeChunk,
} from '../../shared/domain/batch-life.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Order } from '../../shared/domain/order.ts';
import { abandon, cancel, cancelRow, isAbandoned } from '../../shared/domain/order-life.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { isOverdue } from '../../shared/domain/versioned.ts';
import { enqueueBatch } from '../../shared/flows/bulk/enqueue-batch.ts';
import { sendRow } from '../../shared/flows/bulk/send-row.ts';
import { changeBatch } from '../../shared/flows/decide-again.ts';
import { changeOrder } from '../../shared/flows/orders/change-order.ts';
import { isStillDown } from '../../shared/flows/orders/circuit-breaker.ts';
import { putOffFailed } from '../../shared/flows/put-off.ts';
import { enqueueLostEvents } from '../../shared/flows/webhooks/enqueue-events.ts';
import { inEachMode, workThrough } from '../../shared/flows/work-through.ts';
import { dueBatches, readBatch, readChunkProgress, readRows, saveChunkProgress } from '../../shared/store/batches.ts';
import { createRow, readOrdersOf } from '../../shared/store/orders.ts';
import { readFreeze } from '../../shared/store/terms.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the batches in hand. */
const RUN_MS_MAX = 100 * SECOND;
const BATCHES_AT_ONCE = 4;
const TEST_BATCHES_AT_ONCE = 1;
/** How old what is known of a batch may be where its rows are sent. */
const FRESH_MS = SECOND;
const MEASURES_AT_ONCE = 16;
/** A batch with more chunks open than this is measured over several sweeps. */
const MEASURES_MAX = 400;

/** One message: a chunk of rows to run, or, where it names none, a batch to advance. */
export async function runBulk(world: World, message: { batchId: string; chunk?: number }): Promise<void> {
  if (message.chunk === undefined) await advanceBatch(world, message.batchId);
  else await runChunk(world, message.batchId, message.chunk);
}

/**
 * The sweep: advances every unfinished batch. One that fails is put off and does not stop the others; the run fails
 * once they are done, because a live batch that cannot go on is somebody's money.
 */
export function advanceBatches(world: World): Promise<void> {
  return inEachMode((mode) => advanceBatchesOf(world, mode));
}

async function advanceBatchesOf(world: World, mode: Mode): Promise<void> {
  const startedAt = world.now();
  const due = await dueBatches(world, mode, startedAt);
  const { failed } = await workThrough(due, ({ batchId }) => advanceDue(world, batchId), {
    atOnce: mode === 'live' ? BATCHES_AT_ONCE : TEST_BATCHES_AT_ONCE,
    isTimeLeft: () => elapsed(startedAt, world.now()) < RUN_MS_MAX,
    onFailure: (error, { due: row }) => putOffFailed(world, 'batch.failed', row, error),
  });
  if (failed > 0 && mode === 'live') throw new Error(`${failed} batches could not be advanced`);
}

/**
 * Runs every row of one chunk, then enqueues the next chunk of its lane. A chunk is taken by one runner at a time, and
 * two would do no harm: a row becomes an order once, under its own reference, and an order is sent once.
 */
async function runChunk(world: World, batchId: string, chunk: number): Promise<void> {
  const batch = await readBatch(world, batchId);
  if (batch?.status !== 'running' || (await isPaused(world, batch))) return;
  const [before] = await readChunkProgress(world, batchId, [chunk]);
  const taken = takeChunk(batch, before, chunk, world.now());
  if (!taken || !(await saveChunkProgress(world, taken))) return;
  const leased = await runRows(world, batch, taken);
  if (!leased) return;
  const { isRun } = await measure(world, batch, leased);
  // Rows are left because a provider or the database is down, and the next chunk would fare no better. The sweep
  // resumes the lane: one that restarted itself would loop for as long as the outage lasts.
  if (!isRun) return;
  const next = chunk + LANES;
  if (next < chunksOf(batch)) await enqueueBatch(world, batch, [{ chunk: next }]);
  else await advanceBatch(world, batchId);
}

/**
 * Runs the rows of a leased chunk, group by group. Before each group it renews an older lease and reads the batch, but
 * not for the first group of a chunk that was just taken: a cancellation that was answered earlier stops the group, and
 * so does another run that has taken the chunk. Returns the lease that it holds at the end; `undefined` if it has lost
 * it.
 */
async function runRows(world: World, batch: Batch, taken: ChunkProgress): Promise<ChunkProgress | undefined> {
  const [rows = []] = await readRows(world, batch, [taken.chunk]);
  const open = await rowsToRun(world, batch, await openRows(world, batch, taken, rows));
  let leased = taken;
  for (let done = 0; done < open.length; done += ROWS_AT_ONCE) {
    if (done > 0 && isRenewalDue(leased, world.now())) {
      leased = renewLease(leased, world.now());
      if (!(await saveChunkProgress(world, leased))) return undefined;
    }
    const isFirst = done === 0 && elapsed(leased.leasedAt ?? '', world.now()) < FRESH_MS;
    const current = isFirst ? batch : await readBatch(world, batch.id);
    if (current?.status !== 'running') return undefined;
    if (await isPaused(world, current)) return leased;
    await workThrough(open.slice(done, done + ROWS_AT_ONCE), (row) => runRow(world, current, row), {
      atOnce: ROWS_AT_ONCE,
      // The sweep finds the row again, whether it became an order or not.
      onFailure: (error) => world.log.error('batch.row_failed', { batchId: batch.id }, error),
    });
  }
  return leased;
}

/** While its merchant is frozen no row of a batch is sent, and the sweep restarts its lanes afterwards. */
async function isPaused(world: World, batch: Batch): Promise<boolean> {
  return batch.cancelledAt === undefined && (await readFreeze(world, batch)) !== undefined;
}

/** Rows without an order or, in a cancelled batch, with one to cancel. A chunk that nobody has run has no orders. */
async function openRows(
  world: World,
  batch: Batch,
  taken: ChunkProgress,
  rows: readonly BatchRow[],
): Promise<BatchRow[]> {
  const own = rows.filter(({ order }) => order);
  if (taken.version === 1) return own;
  const orders = await readOrdersOf(world, batch, referencesOf(own));
  return own.filter(({ order }) => {
    const there = orders.get(order?.agentReference ?? '');
    return !there || (batch.cancelledAt !== undefined && there.status === 'pending');
  });
}

/** Of these rows those that can be sent now. Those of a provider that is down wait for the sweep. */
async function rowsToRun(world: World, batch: Batch, open: readonly BatchRow[]): Promise<readonly BatchRow[]> {
  if (batch.cancelledAt !== undefined) return open;
  const down = new Set<string>();
  for (const name of new Set(open.flatMap(({ order }) => order?.provider ?? []))) {
    if (batch.mode === 'live' && (await isStillDown(world, world.provider(name)))) down.add(name);
  }
  return open.filter(({ order }) => order && !down.has(order.provider));
}

/** Creates a row's order and sends it. In a cancelled batch the order is created as cancelled. */
async function runRow(world: World, batch: Batch, { row, order: request }: BatchRow): Promise<void> {
  if (!request) return;
  const { id: batchId, merchantId, mode } = batch;
  const quiet = batch.hasRowWebhooks ? {} : { isQuiet: true as const };
  const placing = { batchId, batchRow: row, ...quiet, ...defined({ by: batch.createdBy?.id }) };
  const initial = { id: rowOrderId(batch, row), merchantId, mode, ...request, ...placing };
  const isCancelled = batch.cancelledAt !== undefined;
  if (!isCancelled) return sendRow(world, initial);
  const order = await createRow(world, cancelRow(initial, world.now()));
  // Another order has taken the row's reference.
  if (order.batchId !== batchId) return;
  await changeOrder(world, order, (current) => cancel(current, world.now()));
}

/** Has the event of a batch that has ended published where its message was lost; else advances the batch. */
async function advanceDue(world: World, batchId: string): Promise<void> {
  const batch = await readBatch(world, batchId);
  if (!batch?.outbox) return advanceBatch(world, batchId);
  if (batch.dueAt === undefined || batch.dueAt > world.now()) return;
  if (!isOverdue(batch.outbox, world.now())) return;
  await enqueueLostEvents(world, batch, { batchId });
  await changeBatch(world, batch, (current) =>
    current.version === batch.version ? leaveToMessage(current, world.now()) : undefined,
  );
}

/**
 * Advances a batch: measures its open chunks, restarts lanes that nobody runs, refunds what its rows did not use, and
 * ends it once every row is decided.
 */
async function advanceBatch(world: World, batchId: string): Promise<void> {
  const batch = await readBatch(world, batchId);
  if (batch?.status !== 'running') return;
  const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) => chunk);
  let progresses = await readChunkProgress(world, batchId, chunks);
  const open = sampleOf(
    world,
    progresses.filter((progress) => progress.isRun && openIn(progress.counts) > 0),
  );
  for (let done = 0; done < open.length; done += MEASURES_AT_ONCE) {
    const some = open.slice(done, done + MEASURES_AT_ONCE);
    await Promise.all(some.map((progress) => measure(world, batch, progress)));
  }
  if (open.length > 0) progresses = await readChunkProgress(world, batchId, chunks);
  if (!(await isPaused(world, batch))) await enqueueBatch(world, batch, chunksToStart(batch, progresses, world.now()));
  const sum = sumUp(batch, progresses);
  await changeBatch(world, batch, (current) => advance(current, sum, world.now()));
}

/**
 * From a random start: rows that stay in doubt for a day must not keep others from being measured. First those with a
 * claim, which nothing else finds when its holder is dead.
 */
function sampleOf(world: World, open: readonly ChunkProgress[]): ChunkProgress[] {
  const start = Math.floor(world.random() * open.length);
  const all = [...open.slice(start), ...open.slice(0, start)];
  const hasClaim = ({ counts }: ChunkProgress) => (counts.dispatching ?? 0) > 0;
  return [...all.filter(hasClaim), ...all.filter((progress) => !hasClaim(progress))].slice(0, MEASURES_MAX);
}

/** Of each lane that nobody runs, the first chunk that needs a run. */
function chunksToStart(batch: Batch, progresses: readonly ChunkProgress[], at: Instant): { chunk: number }[] {
  const progressOf = new Map(progresses.map((progress) => [progress.chunk, progress]));
  const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) => chunk);
  const isRunning = (chunk: number) => {
    const progress = progressOf.get(chunk);
    return progress?.leasedAt !== undefined && !needsRun(batch, progress, at);
  };
  return Object.values(Object.groupBy(chunks, (chunk) => chunk % LANES)).flatMap((lane = []) => {
    const next = lane.find((chunk) => needsRun(batch, progressOf.get(chunk), at));
    return next === undefined || lane.some(isRunning) ? [] : [{ chunk: next }];
  });
}

/** Adds a chunk up from its rows' orders and saves it. If somebody else saved it meanwhile, theirs is as right. */
async function measure(world: World, batch: Batch, before: ChunkProgress): Promise<ChunkProgress> {
  const [rows = []] = await readRows(world, batch, [before.chunk]);
  const orders = await readOrdersOf(world, batch, referencesOf(rows));
  await releaseClaims(world, batch, orders);
  const pairs = rows.map((row) => [row, orders.get(row.order?.agentReference ?? '')] as const);
  const progress = measureChunk(batch, before, before.chunk, pairs);
  await saveChunkProgress(world, progress);
  return progress;
}

/** Makes the rows unknown whose claims are abandoned: they were not due, and from now on they are. */
async function releaseClaims(world: World, batch: Batch, orders: Map<string, Order>): Promise<void> {
  for (const [reference, order] of orders) {
    const { capabilities } = world.provider(order.provider);
    if (order.batchId !== batch.id || !isAbandoned(order, capabilities, world.now())) continue;
    const released = await changeOrder(world, order, (current) =>
      isAbandoned(current, capabilities, world.now()) ? abandon(current, capabilities, world.now()) : undefined,
    );
    orders.set(reference, released.order);
  }
}

function referencesOf(rows: readonly BatchRow[]): string[] {
  return rows.flatMap(({ order }) => order?.agentReference ?? []);
}

export const handler = worker({ schedule: 'run-bulk', onMessage: runBulk, onSchedule: advanceBatches });
