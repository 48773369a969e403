import { addDecimals } from '../../parts/decimal.ts';

/** What a retry of a batch sends again. The batch's own counts and sums have what somebody cancelled in them, too. */

export interface FailedAmount {
  readonly currency: string;
  readonly rows: number;
  readonly total: string;
}

/** By currency, without what somebody cancelled. Lines of a file that are no rows of a batch have no currency. */
export function sumsOf(records: readonly Readonly<Record<string, string>>[]): readonly FailedAmount[] {
  const sums = new Map<string, FailedAmount>();
  for (const { currency = '', amount = '0', failure } of records) {
    if (currency === '' || failure === 'cancelled') continue;
    const { rows, total } = sums.get(currency) ?? { rows: 0, total: '0' };
    sums.set(currency, { currency, rows: rows + 1, total: addDecimals(total, amount) });
  }
  return [...sums.values()];
}
