import type { Batch, BatchRow, ChunkProgress } from '../../shared/domain/batch.ts';
import { chunksOf, eachAmount } from '../../shared/domain/batch.ts';
import type { Entry } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { toMajor } from '../../shared/domain/money.ts';
import type { Order } from '../../shared/domain/order.ts';
import { isFinal } from '../../shared/domain/order.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import type { Clock } from './clock.ts';
import type { OnCommit } from './model-db.ts';

/**
 * The auditor's books of batches. A batch is paid by one entry in the write that makes it; what it gives back is never
 * more than its rows are owed, and is noted in the write that moves it; at rest all of its entries add up to what its
 * rows consumed. It reads rows, orders and entries as they were committed and adds everything up by itself.
 */

/** More than all doubles, repeats and sweeps make of one message. */
const MESSAGES_A_MINUTE_MAX = 20;

interface HeardBatch {
  readonly id: string;
  readonly data: {
    readonly object: {
      readonly id: string;
      readonly status: string;
      readonly amounts: readonly { currency: Currency; total: number; refunded: number }[];
    };
  };
}

/** What the entries of one batch add up to in one currency. */
interface Sums {
  paidMinor: number;
  refundedMinor: number;
  /** With what was charged again, and what was taken back, for single rows. */
  allMinor: number;
}

interface Surroundings {
  readonly clock: Clock;
  /** The order under a reference, whoever made it. */
  readonly orderUnder: (owner: Pick<Order, 'merchantId' | 'mode'>, reference: string) => Order | undefined;
  readonly say: (violation: string) => void;
  readonly tell: (line: string) => void;
}

export class BatchAuditor {
  readonly batches = new Map<string, Batch>();
  /** Every chunk that was ever written, by its key: also of requests that came to nothing. */
  readonly #chunks = new Map<string, readonly BatchRow[]>();
  /** The rows of each batch that was accepted, by their number in the file. */
  readonly #rows = new Map<string, ReadonlyMap<number, BatchRow>>();
  readonly #orderIds = new Map<string, string>();
  readonly #sums = new Map<string, Sums>();
  readonly #messages = new Map<string, number>();
  readonly #acceptedAt = new Map<string, number>();
  readonly #heard = new Map<string, Set<string>>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** To be told after the orders of the same commit are in the books. */
  readonly onCommit: OnCommit = (writes) => {
    const moved: Entry[] = [];
    for (const { table, after } of writes) {
      if (table === 'ledger') moved.push(...this.#entry(after as unknown as Entry));
    }
    let changedId: string | undefined;
    for (const { table, before, after } of writes) {
      const pk = String(after.pk);
      if (table === 'orders') this.#row(before as unknown as Order | undefined, after as unknown as Order);
      if (table !== 'batches') continue;
      if (pk.startsWith('file#')) continue;
      if (pk.includes('#rows#')) this.#chunk(pk, before !== undefined, JSON.parse(String(after.rows)));
      else if (pk.includes('#progress#'))
        this.#tally(before as unknown as ChunkProgress, after as unknown as ChunkProgress);
      else {
        changedId = pk;
        this.#batch(before as unknown as Batch | undefined, after as unknown as Batch, moved);
      }
    }
    const alone = moved.find(({ batchId }) => batchId !== changedId);
    if (alone) this.#say(`${alone.batchId}: ${alone.kind} ${alone.amountMinor} was written without the batch`);
  };

  get owesBatches(): boolean {
    return [...this.batches.values()].some((batch) => batch.status === 'running' || batch.outbox !== undefined);
  }

  /** When a batch was paid, by the clock and not by what its maker's clock said. */
  acceptedAt(id: string | undefined): number | undefined {
    return this.#acceptedAt.get(id ?? '');
  }

  /** How many rows were paid for whose reference another order had. */
  get taken(): number {
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
      if (batch.status === 'running') this.#say(`${id} rests as running`);
      if (batch.outbox) this.#say(`${id} still owes its merchant an event`);
      const told = this.#heard.get(id)?.size ?? 0;
      if (told !== 1) this.#say(`its merchant heard of the end of ${id} by ${told} events`);
      for (const [currency] of eachAmount(batch.amounts)) {
        const consumed = this.#sum(batch, currency, (row, order) =>
          isOwn(batch, row, order) && order?.status === 'success' ? (row.order?.amountMinor ?? 0) : 0,
        );
        const { allMinor } = this.#sumsOf(id, currency);
        if (allMinor !== -consumed) this.#say(`the entries of ${id} add up to ${allMinor}, its rows used ${consumed}`);
      }
    }
  }

  /** Told of every message about a batch: what cannot go on is waited for, and not tried all the time. */
  onMessage(body: unknown): void {
    const name = `${JSON.stringify(body)} at ${Math.floor(this.#around.clock.now / MINUTE)}`;
    const times = (this.#messages.get(name) ?? 0) + 1;
    this.#messages.set(name, times);
    if (times > MESSAGES_A_MINUTE_MAX) this.#say(`${JSON.stringify(body)} is done over and over`);
  }

  /** Told of every time that an endpoint took the event of a batch. */
  onHeard({ id, data: { object } }: HeardBatch): void {
    const batch = this.batches.get(object.id);
    this.#heard.set(object.id, (this.#heard.get(object.id) ?? new Set()).add(id));
    if (batch?.status !== object.status || batch.status === 'running') {
      this.#say(`${object.id} is said to be ${object.status} and is ${batch?.status}`);
    }
    for (const { currency, total, refunded } of object.amounts) {
      const { paidMinor, refundedMinor } = this.#sumsOf(object.id, currency);
      const isTrue = total === toMajor(paidMinor, currency) && refunded === toMajor(refundedMinor, currency);
      if (!isTrue) this.#say(`${object.id} is told as ${total} less ${refunded}; its entries say otherwise`);
    }
  }

  /** Keeps the entry of a batch; answers it where it is the batch's own, and not one of its rows'. */
  #entry(entry: Entry): Entry[] {
    const { batchId, kind, amountMinor, currency } = entry;
    if (batchId === undefined) {
      if (kind === 'batch' || kind === 'batch_refund') this.#say(`entry ${entry.seq} is a ${kind} of no batch`);
      return [];
    }
    const sums = this.#sumsOf(batchId, currency);
    sums.allMinor += amountMinor;
    if (kind === 'batch') sums.paidMinor -= amountMinor;
    if (kind === 'batch_refund') sums.refundedMinor += amountMinor;
    const isOfRow = kind === 'correction' || kind === 'reversal';
    if (!isOfRow && entry.orderId) this.#say(`${entry.orderId} is a row and has a ${kind} of its own`);
    return isOfRow ? [] : [entry];
  }

  #batch(before: Batch | undefined, batch: Batch, entries: readonly Entry[]): void {
    const { id } = batch;
    if (before?.status !== batch.status) this.#around.tell(`batch ${batch.reference} (${id}) is ${batch.status}`);
    if (batch.version !== (before?.version ?? 0) + 1) this.#say(`${id} skipped to ${batch.version}`);
    this.batches.set(id, batch);
    if (!before) this.#initial(batch);
    else this.#requireSame(before, batch);
    // What the batch says it took and gave, and what the ledger got in this very write.
    const noted = eachAmount(batch.amounts).flatMap(([currency, { totalMinor, refundedMinor }]) => {
      const backMinor = refundedMinor - (before?.amounts[currency]?.refundedMinor ?? 0);
      return [
        ...(before ? [] : [`batch ${currency} ${-totalMinor}`]),
        ...(backMinor === 0 ? [] : [`batch_refund ${currency} ${backMinor}`]),
      ];
    });
    const written = entries.map(({ kind, currency, amountMinor }) => `${kind} ${currency} ${amountMinor}`);
    if (noted.toSorted().join() !== written.toSorted().join()) {
      this.#say(`${id} notes ${noted.join() || 'nothing'} and its write moves ${written.join() || 'nothing'}`);
    }
    if (entries.length > 0) this.#requireOwed(batch);
    if (before?.status === 'running' && batch.status !== 'running') this.#end(batch);
  }

  /** A new batch: all of its rows are kept, and what it takes is what they add up to. */
  #initial(batch: Batch): void {
    const { id, rowSet } = batch;
    this.#acceptedAt.set(id, this.#around.clock.now);
    const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) =>
      this.#chunks.get(`${id}#rows#${rowSet}#${chunk}`),
    );
    const rows = chunks.flatMap((chunk) => chunk ?? []);
    this.#rows.set(id, new Map(rows.map((row) => [row.row, row])));
    if (rows.length !== batch.rows) this.#say(`${id} has ${batch.rows} rows and ${rows.length} are kept`);
    const totals = new Map<string, number>();
    for (const { order } of rows) {
      if (order) totals.set(order.currency, (totals.get(order.currency) ?? 0) + order.amountMinor);
    }
    const amounts = eachAmount(batch.amounts);
    const isSame = amounts.every(([currency, { totalMinor }]) => totals.get(currency) === totalMinor);
    if (!isSame || amounts.length !== totals.size) this.#say(`${id} does not take what its rows add up to`);
    const retried = this.batches.get(batch.retryOf ?? '');
    if (retried) this.#requireFailed(retried, rows);
  }

  /** A batch that sends rows again sends none that was delivered and paid for, and none that its merchant stopped. */
  #requireFailed(retried: Batch, rows: readonly BatchRow[]): void {
    const sources = this.#rows.get(retried.id);
    for (const { row, order } of rows) {
      const source = sources?.get(row);
      if (!order || !source) continue;
      const before = this.#orderOf(retried, source);
      const isStopped = before?.failure === 'cancelled';
      const mayRepeat = before?.returnedMinor !== undefined || before?.status === 'reversed';
      if (isOwn(retried, source, before) && (isStopped || !mayRepeat)) {
        this.#say(`row ${row} of ${retried.id} is sent again and is ${before?.status}`);
      }
    }
  }

  #requireSame(before: Batch, batch: Batch): void {
    const names = ['merchantId', 'mode', 'reference', 'contentHash', 'rowSet', 'rows', 'createdAt'] as const;
    const changed = names.find((name) => before[name] !== batch[name]);
    if (changed) this.#say(`the ${changed} of ${batch.id} changed`);
    if (before.status !== 'running' && before.status !== batch.status) {
      this.#say(`${batch.id} went from ${before.status} to ${batch.status}`);
    }
    for (const [currency, { totalMinor }] of eachAmount(before.amounts)) {
      if (batch.amounts[currency]?.totalMinor !== totalMinor) this.#say(`the total of ${batch.id} changed`);
    }
  }

  /** What went back is what the batch says, and no more than its rows are owed by now. */
  #requireOwed(batch: Batch): void {
    for (const [currency, { refundedMinor }] of eachAmount(batch.amounts)) {
      const sums = this.#sumsOf(batch.id, currency);
      const owed = this.#owed(batch, currency);
      if (sums.refundedMinor !== refundedMinor) {
        this.#say(`${batch.id} says it gave back ${refundedMinor} and gave back ${sums.refundedMinor}`);
      }
      if (refundedMinor > owed) this.#say(`${batch.id} gave back ${refundedMinor} where ${owed} was owed`);
    }
  }

  #end(batch: Batch): void {
    const { id } = batch;
    const isStopped = batch.cancelledAt !== undefined;
    if ((batch.status === 'cancelled') !== isStopped) this.#say(`${id} is ${batch.status}, not what was asked of it`);
    for (const row of this.#rowsOf(batch)) {
      const order = this.#orderOf(batch, row);
      const isDecided = !row.order || (order && (!isOwn(batch, row, order) || isFinal(order.status)));
      if (!isDecided) this.#say(`${id} is ended and row ${row.row} is ${order?.status ?? 'waiting'}`);
    }
    for (const [currency, { refundedMinor }] of eachAmount(batch.amounts)) {
      const owed = this.#owed(batch, currency);
      if (owed !== refundedMinor) this.#say(`${id} is ended, owes ${owed} and gave back ${refundedMinor}`);
    }
    const counted = Object.values(batch.counts).reduce((sum, count) => sum + count, 0);
    if (counted !== batch.rows) this.#say(`${id} has ${batch.rows} rows and counts ${counted}`);
  }

  /** Rows of chunks are read by whoever runs them, at any time: they are what they were when the money was taken. */
  #chunk(pk: string, isThere: boolean, rows: readonly BatchRow[]): void {
    if (isThere) this.#say(`the rows ${pk} were written over`);
    this.#chunks.set(pk, rows);
  }

  #tally(before: ChunkProgress | undefined, tally: ChunkProgress): void {
    const name = `chunk ${tally.chunk} of ${tally.batchId}`;
    if (tally.version !== (before?.version ?? 0) + 1) this.#say(`the tally of ${name} skipped to ${tally.version}`);
    for (const [currency, minor] of Object.entries(before?.returned ?? {})) {
      const now = tally.returned[currency as Currency] ?? 0;
      if (now < minor) this.#say(`${name} was owed ${minor} and then ${now}`);
    }
  }

  /** A row that became an order, or an order that is one: what it says of its batch is true, and stays. */
  #row(before: Order | undefined, order: Order): void {
    const { id, batchId, returnedMinor, isQuiet } = order;
    if (before?.batchId !== batchId && before) this.#say(`${id} went from ${before.batchId} to ${batchId}`);
    if (batchId === undefined) {
      if (returnedMinor !== undefined || isQuiet) this.#say(`${id} is no row and is treated as one`);
      return;
    }
    const batch = this.batches.get(batchId);
    const row = this.#rows.get(batchId)?.get(order.batchRow ?? 0);
    const wanted = row?.order;
    const isAsPaid =
      wanted?.agentReference === order.agentReference &&
      wanted.amountMinor === order.amountMinor &&
      wanted.currency === order.currency &&
      wanted.msisdn === order.msisdn;
    if (!batch || !isAsPaid) this.#say(`${id} is not what row ${order.batchRow} of ${batchId} paid for`);
    const place = `${batchId} ${order.batchRow}`;
    const known = this.#orderIds.get(place) ?? id;
    if (known !== id) this.#say(`row ${order.batchRow} of ${batchId} is ${known} and ${id}`);
    this.#orderIds.set(place, known);
    const isOwed = before?.returnedMinor !== undefined || order.status === 'refunded';
    if ((returnedMinor ?? 0) !== (isOwed ? order.amountMinor : 0)) {
      this.#say(`${id} is ${order.status} and its batch owes ${returnedMinor ?? 0} for it`);
    }
    if (batch && batch.hasRowWebhooks === (isQuiet === true)) this.#say(`${id} is told as nobody asked for`);
    if (isQuiet && (order.events > 0 || order.outbox)) this.#say(`${id} is quiet and has events`);
    if (order.failure === 'cancelled' && batch?.cancelledAt === undefined) {
      this.#say(`${id} is cancelled and its batch is not`);
    }
  }

  /** What is owed for rows that were not delivered when they were decided, and for rows that can never be sent. */
  #owed(batch: Batch, currency: Currency): number {
    return this.#sum(batch, currency, (row, order) => {
      if (!order) return 0;
      return (isOwn(batch, row, order) ? order.returnedMinor : row.order?.amountMinor) ?? 0;
    });
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
    return order && this.#around.orderUnder(batch, order.agentReference);
  }

  #sumsOf(batchId: string, currency: Currency): Sums {
    const key = `${batchId} ${currency}`;
    const sums = this.#sums.get(key) ?? { paidMinor: 0, refundedMinor: 0, allMinor: 0 };
    this.#sums.set(key, sums);
    return sums;
  }

  #say(violation: string): void {
    this.#around.say(violation);
  }
}

function isOwn(batch: Batch, { row }: BatchRow, order: Order | undefined): boolean {
  return order?.batchId === batch.id && order.batchRow === row;
}
