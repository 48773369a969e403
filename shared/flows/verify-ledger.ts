import type { Entry, WalletId } from '../domain/ledger.ts';
import { balanceOf, flawOf } from '../domain/ledger.ts';
import { listWallet } from '../store/ledger.ts';
import type { World } from '../world.ts';

const PAGE = 1000;

/**
 * Walks a wallet's whole chain: numbers without a gap, each hash continuing the one before, balances that add up.
 * Answers how many entries there are and the first thing that is wrong, if anything is. Entries appended meanwhile are
 * not looked at.
 */
export async function verifyLedger(
  world: World,
  wallet: WalletId,
): Promise<{ entries: number; balanceMinor: number; flaw?: string }> {
  let entries = 0;
  let balanceMinor = 0;
  let flaw: string | undefined;
  let after: Entry | undefined;
  let below: number | undefined;
  do {
    const page = await listWallet(world, wallet, { belowSeq: below, limit: PAGE });
    for (const entry of page.entries) {
      if (entries === 0) balanceMinor = balanceOf(entry);
      if (after) flaw = flawOf(wallet, entry, after) ?? flaw;
      after = entry;
      entries += 1;
    }
    below = page.continueBelow;
  } while (below !== undefined);
  if (after) flaw = flawOf(wallet, undefined, after) ?? flaw;
  return { entries, balanceMinor, ...(flaw === undefined ? {} : { flaw }) };
}
