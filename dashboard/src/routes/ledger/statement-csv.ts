import type { Statement } from '../../../../sdk/typescript/src/api.ts';

/** A line for each sum of a statement, with nothing in it that a spreadsheet could take for a formula. */
export function statementCsv(statement: Statement): string {
  const { currency, month, opening_balance, closing_balance, totals } = statement;
  const lines = [
    ['line', 'entries', 'amount', 'currency', 'month'],
    ['opening_balance', '', opening_balance ?? '', currency, month],
    ...totals.map(({ kind, count, amount }) => [kind || 'damaged', count, amount, currency, month]),
    ['closing_balance', statement.entries, closing_balance ?? '', currency, month],
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
