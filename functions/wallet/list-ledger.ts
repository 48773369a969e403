import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Entry, Owner } from '../../shared/domain/ledger.ts';
import { ENTRY_KINDS } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { CURRENCIES } from '../../shared/domain/money.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { currency, cursor, instant, limit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewEntry } from '../../shared/http/views/entry-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listWallet, seqAt } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';

const query = z.strictObject({
  limit,
  cursor,
  currency: z.optional(currency),
  kind: z.optional(z.enum(ENTRY_KINDS, { error: `must be one of ${ENTRY_KINDS.join(', ')}.` })),
  from: z.optional(instant),
  to: z.optional(instant),
});

/** For each currency, the sequence number below which to continue. */
const place = z.record(z.string(), z.int());
type Place = z.infer<typeof place>;

/** Ledger entries, newest first, over all wallets or one. `from` is inclusive, `to` exclusive. */
export const listLedger = route({
  ...routes.listLedger,
  query,
  async run(world, { owner, query }) {
    const { entries, next } = await listEntries(world, owner, query, decodeCursor(query.cursor, place) ?? {});
    return {
      status: 200,
      body: { data: entries.map(viewEntry), next_cursor: next === undefined ? null : encodeCursor(next) },
    };
  },
});

/**
 * One page, merged from the merchant's wallets. Each wallet has its own position, so an entry appended between two
 * pages neither shifts nor repeats anything.
 */
async function listEntries(
  world: World,
  owner: Owner,
  { currency, kind, from, to, limit }: z.infer<typeof query>,
  below: Place,
): Promise<{ entries: Entry[]; next?: Place }> {
  const currencies = currency ? [currency] : (Object.keys(CURRENCIES) as Currency[]);
  const pages = await Promise.all(
    currencies.map(async (currency) => {
      const wallet = { ...owner, currency };
      const start = below[currency] ?? (to ? await seqAt(world, wallet, to) : undefined);
      const page = await listWallet(world, wallet, { kind, from, belowSeq: start, limit, isReport: true });
      return { currency, start, ...page };
    }),
  );
  const merged = pages.flatMap((page) => placed(page.entries)).sort(newestFirst);
  const entries = merged.slice(0, limit).map(({ entry }) => entry);
  const next: Place = {};
  let hasMore = false;
  for (const { currency, start, entries: own, continueBelow } of pages) {
    const lastTaken = entries.findLast((entry) => entry.currency === currency);
    const isAllTaken = own.at(-1) === lastTaken;
    if (!isAllTaken || continueBelow !== undefined) hasMore = true;
    if (isAllTaken) next[currency] = continueBelow ?? 1;
    else next[currency] = lastTaken?.seq ?? start ?? (own[0]?.seq ?? 0) + 1;
  }
  return hasMore ? { entries, next } : { entries };
}

interface Placed {
  readonly entry: Entry;
  readonly at: string;
}

/** One wallet's entries with instants to merge them by: where one is damaged, its place in the wallet still holds. */
function placed(entries: readonly Entry[]): Placed[] {
  let at = '';
  return entries.map((entry) => {
    if (at === '' || (entry.at !== '' && entry.at < at)) at = entry.at;
    return { entry, at };
  });
}

function newestFirst({ entry: a, at: atOfA }: Placed, { entry: b, at: atOfB }: Placed): number {
  if (atOfA !== atOfB) return atOfA < atOfB ? 1 : -1;
  if (a.currency !== b.currency) return a.currency < b.currency ? -1 : 1;
  return b.seq - a.seq;
}

export const handler = lambda(listLedger);
