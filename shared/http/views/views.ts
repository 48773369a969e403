import type { Batch, Counts, RowState } from '../../domain/batch.ts';
import { eachAmount } from '../../domain/batch.ts';
import { estimatedEnd } from '../../domain/batch-life.ts';
import type { Campaign, StatusCounts } from '../../domain/campaign.ts';
import type { Product } from '../../domain/catalogue.ts';
import type { Entry } from '../../domain/ledger.ts';
import { toMajor } from '../../domain/money.ts';
import type { Order, Status } from '../../domain/order.ts';
import { FAILURES, isFinal } from '../../domain/order.ts';
import type { Payout } from '../../domain/payout.ts';
import { payoutId } from '../../domain/payout.ts';
import { PLANS } from '../../domain/phone.ts';
import type { Instant } from '../../domain/time.ts';
import type { Topup } from '../../domain/topup.ts';
import { TOPUP_FAILURES } from '../../domain/topup.ts';

/** Domain to JSON: the only place that names response fields. Money leaves as JSON numbers in major units. */

/** Statuses as merchants see them: what happens inside a pending or an unknown order is not theirs to tell apart. */
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

/** The internal statuses that show as a public one. */
export function statusesBehind(status: PublicStatus): Status[] {
  return (Object.keys(PUBLIC) as Status[]).filter((each) => PUBLIC[each] === status);
}

export function viewOrder(order: Order) {
  const { tokens, holder } = order.receipt;
  return {
    id: order.id,
    agent_reference: order.agentReference,
    status: PUBLIC[order.status],
    final: isFinal(order.status),
    mode: order.mode,
    product_id: order.productId,
    target: order.target,
    msisdn: order.msisdn,
    network: order.network,
    amount: toMajor(order.amountMinor, order.currency),
    currency: order.currency,
    custom_sms: order.customSms ?? null,
    provider_ref: order.receipt.providerRef ?? null,
    failure: order.failure ? { code: order.failure, ...FAILURES[order.failure] } : null,
    ...(tokens ? { tokens } : {}),
    ...(holder ? { holder: { name: holder.name, address: holder.address ?? null } } : {}),
    next_check_at: isFinal(order.status) || order.status === 'review' ? null : (order.dueAt ?? null),
    ...(order.heldSince ? { held_since: order.heldSince } : {}),
    ...(order.status === 'review' ? { under_review: true } : {}),
    ...(order.batchId ? { batch_id: order.batchId } : {}),
    ...(order.payout ? { campaign_id: order.payout.campaignId } : {}),
    created_at: order.createdAt,
    finalized_at: order.finalizedAt ?? null,
  };
}

/** An order with its history, for the single look-up. */
export function viewOrderInFull(order: Order) {
  const timeline = order.timeline.map(({ at, status, note }) => ({ at, status: PUBLIC[status], note }));
  return { ...viewOrder(order), timeline };
}

export function viewProduct(product: Product) {
  const money = (minor: number) => toMajor(minor, product.currency);
  const isPhone = product.targetType === 'phone';
  return {
    id: product.id,
    name: product.name,
    network: product.network,
    kind: product.kind,
    country: product.country,
    currency: product.currency,
    min: money(product.minMinor),
    max: money(product.maxMinor),
    ...(product.denominationsMinor.length > 0
      ? { denominations: product.denominationsMinor.map(money) }
      : { step: money(product.stepMinor) }),
    target: { type: product.targetType, example: isPhone ? PLANS[product.country].example : '37112345678' },
    available: product.available,
    ...(product.unavailableSince ? { unavailable_since: product.unavailableSince } : {}),
  };
}

/** A top-up before there is a payment, and one that a person looks at, are pending to its merchant. */
function publicTopupStatus(status: Topup['status']): 'pending' | 'success' | 'failed' {
  return status === 'success' || status === 'failed' ? status : 'pending';
}

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
    ...(status === 'review' ? { under_review: true } : {}),
    created_at: topup.createdAt,
    finalized_at: topup.finalizedAt ?? null,
  };
}

export function viewTopupInFull(topup: Topup) {
  const timeline = topup.timeline.map(({ at, status, note }) => ({ at, status: publicTopupStatus(status), note }));
  return { ...viewTopup(topup), timeline };
}

export const ROW_STATUSES = [...PUBLIC_STATUSES, 'left_out'] as const;
type RowStatus = (typeof ROW_STATUSES)[number];

/** What a row of a batch is called while its order does not say. */
const ROW_STATES = { waiting: 'pending', taken: 'failed', left_out: 'left_out' } as const;

/** A row's status as merchants see it. */
export function publicRowStatus(state: RowState): RowStatus {
  return state === 'waiting' || state === 'taken' || state === 'left_out' ? ROW_STATES[state] : PUBLIC[state];
}

/**
 * A batch; `at` is when it is looked at, for the estimate of its end. Its counts are those of when it was looked after
 * last, or fresher ones that a caller has.
 */
export function viewBatch(batch: Batch, at: Instant, counts: Counts = batch.counts) {
  const shown = Object.fromEntries(ROW_STATUSES.map((status) => [status, 0])) as Record<RowStatus, number>;
  for (const [state, count] of Object.entries(counts) as [RowState, number][]) shown[publicRowStatus(state)] += count;
  return {
    id: batch.id,
    batch_reference: batch.reference,
    status: batch.status === 'running' && batch.cancelledAt ? 'cancelling' : batch.status,
    mode: batch.mode,
    rows: batch.rows,
    counts: shown,
    amounts: eachAmount(batch.amounts).map(([currency, { rows, totalMinor, refundedMinor }]) => ({
      currency,
      rows,
      total: toMajor(totalMinor, currency),
      refunded: toMajor(refundedMinor, currency),
    })),
    accept: batch.accept,
    row_webhooks: batch.hasRowWebhooks,
    ...(batch.retryOf ? { retry_of: batch.retryOf } : {}),
    created_at: batch.createdAt,
    cancelled_at: batch.cancelledAt ?? null,
    finished_at: batch.finishedAt ?? null,
    estimated_end_at: batch.status === 'running' ? (estimatedEnd(batch, counts, at) ?? null) : null,
  };
}

export function viewEntry(entry: Entry) {
  return {
    id: entry.id,
    seq: entry.seq,
    currency: entry.currency,
    kind: entry.kind,
    amount: toMajor(entry.amountMinor, entry.currency),
    balance_after: toMajor(entry.balanceAfterMinor, entry.currency),
    description: entry.description,
    ...(entry.orderId ? { order_id: entry.orderId } : {}),
    ...(entry.agentReference ? { agent_reference: entry.agentReference } : {}),
    ...(entry.topupId ? { topup_id: entry.topupId } : {}),
    ...(entry.batchId ? { batch_id: entry.batchId } : {}),
    created_at: entry.at,
    hash: entry.hash,
    previous_hash: entry.previousHash,
  };
}

/** A payout: the order that pays it, by the names of its campaign. */
export function viewPayout(order: Payout) {
  return {
    id: payoutId(order),
    campaign_id: order.payout.campaignId,
    respondent_id: order.payout.respondentId,
    status: PUBLIC[order.status],
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

/** A campaign without its secret, which is in the answers that make one and in no other. */
export function viewCampaign(campaign: Campaign) {
  const { currency, amountMinor, payoutsMax, today } = campaign;
  const money = (minor: number | undefined) => (minor === undefined ? null : toMajor(minor, currency));
  return {
    id: campaign.id,
    mode: campaign.mode,
    name: campaign.name,
    currency,
    product_id: campaign.productId ?? null,
    ...(amountMinor === undefined
      ? { min_amount: money(campaign.minMinor), max_amount: money(campaign.maxMinor) }
      : { amount: money(amountMinor) }),
    budget: money(campaign.budgetMinor),
    max_payouts: payoutsMax ?? null,
    daily_budget: money(campaign.dailyBudgetMinor),
    daily_max_payouts: campaign.dailyPayoutsMax ?? null,
    starts_at: campaign.startsAt ?? null,
    ends_at: campaign.endsAt ?? null,
    paused: campaign.isPaused,
    countries: campaign.countries,
    one_per_number: campaign.isOncePerNumber,
    retry_failed: campaign.mayRetryFailed,
    require_timestamp: campaign.needsTimestamp,
    allow_api_key: campaign.allowsApiKey,
    spent: money(campaign.spentMinor),
    left: money(Math.max(0, campaign.budgetMinor - campaign.spentMinor)),
    payouts: campaign.payouts,
    payouts_left: payoutsMax === undefined ? null : Math.max(0, payoutsMax - campaign.payouts),
    latest_day: { day: today.day, spent: money(today.spentMinor), payouts: today.payouts },
    retiring_secrets_until: campaign.retiring.map(({ until }) => until),
    created_at: campaign.createdAt,
  };
}

/** The same with its payouts by status. What was not told of yet is pending. */
export function viewCampaignInFull(campaign: Campaign, { counts }: StatusCounts) {
  const shown: Record<string, number> = { pending: campaign.accepted };
  for (const [status, count = 0] of Object.entries(counts)) {
    const name = PUBLIC[status as Status];
    shown.pending = (shown.pending ?? 0) - count;
    shown[name] = (shown[name] ?? 0) + count;
  }
  return { ...viewCampaign(campaign), counts: shown };
}
