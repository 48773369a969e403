import { orderTexts as texts } from '../../texts/orders.ts';

interface OrderState {
  readonly status: string;
  readonly held_since?: string;
  readonly under_review?: boolean;
  readonly batch_id?: string | null;
}

/** What is known about an order, what is not, who is asked, and what its owner is to do: in a sentence or two. */
export function whatHappensNow({ status, held_since, under_review, batch_id }: OrderState): string {
  const { now } = texts;
  if (under_review) return now.review;
  if (status === 'pending' && held_since) return now.held;
  if (status === 'refunded' && batch_id) return now.refundedOfBatch;
  return (now as Readonly<Record<string, string>>)[status] ?? now.unknown;
}
