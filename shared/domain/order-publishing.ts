import type { Change, Order } from './order.ts';
import { isFinal } from './order.ts';
import { keep } from './order-life.ts';
import type { Instant } from './time.ts';
import { earlier, plus } from './time.ts';
import { EVENT_MESSAGE_MS, withoutUpTo } from './versioned.ts';

/** What publishing its events makes of an order. */

/**
 * Removes the events up to this one from the outbox after they were published. Later ones stay. A decided order without
 * any is no longer due, unless it is to be queried once more.
 */
export function markPublished(order: Order, sequence: number): Change | undefined {
  const outbox = withoutUpTo(order.outbox, sequence);
  if (outbox === order.outbox) return undefined;
  const isOver = outbox === undefined && isFinal(order.status) && order.stored === undefined;
  const due = isOver ? { dueAt: order.recheckAt } : {};
  return keep(order, { outbox, ...due });
}

/** Leaves unpublished events to the message that was just sent. */
export function leaveToMessage(order: Order, at: Instant): Change | undefined {
  // In doubt, it is due for its next query soon; in review, the instant says since when.
  const isDueElse = !isFinal(order.status) || (order.recheckAt !== undefined && order.recheckAt <= at);
  return isDueElse ? undefined : keep(order, { dueAt: earlier(order.recheckAt, plus(at, EVENT_MESSAGE_MS)) });
}
