import type { Status } from '../../domain/order.ts';

/** The statuses that merchants see. The steps inside a pending or an unknown order are internal. */
export const PUBLIC_STATUSES = ['pending', 'success', 'failed', 'refunded', 'unknown', 'reversed'] as const;
export type PublicStatus = (typeof PUBLIC_STATUSES)[number];

const PUBLIC: Readonly<Record<Status, PublicStatus>> = {
  pending: 'pending',
  dispatching: 'pending',
  unknown: 'unknown',
  review: 'unknown',
  success: 'success',
  refunded: 'refunded',
  failed: 'failed',
  reversed: 'reversed',
};

export function publicStatus(status: Status): PublicStatus {
  return PUBLIC[status];
}

/** The internal statuses that are shown as a public one. */
export function statusesBehind(status: PublicStatus): Status[] {
  return (Object.keys(PUBLIC) as Status[]).filter((each) => PUBLIC[each] === status);
}
