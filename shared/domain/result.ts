import { shownNumber } from './erasure.ts';
import type { Currency } from './money.ts';
import { CURRENCIES, formatAmount } from './money.ts';
import type { Order } from './order.ts';
import { FAILURES } from './order.ts';
import type { OrderEvent } from './order-events.ts';
import type { Instant } from './time.ts';

/**
 * The result of an order in PesaWay's format: posted to its `ResultsUrl`, and the response of a transaction query. Its
 * documentation has two codes; the description says why a transaction failed.
 */

export const RESULT_CODES = { success: 0, failed: 2001, pending: 1001 } as const;

/** The event type of such a result in the delivery log. */
export const RESULT_EVENT = 'airtime.result';

/** Whether an event of an order is final for its merchant: an undecided order has no result yet. */
export function isResult({ shown }: OrderEvent): boolean {
  return shown.status === 'success' || shown.status === 'refunded' || shown.status === 'reversed';
}

/**
 * With exactly the fields of the documented samples. The balance is the wallet's at the time of publishing; `undefined`
 * where who ordered may not see it.
 */
export function resultOf(order: Order, balanceMinor: number | undefined) {
  const amount = twoDecimals(order.amountMinor, order.currency);
  const ids = { OriginatorReference: order.agentReference, TransactionID: order.id };
  if (order.status === 'success') {
    return {
      ResultCode: RESULT_CODES.success,
      ResultDesc: 'The airtime request is processed successfully.',
      OriginatorReference: ids.OriginatorReference,
      PhoneNumber: shownNumber(order).replace(/^\+/, ''),
      TransactionID: ids.TransactionID,
      TransactionAmount: amount,
      AccountAvailableFunds: balanceMinor === undefined ? null : twoDecimals(balanceMinor, order.currency),
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

/** The response for a transaction that is not final. Never a failure code: a client would send it again. */
export function pendingOf(order: Order) {
  return {
    ResultCode: RESULT_CODES.pending,
    ResultDesc: 'The transaction is being processed. Do not send it again under another reference.',
    OriginatorReference: order.agentReference,
    TransactionID: order.id,
    TransactionAmount: twoDecimals(order.amountMinor, order.currency),
  };
}

/** The documented text where the network gave no reason; else the reason too. */
function failureOf({ status, failure }: Order): string {
  if (status === 'reversed') return 'Transaction failed: the provider took it back.';
  if (failure === undefined || failure === 'network_refused') return 'Transaction failed';
  return `Transaction failed: ${FAILURES[failure].message}`;
}

/** Two decimals for every currency, also for those without decimals: `1000.00`. */
export function twoDecimals(minor: number, currency: Currency): string {
  return CURRENCIES[currency] === 0 ? `${formatAmount(minor, currency)}.00` : formatAmount(minor, currency);
}

/** `2025-11-06 03:49:34.510000+00:00`: microseconds, of which our clocks measure milliseconds. */
function stamp(at: Instant): string {
  return at.replace('T', ' ').replace('Z', '000+00:00');
}
