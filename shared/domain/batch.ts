import { assert } from './assert.ts';
import type { EntryDraft, Mode } from './ledger.ts';
import type { Currency } from './money.ts';
import type { FailureCode, Fulfilment, Order, OrderRequest, Status } from './order.ts';
import { isFinal } from './order.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { elapsed, HOUR, MINUTE, plus } from './time.ts';
import { revised, withoutUpTo } from './versioned.ts';

/**
 * A batch: many orders that are paid at once. Its total is one debit of each wallet; its rows become orders when their
 * turn comes, each under its own reference; what they do not use goes back in as few entries as there can be. What is
 * to go back is added up from the orders themselves and only ever grows, and the batch notes how much went back in the
 * very write that moves it: so it goes back once, however often and by how many it is added up.
 */

/** Rows that are kept, run and added up together: one item, one message, one function's work. */
export const CHUNK_ROWS = 25;
/** Chunks of one batch that are run side by side. */
export const LANES = 4;
/** Longer than a function that runs a chunk may live: after this its chunk is anybody's. */
export const RUN_LEASE_MS = 6 * MINUTE;
/** How often a batch that is not finished is looked after. */
export const TEND_GAP_MS = 2 * MINUTE;
/** While rows are still being sent, and while some of them are still in doubt: least time between two refunds. */
const REFUND_GAP_RUNNING_MS = HOUR;
const REFUND_GAP_WAITING_MS = 10 * MINUTE;

export const BATCH_EVENT = 'batch.completed';

/** What a batch does about rows that cannot be sent: it is refused, or leaves them out. */
export const ACCEPTS = ['all_or_nothing', 'valid_rows'] as const;
export type Accept = (typeof ACCEPTS)[number];

/** What is wrong with one cell, and what to do. */
export interface CellProblem {
  /** As we call it, or `row` where it is about the whole row. */
  readonly column: string;
  readonly code: string;
  /** This case in one sentence, with the text that is at fault. */
  readonly detail: string;
  readonly fix: string;
}

/** A row as it came: texts, and what is wrong with their form. */
export interface RowInput {
  /** As a spreadsheet numbers it: the header is mostly 1, blank lines count. */
  readonly row: number;
  readonly target: string;
  readonly amount: string;
  readonly productId?: string;
  readonly currency?: string;
  readonly reference?: string;
  readonly customSms?: string;
  readonly problems: readonly CellProblem[];
}

/** What would become of a row. */
export interface Verdict {
  readonly input: RowInput;
  readonly reference: string;
  /** What would be ordered; absent where something is wrong. */
  readonly order?: OrderRequest & Fulfilment;
  readonly problems: readonly CellProblem[];
  /** An earlier row of the file that orders just the same. It is sent as well: people are paid twice on purpose. */
  readonly sameAsRow?: number;
}

/** A row as it is kept from before its batch is accepted. It never changes; what becomes of it is its order's. */
export interface BatchRow {
  readonly row: number;
  readonly order?: OrderRequest & Fulfilment;
  /** For a row that is left out. */
  readonly leftOut?: { readonly target: string; readonly amount: string; readonly problems: readonly CellProblem[] };
}

export type BatchStatus = 'running' | 'completed' | 'cancelled';

interface Amount {
  readonly rows: number;
  readonly totalMinor: number;
  /** What went back so far. */
  readonly refundedMinor: number;
}

/** Money by currency. */
export type Amounts = Readonly<Partial<Record<Currency, Amount>>>;

/** `waiting`: its turn has not come. `taken`: another order has its reference. Else the status of its order. */
export type RowState = Status | 'waiting' | 'taken' | 'left_out';
export type Counts = Readonly<Partial<Record<RowState, number>>>;

export interface Batch {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly reference: string;
  /** Of everything that makes two requests the same. */
  readonly contentHash: string;
  /** Which set of rows is its own: a request that lost the race may have left another. */
  readonly rowSet: string;
  readonly accept: Accept;
  readonly hasRowWebhooks: boolean;
  readonly rows: number;
  readonly amounts: Amounts;
  readonly status: BatchStatus;
  /** As of when it was looked after last. */
  readonly counts: Counts;
  readonly createdAt: Instant;
  /** Since when nothing of it is sent any more. */
  readonly cancelledAt?: Instant;
  readonly finishedAt?: Instant;
  /** When something last went back. */
  readonly refundedAt?: Instant;
  /** Of which batch this one sends the failed rows again. */
  readonly retryOf?: string;
  readonly dueAt?: Instant;
  readonly version: number;
  readonly outbox?: readonly BatchEvent[];
}

export interface BatchEvent {
  readonly type: typeof BATCH_EVENT;
  readonly sequence: number;
  readonly at: Instant;
}

/** What became of the rows of one chunk, when somebody looked last. */
export interface Tally {
  readonly batchId: string;
  readonly chunk: number;
  readonly version: number;
  /** Since when somebody runs it; absent when nobody does. */
  readonly startedAt?: Instant;
  /** Whether every row had its turn. */
  readonly isRun: boolean;
  /** Whether what could be stopped was, after the batch was cancelled. */
  readonly isStopped: boolean;
  readonly counts: Counts;
  /** What is to go back, by currency. Never falls. */
  readonly returned: Readonly<Partial<Record<Currency, number>>>;
}

/** Money that a batch takes from or gives back to the wallet of one currency. */
export interface Movement {
  readonly currency: Currency;
  readonly entry: Omit<EntryDraft, 'id'>;
}

/** A decision, not yet written. */
export interface BatchChange {
  readonly before: Batch;
  readonly after: Batch;
  readonly refunds: readonly Movement[];
}

type Owner = Pick<Batch, 'merchantId' | 'mode'>;

/** Follows from the merchant's reference, so that the batch is its own idempotency record. */
export function batchId({ merchantId, mode }: Owner, reference: string): string {
  return `bat_${sha256(`${merchantId}#${mode}#${reference}`).slice(0, 24)}`;
}

/** The reference of a row that names none, with a sign that merchants cannot use in theirs. */
export function rowReference(batchReference: string, row: number): string {
  return `${batchReference}~${row}`;
}

/** The same whoever makes the order, so that whoever comes second finds it and the provider knows it by one name. */
export function rowOrderId(batch: Pick<Batch, 'id'>, row: number): string {
  return `ord_${sha256(`${batch.id}#${row}`).slice(0, 24)}`;
}

/** The reference of a batch that names none: the same file again is the same batch. */
export function defaultReference(csvHash: string): string {
  return `file-${csvHash.slice(0, 24)}`;
}

export function chunksOf({ rows }: Pick<Batch, 'rows'>): number {
  return Math.ceil(rows / CHUNK_ROWS);
}

type Birth = Pick<
  Batch,
  | 'merchantId'
  | 'mode'
  | 'reference'
  | 'contentHash'
  | 'rowSet'
  | 'accept'
  | 'hasRowWebhooks'
  | 'rows'
  | 'amounts'
  | 'retryOf'
>;

/** A new batch and the debits that pay for it, one for each currency. */
export function beginBatch(birth: Birth, at: Instant): { batch: Batch; debits: Movement[] } {
  const id = batchId(birth, birth.reference);
  const sent = eachAmount(birth.amounts).reduce((sum, [, { rows }]) => sum + rows, 0);
  const batch: Batch = {
    ...birth,
    id,
    status: 'running',
    counts: { waiting: sent, ...(birth.rows > sent ? { left_out: birth.rows - sent } : {}) },
    createdAt: at,
    dueAt: plus(at, TEND_GAP_MS),
    version: 1,
  };
  const debits = eachAmount(birth.amounts).map(([currency, { rows, totalMinor }]): Movement => {
    assert(Number.isSafeInteger(totalMinor) && totalMinor > 0, 'a batch has a positive whole amount in each currency');
    const description = `Batch ${birth.reference}, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
    return { currency, entry: { kind: 'batch', amountMinor: -totalMinor, description, batchId: id } };
  });
  return { batch, debits };
}

/** What the rows that can be sent add up to. */
export function amountsOf(rows: readonly BatchRow[]): Amounts {
  const amounts: Partial<Record<Currency, Amount>> = {};
  for (const { order } of rows) {
    if (!order) continue;
    const { rows: count, totalMinor } = amounts[order.currency] ?? { rows: 0, totalMinor: 0 };
    const total = totalMinor + order.amountMinor;
    amounts[order.currency] = { rows: count + 1, totalMinor: total, refundedMinor: 0 };
  }
  return amounts;
}

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

/** The reference of the batch that sends the failed rows of another again: one for each. */
export function retryReference(reference: string): string {
  const [, first = reference, times] = /^(.*)~r(\d+)$/.exec(reference) ?? [];
  return `${first}~r${Number(times ?? 0) + 1}`;
}

/** Adds a chunk up anew from the orders that there are under the references of its rows. */
export function tallyUp(
  batch: Batch,
  before: Tally | undefined,
  chunk: number,
  rows: readonly (readonly [BatchRow, Order | undefined])[],
): Tally {
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
export function takeChunk(batch: Batch, before: Tally | undefined, chunk: number, at: Instant): Tally | undefined {
  if (!needsRun(batch, before, at)) return undefined;
  const fresh = { batchId: batch.id, chunk, isRun: false, isStopped: false, counts: {}, returned: {} };
  return { ...fresh, ...before, startedAt: at, version: (before?.version ?? 0) + 1 };
}

/** Whether a chunk still has rows to send, or to stop, and nobody is at it. */
export function needsRun(batch: Batch, tally: Tally | undefined, at: Instant): boolean {
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
export function sumUp(batch: Batch, tallies: readonly Tally[]): Sum {
  const counts: Partial<Record<RowState, number>> = {};
  const returned: Partial<Record<Currency, number>> = {};
  let seen = 0;
  for (const tally of tallies) {
    for (const [state, count] of Object.entries(tally.counts) as [RowState, number][]) {
      counts[state] = (counts[state] ?? 0) + count;
      seen += count;
    }
    for (const [currency, minor] of Object.entries(tally.returned) as [Currency, number][]) {
      returned[currency] = (returned[currency] ?? 0) + minor;
    }
  }
  if (seen < batch.rows) counts.waiting = (counts.waiting ?? 0) + batch.rows - seen;
  const isRun = tallies.length === chunksOf(batch) && tallies.every((tally) => tally.isRun);
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
export function tend(batch: Batch, sum: Sum, at: Instant): BatchChange | undefined {
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

/** Amounts one by one. */
export function eachAmount(amounts: Amounts): [Currency, Amount][] {
  return Object.entries(amounts) as [Currency, Amount][];
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
export function batchHandedOn(batch: Batch, sequence: number): BatchChange | undefined {
  const outbox = withoutUpTo(batch.outbox, sequence);
  return outbox === batch.outbox ? undefined : keep(batch, { outbox });
}

function keep(before: Batch, changes: Parameters<typeof revised<Batch>>[1]): BatchChange {
  return { before, after: revised(before, changes), refunds: [] };
}
