import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, optionalLimit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewKey } from '../../shared/http/views/key-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { pageOfKeys } from '../../shared/store/keys.ts';

const query = z.strictObject({ limit: optionalLimit, cursor });
const place = z.strictObject({ after: z.string() });

/** What a program gets that asks for no pages: all keys that it may have, and those that ended in some days. */
const LIMIT_MAX = 1_000;

/** A merchant's keys of one mode, the oldest first, expired and revoked ones included. */
export const listKeys = route({
  ...routes.listKeys,
  query,
  async run(world, { owner, query: { limit = LIMIT_MAX, cursor } }) {
    const { keys, next } = await pageOfKeys(world, owner, { limit, after: decodeCursor(cursor, place)?.after });
    const next_cursor = next === undefined ? null : encodeCursor({ after: next });
    return { status: 200, body: { data: keys.map((key) => viewKey(key, world.now())), next_cursor } };
  },
});

export const handler = lambda(listKeys);
