import * as z from 'zod/mini';
import { decodeCursor, encodeCursor } from '../shared/api/cursor.ts';
import { currency, cursor } from '../shared/api/fields.ts';
import { route } from '../shared/api/route.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { toMajor } from '../shared/domain/money.ts';
import { SECOND } from '../shared/domain/time.ts';
import { verifyLedger as verify } from '../shared/flows/verify-ledger.ts';
import { routes } from '../shared/routes.ts';

/** A request ends at 30 s; what is left then is the next part's. */
const RUN_MS_MAX = 20 * SECOND;

const query = z.strictObject({ currency, cursor });
const place = z.strictObject({ after: z.int() });

/** Re-derives balances and hashes from the first entry on; `next_cursor` continues where the time was up. */
export const verifyLedger = route({
  ...routes.verifyLedger,
  query,
  async run(world, { owner, query }) {
    const after = decodeCursor(query.cursor, place)?.after ?? 0;
    const wallet = { ...owner, currency: query.currency };
    const { entries, balanceMinor, flaw, continueAfter } = await verify(world, wallet, { after, withinMs: RUN_MS_MAX });
    return {
      status: 200,
      body: {
        currency: query.currency,
        verified: flaw === undefined,
        entries,
        balance: toMajor(balanceMinor, query.currency),
        first_flaw: flaw ?? null,
        next_cursor: continueAfter === undefined ? null : encodeCursor({ after: continueAfter }),
      },
    };
  },
});

export const handler = lambda(verifyLedger);
