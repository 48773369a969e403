import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { ENTRY_KINDS } from '../../shared/domain/ledger.ts';
import { listEntries } from '../../shared/flows/wallet/list-entries.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { currency, cursor, instant, limit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewEntry } from '../../shared/http/views/entry-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const query = z.strictObject({
  limit,
  cursor,
  currency: z.optional(currency),
  kind: z.optional(z.enum(ENTRY_KINDS, { error: `must be one of ${ENTRY_KINDS.join(', ')}.` })),
  from: z.optional(instant),
  to: z.optional(instant),
});

/** For each wallet the place below which to continue: exact however many entries are appended meanwhile. */
const place = z.record(z.string(), z.int());

/** Ledger entries, newest first, over all wallets or one. `from` is inclusive, `to` exclusive. */
export const listLedger = route({
  ...routes.listLedger,
  query,
  async run(world, { owner, query }) {
    const below = decodeCursor(query.cursor, place) ?? {};
    const { entries, next } = await listEntries(world, owner, { ...query, below });
    return {
      status: 200,
      body: { data: entries.map(viewEntry), next_cursor: next === undefined ? null : encodeCursor(next) },
    };
  },
});

export const handler = lambda(listLedger);
