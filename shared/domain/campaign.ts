import { assert } from './assert.ts';
import type { Mode } from './ledger.ts';
import type { AmountProblem, Currency } from './money.ts';
import { parseAmount } from './money.ts';
import type { Status } from './order.ts';
import type { Country } from './phone.ts';
import type { Rotating } from './rotation.ts';
import type { Instant } from './time.ts';
import { later } from './time.ts';
import { revised } from './versioned.ts';

/**
 * A campaign pays the respondents of a survey. It holds its terms and its tally in one item, and its tally moves in the
 * transaction that moves a wallet for it: whoever is paid was counted on the very terms and the very sum that were
 * there, so concurrent payouts can never exceed a cap.
 */

/** What its merchant sets, and may change. Amounts in minor units. */
export interface Terms {
  readonly name: string;
  /** Absent: the airtime of each number's network. */
  readonly productId?: number;
  /** What everybody gets. Absent: each request names an amount within the bounds. */
  readonly amountMinor?: number;
  readonly minMinor?: number;
  readonly maxMinor?: number;
  readonly budgetMinor: number;
  readonly payoutsMax?: number;
  /** Of each day in UTC. */
  readonly dailyBudgetMinor?: number;
  readonly dailyPayoutsMax?: number;
  /** Inclusive. */
  readonly startsAt?: Instant;
  /** Exclusive. */
  readonly endsAt?: Instant;
  readonly isPaused: boolean;
  /** Whose numbers it pays; empty: all that the currency's products reach. */
  readonly countries: readonly Country[];
  /** Whether a respondent whose payout failed may be paid by another request. */
  readonly mayRetryFailed: boolean;
  /** Whether only signatures with an id and a timestamp are taken. */
  readonly needsTimestamp: boolean;
  /** Whether its merchant's own key may take the place of a signature. */
  readonly allowsApiKey: boolean;
}

/** What is paid and was not given back. */
interface Sum {
  readonly spentMinor: number;
  readonly payouts: number;
}

export interface Campaign extends Terms, Sum, Rotating {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly currency: Currency;
  /** Whether a phone number is paid once only. It never changes, since numbers are only remembered where it holds. */
  readonly isOncePerNumber: boolean;
  /** Payouts ever accepted, those that failed too. */
  readonly accepted: number;
  /** Of the latest day on which something was accepted. */
  readonly today: Sum & { readonly day: string };
  readonly createdAt: Instant;
  /** Rises by one with every change; each write is conditional on it. */
  readonly version: number;
}

type InitialFields = Terms & Rotating & Pick<Campaign, 'id' | 'merchantId' | 'mode' | 'currency' | 'isOncePerNumber'>;

export function newCampaign(initial: InitialFields, at: Instant): Campaign {
  const none = { spentMinor: 0, payouts: 0 };
  return { ...initial, ...none, accepted: 0, today: { day: dayOf(at), ...none }, createdAt: at, version: 1 };
}

/** What is wrong with terms as a whole, by the field to change; `undefined` when nothing is. */
export function problemOfTerms(terms: Terms): { param: string; detail: string } | undefined {
  const { amountMinor, minMinor, maxMinor, startsAt, endsAt } = terms;
  const hasBounds = minMinor !== undefined && maxMinor !== undefined;
  if (amountMinor === undefined && !hasBounds) {
    return { param: 'amount', detail: 'Send amount, or min_amount and max_amount.' };
  }
  if (amountMinor !== undefined && (minMinor !== undefined || maxMinor !== undefined)) {
    return { param: 'amount', detail: 'Send amount, or min_amount and max_amount, not both.' };
  }
  if (hasBounds && minMinor > maxMinor) return { param: 'min_amount', detail: 'min_amount is more than max_amount.' };
  if (startsAt !== undefined && endsAt !== undefined && startsAt >= endsAt) {
    return { param: 'ends_at', detail: 'ends_at must be after starts_at.' };
  }
  return undefined;
}

/** What a payout is of, in minor units, or why a request names no such amount. */
export function amountOf(
  { amountMinor, minMinor = 0, maxMinor = 0, currency }: Campaign,
  asked: number | string | undefined,
): number | AmountProblem | 'missing' | 'not_the_amount' | 'below_min' | 'above_max' {
  if (asked === undefined) return amountMinor ?? 'missing';
  const minor = parseAmount(asked, currency);
  if (typeof minor === 'string') return minor;
  if (amountMinor !== undefined) return minor === amountMinor ? minor : 'not_the_amount';
  if (minor < minMinor) return 'below_min';
  return minor > maxMinor ? 'above_max' : minor;
}

/** Why a campaign does not pay an amount now; `undefined` when it does. */
export type Denial =
  | 'paused'
  | 'not_started'
  | 'ended'
  | 'budget_spent'
  | 'payouts_spent'
  | 'day_spent'
  | 'day_payouts_spent';

export function denialOf(campaign: Campaign, amountMinor: number, at: Instant): Denial | undefined {
  const { startsAt, endsAt, payoutsMax, dailyBudgetMinor, dailyPayoutsMax } = campaign;
  const today = sumOf(campaign, dayFor(campaign, at));
  if (campaign.isPaused) return 'paused';
  if (startsAt !== undefined && at < startsAt) return 'not_started';
  if (endsAt !== undefined && at >= endsAt) return 'ended';
  if (campaign.spentMinor + amountMinor > campaign.budgetMinor) return 'budget_spent';
  if (payoutsMax !== undefined && campaign.payouts >= payoutsMax) return 'payouts_spent';
  if (dailyBudgetMinor !== undefined && today.spentMinor + amountMinor > dailyBudgetMinor) return 'day_spent';
  return dailyPayoutsMax !== undefined && today.payouts >= dailyPayoutsMax ? 'day_payouts_spent' : undefined;
}

/** The campaign with one payout more, and the day that it is counted on. */
export function admit(campaign: Campaign, amountMinor: number, at: Instant): { campaign: Campaign; day: string } {
  assert(denialOf(campaign, amountMinor, at) === undefined, 'a campaign pays within its terms');
  const day = dayFor(campaign, at);
  const after = recordSpending(campaign, day, -amountMinor);
  return { campaign: { ...after, accepted: campaign.accepted + 1 }, day };
}

/**
 * The campaign after its wallet moved for one of its payouts, by the entry's signed amount: a debit takes, a credit
 * gives back. What proves delivered after its refund is taken again, whatever the caps are by then: it was delivered.
 */
export function recordSpending(campaign: Campaign, day: string, entryMinor: number): Campaign {
  assert(Number.isSafeInteger(entryMinor) && entryMinor !== 0, 'a payout moves a whole, non-zero amount');
  const add = ({ spentMinor, payouts }: Sum): Sum => {
    const sum = { spentMinor: spentMinor - entryMinor, payouts: payouts + (entryMinor < 0 ? 1 : -1) };
    assert(sum.spentMinor >= 0 && sum.payouts >= 0, 'no more is given back than was taken');
    return sum;
  };
  const today = day < campaign.today.day ? campaign.today : { day, ...add(sumOf(campaign, day)) };
  return revised(campaign, { ...add(campaign), today });
}

/** Clocks differ: a day that has begun for one of us is over for none. */
function dayFor(campaign: Campaign, at: Instant): string {
  return later(dayOf(at), campaign.today.day);
}

function dayOf(at: Instant): string {
  return at.slice(0, 10);
}

function sumOf({ today }: Campaign, day: string): Sum {
  return today.day === day ? today : { spentMinor: 0, payouts: 0 };
}

/** How many payouts there are by the status that their merchant was told last; those not told of are not in it. */
export interface StatusCounts {
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  readonly version: number;
}

/** The counts after one payout was told under another status. */
export function countStatus(
  { counts, version }: StatusCounts,
  before: Status | undefined,
  after: Status,
): StatusCounts {
  const next = { ...counts };
  if (before !== undefined) next[before] = (next[before] ?? 0) - 1;
  next[after] = (next[after] ?? 0) + 1;
  return { counts: next, version: version + 1 };
}
