import * as z from 'zod/mini';
import { ACCEPTS } from '../../../domain/batch.ts';
import type { viewBatch } from '../../views/batch-views.ts';
import { ROW_STATUSES } from '../../views/batch-views.ts';
import type { Contract } from '../schema.ts';
import { BODY, CURSOR, named, SPENDS, viewOf } from '../schema.ts';
import { orderFields, warning } from './orders.ts';
import * as c from './shared-parts.ts';

/** Batches from a CSV: previews, batches, rows. */

type RowStatus = (typeof ROW_STATUSES)[number];
const counts = Object.fromEntries(ROW_STATUSES.map((status) => [status, c.count])) as Record<RowStatus, typeof c.count>;

const batchFields = {
  id: c.text,
  batch_reference: c.text,
  status: named('BatchStatus', z.enum(['running', 'cancelling', 'completed', 'cancelled'])),
  mode: c.mode,
  rows: c.count,
  counts: named('RowCounts', z.strictObject(counts)),
  amounts: z.array(
    named('BatchAmount', z.strictObject({ currency: c.currency, rows: c.count, total: c.money, refunded: c.money })),
  ),
  accept: named('Accept', z.enum(ACCEPTS)),
  row_webhooks: z.boolean(),
  retry_of: z.optional(c.text),
  created_by: z.optional(c.actor),
  created_at: c.instant,
  cancelled_at: c.maybeInstant,
  finished_at: c.maybeInstant,
  estimated_end_at: c.maybeInstant,
};
export const batch = viewOf<ReturnType<typeof viewBatch>>()('Batch', z.strictObject(batchFields));
const cancelledBatch = named('CancelledBatch', z.strictObject({ ...batchFields, rows_still_sent_max: c.count }));

const leftOutRow = named(
  'LeftOutRow',
  z.strictObject({
    row: c.count,
    status: z.literal('left_out'),
    target: z.optional(c.text),
    amount: z.optional(c.text),
    errors: z.array(c.cellProblem),
  }),
);
const sentRow = named(
  'SentRow',
  z.strictObject({
    row: c.count,
    status: c.status,
    final: z.boolean(),
    target: c.text,
    msisdn: c.text,
    product_id: c.count,
    network: c.text,
    amount: c.money,
    currency: c.currency,
    agent_reference: c.text,
    order_id: c.maybeText,
    provider_ref: c.maybeText,
    tokens: orderFields.tokens,
    failure: z.nullable(c.failure),
    finalized_at: c.maybeInstant,
  }),
);

const invalidRow = named(
  'InvalidRow',
  z.strictObject({
    row: c.count,
    status: z.literal('invalid'),
    target: c.text,
    amount: c.text,
    reference: c.maybeText,
    errors: z.array(c.cellProblem),
  }),
);
const validRow = named(
  'ValidRow',
  z.strictObject({
    row: c.count,
    status: z.literal('valid'),
    target: c.text,
    msisdn: c.text,
    product_id: c.count,
    product: c.text,
    network: c.text,
    amount: c.money,
    currency: c.currency,
    reference: c.text,
    same_as_row: z.optional(c.count),
    warnings: z.optional(z.array(warning)),
  }),
);

const batchName = named(
  'BatchName',
  z.strictObject({
    id: c.text,
    batch_reference: c.text,
    status: z.enum(['running', 'completed', 'cancelled']),
    created_at: c.instant,
  }),
);
const isCovered = z.nullable(z.boolean());
const previewFields = {
  preview_id: c.text,
  expires_at: c.instant,
  batch_reference: c.text,
  rows: c.count,
  valid: c.count,
  invalid: c.count,
  duplicates: c.count,
  totals: z.array(
    named(
      'PreviewTotal',
      z.strictObject({
        currency: c.currency,
        rows: c.count,
        total: c.money,
        balance: z.nullable(c.money),
        is_covered: isCovered,
      }),
    ),
  ),
  is_covered: isCovered,
  existing_batch: z.nullable(batchName),
  same_file_batch: z.nullable(batchName),
  columns: z.array(named('SheetColumn', z.strictObject({ column: c.text, position: c.count }))),
  separator: c.text,
  ignored_columns: z.array(c.text),
  notes: z.array(
    named(
      'SheetNote',
      z.strictObject({ code: z.enum(['encoding', 'decimal_commas', 'currency_of_wallet']), detail: c.text }),
    ),
  ),
  report_url: c.text,
  data: z.array(z.union([validRow, invalidRow])),
  next_cursor: c.maybeText,
};

const BATCH = 'batch_not_found';
const SHEET = ['csv_too_large', 'invalid_csv', 'upload_not_found', 'currency_required'] as const;
const NEW_BATCH = [...SPENDS, 'insufficient_funds', 'batch_invalid'] as const;
const batchAnswers = (accepted: string) =>
  ({
    200: {
      says: 'It was accepted before: the batch as it is now.',
      body: batch,
      headers: ['Location', 'Idempotent-Replayed'],
    },
    202: { says: accepted, body: batch, headers: ['Location'] },
  }) as const;

export const bulkContract = {
  'preview-bulk': {
    answers: {
      200: {
        says: 'The result of each row: the first hundred here, all in the report and in the pages.',
        body: named('NewPreview', z.strictObject({ ...previewFields, errors: z.array(c.rowError) })),
      },
    },
    refusals: [...BODY, ...SHEET],
    counted: true,
  },
  'get-preview': {
    answers: {
      200: { says: 'The preview with a page of its rows.', body: named('Preview', z.strictObject(previewFields)) },
    },
    refusals: [...CURSOR, 'preview_not_found'],
  },
  'create-upload': {
    answers: {
      201: {
        says: 'PUT the file to `upload_url`, without a key, before it expires.',
        body: named(
          'Upload',
          z.strictObject({ upload_id: c.text, method: z.literal('PUT'), upload_url: c.text, expires_at: c.instant }),
        ),
      },
    },
    refusals: BODY,
    counted: true,
  },
  'get-bulk-template': {
    answers: { 200: { says: 'The template.', csv: true, headers: ['Content-Disposition'] } },
  },
  'create-bulk': {
    answers: batchAnswers('The batch is paid, and its rows are being sent.'),
    refusals: [...BODY, ...SHEET, ...NEW_BATCH, 'reference_reused', 'preview_not_found'],
    counted: true,
  },
  'list-bulk': {
    answers: { 200: { says: 'A page of batches.', body: c.pageOf('BatchPage', batch) } },
    refusals: CURSOR,
  },
  'get-bulk': { answers: { 200: { says: 'The batch.', body: batch } }, refusals: [BATCH] },
  'list-bulk-rows': {
    answers: {
      200: {
        says: 'A page of rows; with `format=csv` a part of them as CSV.',
        body: c.pageOf('RowPage', z.union([sentRow, leftOutRow])),
        csv: true,
        headers: ['Link', 'Content-Disposition'],
      },
    },
    refusals: [...CURSOR, BATCH],
  },
  'cancel-bulk': {
    answers: {
      200: { says: 'The batch had ended, or its last row is decided.', body: cancelledBatch },
      202: {
        says: 'No further row is sent. The money of those that were stopped is refunded once the last row is decided.',
        body: cancelledBatch,
      },
    },
    refusals: [BATCH],
  },
  'retry-bulk': {
    answers: batchAnswers('A new batch of the rows that failed is paid, and is being sent.'),
    refusals: [...NEW_BATCH, BATCH, 'batch_running', 'nothing_to_retry'],
  },
} as const satisfies Record<string, Contract>;
