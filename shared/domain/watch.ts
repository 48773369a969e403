import { defined } from './defined.ts';
import type { Entry, WalletId } from './ledger.ts';
import { balanceOf } from './ledger.ts';
import type { Instant } from './time.ts';
import { plus, SECOND } from './time.ts';

/**
 * A wallet's low-balance threshold: each time the balance falls below it, its merchant gets one event, and so does
 * whoever sets one that the balance is below already.
 */

export const LOW_BALANCE_EVENT = 'wallet.low_balance';

export interface Watch extends WalletId {
  /** Zero: no events. */
  readonly thresholdMinor: number;
  /** The number of the last checked entry. */
  readonly seenSeq: number;
  /** When to check again; absent where the threshold is zero. */
  readonly dueAt?: Instant;
  readonly revision: number;
  /** Set where the balance was below the threshold when that was set, until the event of it is published. */
  readonly setBelow?: LowBalance;
}

/** A balance below the threshold: what its event shows. */
export interface LowBalance {
  readonly balanceMinor: number;
  readonly at: Instant;
  /** The number of the last entry then; 0 in a wallet without any. */
  readonly seq: number;
  readonly entryId?: string;
  /** The revision that set the threshold: an event about the same entry has another id than that of its crossing. */
  readonly revision?: number;
}

/** A little less than the sweep's two minutes: as long as those, every second sweep would come just too early. */
const CHECK_INTERVAL_MS = 100 * SECOND;

/**
 * A watch with another threshold, which starts behind the last entry: no earlier one causes an event. Where the balance
 * is below it already, that is one, and due at once. `undefined` where the threshold is this already, so that a
 * repeated request repeats no event.
 */
export function withThreshold(
  { merchantId, mode, currency }: WalletId,
  { before, thresholdMinor, tail }: { before: Watch | undefined; thresholdMinor: number; tail: Entry | undefined },
  at: Instant,
): Watch | undefined {
  if (thresholdMinor === (before?.thresholdMinor ?? 0)) return undefined;
  const revision = (before?.revision ?? 0) + 1;
  const balanceMinor = balanceOf(tail);
  const seenSeq = tail?.seq ?? 0;
  const watch = { merchantId, mode, currency, thresholdMinor, seenSeq, revision };
  if (thresholdMinor === 0) return watch;
  if (balanceMinor >= thresholdMinor) return { ...watch, dueAt: plus(at, CHECK_INTERVAL_MS) };
  const setBelow = { balanceMinor, at, seq: seenSeq, revision, ...defined({ entryId: tail?.id }) };
  return { ...watch, dueAt: at, setBelow };
}

/** The watch after the entries up to `seq` were checked. */
export function seen(watch: Watch, seq: number, at: Instant): Watch {
  const { setBelow: _published, ...rest } = watch;
  return { ...rest, seenSeq: seq, dueAt: plus(at, CHECK_INTERVAL_MS), revision: watch.revision + 1 };
}

/** The balances after those entries, of some, that crossed the threshold and were not checked before. */
export function crossingsOf(watch: Watch, entries: readonly Entry[]): LowBalance[] {
  const crossings = entries.filter((entry) => entry.seq > watch.seenSeq && crosses(watch, entry));
  return crossings.map(({ balanceAfterMinor: balanceMinor, at, seq, id: entryId }) => ({
    balanceMinor,
    at,
    seq,
    entryId,
  }));
}

/** Whether this entry took the balance from the threshold or above to below it. */
function crosses({ thresholdMinor }: Watch, { amountMinor, balanceAfterMinor }: Entry): boolean {
  return balanceAfterMinor < thresholdMinor && balanceAfterMinor - amountMinor >= thresholdMinor;
}
