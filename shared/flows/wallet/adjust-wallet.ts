import type { Entry, WalletId } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import { formatAmount } from '../../domain/money.ts';
import { appendEntry, readTail } from '../../store/ledger.ts';
import type { World } from '../../world.ts';

/**
 * An operator credits or debits a wallet: a bank deposit, a correction. It appends an entry with the reason and the
 * operator; nothing is ever edited. Throws when the wallet holds less than is debited.
 */
export async function adjustWallet(
  world: World,
  wallet: WalletId,
  adjustment: { amountMinor: number; reason: string; by: string },
): Promise<Entry> {
  const { amountMinor, reason, by } = adjustment;
  const balance = balanceOf(await readTail(world, wallet));
  if (balance + amountMinor < 0) {
    throw new Error(`the wallet holds only ${wallet.currency} ${formatAmount(balance, wallet.currency)}`);
  }
  const entry = await appendEntry(world, wallet, { kind: 'adjustment', amountMinor, description: `${reason} (${by})` });
  world.log.info('wallet.adjusted', { merchantId: wallet.merchantId, mode: wallet.mode, entryId: entry.id });
  return entry;
}
