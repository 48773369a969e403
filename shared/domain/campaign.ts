import type { Actor } from './act.ts';
import { assert } from './assert.ts';
import type { Owner } from './ledger.ts';
import type { AmountProblem, Currency } from './money.ts';
import { parseAmount } from './money.ts';
import type { Status } from './order.ts';
import type { Country } from './phone.ts';
import type { Rotating } from './rotation.ts';
import type { Instant } from './time.ts';
import { later } from './time.ts';
import { revised } from './versioned.ts';

/**
 * A campaign pays the respondents of a survey. One item holds its terms and its spent totals, and the totals change in
 * the transaction that debits the wallet, on the condition of the campaign's version: so concurrent payouts can never
 * exceed a cap.
 */

/** The settings that its merchant can change. Amounts in minor units. */
export interface Terms {
  readonly name: string;
  /** Absent: airtime of each number's network. */
  readonly productId?: number;
  /** The same for every respondent. Absent: each request names an amount within the bounds. */
  readonly amountMinor?: number;
  readonly minMinor?: number;
  readonly maxMinor?: number;
  readonly budgetMinor: number;
  readonly payoutsMax?: number;
  /** For each day in UTC. */
  readonly dailyBudgetMinor?: number;
  readonly dailyPayoutsMax?: number;
  /** Inclusive. */
  readonly startsAt?: Instant;
  /** Exclusive. */
  readonly endsAt?: Instant;
  readonly isPaused: boolean;
  /** Countries whose numbers it pays; empty: all that products of its currency reach. */
  readonly countries: readonly Country[];
  /** Whether a respondent whose payout failed may be paid by another request. */
  readonly mayRetryFailed: boolean;
  /** Whether it accepts only signatures with an id and a timestamp. */
  readonly needsTimestamp: boolean;
  /** Whether it accepts its merchant's API key instead of a signature. */
  readonly allowsApiKey: boolean;
}

/** What was paid and not refunded. */
interface SpentTotals {
  readonly spentMinor: number;
  readonly payouts: number;
}

export interface Campaign extends Owner, Terms, SpentTotals, Rotating {
  readonly id: string;
  readonly currency: Currency;
  /** Whether a phone number is paid only once. It never changes, because numbers are only stored where it is set. */
  readonly isOncePerNumber: boolean;
  /** Payouts ever accepted, failed ones included. */
  readonly accepted: number;
  /** The totals of the latest day with an accepted payout. */
  readonly today: SpentTotals & { readonly day: string };
  readonly createdAt: Instant;
  readonly createdBy?: Actor;
  /**
   * Increases with whatever a payout that is decided and not yet written may rest on: the terms, and payouts that were
   * given back and are charged again.
   */
  readonly basis: number;
  /** Increases by one with every write; each is conditional on it. */
  readonly version: number;
}

type InitialFields = Terms &
  Rotating &
  Pick<Campaign, 'id' | 'merchantId' | 'mode' | 'currency' | 'isOncePerNumber' | 'createdBy'>;

export function newCampaign(initial: InitialFields, at: Instant): Campaign {
  const none = { spentMinor: 0, payouts: 0 };
  return { ...initial, ...none, accepted: 0, today: { day: dayOf(at), ...none }, createdAt: at, basis: 1, version: 1 };
}

/** The campaign, paused. A payout that is decided and not yet written is decided again. */
export function paused(campaign: Campaign): Campaign {
  return revised(campaign, { isPaused: true, basis: campaign.basis + 1 });
}

/** What is wrong with terms that are each valid, and the field to change; `undefined` when nothing is. */
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

type Narrowing<T> = { readonly [K in keyof T]-?: (was: T[K], is: T[K]) => boolean };

const isSame = (was: unknown, is: unknown) => was === is;
const isOn = (was: boolean, is: boolean) => is || !was;
const isLower = (was: number | undefined, is: number | undefined) =>
  (is ?? Number.POSITIVE_INFINITY) <= (was ?? Number.POSITIVE_INFINITY);

/** Which changes of a term let a campaign pay nothing that it did not pay before. */
const NARROWS: Narrowing<Terms> = {
  name: () => true,
  productId: isSame,
  amountMinor: isSame,
  minMinor: isSame,
  maxMinor: isSame,
  budgetMinor: isLower,
  payoutsMax: isLower,
  dailyBudgetMinor: isLower,
  dailyPayoutsMax: isLower,
  startsAt: isSame,
  endsAt: (was, is) => (is !== undefined && (was === undefined || is <= was)) || is === was,
  isPaused: isOn,
  countries: (was, is) => String(was) === String(is),
  mayRetryFailed: (was, is) => was || !is,
  needsTimestamp: isOn,
  allowsApiKey: (was, is) => was || !is,
};

/** Whether a campaign pays at most what it paid before, as when it is paused. */
export function isNarrower(before: Terms, after: Terms): boolean {
  const terms = Object.keys(NARROWS) as (keyof Terms)[];
  return terms.every((term) => (NARROWS[term] as (was: unknown, is: unknown) => boolean)(before[term], after[term]));
}

/** The amount of a payout in minor units, or why the requested amount is not one that the campaign pays. */
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

/** Why a campaign does not pay an amount now. */
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
  const today = totalsOf(campaign, dayFor(campaign, at));
  if (campaign.isPaused) return 'paused';
  if (startsAt !== undefined && at < startsAt) return 'not_started';
  if (endsAt !== undefined && at >= endsAt) return 'ended';
  if (campaign.spentMinor + amountMinor > campaign.budgetMinor) return 'budget_spent';
  if (payoutsMax !== undefined && campaign.payouts >= payoutsMax) return 'payouts_spent';
  if (dailyBudgetMinor !== undefined && today.spentMinor + amountMinor > dailyBudgetMinor) return 'day_spent';
  return dailyPayoutsMax !== undefined && today.payouts >= dailyPayoutsMax ? 'day_payouts_spent' : undefined;
}

/** The campaign with one more payout, and the day whose totals include it. */
export function admit(campaign: Campaign, amountMinor: number, at: Instant): { campaign: Campaign; day: string } {
  assert(denialOf(campaign, amountMinor, at) === undefined, 'a campaign pays within its terms');
  const day = dayFor(campaign, at);
  const after = recordSpending(campaign, day, -amountMinor);
  return { campaign: { ...after, accepted: campaign.accepted + 1, basis: campaign.basis }, day };
}

/**
 * The campaign after a ledger entry of one of its payouts, by the entry's signed amount: a debit adds to the spent
 * totals, a credit subtracts. A payout that proves delivered after its refund is added again, whatever the caps are
 * then.
 */
export function recordSpending(campaign: Campaign, day: string, entryMinor: number): Campaign {
  assert(Number.isSafeInteger(entryMinor) && entryMinor !== 0, 'a payout moves a whole, non-zero amount');
  const add = ({ spentMinor, payouts }: SpentTotals): SpentTotals => {
    const totals = { spentMinor: spentMinor - entryMinor, payouts: payouts + (entryMinor < 0 ? 1 : -1) };
    assert(totals.spentMinor >= 0 && totals.payouts >= 0, 'no more is refunded than was paid');
    return totals;
  };
  const today = day < campaign.today.day ? campaign.today : { day, ...add(totalsOf(campaign, day)) };
  const basis = campaign.basis + (entryMinor < 0 ? 1 : 0);
  return revised(campaign, { ...add(campaign), today, basis });
}

/** Clocks differ: the day never goes back to an earlier one. */
function dayFor(campaign: Campaign, at: Instant): string {
  return later(dayOf(at), campaign.today.day);
}

function dayOf(at: Instant): string {
  return at.slice(0, 10);
}

function totalsOf({ today }: Campaign, day: string): SpentTotals {
  return today.day === day ? today : { spentMinor: 0, payouts: 0 };
}

/** Payouts by the status of their last published event; those without a published event are not counted. */
export interface StatusCounts {
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  /** By reference, the last event that was counted, where it may not be published yet. */
  readonly counted: Readonly<Record<string, number>>;
  readonly version: number;
}

/** The counts after an event of one payout was published. */
export function countStatus(before: StatusCounts, was: Status | undefined, is: Status): StatusCounts {
  const left = was === undefined ? before.counts : added(before.counts, { [was]: -1 });
  return { ...before, counts: added(left, { [is]: 1 }), version: before.version + 1 };
}

export function sumOfCounts(parts: readonly Pick<StatusCounts, 'counts'>[]): StatusCounts['counts'] {
  return parts.reduce((sum, { counts }) => added(sum, counts), {});
}

function added(counts: StatusCounts['counts'], change: StatusCounts['counts']): StatusCounts['counts'] {
  const sum = { ...counts };
  for (const [status, by] of Object.entries(change) as [Status, number][]) sum[status] = (sum[status] ?? 0) + by;
  return sum;
}
