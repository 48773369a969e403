import type { Entry, WalletId } from './ledger.ts';
import type { Instant } from './time.ts';
import { MINUTE, plus } from './time.ts';

/** A wallet's low-balance threshold: its merchant is told once for each time the balance falls below it. */

export const LOW_BALANCE_EVENT = 'wallet.low_balance';

export interface Watch extends WalletId {
  /** Zero: nobody wants to be told. */
  readonly thresholdMinor: number;
  /** Entries up to here were looked at. */
  readonly seenSeq: number;
  /** When to look again; absent where nobody wants to be told. */
  readonly dueAt?: Instant;
  readonly revision: number;
}

const LOOK_GAP_MS = 2 * MINUTE;

/** Watches from the wallet's present end on: what it fell below before is no news. */
export function watchFrom(
  { merchantId, mode, currency }: WalletId,
  { thresholdMinor, seenSeq, revision }: Pick<Watch, 'thresholdMinor' | 'seenSeq' | 'revision'>,
  at: Instant,
): Watch {
  const due = thresholdMinor === 0 ? {} : { dueAt: plus(at, LOOK_GAP_MS) };
  return { merchantId, mode, currency, thresholdMinor, seenSeq, revision, ...due };
}

export function seen(watch: Watch, seq: number, at: Instant): Watch {
  return { ...watch, seenSeq: seq, dueAt: plus(at, LOOK_GAP_MS), revision: watch.revision + 1 };
}

/** Whether this entry took the balance from the threshold or above to below it. */
export function crosses({ thresholdMinor }: Watch, { amountMinor, balanceAfterMinor }: Entry): boolean {
  return balanceAfterMinor < thresholdMinor && balanceAfterMinor - amountMinor >= thresholdMinor;
}
