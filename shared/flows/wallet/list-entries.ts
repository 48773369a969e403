import type { Entry, EntryKind, Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { CURRENCIES } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { listWallet, seqAt } from '../../store/ledger.ts';
import type { World } from '../../world.ts';

/** For each currency, the place in its chain below which to continue. */
export type LedgerPlace = Readonly<Record<string, number>>;

interface LedgerFilter {
  readonly currency?: Currency | undefined;
  readonly kind?: EntryKind | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly below: LedgerPlace;
  readonly limit: number;
}

/**
 * One page over a merchant's wallets, newest first. Every wallet has its own place, so an entry appended between two
 * pages neither shifts nor repeats anything.
 */
export async function listEntries(
  world: World,
  owner: Owner,
  filter: LedgerFilter,
): Promise<{ entries: Entry[]; next?: LedgerPlace }> {
  const currencies = filter.currency ? [filter.currency] : (Object.keys(CURRENCIES) as Currency[]);
  const pages = await Promise.all(
    currencies.map(async (currency) => {
      const wallet = { ...owner, currency };
      const start = filter.below[currency] ?? (filter.to ? await seqAt(world, wallet, filter.to) : undefined);
      const { kind, from, limit } = filter;
      return { currency, start, ...(await listWallet(world, wallet, { kind, from, belowSeq: start, limit })) };
    }),
  );
  const merged = pages.flatMap((page) => page.entries).sort(newestFirst);
  const entries = merged.slice(0, filter.limit);
  const next: Record<string, number> = {};
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

function newestFirst(a: Entry, b: Entry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  if (a.currency !== b.currency) return a.currency < b.currency ? -1 : 1;
  return b.seq - a.seq;
}
