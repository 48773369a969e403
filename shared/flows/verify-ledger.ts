import type { Entry, WalletId } from '../domain/ledger.ts';
import { balanceOf, flawOf } from '../domain/ledger.ts';
import { elapsed } from '../domain/time.ts';
import { readEntry } from '../store/ledger.ts';
import type { World } from '../world.ts';
import { walkLedger } from './walk-ledger.ts';

export interface Verification {
  /** Entries looked at so far, over all parts. */
  readonly entries: number;
  readonly balanceMinor: number;
  /** The first entry that is wrong. Nothing behind it is looked at. */
  readonly flaw?: { readonly seq: number; readonly what: string };
  /** The last entry looked at, where time ran out: continue with it. */
  readonly continueAfter?: number;
}

/**
 * Re-derives a wallet's chain from its first entry on, or from one that was looked at before: numbers without a gap,
 * each hash continuing the one before, balances that add up. Stops at the first entry that is wrong, or when the time
 * is up. Entries appended meanwhile are looked at too, if it comes to them.
 */
export async function verifyLedger(
  world: World,
  wallet: WalletId,
  { after = 0, withinMs = Number.POSITIVE_INFINITY }: { after?: number; withinMs?: number } = {},
): Promise<Verification> {
  const startedAt = world.now();
  let last: Entry | undefined = after === 0 ? undefined : await readEntry(world, wallet, after);
  if (after > 0 && !last)
    return { entries: after, balanceMinor: 0, flaw: { seq: after, what: `entry ${after} is missing` } };
  for await (const page of walkLedger(world, wallet, after + 1)) {
    for (const entry of page) {
      const what = flawOf(wallet, last, entry);
      if (what) {
        const seq = (last?.seq ?? 0) + 1;
        return { entries: last?.seq ?? 0, balanceMinor: balanceOf(last), flaw: { seq, what } };
      }
      last = entry;
    }
    if (elapsed(startedAt, world.now()) >= withinMs) {
      return { entries: last?.seq ?? 0, balanceMinor: balanceOf(last), ...(last ? { continueAfter: last.seq } : {}) };
    }
  }
  return { entries: last?.seq ?? 0, balanceMinor: balanceOf(last) };
}
