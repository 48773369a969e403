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
import { BATCH_EVENT, chunksOf, eachAmount, TEND_GAP_MS } from './batch.ts';
import type { Currency } from './money.ts';
import type { FailureCode, Order } from './order.ts';
import { isFinal } from './order.ts';
import type { Instant } from './time.ts';
import { elapsed, HOUR, MINUTE, plus } from './time.ts';
import { revised, withoutUpTo } from './versioned.ts';

/**
 * A batch's life: what its rows' orders add up to, which chunks still have rows to send, what goes back, and when it is
 * ended. What is to go back is added up from the orders themselves and only ever grows, and the batch notes how much
 * went back in the very write that moves it: so it goes back once, however often and by how many it is added up.
 */

/** Longer than a function that runs a chunk may live: after this its chunk is anybody's. */
export const RUN_LEASE_MS = 6 * MINUTE;
/** While rows are still being sent, and while some of them are still in doubt: least time between two refunds. */
const REFUND_GAP_RUNNING_MS = HOUR;
const REFUND_GAP_WAITING_MS = 10 * MINUTE;

/** What an order under a row's reference says about the row. */
export function stateOf(batch: Pick<Batch, 'id'>, row: BatchRow, order: Order | undefined): RowState {
  if (!row.order) return 'left_out';
  if (!order) return 'waiting';
  return order.batchId === batch.id ? order.status : 'taken';
}

/** Why a row was not delivered, where its order does not tell. */
export function failureOf(state: RowState, order: Order | undefined): FailureCode | undefined {
  return state === 'taken' ? 'reference_used' : order?.failure;
}

/** Whether a row was to be delivered and was not; what its merchant stopped did not fail. */
export function isFailed(state: RowState, order: Order | undefined): boolean {
  if (state === 'taken') return true;
  return (state === 'refunded' || state === 'failed' || state === 'reversed') && order?.failure !== 'cancelled';
}

/** Adds a chunk up anew from the orders that there are under the references of its rows. */
export function measureChunk(
  batch: Batch,
  before: ChunkProgress | undefined,
  chunk: number,
  rows: readonly (readonly [BatchRow, Order | undefined])[],
): ChunkProgress {
  const counts: Partial<Record<RowState, number>> = {};
  const returned: Partial<Record<Currency, number>> = {};
  for (const [row, order] of rows) {
    const state = stateOf(batch, row, order);
    counts[state] = (counts[state] ?? 0) + 1;
    // A reference that another order has is never free again: the row can never be sent.
    const back = state === 'taken' ? row.order?.amountMinor : state === 'waiting' ? 0 : order?.returnedMinor;
    if (row.order && back) returned[row.order.currency] = (returned[row.order.currency] ?? 0) + back;
  }
  return {
    batchId: batch.id,
    chunk,
    version: (before?.version ?? 0) + 1,
    isRun: !counts.waiting,
    isStopped: batch.cancelledAt !== undefined && !counts.waiting && !counts.pending,
    counts,
    returned,
  };
}

/** Takes a chunk to run it. `undefined` while somebody else does, and where nothing is left to do. */
export function takeChunk(
  batch: Batch,
  before: ChunkProgress | undefined,
  chunk: number,
  at: Instant,
): ChunkProgress | undefined {
  if (!needsRun(batch, before, at)) return undefined;
  const fresh = { batchId: batch.id, chunk, isRun: false, isStopped: false, counts: {}, returned: {} };
  return { ...fresh, ...before, startedAt: at, version: (before?.version ?? 0) + 1 };
}

/** Whether a chunk still has rows to send, or to stop, and nobody is at it. */
export function needsRun(batch: Batch, tally: ChunkProgress | undefined, at: Instant): boolean {
  if (tally?.startedAt !== undefined && elapsed(tally.startedAt, at) < RUN_LEASE_MS) return false;
  const isToBeStopped = batch.cancelledAt !== undefined && !tally?.isStopped;
  return !tally?.isRun || (isToBeStopped && (tally.counts.pending ?? 0) > 0);
}

export interface Sum {
  readonly isRun: boolean;
  readonly counts: Counts;
  readonly returned: Readonly<Partial<Record<Currency, number>>>;
  /** Rows that are not decided. */
  readonly open: number;
}

/** All chunks together; those that nobody looked at yet are waiting. */
export function sumUp(batch: Batch, progresses: readonly ChunkProgress[]): Sum {
  const counts: Partial<Record<RowState, number>> = {};
  const returned: Partial<Record<Currency, number>> = {};
  let seen = 0;
  for (const tally of progresses) {
    for (const [state, count] of Object.entries(tally.counts) as [RowState, number][]) {
      counts[state] = (counts[state] ?? 0) + count;
      seen += count;
    }
    for (const [currency, minor] of Object.entries(tally.returned) as [Currency, number][]) {
      returned[currency] = (returned[currency] ?? 0) + minor;
    }
  }
  if (seen < batch.rows) counts.waiting = (counts.waiting ?? 0) + batch.rows - seen;
  const isRun = progresses.length === chunksOf(batch) && progresses.every((tally) => tally.isRun);
  return { isRun, counts, returned, open: openIn(counts) };
}

/** Rows that are not decided yet. */
export function openIn(counts: Counts): number {
  const states = Object.entries(counts) as [RowState, number][];
  return states.filter(([state]) => isOpen(state)).reduce((sum, [, count]) => sum + count, 0);
}

function isOpen(state: RowState): boolean {
  return state === 'waiting' || (state !== 'taken' && state !== 'left_out' && !isFinal(state));
}

/**
 * What is to be done about a batch: give back what its rows did not use, end it once nothing is left, else look again
 * later. `undefined` when it is ended.
 */
export function advance(batch: Batch, sum: Sum, at: Instant): BatchChange | undefined {
  if (batch.status !== 'running') return undefined;
  const isDone = sum.isRun && sum.open === 0;
  const refunds = isDone || isRefundTime(batch, sum, at) ? refundsOf(batch, sum) : [];
  const end = {
    status: batch.cancelledAt === undefined ? 'completed' : 'cancelled',
    finishedAt: at,
    dueAt: undefined,
    outbox: [{ type: BATCH_EVENT, sequence: 1, at }],
  } as const;
  const changes = {
    counts: sum.counts,
    ...(isDone ? end : { dueAt: plus(at, TEND_GAP_MS) }),
    ...(refunds.length > 0 ? { amounts: paidBack(batch.amounts, refunds), refundedAt: at } : {}),
  };
  return { ...keep(batch, changes), refunds };
}

function isRefundTime({ createdAt, refundedAt }: Batch, { isRun }: Sum, at: Instant): boolean {
  if (!isRun) return elapsed(refundedAt ?? createdAt, at) >= REFUND_GAP_RUNNING_MS;
  return refundedAt === undefined || elapsed(refundedAt, at) >= REFUND_GAP_WAITING_MS;
}

/** What is to go back to each wallet, less what did. */
function refundsOf({ id: batchId, reference, amounts }: Batch, sum: Sum): Movement[] {
  return eachAmount(amounts).flatMap(([currency, { totalMinor, refundedMinor }]): Movement[] => {
    const returned = sum.returned[currency] ?? 0;
    assert(returned <= totalMinor, 'no more goes back than was taken');
    // Somebody with fresher sums may have been here.
    const amountMinor = returned - refundedMinor;
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

/** Nothing of it is sent any more; what was sent already goes on. `undefined` where it is ended or cancelled. */
export function cancelBatch(batch: Batch, at: Instant): BatchChange | undefined {
  if (batch.status !== 'running' || batch.cancelledAt !== undefined) return undefined;
  return keep(batch, { cancelledAt: at, dueAt: at });
}

/** When the last row will be decided if it goes on as it did; `undefined` before any was. */
export function estimatedEnd(batch: Batch, counts: Counts, at: Instant): Instant | undefined {
  const open = openIn(counts);
  const decided = batch.rows - open - (counts.left_out ?? 0);
  if (decided <= 0 || open === 0) return undefined;
  return plus(at, Math.round((elapsed(batch.createdAt, at) / decided) * open));
}

/** Its event was handed on. */
export function markBatchPublished(batch: Batch, sequence: number): BatchChange | undefined {
  const outbox = withoutUpTo(batch.outbox, sequence);
  return outbox === batch.outbox ? undefined : keep(batch, { outbox });
}

function keep(before: Batch, changes: Parameters<typeof revised<Batch>>[1]): BatchChange {
  return { before, after: revised(before, changes), refunds: [] };
}
