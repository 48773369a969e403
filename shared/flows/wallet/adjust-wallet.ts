import { byOperator, nameOfOperator } from '../../domain/act.ts';
import type { Entry, WalletId } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { CURRENCIES, formatAmount, toMajor } from '../../domain/money.ts';
import { newId } from '../../id.ts';
import { appendOnce } from '../../store/adjustments.ts';
import { recordAct } from '../../store/audit.ts';
import { readTail } from '../../store/ledger.ts';
import type { World } from '../../world.ts';

interface Adjustment {
  readonly amountMinor: number;
  readonly reason: string;
  /** The identity of the operator. */
  readonly by: string;
  /** What the adjustment is for, such as a bank's reference: one entry each. Absent: every call is one of its own. */
  readonly reference?: string;
}

/** From this sum on, in major units, an adjustment must be confirmed: a digit too many is a costly slip. */
const LARGE_MAJOR: Readonly<Record<Currency, number>> = {
  USD: 1_000,
  ZWG: 25_000,
  KES: 100_000,
  UGX: 3_500_000,
  TZS: 2_500_000,
};

export function isLargeAdjustment(amountMinor: number, currency: Currency): boolean {
  return Math.abs(amountMinor) >= LARGE_MAJOR[currency] * 10 ** CURRENCIES[currency];
}

/**
 * An operator credits or debits a wallet: a bank deposit, a correction. It appends an entry with the reason and the
 * operator; nothing is ever edited. The same reference with the same amount is the entry that is there; with another
 * amount or wallet it throws, and so does a debit of more than the wallet holds.
 */
export async function adjustWallet(world: World, wallet: WalletId, adjustment: Adjustment): Promise<Entry> {
  const { amountMinor, reason, by, reference } = adjustment;
  const name = reference === undefined ? '' : `, ${reference}`;
  const draft = { kind: 'adjustment', amountMinor, description: `${reason} (${nameOfOperator(by)}${name})` } as const;
  const own = reference ?? newId(world, 'ref');
  const after = { currency: wallet.currency, amount: toMajor(amountMinor, wallet.currency), reason, reference: own };
  const act = recordAct(world, wallet, byOperator(by), { action: 'wallet.adjusted', subject: own, after });
  const appended = await appendOnce(world, wallet, draft, { reference: own, companions: [act] });
  if (!appended) {
    const balance = balanceOf(await readTail(world, wallet));
    throw new Error(`the wallet holds only ${wallet.currency} ${formatAmount(balance, wallet.currency)}`);
  }
  const { entry, isNew } = appended;
  if (entry.amountMinor !== amountMinor || entry.currency !== wallet.currency) {
    const there = `${entry.currency} ${formatAmount(entry.amountMinor, entry.currency)}, entry ${entry.seq}`;
    throw new Error(`the reference ${reference} was used for ${there} of ${entry.at}`);
  }
  if (isNew) {
    world.log.info('wallet.adjusted', { merchantId: wallet.merchantId, mode: wallet.mode, entryId: entry.id });
  }
  return entry;
}
