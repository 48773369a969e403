import type { Actor } from './act.ts';
import { assert } from './assert.ts';
import type { EntryDraft, Owner } from './ledger.ts';
import type { Currency } from './money.ts';
import { CURRENCIES } from './money.ts';
import type { Fulfilment, OrderRequest, Status } from './order.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { plus, SECOND } from './time.ts';

/**
 * A batch: many orders that are paid together. Its total is one debit of each wallet; its rows become orders one after
 * the other, each under its own reference; the amounts of rows that fail are refunded in as few entries as possible.
 */

/** Rows that are stored, run and measured together: one item, one message, one invocation. */
export const CHUNK_ROWS = 25;
/** Chunks of one batch that run concurrently. */
export const LANES = 4;
/** Rows of one chunk that are sent concurrently, as a group. The batch is read again before each group. */
export const ROWS_AT_ONCE = 10;
/**
 * How many rows at most are still sent once a cancellation is answered: a group of each lane. A row that waits to be
 * sent again is not: its dispatcher looks at the batch right before its claim.
 */
export const SENT_AFTER_CANCEL_MAX = LANES * ROWS_AT_ONCE;
/** How often a running batch is advanced: shorter than the sweep's interval, so that no sweep misses it. */
export const ADVANCE_INTERVAL_MS = 90 * SECOND;
/** When a new batch is advanced first: soon, in case the request that accepted it died before it enqueued a row. */
const FIRST_ADVANCE_MS = 20 * SECOND;
export const BATCH_EVENT = 'batch.completed';

/**
 * A test batch with more rows counts what the test clock advances by the sweep alone: to count each row at once would
 * be to read all of them each time.
 */
export const COUNTED_ROWS_MAX = 1_000;

/** What happens to rows that cannot be ordered: the batch is refused, or leaves them out. */
export const ACCEPTS = ['all_or_nothing', 'valid_rows'] as const;
export type Accept = (typeof ACCEPTS)[number];

/** What is wrong with one cell, and how to fix it. */
export interface CellProblem {
  /** Our name of the column; `row` where the problem is about the whole row. */
  readonly column: string;
  readonly code: string;
  /** The problem in one sentence, with the cell's text. */
  readonly detail: string;
  readonly fix: string;
}

/** A row of the file: its texts, and what is wrong with their form. */
export interface RowInput {
  /** As a spreadsheet numbers it: the header is usually 1, and blank lines count. */
  readonly row: number;
  readonly target: string;
  readonly amount: string;
  readonly productId?: string;
  readonly currency?: string;
  readonly reference?: string;
  readonly customSms?: string;
  readonly problems: readonly CellProblem[];
}

/** The result of checking a row. */
export interface RowResult {
  readonly input: RowInput;
  readonly reference: string;
  /** What will be ordered; absent where the row has problems. */
  readonly order?: OrderRequest & Fulfilment;
  readonly problems: readonly CellProblem[];
  /** An earlier row with the same order. This one is sent too: some people are paid twice on purpose. */
  readonly sameAsRow?: number;
  /** The reference of an order that was placed moments ago for the same number and amount. */
  readonly duplicateOf?: string;
}

/** A stored row, written before its batch is accepted. It changes when it is erased; its state is that of its order. */
export interface BatchRow {
  readonly row: number;
  readonly order?: OrderRequest & Fulfilment;
  /** Set for a row that is left out. */
  readonly leftOut?: Omit<RowInput, 'row'>;
  /** Set once its number and texts are gone: `msisdn` is then a keyed hash. */
  readonly erased?: true;
}

export type BatchStatus = 'running' | 'completed' | 'cancelled';

export interface Amount {
  readonly rows: number;
  readonly totalMinor: number;
  /** Refunded so far. */
  readonly refundedMinor: number;
  /** Kept so far of what was to be refunded: rows that were delivered after all are charged to it first. */
  readonly keptMinor?: number;
}

/** By currency. */
export type Amounts = Readonly<Partial<Record<Currency, Amount>>>;

/** `waiting`: it has no order yet. `taken`: another order has its reference. Else the status of its order. */
export type RowState = Status | 'waiting' | 'taken' | 'left_out';
export type Counts = Readonly<Partial<Record<RowState, number>>>;

export interface Batch extends Owner {
  readonly id: string;
  readonly reference: string;
  /** Hash of everything that makes two requests the same. */
  readonly contentHash: string;
  /** Which stored set of rows is its own: a concurrent request that lost may have stored another. */
  readonly rowSet: string;
  readonly accept: Accept;
  readonly hasRowWebhooks: boolean;
  readonly rows: number;
  readonly amounts: Amounts;
  readonly status: BatchStatus;
  /** As of when it was last advanced. */
  readonly counts: Counts;
  readonly createdAt: Instant;
  /** Absent in batches of earlier releases. */
  readonly createdBy?: Actor;
  /** Set once it was cancelled: from then on no row is sent. */
  readonly cancelledAt?: Instant;
  readonly finishedAt?: Instant;
  /** When it was last refunded in part. */
  readonly refundedAt?: Instant;
  /** The batch whose failed rows this one sends again. */
  readonly retryOf?: string;
  /** When a sweep advances it, or has its event published once it has ended. */
  readonly dueAt?: Instant;
  readonly version: number;
  readonly outbox?: readonly BatchEvent[];
}

export interface BatchEvent {
  readonly type: typeof BATCH_EVENT;
  readonly sequence: number;
  readonly at: Instant;
}

/** The progress of one chunk, as of when its rows were last measured. */
export interface ChunkProgress {
  readonly batchId: string;
  readonly chunk: number;
  readonly version: number;
  /** When its current run last took its lease; absent when it is not being run. */
  readonly leasedAt?: Instant;
  /** Whether every row has an order. */
  readonly isRun: boolean;
  readonly counts: Counts;
  /** To be refunded, by currency. Never decreases. */
  readonly returned: Readonly<Partial<Record<Currency, number>>>;
}

/** A debit or refund of a batch in one currency. */
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

/** Derived from the merchant's reference, so the batch is its own idempotency record. */
export function batchId({ merchantId, mode }: Owner, reference: string): string {
  return `bat_${sha256(`${merchantId}#${mode}#${reference}`).slice(0, 24)}`;
}

/** The reference of a row that names none, with a sign that merchants cannot use in theirs. */
export function rowReference(batchReference: string, row: number): string {
  return `${batchReference}~${row}`;
}

/** The reference of the batch that a row's generated reference names; `undefined` for a merchant's own reference. */
export function batchOfReference(reference: string): string | undefined {
  return /^(.+)~\d+$/.exec(reference)?.[1];
}

/** Derived from the row, so that a concurrent run finds the same order, and the provider gets one reference. */
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

type InitialFields = Pick<
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
  | 'createdBy'
>;

/** A new batch and the debits that pay for it, one for each currency. */
export function beginBatch(initial: InitialFields, at: Instant): { batch: Batch; debits: Movement[] } {
  const id = batchId(initial, initial.reference);
  const sent = eachAmount(initial.amounts).reduce((sum, [, { rows }]) => sum + rows, 0);
  const batch: Batch = {
    ...initial,
    id,
    status: 'running',
    counts: { waiting: sent, ...(initial.rows > sent ? { left_out: initial.rows - sent } : {}) },
    createdAt: at,
    dueAt: plus(at, FIRST_ADVANCE_MS),
    version: 1,
  };
  const debits = eachAmount(initial.amounts).map(([currency, { rows, totalMinor }]): Movement => {
    assert(Number.isSafeInteger(totalMinor) && totalMinor > 0, 'a batch has a positive whole amount in each currency');
    const description = `Batch ${initial.reference}, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
    return { currency, entry: { kind: 'batch', amountMinor: -totalMinor, description, batchId: id } };
  });
  return { batch, debits };
}

/** The totals of the rows that can be sent. */
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

/** The reference of the batch that sends the failed rows of another one again. */
export function retryReference(reference: string): string {
  const [, first = reference, times] = /^(.*)~r(\d+)$/.exec(reference) ?? [];
  return `${first}~r${Number(times ?? 0) + 1}`;
}

/** The amounts, in a fixed order. */
export function eachAmount(amounts: Amounts): [Currency, Amount][] {
  return (Object.keys(CURRENCIES) as Currency[]).flatMap((currency): [Currency, Amount][] => {
    const amount = amounts[currency];
    return amount ? [[currency, amount]] : [];
  });
}
