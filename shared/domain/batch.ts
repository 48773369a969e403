import { assert } from './assert.ts';
import type { EntryDraft, Mode, Owner } from './ledger.ts';
import type { Currency } from './money.ts';
import { CURRENCIES } from './money.ts';
import type { Fulfilment, OrderRequest, Status } from './order.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { MINUTE, plus } from './time.ts';

/**
 * A batch: many orders that are paid at once. Its total is one debit of each wallet; its rows become orders when their
 * turn comes, each under its own reference; what they do not use goes back in as few entries as there can be.
 */

/** Rows that are kept, run and added up together: one item, one message, one function's work. */
export const CHUNK_ROWS = 25;
/** Chunks of one batch that are run side by side. */
export const LANES = 4;
/** How often a batch that is not finished is looked after. */
export const TEND_GAP_MS = 2 * MINUTE;
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
export interface RowResult {
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

export interface Amount {
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
export interface ChunkProgress {
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
    dueAt: plus(at, TEND_GAP_MS),
    version: 1,
  };
  const debits = eachAmount(initial.amounts).map(([currency, { rows, totalMinor }]): Movement => {
    assert(Number.isSafeInteger(totalMinor) && totalMinor > 0, 'a batch has a positive whole amount in each currency');
    const description = `Batch ${initial.reference}, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
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

/** The reference of the batch that sends the failed rows of another again: one for each. */
export function retryReference(reference: string): string {
  const [, first = reference, times] = /^(.*)~r(\d+)$/.exec(reference) ?? [];
  return `${first}~r${Number(times ?? 0) + 1}`;
}

/** Amounts one by one, always in one order. */
export function eachAmount(amounts: Amounts): [Currency, Amount][] {
  return (Object.keys(CURRENCIES) as Currency[]).flatMap((currency): [Currency, Amount][] => {
    const amount = amounts[currency];
    return amount ? [[currency, amount]] : [];
  });
}
