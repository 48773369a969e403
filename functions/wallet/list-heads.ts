import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { dayOf, leafText, pageOf } from '../../shared/domain/head.ts';
import type { WalletId } from '../../shared/domain/ledger.ts';
import { walletKey } from '../../shared/domain/ledger.ts';
import { toMajor } from '../../shared/domain/money.ts';
import { DAY, plus } from '../../shared/domain/time.ts';
import { DamagedHead, leafIn, readHead, readPage, stepsTo } from '../../shared/flows/wallet/read-heads.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { currency, cursor, instant } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import type { World } from '../../shared/world.ts';

/** For each head two objects are read, and a month of them is what a merchant asks for who asks once a month. */
const HEADS_MAX = 31;

const LIMIT = { error: `must be a whole number from 1 to ${HEADS_MAX}.` };
const limit = z.pipe(
  z._default(z.string().check(z.regex(/^([1-9]|[12]\d|3[01])$/, LIMIT)), String(HEADS_MAX)),
  z.transform(Number),
);

const query = z.strictObject({ currency, limit, cursor, from: z.optional(instant) });
const place = z.strictObject({ day: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)) });

/**
 * The signed heads that have a wallet, oldest first, from a day on: the last month by default. A page is short where
 * heads do not have the wallet yet.
 */
export const listHeads = route({
  ...routes.listHeads,
  query,
  async run(world, { owner, query }) {
    const wallet = { ...owner, currency: query.currency };
    const start = query.from ?? plus(world.now(), -HEADS_MAX * DAY);
    const after = decodeCursor(query.cursor, place)?.day ?? dayOf(plus(start, -DAY));
    const listed = await world.heads.list('heads', after);
    const days = listed.slice(0, query.limit);
    const [publicKey, heads] = await Promise.all([
      world.heads.publicKey(),
      Promise.all(days.map((day) => viewHead(world, wallet, day).catch((error) => withoutDamaged(world, day, error)))),
    ]);
    const last = days.at(-1);
    return {
      status: 200,
      body: {
        public_key: publicKey,
        data: heads.filter((head) => head !== undefined),
        next_cursor: last !== undefined && listed.length > days.length ? encodeCursor({ day: last }) : null,
      },
    };
  },
});

/** A head as a merchant keeps it; `undefined` if it does not have the wallet. */
async function viewHead(world: World, wallet: WalletId, day: string) {
  const signed = await readHead(world, day);
  if (!signed) return undefined;
  const page = await readPage(world, signed, pageOf(walletKey(wallet), signed.head.pages));
  const leaf = leafIn(page, wallet);
  return (
    leaf && {
      day,
      signed_at: signed.head.at,
      currency: wallet.currency,
      entries: leaf.seq,
      balance: toMajor(leaf.balanceMinor, wallet.currency),
      hash: leaf.hash,
      leaf: leafText(leaf),
      steps: stepsTo(signed, page, wallet),
      head: signed.text,
      signature: signed.signature,
    }
  );
}

/** One that is not what was signed does not hide the others: verifying names it, and an alarm does. */
function withoutDamaged(world: World, day: string, error: unknown): undefined {
  if (!(error instanceof DamagedHead)) throw error;
  world.log.error('heads.damaged', { day }, error);
}

export const handler = lambda(listHeads);
