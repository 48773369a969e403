import { toMajor } from '../../domain/money.ts';
import type { Topup } from '../../domain/topup.ts';
import { TOPUP_FAILURES, waitsForOperator } from '../../domain/topup.ts';

/** Top-ups as merchants see them. */

export function viewTopup(topup: Topup) {
  const { currency, failure, status } = topup;
  return {
    id: topup.id,
    reference: topup.reference,
    status: publicTopupStatus(status),
    mode: topup.mode,
    amount: toMajor(topup.amountMinor, currency),
    charged_amount: toMajor(topup.chargedMinor, currency),
    currency,
    redirect_url: topup.redirectUrl ?? null,
    failure: failure ? { code: failure, message: TOPUP_FAILURES[failure] } : null,
    ...(waitsForOperator(topup) ? { under_review: true as const } : {}),
    created_at: topup.createdAt,
    finalized_at: topup.finalizedAt ?? null,
  };
}

/** A top-up with its history, for the single look-up. */
export function viewTopupInFull(topup: Topup) {
  const timeline = topup.timeline.map(({ at, status, note }) => ({ at, status: publicTopupStatus(status), note }));
  return { ...viewTopup(topup), timeline };
}

/** Also a top-up without a payment yet, and one under manual review, are pending to its merchant. */
function publicTopupStatus(status: Topup['status']): 'pending' | 'success' | 'failed' | 'reversed' {
  return status === 'starting' || status === 'review' ? 'pending' : status;
}
