import { toMajor } from '../../domain/money.ts';
import { FAILURES, isFinal } from '../../domain/order.ts';
import type { Payout } from '../../domain/payout.ts';
import { payoutId } from '../../domain/payout.ts';
import { publicStatus } from './public-status.ts';

/** A payout as merchants see it: the order that pays it, under the names that its campaign uses. */
export function viewPayout(order: Payout) {
  return {
    id: payoutId(order),
    campaign_id: order.payout.campaignId,
    respondent_id: order.erased ? null : order.payout.respondentId,
    status: publicStatus(order.status),
    final: isFinal(order.status),
    mode: order.mode,
    target: order.target,
    amount: toMajor(order.amountMinor, order.currency),
    currency: order.currency,
    order_id: order.id,
    agent_reference: order.agentReference,
    failure: order.failure ? { code: order.failure, ...FAILURES[order.failure] } : null,
    created_at: order.createdAt,
    finalized_at: order.finalizedAt ?? null,
  };
}
