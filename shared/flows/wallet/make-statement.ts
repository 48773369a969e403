import { assert } from '../../domain/assert.ts';
import type { Entry, EntryKind, WalletId } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import { readEntry, seqAt } from '../../store/ledger.ts';
import type { World } from '../../world.ts';
import { walkLedger } from './walk-ledger.ts';

export interface Statement {
  readonly openingMinor: number;
  readonly closingMinor: number;
  readonly entries: number;
  readonly totals: ReadonlyMap<EntryKind, { count: number; amountMinor: number }>;
}

/**
 * What moved a wallet from one moment to another: the balance before it, each kind's sum, the balance after it. Asserts
 * that they add up. Entries never go back in time, so the moments are places in the chain; `undefined` where more than
 * `entriesMax` lie between them.
 */
export async function makeStatement(
  world: World,
  wallet: WalletId,
  { from, to, entriesMax }: { from: Instant; to: Instant; entriesMax: number },
): Promise<Statement | undefined> {
  const [first, end] = await Promise.all([seqAt(world, wallet, from), seqAt(world, wallet, to)]);
  if (end - first > entriesMax) return undefined;
  const before = first > 1 ? await readEntry(world, wallet, first - 1) : undefined;
  const totals = new Map<EntryKind, { count: number; amountMinor: number }>();
  let last: Entry | undefined = before;
  let sum = 0;
  let entries = 0;
  for await (const page of walkLedger(world, wallet, first, end - 1)) {
    for (const entry of page) {
      const { count, amountMinor } = totals.get(entry.kind) ?? { count: 0, amountMinor: 0 };
      totals.set(entry.kind, { count: count + 1, amountMinor: amountMinor + entry.amountMinor });
      sum += entry.amountMinor;
      entries += 1;
      last = entry;
    }
  }
  const [openingMinor, closingMinor] = [balanceOf(before), balanceOf(last)];
  assert(openingMinor + sum === closingMinor, 'a statement adds up');
  return { openingMinor, closingMinor, entries, totals };
}
