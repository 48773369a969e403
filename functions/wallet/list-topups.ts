import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewTopup } from '../../shared/http/views/topup-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listTopups as queryTopups } from '../../shared/store/topups.ts';

const query = z.strictObject({ limit, cursor });
const place = z.strictObject({ below: z.string() });

/** A merchant's top-ups, newest first. */
export const listTopups = route({
  ...routes.listTopups,
  query,
  async run(world, { owner, query }) {
    const below = decodeCursor(query.cursor, place)?.below;
    const { topups, next } = await queryTopups(world, owner, { below, limit: query.limit });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: topups.map(viewTopup), next_cursor } };
  },
});

export const handler = lambda(listTopups);
