import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant, limit, pathId } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewRequest } from '../../shared/http/views/request-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listRequests as queryRequests } from '../../shared/store/requests.ts';

const query = z.strictObject({
  status: z.optional(
    z.string().check(z.regex(/^[2-5](\d\d|xx)$/, { error: 'must be a status such as 422, or a class such as 4xx.' })),
  ),
  path: z.optional(pathId),
  operation: z.optional(pathId),
  key_id: z.optional(pathId),
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
  async run(world, { owner, key, query: { status = '', key_id: keyId, cursor, ...filter } }) {
    const below = decodeCursor(cursor, place)?.below;
    const { requests, next } = await queryRequests(world, owner, { ...filter, ...statusOf(status), keyId, below });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: requests.map((kept) => viewRequest(kept, key.scopes)), next_cursor } };
  },
});

function statusOf(status: string) {
  if (status === '') return {};
  return status.endsWith('xx') ? { statusClass: status } : { statusCode: Number(status) };
}

export const handler = lambda(listRequests);
