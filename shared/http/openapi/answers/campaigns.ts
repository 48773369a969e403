import * as z from 'zod/mini';
import type { viewCampaign } from '../../views/campaign-views.ts';
import type { viewPayout } from '../../views/payout-views.ts';
import { PUBLIC_STATUSES } from '../../views/public-status.ts';
import type { Contract } from '../schema.ts';
import { BODY, CURSOR, named, SPENDS, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** Campaigns and their payouts. */

const maybeMoney = z.nullable(c.money);
const maybeCount = z.nullable(c.count);

const campaignFields = {
  id: c.text,
  mode: c.mode,
  name: c.text,
  currency: c.currency,
  product_id: maybeCount,
  amount: z.optional(maybeMoney),
  min_amount: z.optional(maybeMoney),
  max_amount: z.optional(maybeMoney),
  budget: maybeMoney,
  max_payouts: maybeCount,
  daily_budget: maybeMoney,
  daily_max_payouts: maybeCount,
  starts_at: c.maybeInstant,
  ends_at: c.maybeInstant,
  paused: z.boolean(),
  countries: z.array(c.country),
  one_per_number: z.boolean(),
  retry_failed: z.boolean(),
  require_timestamp: z.boolean(),
  allow_api_key: z.boolean(),
  spent: maybeMoney,
  left: maybeMoney,
  payouts: c.count,
  payouts_left: maybeCount,
  latest_day: named('CampaignDay', z.strictObject({ day: c.text, spent: maybeMoney, payouts: c.count })),
  retiring_secrets_until: z.array(c.instant),
  created_at: c.instant,
  created_by: z.nullable(c.actor),
};
const campaign = viewOf<ReturnType<typeof viewCampaign>>()('Campaign', z.strictObject(campaignFields));
const campaignWithSecret = named('CampaignWithSecret', z.strictObject({ ...campaignFields, secret: c.text }));

const counts = Object.fromEntries(PUBLIC_STATUSES.map((status) => [status, z.optional(c.count)]));
const campaignInFull = named(
  'CampaignInFull',
  z.strictObject({
    ...campaignFields,
    counts: named('PayoutCounts', z.strictObject({ ...counts, pending: c.count })),
  }),
);

export const payout = viewOf<ReturnType<typeof viewPayout>>()(
  'Payout',
  z.strictObject({
    id: c.text,
    campaign_id: c.text,
    respondent_id: c.maybeText,
    status: c.status,
    final: z.boolean(),
    mode: c.mode,
    target: c.text,
    amount: c.money,
    currency: c.currency,
    order_id: c.text,
    agent_reference: c.text,
    failure: z.nullable(c.failure),
    created_at: c.instant,
    finalized_at: c.maybeInstant,
  }),
);

const CAMPAIGN = 'campaign_not_found';
const TERMS = [...BODY, ...SPENDS, 'invalid_amount', 'product_not_found'] as const;

export const campaignsContract = {
  'create-campaign': {
    answers: { 201: { says: 'The campaign with its secret.', body: campaignWithSecret, headers: ['Location'] } },
    refusals: [...TERMS, 'campaign_limit_reached'],
  },
  'list-campaigns': {
    answers: { 200: { says: 'A page of campaigns.', body: c.pageOf('CampaignPage', campaign) } },
    refusals: CURSOR,
  },
  'get-campaign': {
    answers: { 200: { says: 'The campaign with its payouts by status.', body: campaignInFull } },
    refusals: [CAMPAIGN],
  },
  'update-campaign': {
    answers: { 200: { says: 'The changed campaign.', body: campaign } },
    refusals: [...TERMS, CAMPAIGN],
  },
  'rotate-campaign-secret': {
    answers: { 200: { says: 'The campaign with its new secret.', body: campaignWithSecret } },
    refusals: [...BODY, CAMPAIGN],
  },
  'list-payouts': {
    answers: {
      200: {
        says: 'A page of payouts; with `format=csv`, or `Accept: text/csv`, a part of them as CSV.',
        body: c.pageOf('PayoutPage', payout),
        csv: true,
        headers: ['Link', 'Content-Disposition'],
      },
    },
    refusals: [...CURSOR, CAMPAIGN],
  },
  'create-payout': {
    answers: {
      200: {
        says: 'The respondent was requested before: the payout as it is now.',
        body: payout,
        headers: ['Location', 'Idempotent-Replayed'],
      },
      201: { says: 'The payout is accepted and being sent.', body: payout, headers: ['Location'] },
    },
    refusals: [
      ...BODY,
      ...SPENDS,
      ...['unauthenticated', 'scope_missing', 'rate_limited', 'invalid_request'],
      ...['signature_invalid', 'timestamp_required', 'timestamp_stale', 'api_key_not_allowed', 'request_replayed'],
      ...['campaign_paused', 'campaign_not_started', 'campaign_ended', 'campaign_unfunded', 'budget_spent'],
      ...['daily_cap_reached', 'already_paid', 'reference_reused', 'invalid_target', 'invalid_amount'],
      ...['product_not_found', 'product_unavailable', CAMPAIGN],
    ],
    counted: true,
  },
} as const satisfies Record<string, Contract>;
