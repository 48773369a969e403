import { assert } from './assert.ts';
import { defined } from './defined.ts';
import type { Order, Shown, Status, TimelineEvent, Unpublished } from './order.ts';
import { isFinal } from './order.ts';
import type { Instant } from './time.ts';
import { earlier } from './time.ts';
import { dueForEvents } from './versioned.ts';

/**
 * The events of an order: one for each status of the table that it reaches. Its timeline has them already, so its
 * outbox only has their numbers, and what the order showed then only once it shows something else.
 */

/** The webhook event of each status that an order reaches. */
export const EVENTS: Readonly<Partial<Record<Status, string>>> = {
  success: 'order.success',
  refunded: 'order.failed',
  failed: 'order.failed',
  unknown: 'order.unknown',
  reversed: 'order.reversed',
};

/** An event in full. */
export interface OrderEvent extends Required<Unpublished> {
  readonly type: string;
  readonly at: Instant;
}

/** An order that has just reached its status, with the event of it. It stays due until that is published. */
export function withEvent(order: Order, dueBefore: Instant | undefined, at: Instant): Order {
  if (EVENTS[order.status] === undefined || order.isQuiet) return order;
  const sequence = order.events + 1;
  const due = isFinal(order.status) ? { dueAt: earlier(order.recheckAt, dueForEvents(dueBefore, at)) } : {};
  return { ...order, ...due, events: sequence, outbox: [...(order.outbox ?? []), { sequence }] };
}

/** The events that are not published yet, oldest first. */
export function unpublished(order: Order): OrderEvent[] {
  return (order.outbox ?? []).map(({ sequence, shown = shownOf(order) }) => {
    const { at, status } = changeOf(order, sequence);
    assert(shown.status === status, 'an event shows the status that it is about');
    return { type: EVENTS[status] ?? '', sequence, at, shown };
  });
}

/** The status that an event is about. */
export function statusOfEvent(order: Order, sequence: number): Status {
  return changeOf(order, sequence).status;
}

function changeOf({ timeline }: Order, sequence: number): TimelineEvent {
  const isEvent = ({ status }: TimelineEvent, place: number) =>
    status !== timeline[place - 1]?.status && EVENTS[status] !== undefined;
  const change = timeline.filter(isEvent)[sequence - 1];
  assert(change, 'the timeline has every event');
  return change;
}

/** An order after a change: an unpublished event that the change would let show something else keeps what it showed. */
export function withSnapshots(before: Order, after: Order): Order {
  if (!before.outbox || !after.outbox || JSON.stringify(shownOf(before)) === JSON.stringify(shownOf(after)))
    return after;
  return { ...after, outbox: after.outbox.map((event) => ({ shown: shownOf(before), ...event })) };
}

/** When a decided order is due is not shown. */
function shownOf({ status, receipt, failure, dueAt, putOffFrom = dueAt, finalizedAt, heldSince }: Order): Shown {
  return {
    status,
    receipt,
    ...defined({ failure, dueAt: isFinal(status) ? undefined : putOffFrom, finalizedAt, heldSince }),
  };
}

/** The order as it was at the time of an event. */
export function asOf(order: Order, { shown }: Pick<OrderEvent, 'shown'>): Order {
  const { failure: _f, dueAt: _d, finalizedAt: _z, heldSince: _h, ...rest } = order;
  return { ...rest, ...shown };
}
