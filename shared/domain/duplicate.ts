import type { Order } from './order.ts';
import type { Instant } from './time.ts';
import { elapsed, MINUTE } from './time.ts';

/**
 * Whether an order may be one that the merchant has just sent under another reference, for example because a form was
 * submitted twice. Only a hint: some numbers are recharged twice on purpose, so the order is accepted all the same.
 */

/** How close together two orders look like one that was sent twice. */
export const DUPLICATE_WITHIN_MS = MINUTE;

export type Recharged = Pick<Order, 'agentReference' | 'msisdn' | 'amountMinor' | 'currency'>;

/** An earlier order of a merchant, as its list shows it. */
export type RecentOrder = Recharged & { readonly createdAt: Instant };

/** The reference of another order of the same number and amount at nearly the same time. */
export function duplicateOf(order: Recharged, at: Instant, recent: readonly RecentOrder[]): string | undefined {
  return recent.find(
    (other) =>
      other.agentReference !== order.agentReference &&
      other.msisdn === order.msisdn &&
      other.amountMinor === order.amountMinor &&
      other.currency === order.currency &&
      Math.abs(elapsed(other.createdAt, at)) <= DUPLICATE_WITHIN_MS,
  )?.agentReference;
}
