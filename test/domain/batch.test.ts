import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Batch, BatchRow, ChunkProgress } from '../../shared/domain/batch.ts';
import {
  ADVANCE_INTERVAL_MS,
  amountsOf,
  batchId,
  beginBatch,
  CHUNK_ROWS,
  chunksOf,
  retryReference,
  rowOrderId,
  rowReference,
} from '../../shared/domain/batch.ts';
import {
  advance,
  cancelBatch,
  estimatedEnd,
  isFailed,
  markBatchPublished,
  measureChunk,
  needsRun,
  RUN_LEASE_MS,
  stateOf,
  sumUp,
  takeChunk,
} from '../../shared/domain/batch-life.ts';
import type { Order, Status } from '../../shared/domain/order.ts';
import { acceptRow, applySendOutcome, cancel, cancelRow, claim } from '../../shared/domain/order-life.ts';
import { HOUR, MINUTE, plus } from '../../shared/domain/time.ts';

const NOW = '2026-05-07T08:00:00.000Z';
const owner = { merchantId: 'mer_1', mode: 'live' } as const;
const capabilities = {
  ...{ sendTimeoutMs: 30_000, answersQueries: true, notFoundFinalAfterMs: null },
  ...{ queryIntervalMs: 60_000, reviewAfterMs: 3_600_000 },
  ...{ sendsPerSecondMax: 100, queriesPerSecondMax: 100 },
};

function aRow(row: number, amountMinor = 100, currency: 'USD' | 'KES' = 'USD'): BatchRow {
  return {
    row,
    order: {
      ...{ agentReference: rowReference('may', row), productId: 100, target: '0772279099', msisdn: '+263772279099' },
      ...{ amountMinor, currency, provider: 'hotrecharge', providerProductId: '1', kind: 'airtime' },
      ...{ country: 'ZW', network: 'Econet' },
    },
  } as BatchRow;
}

const leftOut: BatchRow = { row: 99, leftOut: { target: 'x', amount: 'y', problems: [] } };

function aBatch(rows: readonly BatchRow[], changes: Partial<Batch> = {}): Batch {
  const initial = { ...owner, reference: 'may', contentHash: 'h', rowSet: 'set_1', accept: 'valid_rows' } as const;
  const { batch } = beginBatch({ ...initial, hasRowWebhooks: false, rows: rows.length, amounts: amountsOf(rows) }, NOW);
  return { ...batch, ...changes };
}

function orderOf(batch: Batch, { row, order }: BatchRow): Order {
  if (!order) throw new Error('left out');
  return acceptRow({ ...owner, ...order, id: rowOrderId(batch, row), batchId: batch.id, batchRow: row }, NOW);
}

/** The row's order after a send with this outcome. */
function orderAfter(batch: Batch, row: BatchRow, kind: 'success' | 'rejected' | 'unclear'): Order {
  const claimed = claim(orderOf(batch, row), 'att_1', capabilities, NOW).after;
  const outcomes = {
    success: { kind: 'success', receipt: {}, evidence: '' },
    rejected: { kind: 'rejected', failure: 'network_refused', evidence: '' },
    unclear: { kind: 'unclear', evidence: '' },
  } as const;
  const change = applySendOutcome(claimed, outcomes[kind], capabilities, NOW);
  if (!change) throw new Error('no change');
  return change.after;
}

const progressOf = (batch: Batch, pairs: readonly (readonly [BatchRow, Order | undefined])[], before?: ChunkProgress) =>
  measureChunk(batch, before, 0, pairs);

describe('ids and references', () => {
  it('are derived from what they name, and from nothing else', () => {
    expect(batchId(owner, 'may')).toBe(batchId({ ...owner }, 'may'));
    const others = [batchId({ ...owner, mode: 'test' }, 'may'), batchId({ ...owner, merchantId: 'mer_2' }, 'may')];
    expect(new Set([batchId(owner, 'may'), batchId(owner, 'June'), ...others]).size).toBe(4);
    expect(rowOrderId({ id: 'bat_1' }, 2)).toMatch(/^ord_[0-9a-f]{24}$/);
    expect(rowReference('may', 7)).toBe('may~7');
  });

  it('a retry of a retry counts on', () => {
    expect([retryReference('may'), retryReference('may~r1'), retryReference('may~r9')]).toEqual([
      'may~r1',
      'may~r2',
      'may~r10',
    ]);
  });
});

describe('the debit', () => {
  it('is one for each currency, of the rows that can be sent', () => {
    const rows = [aRow(2, 500), aRow(3, 250), aRow(4, 1000, 'KES'), leftOut];
    const amounts = amountsOf(rows);
    expect(amounts).toEqual({
      USD: { rows: 2, totalMinor: 750, refundedMinor: 0 },
      KES: { rows: 1, totalMinor: 1000, refundedMinor: 0 },
    });
    const initial = { ...owner, reference: 'may', contentHash: 'h', rowSet: 's', accept: 'valid_rows' } as const;
    const { batch, debits } = beginBatch({ ...initial, hasRowWebhooks: false, rows: 4, amounts }, NOW);
    expect(batch.counts).toEqual({ waiting: 3, left_out: 1 });
    expect(debits).toEqual([
      { currency: 'USD', entry: expect.objectContaining({ kind: 'batch', amountMinor: -750, batchId: batch.id }) },
      { currency: 'KES', entry: expect.objectContaining({ kind: 'batch', amountMinor: -1000, batchId: batch.id }) },
    ]);
    expect(debits[0]?.entry.description).toBe('Batch may, 2 rows');
  });

  it('is never zero', () => {
    const initial = { ...owner, reference: 'may', contentHash: 'h', rowSet: 's', accept: 'valid_rows' } as const;
    const amounts = { USD: { rows: 1, totalMinor: 0, refundedMinor: 0 } };
    expect(() => beginBatch({ ...initial, hasRowWebhooks: false, rows: 1, amounts }, NOW)).toThrow(/positive/);
  });
});

describe('chunk progress', () => {
  const rows = [aRow(2), aRow(3), aRow(4), aRow(5), leftOut];
  const batch = aBatch(rows);
  const [first, second, third, fourth] = rows as [BatchRow, BatchRow, BatchRow, BatchRow];

  it('counts each row by its order, and sums what is to be refunded', () => {
    const stranger = { ...orderOf(batch, third), batchId: 'bat_other' };
    const progress = progressOf(batch, [
      [first, orderAfter(batch, first, 'success')],
      [second, orderAfter(batch, second, 'rejected')],
      [third, stranger],
      [fourth, undefined],
      [leftOut, undefined],
    ]);
    expect(progress.counts).toEqual({ success: 1, refunded: 1, taken: 1, waiting: 1, left_out: 1 });
    expect(progress.returned).toEqual({ USD: 200 });
    expect([progress.isRun, progress.version]).toEqual([false, 1]);
  });

  it('counts a row as taken when a single order has its reference, in any status', () => {
    const { batchId: _none, ...single } = orderAfter(batch, first, 'success');
    expect(stateOf(batch, first, single)).toBe('taken');
    expect(isFailed('taken', undefined)).toBe(true);
  });

  it('keeps the refund of a row that is delivered after all: a separate entry charges it', () => {
    const refunded = orderAfter(batch, first, 'rejected');
    const late = applySendOutcome(refunded, { kind: 'success', receipt: {}, evidence: '' }, capabilities, NOW);
    expect(late?.entry).toMatchObject({ kind: 'correction', amountMinor: -100, batchId: batch.id });
    const before = progressOf(batch, [[first, refunded]]);
    const after = progressOf(batch, [[first, late?.after]], before);
    expect([before.returned, after.returned]).toEqual([{ USD: 100 }, { USD: 100 }]);
  });

  it('a row that is refunded moves no money by itself', () => {
    const claimed = claim(orderOf(batch, first), 'att_1', capabilities, NOW).after;
    const change = applySendOutcome(
      claimed,
      { kind: 'rejected', failure: 'out_of_stock', evidence: '' },
      capabilities,
      NOW,
    );
    expect(change?.entry).toBeUndefined();
    expect(change?.after.returnedMinor).toBe(100);
  });
});

describe('running a chunk', () => {
  const batch = aBatch([aRow(2)]);

  it('is leased to one run at a time', () => {
    const taken = takeChunk(batch, undefined, 0, NOW);
    expect(taken).toMatchObject({ leasedAt: NOW, version: 1, isRun: false });
    expect(takeChunk(batch, taken, 0, plus(NOW, RUN_LEASE_MS - 1))).toBeUndefined();
    expect(takeChunk(batch, taken, 0, plus(NOW, RUN_LEASE_MS))).toMatchObject({ version: 2 });
  });

  it('is done once, and again only to cancel its pending orders', () => {
    const pending = orderOf(batch, aRow(2));
    const run = progressOf(batch, [[aRow(2), pending]]);
    expect([run.isRun, needsRun(batch, run, NOW)]).toEqual([true, false]);
    const cancelled = { ...batch, cancelledAt: NOW };
    expect(needsRun(cancelled, run, NOW)).toBe(true);
    const stopped = progressOf(cancelled, [[aRow(2), cancel(pending, NOW)?.after]], run);
    expect(needsRun(cancelled, stopped, NOW)).toBe(false);
  });

  it('a row that was cancelled before it had an order becomes one that nobody can send', () => {
    const { order } = aRow(2);
    if (!order) throw new Error('no order');
    const row = cancelRow({ ...owner, ...order, id: 'ord_1', batchId: batch.id, batchRow: 2 }, NOW);
    expect(row).toMatchObject({ status: 'refunded', failure: 'cancelled', returnedMinor: 100 });
    expect(cancel(row, NOW)).toBeUndefined();
    expect(isFailed('refunded', row)).toBe(false);
  });
});

describe('advancing a batch', () => {
  const rows = [aRow(2), aRow(3), aRow(4)];
  const batch = aBatch(rows);
  const sum = (changes: object) => ({ isRun: true, counts: {}, returned: {}, open: 0, ...changes });

  it('ends it when every row is decided, with the last refund and the event in the same write', () => {
    const change = advance(batch, sum({ counts: { success: 2, refunded: 1 }, returned: { USD: 100 } }), NOW);
    expect(change?.refunds).toMatchObject([
      { currency: 'USD', entry: { kind: 'batch_refund', amountMinor: 100, batchId: batch.id } },
    ]);
    expect(change?.after).toMatchObject({
      status: 'completed',
      amounts: { USD: { totalMinor: 300, refundedMinor: 100 } },
      outbox: [{ type: 'batch.completed' }],
    });
    if (!change) throw new Error('no change');
    // For its event.
    expect(change.after.dueAt).toBeDefined();
    expect(markBatchPublished(change.after, 1)?.after).not.toHaveProperty('dueAt');
    expect(advance(change.after, sum({ returned: { USD: 100 } }), NOW)).toBeUndefined();
    expect(markBatchPublished(change.after, 1)?.after.outbox).toBeUndefined();
    expect(markBatchPublished(batch, 1)).toBeUndefined();
  });

  it('refunds only what was not refunded before, also when the sums are old', () => {
    const before = { ...batch, amounts: { USD: { rows: 3, totalMinor: 300, refundedMinor: 200 } } };
    expect(advance(before, sum({ returned: { USD: 100 } }), NOW)?.refunds).toEqual([]);
    expect(advance(before, sum({ returned: { USD: 300 } }), NOW)?.refunds).toMatchObject([
      { entry: { amountMinor: 100 } },
    ]);
    expect(() => advance(before, sum({ returned: { USD: 301 } }), NOW)).toThrow(/no more is refunded/);
  });

  it('refunds hourly while rows are sent, and every ten minutes while some are undecided', () => {
    const running = sum({ isRun: false, open: 2, returned: { USD: 100 } });
    expect(advance(batch, running, plus(NOW, HOUR - 1))?.refunds).toEqual([]);
    expect(advance(batch, running, plus(NOW, HOUR))?.refunds).toHaveLength(1);
    const waiting = sum({ open: 1, returned: { USD: 200 } });
    expect(advance(batch, waiting, NOW)?.refunds).toHaveLength(1);
    const paid = { ...batch, refundedAt: NOW, amounts: { USD: { rows: 3, totalMinor: 300, refundedMinor: 100 } } };
    expect(advance(paid, waiting, plus(NOW, 10 * MINUTE - 1))?.refunds).toEqual([]);
    expect(advance(paid, waiting, plus(NOW, 10 * MINUTE))?.refunds).toHaveLength(1);
    expect(advance(batch, waiting, NOW)?.after).toMatchObject({
      status: 'running',
      dueAt: plus(NOW, ADVANCE_INTERVAL_MS),
    });
  });

  it('is cancelled once, and not after its end', () => {
    const cancelled = cancelBatch(batch, NOW)?.after;
    expect(cancelled?.cancelledAt).toBe(NOW);
    if (!cancelled) throw new Error('not cancelled');
    expect(cancelBatch(cancelled, NOW)).toBeUndefined();
    const ended = advance(cancelled, sum({}), NOW)?.after;
    expect(ended?.status).toBe('cancelled');
    expect(ended && cancelBatch(ended, NOW)).toBeUndefined();
  });

  it('estimates its end by the rate so far', () => {
    const at = plus(NOW, 10 * MINUTE);
    const many = { ...batch, rows: 100 };
    expect(estimatedEnd(many, { success: 50, waiting: 40, left_out: 10 }, at)).toBe(plus(at, 8 * MINUTE));
    expect(estimatedEnd(many, { waiting: 100 }, at)).toBeUndefined();
    expect(estimatedEnd(many, { success: 100 }, at)).toBeUndefined();
  });
});

it('refunds and used amounts add up to the debit, for any outcomes of rows in any order of measuring', () => {
  const kinds = fc.constantFrom('success', 'rejected', 'unclear', 'taken', 'cancelled', 'none');
  const outcome = fc.record({ kind: kinds, amountMinor: fc.integer({ min: 1, max: 10_000 }) });
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1, maxLength: 80 }), fc.array(fc.nat()), (outcomes, measured) => {
      const rows = outcomes.map(({ amountMinor }, index) => aRow(index + 2, amountMinor));
      let batch = aBatch(rows);
      const final = rows.map((row, index): Order | undefined => {
        const kind = outcomes[index]?.kind;
        if (kind === 'none' || !row.order) return undefined;
        if (kind === 'taken') return { ...orderOf(batch, row), batchId: 'bat_other' };
        const initial = { ...owner, ...row.order, id: rowOrderId(batch, row.row), batchId: batch.id };
        if (kind === 'cancelled') return cancelRow(initial, NOW);
        return orderAfter(batch, row, kind as 'success' | 'rejected' | 'unclear');
      });
      const progresses = new Map<number, ChunkProgress>();
      const measure = (chunk: number, seen: number) => {
        const from = chunk * CHUNK_ROWS;
        const pairs = rows
          .slice(from, from + CHUNK_ROWS)
          .map((row, index) => [row, from + index <= seen ? final[from + index] : undefined] as const);
        progresses.set(chunk, measureChunk(batch, progresses.get(chunk), chunk, pairs));
      };
      let refunded = 0;
      let at = NOW;
      const step = () => {
        at = plus(at, HOUR);
        const change = advance(batch, sumUp(batch, [...progresses.values()]), at);
        for (const { entry } of change?.refunds ?? []) refunded += entry.amountMinor;
        batch = change?.after ?? batch;
      };
      // Never measures fewer orders than before: orders are only added.
      for (const seen of measured.toSorted((a, b) => a - b)) {
        measure(seen % chunksOf(batch), seen);
        step();
      }
      for (let chunk = 0; chunk < chunksOf(batch); chunk += 1) measure(chunk, rows.length);
      step();
      const expected = rows.reduce((total, { order }, index) => {
        const isRefunded = ['rejected', 'taken', 'cancelled'].includes(outcomes[index]?.kind ?? '');
        return total + (isRefunded ? (order?.amountMinor ?? 0) : 0);
      }, 0);
      const isEnded = outcomes.every(({ kind }) => kind !== 'unclear' && kind !== 'none');
      expect(batch.status).toBe(isEnded ? 'completed' : 'running');
      expect(refunded).toBe(expected);
      expect(batch.amounts.USD?.refundedMinor ?? 0).toBe(refunded);
    }),
    { numRuns: 300 },
  );
});

it('counts an order of any status as open or decided', () => {
  const batch = aBatch([aRow(2)]);
  const open: Status[] = ['pending', 'dispatching', 'unknown', 'review'];
  for (const status of [...open, 'success', 'refunded', 'failed', 'reversed'] as Status[]) {
    const order = { ...orderOf(batch, aRow(2)), status };
    const { open: count } = sumUp(batch, [progressOf(batch, [[aRow(2), order]])]);
    expect([status, count]).toEqual([status, open.includes(status) ? 1 : 0]);
  }
});
