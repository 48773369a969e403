import type { Actor } from '../../domain/act.ts';
import { assert } from '../../domain/assert.ts';
import type { Accept, Amounts, Batch, BatchRow, RowResult } from '../../domain/batch.ts';
import { amountsOf, batchId, beginBatch, CHUNK_ROWS, chunksOf, eachAmount, LANES } from '../../domain/batch.ts';
import type { Owner } from '../../domain/ledger.ts';
import { covers } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { formatAmount } from '../../domain/money.ts';
import { elapsed, HOUR, SECOND } from '../../domain/time.ts';
import type { RowError } from '../../http/input-problem.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { fundBatch, noteFile, readBatch, rewriteRows, saveRows } from '../../store/batches.ts';
import { readTail } from '../../store/ledger.ts';
import type { World } from '../../world.ts';
import { requireMaySpend } from '../account/may-spend.ts';
import { enqueueBatch } from './enqueue-batch.ts';
import { rowOf } from './plan-batch.ts';

/** What a merchant requests, without the rows. */
export interface BatchInput {
  readonly reference: string;
  /** Equal for requests that are the same. */
  readonly contentHash: string;
  readonly accept: Accept;
  readonly hasRowWebhooks: boolean;
  readonly retryOf?: string;
  readonly createdBy: Actor;
}

/** The planned rows, and the hash of their file, if they come from one. */
export interface Plan {
  readonly rowResults: readonly RowResult[];
  readonly csvHash?: string;
}

const ERRORS_SHOWN_MAX = 20;
const WRITES_AT_ONCE = 32;
/** How old the merchant's terms may be when a batch is paid: a large file takes seconds to check and to save. */
const TERMS_MS_MAX = SECOND;

/**
 * Accepts a batch once per reference: the same reference with the same content answers with the existing batch, with
 * other content `reference_reused`. `plan` is called only for a new batch, which a frozen merchant cannot create. After
 * a refusal the batch is read again: of two identical requests at once, the first may have emptied the wallet or used
 * the rows' references.
 */
export async function createBatch(
  world: World,
  owner: Owner,
  input: BatchInput,
  plan: () => Promise<Plan>,
): Promise<{ batch: Batch; isReplay: boolean }> {
  const id = batchId(owner, input.reference);
  const existing = await readBatch(world, id);
  if (existing) return replay(existing, input);
  try {
    await requireMaySpend(world, owner);
    return await acceptBatch(world, owner, input, await plan());
  } catch (error) {
    const twin = error instanceof Refusal ? await readBatch(world, id) : undefined;
    if (!twin) throw error;
    return replay(twin, input);
  }
}

/**
 * Saves the rows first, then takes the money in the one write that creates the batch, right after it was looked whether
 * the merchant is frozen by now. A crash or a refusal before that write leaves nothing that anybody sees.
 */
async function acceptBatch(
  world: World,
  owner: Owner,
  input: BatchInput,
  { rowResults, csvHash }: Plan,
): Promise<{ batch: Batch; isReplay: boolean }> {
  requireRows(rowResults, input.accept);
  const rows = rowResults.map(rowOf);
  const amounts = amountsOf(rows);
  await requireFunds(world, owner, amounts);
  const initial = { ...owner, ...input, rowSet: newId(world, 'set'), rows: rows.length, amounts };
  const { batch, debits } = beginBatch(initial, world.now());
  await saveAllRows(world, batch, rows);
  // After a day, rows that no batch came of are erased.
  assert(elapsed(batch.createdAt, world.now()) < HOUR, 'a batch is accepted within an hour');
  await requireMaySpend(world, owner, TERMS_MS_MAX);
  const funded = await fundBatch(world, batch, debits);
  if (funded.kind === 'uncovered') throw insufficientFunds(owner, funded.currency, amounts);
  if (funded.kind === 'taken') {
    // Equal where an answer was lost: then the batch is our own.
    if (funded.batch.rowSet !== batch.rowSet) await emptyRows(world, batch);
    return replay(funded.batch, input);
  }
  world.log.info('batch.running', { batchId: batch.id, merchantId: batch.merchantId, rows: batch.rows });
  await startLanes(world, batch);
  if (csvHash !== undefined) await rememberFile(world, batch, csvHash);
  return { batch, isReplay: false };
}

/** Enqueues the first chunk of each lane. */
async function startLanes(world: World, batch: Batch): Promise<void> {
  const first = Array.from({ length: Math.min(LANES, chunksOf(batch)) }, (_, chunk) => ({ chunk }));
  await enqueueBatch(world, batch, first);
}

/** For a warning only, so a failure does not fail the batch, which was accepted. */
async function rememberFile(world: World, batch: Batch, csvHash: string): Promise<void> {
  try {
    await noteFile(world, batch, csvHash);
  } catch (error) {
    world.log.error('batch.file_not_noted', { batchId: batch.id }, error);
  }
}

/** Of a request that lost for good: the batch has other rows. What fails here is left to the job that erases. */
async function emptyRows(world: World, batch: Batch): Promise<void> {
  try {
    await inChunks(batch, (chunk) => rewriteRows(world, batch, chunk, ({ row }) => ({ row, erased: true })));
  } catch (error) {
    world.log.error('batch.rows_not_emptied', { batchId: batch.id }, error);
  }
}

function replay(batch: Batch, { contentHash, reference }: BatchInput): { batch: Batch; isReplay: boolean } {
  if (batch.contentHash === contentHash) return { batch, isReplay: true };
  const detail = `The batch under ${reference} was created from another file, or with other options.`;
  throw new Refusal('reference_reused', { param: 'batch_reference', detail });
}

function requireRows(rowResults: readonly RowResult[], accept: Accept): void {
  const wrong = rowResults.filter(({ order }) => !order);
  const isRefused = accept === 'all_or_nothing' ? wrong.length > 0 : wrong.length === rowResults.length;
  if (!isRefused) return;
  const errors = errorsOf(wrong).slice(0, ERRORS_SHOWN_MAX);
  const detail = `${wrong.length} of ${rowResults.length} rows cannot be sent.`;
  throw new Refusal('batch_invalid', { param: 'csv', detail, errors });
}

/** The problems of all rows, one by one. */
export function errorsOf(rowResults: readonly RowResult[]): RowError[] {
  return rowResults.flatMap(({ input: { row }, problems }) => problems.map((problem) => ({ row, ...problem })));
}

/** An early check, before anything is written; the write is conditional on the balance as well. */
async function requireFunds(world: World, owner: Owner, amounts: Amounts): Promise<void> {
  for (const [currency, { totalMinor }] of eachAmount(amounts)) {
    const tail = await readTail(world, { ...owner, currency });
    if (!covers(tail, totalMinor)) throw insufficientFunds(owner, currency, amounts);
  }
}

function insufficientFunds({ mode }: Owner, currency: Currency, amounts: Amounts): Refusal {
  const total = formatAmount(amounts[currency]?.totalMinor ?? 0, currency);
  const detail = `The ${mode} ${currency} wallet does not cover ${currency} ${total}. Nothing was sent.`;
  // Unlike that of a single order, its reference is still free.
  const fix = 'Top up the wallet of this currency, then send the same request again.';
  return new Refusal('insufficient_funds', { param: 'amount', detail, fix });
}

async function saveAllRows(world: World, batch: Batch, rows: readonly BatchRow[]): Promise<void> {
  const save = (chunk: number) =>
    saveRows(world, batch, chunk, rows.slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS));
  // The first by itself: it lists the others.
  await save(0);
  await inChunks(batch, (chunk) => (chunk === 0 ? undefined : save(chunk)));
}

async function inChunks(batch: Batch, work: (chunk: number) => Promise<unknown> | undefined): Promise<void> {
  const chunks = [...Array(chunksOf(batch)).keys()];
  while (chunks.length > 0) await Promise.all(chunks.splice(0, WRITES_AT_ONCE).map(work));
}
