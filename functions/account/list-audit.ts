import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { ACTIONS } from '../../shared/domain/act.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant, limit, pathId } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewAct } from '../../shared/http/views/act-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listActs } from '../../shared/store/audit.ts';

const query = z.strictObject({
  action: z.optional(z.enum(ACTIONS, { error: `must be one of ${ACTIONS.join(', ')}.` })),
  subject: z.optional(pathId),
  key_id: z.optional(pathId),
  member_id: z.optional(pathId),
  from: z.optional(instant),
  to: z.optional(instant),
  limit,
  cursor,
});
const place = z.strictObject({ below: z.string() });

/** What was changed for a merchant in one mode, newest first: by its keys, its people, and our operators. */
export const listAudit = route({
  ...routes.listAudit,
  query,
  async run(world, { owner, query: { key_id, member_id, cursor, ...filter } }) {
    const below = decodeCursor(cursor, place)?.below;
    const { acts, next } = await listActs(world, owner, { ...filter, by: key_id ?? member_id, below });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: acts.map(viewAct), next_cursor } };
  },
});

export const handler = lambda(listAudit);
