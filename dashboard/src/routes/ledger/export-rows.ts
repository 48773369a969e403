import Papa from 'papaparse';
import type { Row } from './chain.ts';

/** The entries of a part of the export. Only the first part has the names of the columns. */
export function rowsOf(part: string, columns: readonly string[]): Row[] {
  const { data } = Papa.parse<string[]>(part, { delimiter: ',', newline: '\r\n', skipEmptyLines: true });
  return data
    .filter(([first]) => first !== columns[0])
    .map((cells) => {
      const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
      return {
        seq: Number(cell('seq')),
        id: cell('id'),
        at: cell('created_at'),
        kind: cell('kind'),
        description: cell('description'),
        agentReference: cell('agent_reference'),
        orderId: cell('order_id'),
        topupId: cell('topup_id'),
        batchId: cell('batch_id'),
        amountMinor: minorOf(cell('amount')),
        balanceMinor: minorOf(cell('balance_after')),
        hash: cell('hash'),
        damaged: cell('damaged'),
      };
    });
}

/** The names of the columns, which the first part begins with. */
export function columnsOf(firstPart: string): string[] {
  return firstPart.slice(0, firstPart.indexOf('\r\n')).split(',');
}

/** The export writes all decimals of a currency: without the point, an amount is in minor units. */
function minorOf(amount: string): number {
  return Number(amount.replace('.', ''));
}
