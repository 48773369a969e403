import type { Order } from '../../shared/domain/order.ts';

const FINAL: ReadonlySet<string> = new Set(['success', 'refunded', 'failed', 'reversed']);

/** What is wrong with an erasure: it changes nothing but the order's personal data, and only once nothing is pending. */
export function problemOfErasure(before: Order | undefined, after: Order): string | undefined {
  if (!after.erased || before?.erased) return undefined;
  const { status = 'pending', dueAt, stored, outbox } = before ?? {};
  if (!before || !FINAL.has(status) || dueAt || stored || outbox) return 'was erased while something was pending';
  const kept = ['id', 'agentReference', 'status', 'amountMinor', 'currency', 'events', 'finalizedAt'] as const;
  const changed = kept.find((name) => before[name] !== after[name]);
  return changed && `lost its ${changed} with its personal data`;
}
