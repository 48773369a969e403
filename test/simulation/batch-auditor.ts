import type { Batch, BatchRow, ChunkProgress } from '../../shared/domain/batch.ts';
import { chunksOf, eachAmount, SENT_AFTER_CANCEL_MAX } from '../../shared/domain/batch.ts';
import type { Entry } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { toMajor } from '../../shared/domain/money.ts';
import type { Order } from '../../shared/domain/order.ts';
import { isFinal } from '../../shared/domain/order.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import { unpackRows } from '../../shared/store/batches.ts';
import type { OnCommit } from './model-db.ts';
import type { SimulationContext } from './simulation-context.ts';
import { storedOrder } from './stored-order.ts';

/** More than the doubles, repeats and sweeps of one message make together. */
const MESSAGES_A_MINUTE_MAX = 20;

/** A batch event as a merchant's endpoint receives it. */
interface ReceivedEvent {
  readonly id: string;
  readonly data: {
    readonly object: {
      readonly id: string;
      readonly status: string;
      readonly amounts: readonly { currency: Currency; total: number; refunded: number }[];
    };
  };
}

/** The sums of one batch's ledger entries in one currency. */
interface Sums {
  paidMinor: number;
  refundedMinor: number;
  /** With the corrections and reversals of single rows. */
  allMinor: number;
}

interface BatchAuditorContext extends Pick<SimulationContext, 'clock' | 'trace'> {
  /** The order under a reference, whether it is a row or a single order. */
  readonly orderUnder: (owner: Pick<Order, 'merchantId' | 'mode'>, reference: string) => Order | undefined;
  readonly report: (violation: string) => void;
}

/**
 * Checks the invariants of batches. One entry pays a batch, in the write that creates it. Each refund of the batch is
 * recorded in the write that moves the money, and never exceeds what its rows are due back. In the end all its entries
 * add up to what its rows consumed. The auditor adds up rows, orders and entries as they were committed.
 */
export class BatchAuditor {
  readonly batches = new Map<string, Batch>();
  /** The longest time from the acceptance of a batch until one of its rows was claimed first. */
  slowestClaimMs = 0;
  /** Every chunk that was ever written, by its key, also those of requests that failed. */
  readonly #chunks = new Map<string, readonly BatchRow[]>();
  /** The rows of each batch that was accepted, by their number in the file. */
  readonly #rows = new Map<string, ReadonlyMap<number, BatchRow>>();
  readonly #orderIds = new Map<string, string>();
  readonly #sums = new Map<string, Sums>();
  readonly #messages = new Map<string, number>();
  readonly #acceptedAt = new Map<string, number>();
  /** Rows of each batch that were claimed after its cancellation was written. */
  readonly #claimedAfterCancel = new Map<string, number>();
  readonly #eventIds = new Map<string, Set<string>>();
  readonly #context: BatchAuditorContext;

  constructor(context: BatchAuditorContext) {
    this.#context = context;
  }

  /** Call it when the orders of the same commit are recorded: `orderUnder` must find them. */
  readonly onCommit: OnCommit = (writes) => {
    const moved: Entry[] = [];
    for (const { table, after } of writes) {
      if (table === 'ledger') moved.push(...this.#entry(after as unknown as Entry));
    }
    // The leader of a wallet's line refunds several batches in one transaction.
    const changed = new Set<string | undefined>();
    for (const { table, before, after } of writes) {
      const pk = String(after.pk);
      if (table === 'orders') this.#row(before && storedOrder(before), storedOrder(after));
      if (table !== 'batches') continue;
      if (pk.startsWith('file#')) continue;
      if (pk.includes('#rows#')) this.#chunk(pk, before !== undefined, unpackRows(after.rows));
      else if (pk.includes('#progress#')) {
        this.#progress(before as unknown as ChunkProgress, after as unknown as ChunkProgress);
      } else {
        changed.add(pk);
        const own = moved.filter(({ batchId }) => batchId === pk);
        this.#batch(before as unknown as Batch | undefined, after as unknown as Batch, own);
      }
    }
    const alone = moved.find(({ batchId }) => !changed.has(batchId));
    if (alone) this.#report(`${alone.batchId}: ${alone.kind} ${alone.amountMinor} was written without the batch`);
  };

  get hasPendingBatches(): boolean {
    return [...this.batches.values()].some((batch) => batch.status === 'running' || batch.outbox !== undefined);
  }

  /** When a batch was paid, by virtual time: the clock of the process that wrote it may be wrong. */
  acceptedAt(id: string | undefined): number | undefined {
    return this.#acceptedAt.get(id ?? '');
  }

  /** How many rows were paid whose reference another order used first. */
  get takenReferences(): number {
    const isTaken = (batch: Batch, row: BatchRow) => {
      const order = this.#orderOf(batch, row);
      return order && !isOwn(batch, row, order);
    };
    const all = [...this.batches.values()];
    return all.flatMap((batch) => this.#rowsOf(batch).filter((row) => isTaken(batch, row))).length;
  }

  whenQuiescent(): void {
    for (const batch of this.batches.values()) {
      const { id } = batch;
      if (batch.status === 'running') this.#report(`${id} stays running`);
      if (batch.outbox) this.#report(`${id} still has to publish an event`);
      const events = this.#eventIds.get(id)?.size ?? 0;
      if (events !== 1) this.#report(`its merchant received ${events} events of the end of ${id}`);
      for (const [currency] of eachAmount(batch.amounts)) {
        const consumed = this.#sum(batch, currency, (row, order) =>
          isOwn(batch, row, order) && order?.status === 'success' ? (row.order?.amountMinor ?? 0) : 0,
        );
        const { allMinor } = this.#sumsOf(id, currency);
        if (allMinor !== -consumed)
          this.#report(`the entries of ${id} add up to ${allMinor}, its rows used ${consumed}`);
      }
    }
  }

  /** Called for every message about a batch. A batch that has to wait must not send messages to itself all the time. */
  onMessage(body: unknown): void {
    const name = `${JSON.stringify(body)} at ${Math.floor(this.#context.clock.now / MINUTE)}`;
    const times = (this.#messages.get(name) ?? 0) + 1;
    this.#messages.set(name, times);
    if (times > MESSAGES_A_MINUTE_MAX) this.#report(`${JSON.stringify(body)} is repeated without end`);
  }

  /** Called each time that an endpoint accepts a batch event. */
  onEvent({ id, data: { object } }: ReceivedEvent): void {
    const batch = this.batches.get(object.id);
    this.#eventIds.set(object.id, (this.#eventIds.get(object.id) ?? new Set()).add(id));
    if (batch?.status !== object.status || batch.status === 'running') {
      this.#report(`an event shows ${object.id} as ${object.status}, and it is ${batch?.status}`);
    }
    for (const { currency, total, refunded } of object.amounts) {
      const { paidMinor, refundedMinor } = this.#sumsOf(object.id, currency);
      const isTrue = total === toMajor(paidMinor, currency) && refunded === toMajor(refundedMinor, currency);
      if (!isTrue) this.#report(`an event shows ${object.id} as ${total} less ${refunded}; its entries differ`);
    }
  }

  /** Records the entry of a batch. Returns it if it is the batch's own, and not a correction of a single row. */
  #entry(entry: Entry): Entry[] {
    const { batchId, kind, amountMinor, currency } = entry;
    if (batchId === undefined) {
      if (kind === 'batch' || kind === 'batch_refund') this.#report(`entry ${entry.seq} is a ${kind} of no batch`);
      return [];
    }
    const sums = this.#sumsOf(batchId, currency);
    sums.allMinor += amountMinor;
    if (kind === 'batch') sums.paidMinor -= amountMinor;
    if (kind === 'batch_refund') sums.refundedMinor += amountMinor;
    const isOfRow = kind === 'correction' || kind === 'reversal';
    if (!isOfRow && entry.orderId) this.#report(`${entry.orderId} is a row and has a ${kind} of its own`);
    return isOfRow ? [] : [entry];
  }

  #batch(before: Batch | undefined, batch: Batch, entries: readonly Entry[]): void {
    const { id } = batch;
    if (before?.status !== batch.status) this.#context.trace(`batch ${batch.reference} (${id}) is ${batch.status}`);
    if (batch.version !== (before?.version ?? 0) + 1) this.#report(`${id} skipped to ${batch.version}`);
    this.batches.set(id, batch);
    if (!before) this.#initial(batch);
    else this.#requireUnchanged(before, batch);
    // What this write changes in the batch must be what it writes to the ledger.
    const recorded = eachAmount(batch.amounts).flatMap(([currency, { totalMinor, refundedMinor }]) => {
      const backMinor = refundedMinor - (before?.amounts[currency]?.refundedMinor ?? 0);
      return [
        ...(before ? [] : [`batch ${currency} ${-totalMinor}`]),
        ...(backMinor === 0 ? [] : [`batch_refund ${currency} ${backMinor}`]),
      ];
    });
    const written = entries.map(({ kind, currency, amountMinor }) => `${kind} ${currency} ${amountMinor}`);
    if (recorded.toSorted().join() !== written.toSorted().join()) {
      this.#report(`${id} records ${recorded.join() || 'nothing'} and its write moves ${written.join() || 'nothing'}`);
    }
    if (before) this.#requireKept(batch);
    if (entries.length > 0) this.#requireRefundsDue(batch);
    if (before?.status === 'running' && batch.status !== 'running') this.#end(batch);
  }

  /** A new batch: all its rows are stored, and it costs what they add up to. */
  #initial(batch: Batch): void {
    const { id, rowSet } = batch;
    this.#acceptedAt.set(id, this.#context.clock.now);
    const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) =>
      this.#chunks.get(`${id}#rows#${rowSet}#${chunk}`),
    );
    const rows = chunks.flatMap((chunk) => chunk ?? []);
    this.#rows.set(id, new Map(rows.map((row) => [row.row, row])));
    if (rows.length !== batch.rows) this.#report(`${id} has ${batch.rows} rows and ${rows.length} are stored`);
    const totals = new Map<string, number>();
    for (const { order } of rows) {
      if (order) totals.set(order.currency, (totals.get(order.currency) ?? 0) + order.amountMinor);
    }
    const amounts = eachAmount(batch.amounts);
    const isSame = amounts.every(([currency, { totalMinor }]) => totals.get(currency) === totalMinor);
    if (!isSame || amounts.length !== totals.size) this.#report(`${id} does not cost what its rows add up to`);
    const retried = this.batches.get(batch.retryOf ?? '');
    if (retried) this.#requireRetryable(retried, rows);
  }

  /** A retry contains no row that was delivered and paid, and none that the merchant cancelled. */
  #requireRetryable(retried: Batch, rows: readonly BatchRow[]): void {
    const sources = this.#rows.get(retried.id);
    for (const { row, order } of rows) {
      const source = sources?.get(row);
      if (!order || !source) continue;
      const before = this.#orderOf(retried, source);
      const isCancelled = before?.failure === 'cancelled';
      const mayRepeat = before?.returnedMinor !== undefined || before?.status === 'reversed';
      if (isOwn(retried, source, before) && (isCancelled || !mayRepeat)) {
        this.#report(`row ${row} of ${retried.id} is sent again and is ${before?.status}`);
      }
    }
  }

  #requireUnchanged(before: Batch, batch: Batch): void {
    const names = ['merchantId', 'mode', 'reference', 'contentHash', 'rowSet', 'rows', 'createdAt'] as const;
    const changed = names.find((name) => before[name] !== batch[name]);
    if (changed) this.#report(`the ${changed} of ${batch.id} changed`);
    if (before.status !== 'running' && before.status !== batch.status) {
      this.#report(`${batch.id} went from ${before.status} to ${batch.status}`);
    }
    for (const [currency, { totalMinor }] of eachAmount(before.amounts)) {
      if (batch.amounts[currency]?.totalMinor !== totalMinor) this.#report(`the total of ${batch.id} changed`);
    }
  }

  /** The ledger holds the refunds that the batch records, and they do not exceed what its rows are due back by now. */
  #requireRefundsDue(batch: Batch): void {
    for (const [currency, { refundedMinor }] of eachAmount(batch.amounts)) {
      const sums = this.#sumsOf(batch.id, currency);
      const dueMinor = this.#dueBack(batch, currency);
      if (sums.refundedMinor !== refundedMinor) {
        this.#report(`${batch.id} records ${refundedMinor} as refunded and the ledger has ${sums.refundedMinor}`);
      }
      if (refundedMinor > dueMinor) this.#report(`${batch.id} refunded ${refundedMinor} where ${dueMinor} was due`);
    }
  }

  #end(batch: Batch): void {
    const { id } = batch;
    const isCancelled = batch.cancelledAt !== undefined;
    if ((batch.status === 'cancelled') !== isCancelled) this.#report(`${id} is ${batch.status}, against its request`);
    for (const row of this.#rowsOf(batch)) {
      const order = this.#orderOf(batch, row);
      const isDecided = !row.order || (order && (!isOwn(batch, row, order) || isFinal(order.status)));
      if (!isDecided) this.#report(`${id} has ended and row ${row.row} is ${order?.status ?? 'waiting'}`);
    }
    for (const [currency, { refundedMinor }] of eachAmount(batch.amounts)) {
      const dueMinor = this.#dueBack(batch, currency);
      if (dueMinor !== refundedMinor)
        this.#report(`${id} has ended, ${dueMinor} was due and ${refundedMinor} refunded`);
    }
    const counted = Object.values(batch.counts).reduce((sum, count) => sum + count, 0);
    if (counted !== batch.rows) this.#report(`${id} has ${batch.rows} rows and counts ${counted}`);
  }

  /**
   * A stored chunk never changes: it is run at any later time, with the rows that were paid. Only those of a request
   * that lost to another are emptied, once the other's are the batch's.
   */
  #chunk(pk: string, isStored: boolean, rows: readonly BatchRow[]): void {
    const [id = '', set] = pk.split(/#rows#|#\d+$/);
    const isOfAnother = (this.batches.get(id)?.rowSet ?? set) !== set;
    const isEmptied = rows.every((row) => 'erased' in row);
    if (isStored && !(isOfAnother && isEmptied)) this.#report(`the rows ${pk} were overwritten`);
    this.#chunks.set(pk, rows);
  }

  #progress(before: ChunkProgress | undefined, progress: ChunkProgress): void {
    const name = `chunk ${progress.chunk} of ${progress.batchId}`;
    if (progress.version !== (before?.version ?? 0) + 1) {
      this.#report(`the progress of ${name} skipped to ${progress.version}`);
    }
    for (const [currency, minor] of Object.entries(before?.returned ?? {})) {
      const now = progress.returned[currency as Currency] ?? 0;
      if (now < minor) this.#report(`${name} was due ${minor} back and then ${now}`);
    }
  }

  /** What an order records about its batch is true, and never changes. A single order records nothing. */
  #row(before: Order | undefined, order: Order): void {
    const { id, batchId, returnedMinor, isQuiet } = order;
    if (before?.batchId !== batchId && before) this.#report(`${id} went from ${before.batchId} to ${batchId}`);
    if (batchId === undefined) {
      if (returnedMinor !== undefined || isQuiet) this.#report(`${id} is no row and has the fields of one`);
      return;
    }
    const batch = this.batches.get(batchId);
    const row = this.#rows.get(batchId)?.get(order.batchRow ?? 0);
    const wanted = row?.order;
    const isAsPaid =
      wanted?.agentReference === order.agentReference &&
      wanted.amountMinor === order.amountMinor &&
      wanted.currency === order.currency &&
      (order.erased !== undefined || wanted.msisdn === order.msisdn);
    if (!batch || !isAsPaid) this.#report(`${id} is not what row ${order.batchRow} of ${batchId} paid for`);
    const place = `${batchId} ${order.batchRow}`;
    const known = this.#orderIds.get(place) ?? id;
    if (known !== id) this.#report(`row ${order.batchRow} of ${batchId} is ${known} and ${id}`);
    this.#orderIds.set(place, known);
    const isDueBack = before?.returnedMinor !== undefined || order.status === 'refunded';
    if ((returnedMinor ?? 0) !== (isDueBack ? order.amountMinor : 0)) {
      this.#report(`${id} is ${order.status} and its batch has to refund ${returnedMinor ?? 0} for it`);
    }
    if (order.attempts.length > 0 && !before?.attempts.length) {
      const waitedMs = this.#context.clock.now - (this.#acceptedAt.get(batchId) ?? 0);
      this.slowestClaimMs = Math.max(this.slowestClaimMs, waitedMs);
    }
    if (batch?.cancelledAt !== undefined && order.attempts.length > (before?.attempts.length ?? 0)) {
      const claimed = (this.#claimedAfterCancel.get(batchId) ?? 0) + 1;
      this.#claimedAfterCancel.set(batchId, claimed);
      if (claimed > SENT_AFTER_CANCEL_MAX) this.#report(`${batchId} is cancelled and ${claimed} rows were sent after`);
    }
    if (batch && batch.hasRowWebhooks === (isQuiet === true)) {
      this.#report(`${id} has webhooks against the setting of its batch`);
    }
    if (isQuiet && (order.events > 0 || order.outbox)) this.#report(`${id} is quiet and has events`);
    if (order.failure === 'cancelled' && batch?.cancelledAt === undefined) {
      this.#report(`${id} is cancelled and its batch is not`);
    }
  }

  /** What is due back: for rows that were not delivered when they were decided, and for rows that can never be sent. */
  #dueBack(batch: Batch, currency: Currency): number {
    return this.#sum(batch, currency, (row, order) => {
      if (!order) return 0;
      if (!isOwn(batch, row, order)) return row.order?.amountMinor ?? 0;
      return (order.returnedMinor ?? 0) - (order.keptMinor ?? 0);
    });
  }

  /** What the batch records as kept is what its rows were charged to it. */
  #requireKept(batch: Batch): void {
    for (const [currency, { keptMinor = 0 }] of eachAmount(batch.amounts)) {
      const charged = this.#sum(batch, currency, (row, order) =>
        isOwn(batch, row, order) ? (order?.keptMinor ?? 0) : 0,
      );
      if (charged !== keptMinor) this.#report(`${batch.id} kept ${keptMinor} and its rows were charged ${charged}`);
    }
  }

  #sum(batch: Batch, currency: Currency, minorOf: (row: BatchRow, order: Order | undefined) => number): number {
    let sum = 0;
    for (const row of this.#rowsOf(batch)) {
      if (row.order?.currency === currency) sum += minorOf(row, this.#orderOf(batch, row));
    }
    return sum;
  }

  #rowsOf({ id }: Batch): BatchRow[] {
    return [...(this.#rows.get(id)?.values() ?? [])];
  }

  #orderOf(batch: Batch, { order }: BatchRow): Order | undefined {
    return order && this.#context.orderUnder(batch, order.agentReference);
  }

  #sumsOf(batchId: string, currency: Currency): Sums {
    const key = `${batchId} ${currency}`;
    const sums = this.#sums.get(key) ?? { paidMinor: 0, refundedMinor: 0, allMinor: 0 };
    this.#sums.set(key, sums);
    return sums;
  }

  #report(violation: string): void {
    this.#context.report(violation);
  }
}

function isOwn(batch: Batch, { row }: BatchRow, order: Order | undefined): boolean {
  return order?.batchId === batch.id && order.batchRow === row;
}
