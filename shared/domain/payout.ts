import type { Order, OrderEvent, Status } from './order.ts';
import { sha256 } from './sha256.ts';

/**
 * A payout is an order that pays a respondent of a campaign. Its reference follows from both, so the order's own key is
 * what makes it one payout for one respondent, for ever.
 */

/** What merchants are told of payouts, by the status an order has reached. */
export const PAYOUT_EVENTS: Readonly<Partial<Record<Status, string>>> = {
  success: 'payout.success',
  refunded: 'payout.failed',
  reversed: 'payout.failed',
};

/** How often one respondent's payout may be tried, each time with an order of its own. */
export const PAYOUT_ATTEMPTS_MAX = 5;

/** Of the first try. `~` is in no reference that a merchant can choose, so that no order of its own can lie there. */
export function payoutReference(campaignId: string, respondentId: string): string {
  return `${campaignId}~${sha256(respondentId).slice(0, 24)}`;
}

/** Of a later try, by the first one's. */
export function attemptReference(first: string, attempt: number): string {
  return attempt === 1 ? first : `${first}~${attempt}`;
}

export type Payout = Order & Required<Pick<Order, 'payout'>>;

export function isPayout(order: Order): order is Payout {
  return order.payout !== undefined;
}

/** `pay_4k2v…` of `ord_4k2v…`: one for each order, and told apart from it in a log. */
export function payoutId({ id }: Order): string {
  return id.replace('ord_', 'pay_');
}

/** Whether its money went back and nothing was delivered for it, as far as we know. */
export function isGivenBack({ status, lossMinor }: Order): boolean {
  return (status === 'refunded' || status === 'reversed') && lossMinor === undefined;
}

/** The type under which an event of an order is told of its payout too, if it is. */
export function payoutEventType({ shown }: OrderEvent): string | undefined {
  return PAYOUT_EVENTS[shown.status];
}
