import type { Statement } from '../../../../sdk/typescript/src/api.ts';
import { plainAmount } from '../../parts/money-text.ts';

/** A line for each sum of a statement, with nothing in it that a spreadsheet could take for a formula. */
export function statementCsv(statement: Statement): string {
  const { currency, month, opening_balance, closing_balance, totals } = statement;
  const sum = (amount: number | null) => (amount === null ? '' : plainAmount(amount, currency));
  const lines = [
    ['line', 'entries', 'amount', 'currency', 'month'],
    ['opening_balance', '', sum(opening_balance), currency, month],
    ...totals.map(({ kind, count, amount }) => [kind || 'damaged', count, sum(amount), currency, month]),
    ['closing_balance', statement.entries, sum(closing_balance), currency, month],
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
