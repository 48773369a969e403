import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { toMajor } from '../../shared/domain/money.ts';
import { SECOND } from '../../shared/domain/time.ts';
import { openLastHead } from '../../shared/flows/wallet/read-heads.ts';
import { verifyLedger as verify } from '../../shared/flows/wallet/verify-ledger.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { currency, cursor } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** A request ends at 30 s; the next part does the rest. */
const RUN_MS_MAX = 20 * SECOND;

const query = z.strictObject({ currency, cursor });
const place = z.strictObject({ seq: z.int().check(z.positive()), hash: z.string(), balanceMinor: z.int() });

/**
 * Re-derives balances and hashes from the first entry on, and holds the ledger against the last signed head. When the
 * time is up, `next_cursor` continues from the last valid entry and its hash. A caller who forges a cursor deceives
 * nobody else.
 */
export const verifyLedger = route({
  ...routes.verifyLedger,
  query,
  async run(world, { owner, query }) {
    const from = decodeCursor(query.cursor, place);
    const wallet = { ...owner, currency: query.currency };
    const [found, { head, leaf, violation: contradiction }] = await Promise.all([
      verify(world, wallet, { from, withinMs: RUN_MS_MAX }),
      openLastHead(world).then((last) => last.check(wallet)),
    ]);
    const { entries, balanceMinor, next } = found;
    const violation = found.violation ?? contradiction;
    return {
      status: 200,
      body: {
        currency: query.currency,
        verified: violation === undefined,
        entries,
        balance: toMajor(balanceMinor, query.currency),
        first_flaw: violation ?? null,
        head:
          head && leaf
            ? {
                day: head.day,
                signed_at: head.at,
                entries: leaf.seq,
                balance: toMajor(leaf.balanceMinor, query.currency),
                hash: leaf.hash,
                agrees: contradiction === undefined,
              }
            : null,
        next_cursor: next === undefined ? null : encodeCursor(next),
      },
    };
  },
});

export const handler = lambda(verifyLedger);
