import { assert } from './assert.ts';
import type { Capabilities, Order } from './order.ts';
import type { acceptRow } from './order-life.ts';
import { claim } from './order-life.ts';
import type { Instant } from './time.ts';

/** What makes a row's order. */
export type InitialRow = Parameters<typeof acceptRow>[0];

/**
 * A row's order as it is claimed before it is written: one write takes its reference and the right to call. It is not
 * due, which would cost two writes more: its chunk is, until each of its rows has an outcome or is unknown.
 */
export function claimRow(
  row: Order,
  attemptId: string,
  capabilities: Capabilities,
  at: Instant,
  account?: string,
): Order {
  assert(row.version === 1 && row.batchId !== undefined, 'only a new row is claimed before it is written');
  const { dueAt: _, ...claimed } = claim(row, attemptId, capabilities, at, account).after;
  return claimed;
}

/** Whether this attempt may call: it has the claim, and nobody has given that up. */
export function isClaimedBy(order: Order, attemptId: string): boolean {
  const last = order.attempts.at(-1);
  return order.status === 'dispatching' && last?.id === attemptId && last.endedAt === undefined;
}
