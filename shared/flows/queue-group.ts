import type { Owner } from '../domain/ledger.ts';

/**
 * The message group of an owner. SQS takes messages of groups that have few in flight before those of a group that has
 * many, so one merchant's backlog does not delay another merchant's message, nor its tests its own live orders: a
 * message then waits for a free run of its consumer at most. The messages that one run takes are worked side by side,
 * so a slow one beside it does not hold it up.
 */
export function queueGroup({ merchantId, mode }: Owner): string {
  return `${merchantId}.${mode}`;
}
