import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewBatch } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listBatches } from '../../shared/store/batches.ts';

const place = z.strictObject({ below: z.string() });

/** A merchant's batches, newest first, with the counts of the last sweep. */
export const listBulk = route({
  ...routes.listBulk,
  query: z.strictObject({ limit, cursor }),
  async run(world, { owner, query }) {
    const page = { limit: query.limit, ...decodeCursor(query.cursor, place) };
    const { batches, next } = await listBatches(world, owner, page);
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: batches.map((batch) => viewBatch(batch, world.now())), next_cursor } };
  },
});

export const handler = lambda(listBulk);
