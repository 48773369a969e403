import type { RowResult } from '../../domain/batch.ts';
import type { Product } from '../../domain/catalogue.ts';
import { defined } from '../../domain/defined.ts';
import { formatAmount, toMajor } from '../../domain/money.ts';
import { amountCell, csvRow } from '../csv/csv.ts';
import { viewWarnings } from './order-views.ts';

/** The row results of a preview as merchants see them, as JSON and as CSV. */

export function viewRowResult(
  { input, reference, order, problems, sameAsRow, duplicateOf }: RowResult,
  catalogue: ReadonlyMap<number, Product>,
) {
  const { row, target } = input;
  if (!order) {
    const { amount } = input;
    return { row, status: 'invalid' as const, target, amount, reference: input.reference ?? null, errors: problems };
  }
  return {
    row,
    status: 'valid' as const,
    target,
    msisdn: order.msisdn,
    product_id: order.productId,
    product: catalogue.get(order.productId)?.name ?? '',
    network: order.network,
    amount: toMajor(order.amountMinor, order.currency),
    currency: order.currency,
    reference,
    ...defined({ same_as_row: sameAsRow }),
    ...viewWarnings(duplicateOf),
  };
}

type View = ReturnType<typeof viewRowResult>;

const COLUMNS = [
  'row',
  'status',
  'target',
  'msisdn',
  'product_id',
  'product',
  'network',
  'amount',
  'currency',
  'reference',
  'same_as_row',
  'column',
  'problem',
  'detail',
  'fix',
  'custom_sms',
];

/**
 * All row results as one CSV, which can be uploaded again: it has every cell that was read. A row with several problems
 * shows the first.
 */
export function reportOf(rowResults: readonly RowResult[], catalogue: ReadonlyMap<number, Product>): string {
  return csvRow(COLUMNS) + rowResults.map((result) => rowOf(result, viewRowResult(result, catalogue))).join('');
}

function rowOf({ input, order }: RowResult, view: View): string {
  const { productId = '', currency = '', customSms = '' } = input;
  const row = { plain: String(view.row) };
  if (view.status === 'invalid') {
    const { column = '', code = '', detail = '', fix = '' } = view.errors[0] ?? {};
    const { status, target, amount, reference } = view;
    return csvRow([
      ...[row, status, target, '', productId, '', '', amountCell(amount), currency, reference ?? '', ''],
      ...[column, code, detail, fix, customSms],
    ]);
  }
  return csvRow([
    row,
    view.status,
    view.target,
    view.msisdn,
    { plain: String(view.product_id) },
    view.product,
    view.network,
    { plain: order ? formatAmount(order.amountMinor, order.currency) : '' },
    view.currency,
    view.reference,
    { plain: String(view.same_as_row ?? '') },
    ...['', '', '', ''],
    customSms,
  ]);
}
