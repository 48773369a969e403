import type { BatchRow, RowState } from '../../domain/batch.ts';
import { failureOf } from '../../domain/batch-life.ts';
import { defined } from '../../domain/defined.ts';
import { rowNumber } from '../../domain/erasure.ts';
import { formatAmount, toMajor } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import { FAILURES, isFinal } from '../../domain/order.ts';
import { amountCell, csvRow } from '../csv/csv.ts';
import { publicRowStatus } from './batch-views.ts';

/** Rows of a batch as merchants see them, as JSON and as CSV. */

interface RowNow {
  readonly row: BatchRow;
  readonly state: RowState;
  readonly order?: Order;
}

export function viewRow({ row: stored, state, order }: RowNow) {
  const { row, order: request, leftOut } = stored;
  const failure = failureOf(state, order);
  const status = publicRowStatus(state);
  if (!request) {
    return { row, status, target: leftOut?.target, amount: leftOut?.amount, errors: leftOut?.problems ?? [] };
  }
  return {
    row,
    status,
    final: state === 'taken' || (order !== undefined && isFinal(order.status)),
    target: request.target,
    msisdn: rowNumber(stored),
    product_id: request.productId,
    network: request.network,
    amount: toMajor(request.amountMinor, request.currency),
    currency: request.currency,
    agent_reference: request.agentReference,
    order_id: order?.id ?? null,
    provider_ref: order?.receipt.providerRef ?? null,
    ...defined({ tokens: order?.receipt.tokens }),
    failure: failure ? { code: failure, ...FAILURES[failure] } : null,
    finalized_at: order?.finalizedAt ?? null,
  };
}

export const ROW_COLUMNS = [
  'row',
  'status',
  'target',
  'msisdn',
  'product_id',
  'network',
  'amount',
  'currency',
  'agent_reference',
  'order_id',
  'provider_ref',
  'tokens',
  'failure',
  'message',
  'finalized_at',
  'custom_sms',
];

/** The same row as a line of a CSV, which can be uploaded again. */
export function csvOfRow(now: RowNow): string {
  const { row, order: request, leftOut } = now.row;
  const status = publicRowStatus(now.state);
  const plain = (value: string | number) => ({ plain: String(value) });
  if (!request) {
    const { target = '', amount = '', productId = '', currency = '', reference = '', customSms = '' } = leftOut ?? {};
    const { code = '', detail = '' } = leftOut?.problems[0] ?? {};
    return csvRow([
      ...[plain(row), status, target, '', productId, '', amountCell(amount), currency, reference],
      ...['', '', '', code, detail, '', customSms],
    ]);
  }
  const failure = failureOf(now.state, now.order);
  const { receipt, id = '', finalizedAt = '' } = now.order ?? {};
  return csvRow([
    plain(row),
    status,
    request.target,
    rowNumber(now.row),
    plain(request.productId),
    request.network,
    plain(formatAmount(request.amountMinor, request.currency)),
    request.currency,
    request.agentReference,
    id,
    receipt?.providerRef ?? '',
    (receipt?.tokens ?? []).map(({ token }) => inFours(token)).join(', '),
    failure ?? '',
    failure ? FAILURES[failure].message : '',
    finalizedAt,
    request.customSms ?? '',
  ]);
}

/** As a meter takes it and as it is printed; a spreadsheet would round twenty digits in a row. */
function inFours(token: string): string {
  return /^\d+$/.test(token) ? (token.match(/\d{1,4}/g) ?? []).join(' ') : token;
}
