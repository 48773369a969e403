import { toMajor } from '../../domain/money.ts';
import type { LowBalance, Watch } from '../../domain/watch.ts';

/** A balance below its threshold, as its event shows it. */
export function viewLowBalance(
  { currency, mode, thresholdMinor }: Pick<Watch, 'currency' | 'mode' | 'thresholdMinor'>,
  { balanceMinor, entryId }: Pick<LowBalance, 'balanceMinor' | 'entryId'>,
) {
  return {
    currency,
    mode,
    balance: toMajor(balanceMinor, currency),
    low_balance_threshold: toMajor(thresholdMinor, currency),
    entry_id: entryId ?? null,
  };
}
