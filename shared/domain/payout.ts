import type { Order, Status } from './order.ts';
import type { OrderEvent } from './order-events.ts';
import { sha256 } from './sha256.ts';

/**
 * A payout is an order that pays a respondent of a campaign. Its reference is derived from both, so the order's own key
 * makes it the only payout of that respondent, for ever.
 */

/** The webhook event of a payout for each status that its order reaches. */
export const PAYOUT_EVENTS: Readonly<Partial<Record<Status, string>>> = {
  success: 'payout.success',
  refunded: 'payout.failed',
  reversed: 'payout.failed',
};

/** How often one respondent's payout may be attempted, each time with a new order. */
export const PAYOUT_ATTEMPTS_MAX = 5;

/** Of the first attempt. Merchants cannot use `~` in a reference, so none of their own orders can have this one. */
export function payoutReference(campaignId: string, respondentId: string): string {
  return `${campaignId}~${sha256(respondentId).slice(0, 24)}`;
}

/** Of any attempt, from the reference of the first. */
export function attemptReference(first: string, attempt: number): string {
  return attempt === 1 ? first : `${first}~${attempt}`;
}

export type Payout = Order & Required<Pick<Order, 'payout'>>;

export function isPayout(order: Order): order is Payout {
  return order.payout !== undefined;
}

/** `pay_4k2v…` for the order `ord_4k2v…`. */
export function payoutId({ id }: Order): string {
  return id.replace('ord_', 'pay_');
}

/** Whether it was refunded and, as far as we know, not delivered. */
export function isGivenBack({ status, lossMinor }: Order): boolean {
  return (status === 'refunded' || status === 'reversed') && lossMinor === undefined;
}

/** The type of the payout's event for an event of its order, if there is one. */
export function payoutEventType({ shown }: OrderEvent): string | undefined {
  return PAYOUT_EVENTS[shown.status];
}
