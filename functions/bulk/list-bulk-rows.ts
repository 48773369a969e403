import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { SECOND } from '../../shared/domain/time.ts';
import { findBatch, walkRows } from '../../shared/flows/bulk/batch-rows.ts';
import { takeRows } from '../../shared/flows/take-rows.ts';
import { batchParams } from '../../shared/http/bulk-fields.ts';
import { csvPart } from '../../shared/http/csv/csv-part.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { csvOfRow, ROW_COLUMNS, viewRow } from '../../shared/http/views/batch-row-views.ts';
import { publicRowStatus, ROW_STATUSES } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** Ten thousand rows are about two of the six megabytes that an answer may have. */
const CSV_ROWS_MAX = 10_000;
/** A request ends at 30 s. Where the status is rare, a part ends early with the rows it found. */
const RUN_MS_MAX = 15 * SECOND;

const query = z.strictObject({
  limit,
  cursor,
  status: z.optional(z.enum(ROW_STATUSES, { error: `must be one of ${ROW_STATUSES.join(', ')}.` })),
  format: z._default(z.enum(['json', 'csv'], { error: 'must be json or csv.' }), 'json'),
});
const place = z.strictObject({ from: z.int().check(z.nonnegative()) });

/** A batch's rows in the order of its file, each with its current state; as JSON pages, or as CSV in parts. */
export const listBulkRows = route({
  ...routes.listBulkRows,
  params: batchParams,
  query,
  async run(world, { owner, params, query }) {
    const batch = await findBatch(world, owner, params.batch_id);
    const from = decodeCursor(query.cursor, place)?.from ?? 0;
    const isCsv = query.format === 'csv';
    const { rows, next } = await takeRows(world, walkRows(world, batch, { from }), {
      wants: ({ state }) => query.status === undefined || publicRowStatus(state) === query.status,
      placeOf: ({ place }) => place,
      end: batch.rows,
      rowsMax: isCsv ? CSV_ROWS_MAX : query.limit,
      runMsMax: RUN_MS_MAX,
    });
    const cursor = next === undefined ? undefined : { from: next };
    if (!isCsv) {
      return { status: 200, body: { data: rows.map(viewRow), next_cursor: cursor ? encodeCursor(cursor) : null } };
    }
    return csvPart({
      fileName: `batch-${batch.reference}.csv`,
      columns: ROW_COLUMNS,
      rows: rows.map(csvOfRow),
      path: routes.listBulkRows.path.replace('{batch_id}', batch.id),
      query: { format: 'csv', status: query.status, cursor: query.cursor },
      next: cursor,
    });
  },
});

export const handler = lambda(listBulkRows);
