import type { UpdateCampaignBody } from '../../../../sdk/typescript/src/api.ts';
import { compareDecimals } from '../../parts/decimal.ts';
import type { Campaign } from './state-of.ts';

/** A campaign's terms as they are typed: texts, so that amounts stay exact. */

export const NEW_TERMS = {
  name: '',
  currency: 'USD',
  kind: 'fixed' as 'fixed' | 'range',
  amount: '',
  least: '',
  most: '',
  budget: '',
  product: '',
  countries: [] as string[],
  startDay: '',
  startTime: '',
  endDay: '',
  endTime: '',
  payoutsMax: '',
  dailyBudget: '',
  dailyPayouts: '',
  oncePerNumber: false,
  retryFailed: false,
  requireTimestamp: true,
  allowApiKey: false,
};
export type Terms = typeof NEW_TERMS;
export type Field = keyof Terms;

export const CURRENCIES = ['USD', 'ZWG', 'KES', 'UGX', 'TZS'];

export function typedOf(campaign: Campaign): Terms {
  const text = (value: number | null | undefined) => (value == null ? '' : String(value));
  const [startDay, startTime] = localParts(campaign.starts_at);
  const [endDay, endTime] = localParts(campaign.ends_at);
  return {
    ...{ startDay, startTime, endDay, endTime },
    name: campaign.name,
    currency: campaign.currency,
    kind: campaign.amount == null ? 'range' : 'fixed',
    amount: text(campaign.amount),
    least: text(campaign.min_amount),
    most: text(campaign.max_amount),
    budget: text(campaign.budget),
    product: text(campaign.product_id),
    countries: [...campaign.countries],
    payoutsMax: text(campaign.max_payouts),
    dailyBudget: text(campaign.daily_budget),
    dailyPayouts: text(campaign.daily_max_payouts),
    oncePerNumber: campaign.one_per_number,
    retryFailed: campaign.retry_failed,
    requireTimestamp: campaign.require_timestamp,
    allowApiKey: campaign.allow_api_key,
  };
}

export type ProblemKind = 'missing' | 'badAmount' | 'badCount' | 'badTime';

/** What cannot be sent as it is typed. The API checks the rest. */
export function problemsOf(terms: Terms): Partial<Record<Field, ProblemKind>> {
  const amounts = terms.kind === 'fixed' ? (['amount', 'budget'] as const) : (['least', 'most', 'budget'] as const);
  const found: Partial<Record<Field, ProblemKind>> = {};
  if (terms.name.trim() === '') found.name = 'missing';
  for (const field of amounts)
    if (!isAmount(terms[field])) found[field] = isEmpty(terms[field]) ? 'missing' : 'badAmount';
  if (!isEmpty(terms.dailyBudget) && !isAmount(terms.dailyBudget)) found.dailyBudget = 'badAmount';
  for (const field of ['payoutsMax', 'dailyPayouts'] as const) {
    if (!isEmpty(terms[field]) && !/^\s*\d{1,9}\s*$/.test(terms[field])) found[field] = 'badCount';
  }
  if (instantOf(terms.startDay, terms.startTime) === undefined) found.startDay = 'badTime';
  if (instantOf(terms.endDay, terms.endTime, DAY_END) === undefined) found.endDay = 'badTime';
  return found;
}

/** What can be sent, and is hardly meant: a campaign that can never pay. */
export function warningsOf(terms: Terms, now: number): Partial<Record<Field, 'past' | 'overBudget'>> {
  const { endDay, endTime, budget } = terms;
  const most = terms.kind === 'fixed' ? 'amount' : 'least';
  const endsAt = instantOf(endDay, endTime, DAY_END);
  const isOver = isAmount(terms[most]) && isAmount(budget) && compareDecimals(terms[most].trim(), budget.trim()) > 0;
  return {
    ...(isOver ? { budget: 'overBudget' } : {}),
    ...(endsAt && new Date(endsAt).getTime() <= now ? { endDay: 'past' } : {}),
  };
}

/** The terms as the API takes them. `null` removes what is not there any more. */
export function bodyOf(terms: Terms): UpdateCampaignBody {
  const isFixed = terms.kind === 'fixed';
  const money = (text: string) => (isEmpty(text) ? null : text.trim());
  const count = (text: string) => (isEmpty(text) ? null : Number(text));
  return {
    name: terms.name.trim(),
    amount: isFixed ? money(terms.amount) : null,
    min_amount: isFixed ? null : money(terms.least),
    max_amount: isFixed ? null : money(terms.most),
    budget: terms.budget.trim(),
    product_id: count(terms.product),
    countries: terms.countries as NonNullable<UpdateCampaignBody['countries']>,
    starts_at: instantOf(terms.startDay, terms.startTime),
    ends_at: instantOf(terms.endDay, terms.endTime, DAY_END),
    max_payouts: count(terms.payoutsMax),
    daily_budget: money(terms.dailyBudget),
    daily_max_payouts: count(terms.dailyPayouts),
    retry_failed: terms.retryFailed,
    require_timestamp: terms.requireTimestamp,
    allow_api_key: terms.allowApiKey,
  };
}

/** Only what is changed is sent: so nobody takes back what somebody else has changed meanwhile. */
export function changesOf(before: Terms, after: Terms): UpdateCampaignBody {
  const was = bodyOf(before);
  const changed = Object.entries(bodyOf(after)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name as keyof UpdateCampaignBody]),
  );
  return Object.fromEntries(changed);
}

const DAY_BEGIN = '00:00';
const DAY_END = '24:00';

/** An instant of the reader's zone; `null` where none is typed, undefined where it is none. */
export function instantOf(day: string, time: string, otherwise = DAY_BEGIN): string | null | undefined {
  if (isEmpty(day)) return isEmpty(time) ? null : undefined;
  const at = new Date(`${day.trim()}T${time.trim() || otherwise}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function localParts(at: string | null): readonly [day: string, time: string] {
  if (at === null) return ['', ''];
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return [day, `${two(date.getHours())}:${two(date.getMinutes())}`];
}

function isEmpty(text: string): boolean {
  return text.trim() === '';
}

function isAmount(text: string): boolean {
  return /^\s*\d{1,12}(?:\.\d{1,2})?\s*$/.test(text);
}
