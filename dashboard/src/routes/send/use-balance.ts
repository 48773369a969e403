import { useRead } from '../../api/queries.ts';
import { compareDecimals, isDecimal } from '../../parts/decimal.ts';
import { moneyText } from '../../parts/money-text.ts';
import { useChosen } from '../../session/chosen.tsx';

/** The balance that pays in words, and whether it is less than an amount; for who may read the wallet. */
export function useBalance(currency: string, amount: string) {
  const { may } = useChosen();
  const wallet = useRead('getWallet', {}, { enabled: may('wallet:read') });
  if (!wallet.data) return { balance: undefined, isShort: false };
  const balance = wallet.data.wallets.find((each) => each.currency === currency)?.balance ?? 0;
  const isShort = isDecimal(amount) && compareDecimals(balance, amount) < 0;
  return { balance: moneyText(balance, currency), isShort };
}
