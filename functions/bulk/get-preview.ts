import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { plus } from '../../shared/domain/time.ts';
import { PREVIEW_LIFE_MS, readPreview, readRowResults, reportUrl } from '../../shared/flows/bulk/previews.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit, pathId } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { LINK_SECONDS_MAX } from '../../shared/world.ts';

const query = z.strictObject({
  limit,
  cursor,
  status: z.optional(z.enum(['valid', 'invalid'], { error: 'must be valid or invalid.' })),
});
const place = z.strictObject({ from: z.int().check(z.nonnegative()) });

/** A preview as it was created, with its rows page by page. */
export const getPreview = route({
  ...routes.getPreview,
  params: z.object({ preview_id: pathId }),
  query,
  async run(world, { owner, params, query }) {
    const preview = await readPreview(world, owner, params.preview_id);
    const rowResults = await readRowResults(world, owner, preview);
    const wanted = query.status ? rowResults.filter(({ status }) => status === query.status) : rowResults;
    const from = decodeCursor(query.cursor, place)?.from ?? 0;
    const next = from + query.limit;
    return {
      status: 200,
      body: {
        preview_id: preview.id,
        expires_at: plus(preview.createdAt, PREVIEW_LIFE_MS),
        ...preview.summary,
        report_url: await reportUrl(world, owner, preview.id, LINK_SECONDS_MAX),
        data: wanted.slice(from, next),
        next_cursor: next < wanted.length ? encodeCursor({ from: next }) : null,
      },
    };
  },
});

export const handler = lambda(getPreview);
