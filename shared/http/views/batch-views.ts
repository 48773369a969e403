import type { Batch, Counts, RowState } from '../../domain/batch.ts';
import { eachAmount } from '../../domain/batch.ts';
import { estimatedEnd } from '../../domain/batch-life.ts';
import { defined } from '../../domain/defined.ts';
import { toMajor } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { viewActor } from './actor-views.ts';
import { PUBLIC_STATUSES, publicStatus } from './public-status.ts';

/** Batches as merchants see them. */

export const ROW_STATUSES = [...PUBLIC_STATUSES, 'left_out'] as const;
type RowStatus = (typeof ROW_STATUSES)[number];

/** The status of a row that has no order of its own. */
const ROW_STATES = { waiting: 'pending', taken: 'failed', left_out: 'left_out' } as const;

export function publicRowStatus(state: RowState): RowStatus {
  return state === 'waiting' || state === 'taken' || state === 'left_out' ? ROW_STATES[state] : publicStatus(state);
}

/** `at` is the time of the request, for the estimate of the end; `counts` may be fresher than those of the batch. */
export function viewBatch(batch: Batch, at: Instant, counts: Counts = batch.counts) {
  const shown = Object.fromEntries(ROW_STATUSES.map((status) => [status, 0])) as Record<RowStatus, number>;
  for (const [state, count] of Object.entries(counts) as [RowState, number][]) shown[publicRowStatus(state)] += count;
  return {
    id: batch.id,
    batch_reference: batch.reference,
    status: batch.status === 'running' && batch.cancelledAt ? ('cancelling' as const) : batch.status,
    mode: batch.mode,
    rows: batch.rows,
    counts: shown,
    amounts: eachAmount(batch.amounts).map(([currency, { rows, totalMinor, refundedMinor }]) => ({
      currency,
      rows,
      total: toMajor(totalMinor, currency),
      refunded: toMajor(refundedMinor, currency),
    })),
    accept: batch.accept,
    row_webhooks: batch.hasRowWebhooks,
    ...defined({ retry_of: batch.retryOf }),
    ...defined({ created_by: viewActor(batch.createdBy) ?? undefined }),
    created_at: batch.createdAt,
    cancelled_at: batch.cancelledAt ?? null,
    finished_at: batch.finishedAt ?? null,
    estimated_end_at: batch.status === 'running' ? (estimatedEnd(batch, counts, at) ?? null) : null,
  };
}

/** Without who created it, as an order's event is without who placed it. */
export function viewBatchInEvent({ createdBy: _by, ...batch }: Batch, at: Instant) {
  return viewBatch(batch, at);
}
