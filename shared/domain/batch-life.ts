import { assert } from './assert.ts';
import type {
  Amount,
  Amounts,
  Batch,
  BatchChange,
  BatchRow,
  ChunkProgress,
  Counts,
  Movement,
  RowState,
} from './batch.ts';
import { ADVANCE_INTERVAL_MS, BATCH_EVENT, chunksOf, eachAmount } from './batch.ts';
import type { Currency } from './money.ts';
import type { FailureCode, Order } from './order.ts';
import { isFinal } from './order.ts';
import type { Instant } from './time.ts';
import { elapsed, HOUR, MINUTE, plus, SECOND } from './time.ts';
import type { Changes } from './versioned.ts';
import { dueForEvents, EVENT_MESSAGE_MS, revisedWithEvents, withoutUpTo } from './versioned.ts';

/**
 * A batch's life: the progress of its chunks, which of them still have rows to send, what is refunded, and when it
 * ends. The sum to refund is measured from the orders and never decreases, and the batch records the refunded sum in
 * the transaction that moves it: so every amount is refunded once, however often and concurrently it is measured.
 */

/**
 * How long a run holds a chunk without renewing its lease; it renews it before each group of rows. Short, because the
 * chunk of a worker that died stands still for this long and until the next sweep. A group whose provider hangs may
 * take longer: then a second run may take the chunk, which is safe, and the first stops when it cannot renew.
 */
export const RUN_LEASE_MS = 20 * SECOND;
/** A younger lease is kept: a group of rows mostly takes a second or two, and a renewal is a write. */
const RENEWED_AFTER_MS = 5 * SECOND;
/** Least time between two refunds: while rows are still being sent, and while some are still undecided. */
const REFUND_INTERVAL_RUNNING_MS = HOUR;
const REFUND_INTERVAL_WAITING_MS = 10 * MINUTE;

/** The state of a row, by the order under its reference. */
export function stateOf(batch: Pick<Batch, 'id'>, row: BatchRow, order: Order | undefined): RowState {
  if (!row.order) return 'left_out';
  if (!order) return 'waiting';
  return order.batchId === batch.id ? order.status : 'taken';
}

/** Why a row was not delivered. */
export function failureOf(state: RowState, order: Order | undefined): FailureCode | undefined {
  return state === 'taken' ? 'reference_used' : order?.failure;
}

/** Whether a row failed. A row that its merchant cancelled did not. */
export function isFailed(state: RowState, order: Order | undefined): boolean {
  if (state === 'taken') return true;
  return (state === 'refunded' || state === 'failed' || state === 'reversed') && order?.failure !== 'cancelled';
}

/** Measures the progress of a chunk from the orders under the references of its rows. Ends the chunk's lease. */
export function measureChunk(
  batch: Batch,
  before: ChunkProgress | undefined,
  chunk: number,
  rows: readonly (readonly [BatchRow, Order | undefined])[],
): ChunkProgress {
  const counts: Sums<RowState> = {};
  const returned: Sums<Currency> = {};
  for (const [row, order] of rows) {
    const state = stateOf(batch, row, order);
    add(counts, state, 1);
    if (!row.order) continue;
    // A row whose reference another order has can never be sent.
    const minor = state === 'taken' ? row.order.amountMinor : order?.returnedMinor;
    if (minor) add(returned, row.order.currency, minor);
  }
  return { batchId: batch.id, chunk, version: (before?.version ?? 0) + 1, isRun: !counts.waiting, counts, returned };
}

/** Leases a chunk to run it. `undefined` while another run has it, and when there is nothing left to do. */
export function takeChunk(
  batch: Batch,
  before: ChunkProgress | undefined,
  chunk: number,
  at: Instant,
): ChunkProgress | undefined {
  if (!needsRun(batch, before, at)) return undefined;
  const current = before ?? { batchId: batch.id, chunk, version: 0, isRun: false, counts: {}, returned: {} };
  return renewLease(current, at);
}

/** The next version of a leased chunk's progress, with a lease that begins now. */
export function renewLease(progress: ChunkProgress, at: Instant): ChunkProgress {
  return { ...progress, leasedAt: at, version: progress.version + 1 };
}

/** Whether a lease is so old that its holder renews it before the next group. */
export function isRenewalDue({ leasedAt }: ChunkProgress, at: Instant): boolean {
  return leasedAt === undefined || Math.abs(elapsed(leasedAt, at)) >= RENEWED_AFTER_MS;
}

/** Whether a chunk has rows to send, or orders to cancel, and no current run. */
export function needsRun(batch: Batch, progress: ChunkProgress | undefined, at: Instant): boolean {
  if (!progress) return true;
  if (progress.leasedAt !== undefined && elapsed(progress.leasedAt, at) < RUN_LEASE_MS) return false;
  return !progress.isRun || (batch.cancelledAt !== undefined && (progress.counts.pending ?? 0) > 0);
}

export interface Sum {
  readonly isRun: boolean;
  readonly counts: Counts;
  readonly returned: Readonly<Sums<Currency>>;
  /** Rows that are not decided. */
  readonly open: number;
}

/** All chunks together. Rows of chunks without progress are waiting. */
export function sumUp(batch: Batch, progresses: readonly ChunkProgress[]): Sum {
  const counts: Sums<RowState> = {};
  const returned: Sums<Currency> = {};
  let seen = 0;
  for (const progress of progresses) {
    for (const [state, count] of Object.entries(progress.counts) as [RowState, number][]) {
      add(counts, state, count);
      seen += count;
    }
    for (const [currency, minor] of Object.entries(progress.returned) as [Currency, number][]) {
      add(returned, currency, minor);
    }
  }
  if (seen < batch.rows) add(counts, 'waiting', batch.rows - seen);
  const isRun = progresses.length === chunksOf(batch) && progresses.every((progress) => progress.isRun);
  return { isRun, counts, returned, open: openIn(counts) };
}

type Sums<Name extends string> = Partial<Record<Name, number>>;

function add<Name extends string>(sums: Partial<Record<Name, number>>, name: Name, by: number): void {
  sums[name] = (sums[name] ?? 0) + by;
}

/** How many rows are not decided yet. */
export function openIn(counts: Counts): number {
  const states = Object.entries(counts) as [RowState, number][];
  return states.filter(([state]) => isOpen(state)).reduce((sum, [, count]) => sum + count, 0);
}

function isOpen(state: RowState): boolean {
  return state === 'waiting' || (state !== 'taken' && state !== 'left_out' && !isFinal(state));
}

/**
 * The next change of a running batch: refunds what its failed rows did not use, and ends it once every row is decided.
 * Else it is due again later. `undefined` when it has ended.
 */
export function advance(batch: Batch, sum: Sum, at: Instant): BatchChange | undefined {
  if (batch.status !== 'running') return undefined;
  const isDone = sum.isRun && sum.open === 0;
  const refunds = isDone || isRefundTime(batch, sum, at) ? refundsOf(batch, sum) : [];
  const end = {
    status: batch.cancelledAt === undefined ? 'completed' : 'cancelled',
    finishedAt: at,
    dueAt: dueForEvents(batch.dueAt, at),
    outbox: [{ type: BATCH_EVENT, sequence: 1, at }],
  } as const;
  const changes = {
    counts: sum.counts,
    ...(isDone ? end : { dueAt: plus(at, ADVANCE_INTERVAL_MS) }),
    ...(refunds.length > 0 ? { amounts: paidBack(batch.amounts, refunds), refundedAt: at } : {}),
  };
  return { ...keep(batch, changes), refunds };
}

function isRefundTime({ createdAt, refundedAt }: Batch, { isRun }: Sum, at: Instant): boolean {
  if (!isRun) return elapsed(refundedAt ?? createdAt, at) >= REFUND_INTERVAL_RUNNING_MS;
  return refundedAt === undefined || elapsed(refundedAt, at) >= REFUND_INTERVAL_WAITING_MS;
}

/** What each wallet is to get back, less what it got. */
function refundsOf({ id: batchId, reference, amounts }: Batch, sum: Sum): Movement[] {
  return eachAmount(amounts).flatMap(([currency, { totalMinor, refundedMinor, keptMinor = 0 }]): Movement[] => {
    const returned = sum.returned[currency] ?? 0;
    assert(returned <= totalMinor, 'no more is refunded than was debited');
    // A concurrent change with newer sums may have refunded more.
    const amountMinor = returned - refundedMinor - keptMinor;
    if (amountMinor <= 0) return [];
    return [
      { currency, entry: { kind: 'batch_refund', amountMinor, description: `Refund of batch ${reference}`, batchId } },
    ];
  });
}

function paidBack(amounts: Amounts, refunds: readonly Movement[]): Amounts {
  const after: Partial<Record<Currency, Amount>> = { ...amounts };
  for (const { currency, entry } of refunds) {
    const amount = after[currency];
    if (amount) after[currency] = { ...amount, refundedMinor: amount.refundedMinor + entry.amountMinor };
  }
  return after;
}

/** What a running batch still has to refund in a currency, as far as its sums know: it may hold more. */
export function heldIn({ status, amounts }: Batch, sum: Sum, currency: Currency): number {
  const amount = amounts[currency];
  if (status !== 'running' || !amount) return 0;
  return (sum.returned[currency] ?? 0) - amount.refundedMinor - (amount.keptMinor ?? 0);
}

/** Keeps a part of what the batch has to refund, for a row that was delivered after all. */
export function keepBack(batch: Batch, currency: Currency, amountMinor: number): BatchChange {
  const amount = batch.amounts[currency];
  assert(amount && batch.status === 'running', 'only a running batch holds money');
  const kept = { ...amount, keptMinor: (amount.keptMinor ?? 0) + amountMinor };
  return keep(batch, { amounts: { ...batch.amounts, [currency]: kept } });
}

/** Stops sending rows; orders that were sent go on. `undefined` when it has ended or is cancelled. */
export function cancelBatch(batch: Batch, at: Instant): BatchChange | undefined {
  if (batch.status !== 'running' || batch.cancelledAt !== undefined) return undefined;
  return keep(batch, { cancelledAt: at, dueAt: at });
}

/** When the last row will be decided at the rate so far; `undefined` before any was. */
export function estimatedEnd(batch: Batch, counts: Counts, at: Instant): Instant | undefined {
  const open = openIn(counts);
  const decided = batch.rows - open - (counts.left_out ?? 0);
  if (decided <= 0 || open === 0) return undefined;
  return plus(at, Math.round((elapsed(batch.createdAt, at) / decided) * open));
}

/** Removes published events from the outbox. Then nothing is pending on a batch that has ended. */
export function markBatchPublished(batch: Batch, sequence: number): BatchChange | undefined {
  const outbox = withoutUpTo(batch.outbox, sequence);
  return outbox === batch.outbox ? undefined : keep(batch, { outbox, dueAt: undefined });
}

/** Leaves an unpublished event to the message that was just sent. */
export function leaveToMessage(batch: Batch, at: Instant): BatchChange {
  return keep(batch, { dueAt: plus(at, EVENT_MESSAGE_MS) });
}

function keep(before: Batch, changes: Changes<Batch>): BatchChange {
  return { before, after: revisedWithEvents(before, changes), refunds: [] };
}
