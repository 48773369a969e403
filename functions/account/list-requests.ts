import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { STATUS_OR_CLASS, statusFilterOf } from '../../shared/domain/kept-request.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant, limit, pathId } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { showsNumbers, viewRequest } from '../../shared/http/views/request-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { instantOfListSk } from '../../shared/store/list-newest-first.ts';
import { listRequests as queryRequests } from '../../shared/store/requests.ts';

const query = z.strictObject({
  status: z.optional(
    z.string().check(z.regex(STATUS_OR_CLASS, { error: 'must be a status such as 422, or a class such as 4xx.' })),
  ),
  path: z.optional(pathId),
  operation: z.optional(pathId),
  code: z.optional(pathId),
  key_id: z.optional(pathId),
  member_id: z.optional(pathId),
  from: z.optional(instant),
  to: z.optional(instant),
  limit,
  cursor,
});
const place = z.strictObject({ below: z.string() });

/** Requests that were refused, failed or changed settings, newest first. A page may be short while more follow. */
export const listRequests = route({
  ...routes.listRequests,
  query,
  async run(world, { owner, caller, query: { status, key_id, member_id, cursor, ...filter } }) {
    const below = decodeCursor(cursor, place)?.below;
    const byStatus = status === undefined ? {} : statusFilterOf(status);
    const { requests, next } = await queryRequests(world, owner, {
      ...filter,
      ...byStatus,
      keyId: key_id ?? member_id,
      byTemplate: !showsNumbers(caller.scopes),
      below,
    });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    const data = requests.map((kept) => viewRequest(kept, caller.scopes));
    const searched_to = next === undefined ? null : instantOfListSk(next);
    return { status: 200, body: { data, next_cursor, searched_to } };
  },
});

export const handler = lambda(listRequests);
