import type { Currency } from './money.ts';
import { CURRENCIES, formatAmount } from './money.ts';
import type { Order, OrderEvent } from './order.ts';
import { FAILURES } from './order.ts';
import type { Instant } from './time.ts';

/**
 * How an order ended, in PesaWay's words: what is posted to its `ResultsUrl`, and what a transaction query answers.
 * Its documents know two codes; why a transaction failed is in the description.
 */

export const RESULT_CODES = { success: 0, failed: 2001, pending: 1001 } as const;

/** The event of a delivery log that such a result is. */
export const RESULT_EVENT = 'airtime.result';

/** Whether an event of an order ends it as far as its merchant's books go: an order in doubt has no result yet. */
export function isResult({ shown }: OrderEvent): boolean {
  return shown.status === 'success' || shown.status === 'refunded' || shown.status === 'reversed';
}

/** With exactly the fields of the documents' samples. The balance is what the wallet holds when it is told. */
export function resultOf(order: Order, balanceMinor: number) {
  const amount = twoDecimals(order.amountMinor, order.currency);
  const ids = { OriginatorReference: order.agentReference, TransactionID: order.id };
  if (order.status === 'success') {
    return {
      ResultCode: RESULT_CODES.success,
      ResultDesc: 'The airtime request is processed successfully.',
      OriginatorReference: ids.OriginatorReference,
      PhoneNumber: order.msisdn.replace(/^\+/, ''),
      TransactionID: ids.TransactionID,
      TransactionAmount: amount,
      AccountAvailableFunds: twoDecimals(balanceMinor, order.currency),
      TransactionCompletedDateTime: stamp(order.finalizedAt ?? order.createdAt),
    };
  }
  return {
    ResultCode: RESULT_CODES.failed,
    ResultDesc: failureOf(order),
    ...ids,
    TransactionAmount: amount,
    TransactionReceipt: null,
  };
}

/** What is answered about a transaction that has not ended. Never a failure: who takes it for one sends it twice. */
export function pendingOf(order: Order) {
  return {
    ResultCode: RESULT_CODES.pending,
    ResultDesc: 'The transaction is being processed. Do not send it again under another reference.',
    OriginatorReference: order.agentReference,
    TransactionID: order.id,
    TransactionAmount: twoDecimals(order.amountMinor, order.currency),
  };
}

/** The documents' own words where the network just said no; why, where more is known. */
function failureOf({ status, failure }: Order): string {
  if (status === 'reversed') return 'Transaction failed: the provider took it back.';
  if (failure === undefined || failure === 'network_refused') return 'Transaction failed';
  return `Transaction failed: ${FAILURES[failure].message}`;
}

/** Two decimals whatever the currency has: `1000.00`, also of shillings that have none. */
export function twoDecimals(minor: number, currency: Currency): string {
  return CURRENCIES[currency] === 0 ? `${formatAmount(minor, currency)}.00` : formatAmount(minor, currency);
}

/** `2025-11-06 03:49:34.510325+00:00`, the last three digits being more than our clocks tell. */
function stamp(at: Instant): string {
  return at.replace('T', ' ').replace('Z', '000+00:00');
}
