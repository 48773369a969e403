import type { Campaign, StatusCounts } from '../../domain/campaign.ts';
import { toMajor } from '../../domain/money.ts';
import type { Status } from '../../domain/order.ts';
import { viewActor } from './actor-views.ts';
import { publicStatus } from './public-status.ts';

/** Campaigns as merchants see them. */

/** A campaign without its secret: only the answers that create a secret contain it. */
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
    created_by: viewActor(campaign.createdBy),
  };
}

/** A campaign with its payouts by status. A payout without a published status yet counts as pending. */
export function viewCampaignInFull(campaign: Campaign, counts: StatusCounts['counts']) {
  const shown: Record<string, number> = { pending: campaign.accepted };
  for (const [status, count = 0] of Object.entries(counts)) {
    const name = publicStatus(status as Status);
    shown.pending = (shown.pending ?? 0) - count;
    shown[name] = (shown[name] ?? 0) + count;
  }
  return { ...viewCampaign(campaign), counts: shown };
}
