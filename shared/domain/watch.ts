import { defined } from './defined.ts';
import type { Entry, WalletId } from './ledger.ts';
import type { Instant } from './time.ts';
import { plus, SECOND } from './time.ts';

/** A wallet's low-balance threshold: each time the balance falls below it, its merchant gets one event. */

export const LOW_BALANCE_EVENT = 'wallet.low_balance';

export interface Watch extends WalletId {
  /** Zero: no events. */
  readonly thresholdMinor: number;
  /** The number of the last checked entry. */
  readonly seenSeq: number;
  /** When to check again; absent where the threshold is zero. */
  readonly dueAt?: Instant;
  readonly revision: number;
}

/** A little less than the sweep's two minutes: as long as those, every second sweep would come just too early. */
const CHECK_INTERVAL_MS = 100 * SECOND;

/** A watch that starts at `seenSeq`: earlier entries cause no event. */
export function watchFrom(
  { merchantId, mode, currency }: WalletId,
  { thresholdMinor, seenSeq, revision }: Pick<Watch, 'thresholdMinor' | 'seenSeq' | 'revision'>,
  at: Instant,
): Watch {
  const dueAt = thresholdMinor === 0 ? undefined : plus(at, CHECK_INTERVAL_MS);
  return { merchantId, mode, currency, thresholdMinor, seenSeq, revision, ...defined({ dueAt }) };
}

/** The watch after the entries up to `seq` were checked. */
export function seen(watch: Watch, seq: number, at: Instant): Watch {
  return { ...watch, seenSeq: seq, dueAt: plus(at, CHECK_INTERVAL_MS), revision: watch.revision + 1 };
}

/** Whether this entry took the balance from the threshold or above to below it. */
export function crosses({ thresholdMinor }: Watch, { amountMinor, balanceAfterMinor }: Entry): boolean {
  return balanceAfterMinor < thresholdMinor && balanceAfterMinor - amountMinor >= thresholdMinor;
}
