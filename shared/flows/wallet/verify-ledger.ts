import type { Entry, WalletId } from '../../domain/ledger.ts';
import { balanceOf, mismatchIn } from '../../domain/ledger.ts';
import { elapsed } from '../../domain/time.ts';
import { listWallet, readEntry } from '../../store/ledger.ts';
import type { World } from '../../world.ts';
import { walkLedger } from './walk-ledger.ts';

/** How far a verification got: the last valid entry, as it was then. */
export interface Checkpoint {
  readonly seq: number;
  readonly hash: string;
  readonly balanceMinor: number;
}

export interface Violation {
  readonly seq: number;
  readonly what: string;
}

export interface Verification {
  /** Valid entries so far, over all parts. */
  readonly entries: number;
  /** After the last of them. */
  readonly balanceMinor: number;
  /** The first invalid entry. Entries after it are not checked. */
  readonly violation?: Violation;
  /** Where time ran out: continue from it. */
  readonly next?: Checkpoint;
  /** The last valid entry: a later verification may begin there. */
  readonly last?: Checkpoint;
}

/**
 * Re-derives a wallet's chain from its first entry, or from where an earlier part ended: numbers without a gap, each
 * hash built on the one before, balances that add up. Stops at the first invalid entry, or at the end of a page once
 * the time is up. A chain alone shows neither that its last entries were removed nor that all were rewritten with right
 * hashes: `openLastHead` does.
 */
export async function verifyLedger(
  world: World,
  wallet: WalletId,
  { from, withinMs = Number.POSITIVE_INFINITY }: { from?: Checkpoint | undefined; withinMs?: number } = {},
): Promise<Verification> {
  const startedAt = world.now();
  let last = from && (await readEntry(world, wallet, from.seq));
  const early = from ? changedSince(from, last) : await violationBeforeFirst(world, wallet);
  if (early) return { entries: Math.max(0, (from?.seq ?? 1) - 1), balanceMinor: 0, violation: early };
  for await (const page of walkLedger(world, wallet, (last?.seq ?? 0) + 1)) {
    const checked = checkPage(wallet, last, page);
    last = checked.last;
    const found = { entries: last?.seq ?? 0, balanceMinor: balanceOf(last), ...checkpointOf(last) };
    if (checked.violation) return { ...found, violation: checked.violation };
    if (last && elapsed(startedAt, world.now()) >= withinMs) {
      return { ...found, next: { seq: last.seq, hash: last.hash, balanceMinor: last.balanceAfterMinor } };
    }
  }
  return { entries: last?.seq ?? 0, balanceMinor: balanceOf(last), ...checkpointOf(last) };
}

function checkpointOf(last: Entry | undefined): { last?: Checkpoint } {
  return last ? { last: { seq: last.seq, hash: last.hash, balanceMinor: last.balanceAfterMinor } } : {};
}

function checkPage(
  wallet: WalletId,
  before: Entry | undefined,
  page: readonly Entry[],
): { last: Entry | undefined; violation?: Violation } {
  let last = before;
  for (const entry of page) {
    const what = mismatchIn(wallet, last, entry);
    if (what) return { last, violation: { seq: (last?.seq ?? 0) + 1, what } };
    last = entry;
  }
  // Pages stop at the end of the chain, so an empty one is a gap.
  const seq = (last?.seq ?? 0) + 1;
  return page.length > 0 ? { last } : { last, violation: { seq, what: `entry ${seq} is missing` } };
}

/** Checks that the entry at which the part before ended is unchanged. */
function changedSince({ seq, hash, balanceMinor }: Checkpoint, entry: Entry | undefined): Violation | undefined {
  if (!entry) return { seq, what: `entry ${seq} is missing` };
  if (entry.hash === hash && entry.balanceAfterMinor === balanceMinor) return undefined;
  return { seq, what: `entry ${seq} was changed while the ledger was verified` };
}

/** Chains begin with 1. An entry below that would be listed and belong to no chain. */
async function violationBeforeFirst(world: World, wallet: WalletId): Promise<Violation | undefined> {
  const { entries } = await listWallet(world, wallet, { belowSeq: 1, limit: 1, isReport: true });
  const [stray] = entries;
  return stray && { seq: stray.seq, what: `entry ${stray.seq} lies before the first` };
}
