import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Batch } from '../../shared/domain/batch.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import type { RowNow } from '../../shared/flows/bulk/batch-rows.ts';
import { findBatch, walkRows } from '../../shared/flows/bulk/batch-rows.ts';
import { batchParams } from '../../shared/http/bulk-fields.ts';
import { csvRow } from '../../shared/http/csv/csv.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import type { Answer } from '../../shared/http/route.ts';
import { route } from '../../shared/http/route.ts';
import { csvOfRow, ROW_COLUMNS, viewRow } from '../../shared/http/views/batch-row-views.ts';
import { publicRowStatus, ROW_STATUSES } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import type { World } from '../../shared/world.ts';

/** An answer of API Gateway holds six megabytes: ten thousand rows are about two. */
const CSV_ROWS_MAX = 10_000;
/** A request ends at 30 s: where a status is rare, a part ends before that with what it found. */
const RUN_MS_MAX = 15 * SECOND;

const query = z.strictObject({
  limit,
  cursor,
  status: z.optional(z.enum(ROW_STATUSES, { error: `must be one of ${ROW_STATUSES.join(', ')}.` })),
  format: z._default(z.enum(['json', 'csv'], { error: 'must be json or csv.' }), 'json'),
});
type Query = z.infer<typeof query>;

const place = z.strictObject({ from: z.int().check(z.nonnegative()) });

/**
 * A batch's rows in the order of its file, with what became of each. As CSV it comes in parts of ten thousand rows:
 * where more follow, a Link header names the next part, which begins without the column names.
 */
export const listBulkRows = route({
  ...routes.listBulkRows,
  params: batchParams,
  query,
  async run(world, { owner, params, query }) {
    const batch = await findBatch(world, owner, params.batch_id);
    const from = decodeCursor(query.cursor, place)?.from ?? 0;
    const isCsv = query.format === 'csv';
    const { rows, next } = await take(world, batch, { from, limit: isCsv ? CSV_ROWS_MAX : query.limit, query });
    if (isCsv) return csvAnswer(batch, query, rows, from, next);
    const next_cursor = next === undefined ? null : encodeCursor({ from: next });
    return { status: 200, body: { data: rows.map(viewRow), next_cursor } };
  },
});

/** `next` is where to continue; a page may be short while it is set. */
async function take(
  world: World,
  batch: Batch,
  { from, limit, query }: { from: number; limit: number; query: Query },
): Promise<{ rows: RowNow[]; next?: number }> {
  const startedAt = world.now();
  const rows: RowNow[] = [];
  for await (const some of walkRows(world, batch, from)) {
    for (const row of some) {
      if (query.status && publicRowStatus(row.state) !== query.status) continue;
      if (rows.length === limit) return { rows, next: row.place };
      rows.push(row);
    }
    const last = some.at(-1);
    const isLate = elapsed(startedAt, world.now()) >= RUN_MS_MAX;
    if (last && isLate && last.place + 1 < batch.rows) return { rows, next: last.place + 1 };
  }
  return { rows };
}

function csvAnswer(batch: Batch, query: Query, rows: readonly RowNow[], from: number, next?: number): Answer {
  const search = new URLSearchParams({ format: 'csv', ...(query.status ? { status: query.status } : {}) });
  if (next !== undefined) search.set('cursor', encodeCursor({ from: next }));
  const link = next === undefined ? {} : { link: `</api/v1/bulk/${batch.id}/rows?${search}>; rel="next"` };
  return {
    status: 200,
    contentType: 'text/csv; charset=utf-8',
    body: (from === 0 ? csvRow(ROW_COLUMNS) : '') + rows.map(csvOfRow).join(''),
    headers: { 'content-disposition': `attachment; filename="batch-${batch.reference}.csv"`, ...link },
  };
}

export const handler = lambda(listBulkRows);
