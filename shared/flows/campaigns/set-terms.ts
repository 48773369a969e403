import type { Campaign } from '../../domain/campaign.ts';
import { problemOfTerms } from '../../domain/campaign.ts';
import { formatAmount, parseAmount } from '../../domain/money.ts';
import { checkAmount, isProblem } from '../../domain/order-input.ts';
import type { Country } from '../../domain/phone.ts';
import type { Instant } from '../../domain/time.ts';
import type { Changes } from '../../domain/versioned.ts';
import { revised } from '../../domain/versioned.ts';
import { Refusal } from '../../http/refusal.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import type { World } from '../../world.ts';
import { refusalOf } from '../refusal-of.ts';

type Money = number | string;

/** What a merchant sets. Absent: unchanged. `null`: removed. */
export interface TermsInput {
  readonly name?: string | undefined;
  readonly product_id?: number | null | undefined;
  readonly amount?: Money | null | undefined;
  readonly min_amount?: Money | null | undefined;
  readonly max_amount?: Money | null | undefined;
  readonly budget?: Money | undefined;
  readonly max_payouts?: number | null | undefined;
  readonly daily_budget?: Money | null | undefined;
  readonly daily_max_payouts?: number | null | undefined;
  readonly starts_at?: Instant | null | undefined;
  readonly ends_at?: Instant | null | undefined;
  readonly paused?: boolean | undefined;
  readonly countries?: readonly string[] | undefined;
  readonly retry_failed?: boolean | undefined;
  readonly require_timestamp?: boolean | undefined;
  readonly allow_api_key?: boolean | undefined;
}

/** The campaign's next version under these terms. Refuses terms that contradict each other or could never pay. */
export async function setTerms(world: World, campaign: Campaign, input: TermsInput): Promise<Campaign> {
  const next = revised(campaign, { ...changesOf(campaign, input), basis: campaign.basis + 1 });
  const problem = problemOfTerms(next);
  if (problem) throw new Refusal('invalid_request', problem);
  await requireProduct(world, next);
  return next;
}

function changesOf(before: Campaign, input: TermsInput): Changes<Campaign> {
  const money = (param: keyof TermsInput, was?: number) => moneyOf(before, input, param, was);
  // A fixed amount replaces a range, and a range a fixed amount.
  const isFixed = input.amount != null && input.min_amount == null && input.max_amount == null;
  const isRange = input.amount == null && (input.min_amount != null || input.max_amount != null);
  return {
    name: input.name ?? before.name,
    productId: set(input.product_id, before.productId),
    amountMinor: isRange ? undefined : money('amount', before.amountMinor),
    minMinor: isFixed ? undefined : money('min_amount', before.minMinor),
    maxMinor: isFixed ? undefined : money('max_amount', before.maxMinor),
    budgetMinor: money('budget', before.budgetMinor),
    payoutsMax: set(input.max_payouts, before.payoutsMax),
    dailyBudgetMinor: money('daily_budget', before.dailyBudgetMinor),
    dailyPayoutsMax: set(input.daily_max_payouts, before.dailyPayoutsMax),
    startsAt: set(input.starts_at, before.startsAt),
    endsAt: set(input.ends_at, before.endsAt),
    isPaused: input.paused ?? before.isPaused,
    countries: (input.countries as readonly Country[] | undefined) ?? before.countries,
    mayRetryFailed: input.retry_failed ?? before.mayRetryFailed,
    needsTimestamp: input.require_timestamp ?? before.needsTimestamp,
    allowsApiKey: input.allow_api_key ?? before.allowsApiKey,
  };
}

function set<T>(asked: T | null | undefined, was: T | undefined): T | undefined {
  return asked === undefined ? was : (asked ?? undefined);
}

function moneyOf({ currency }: Campaign, input: TermsInput, param: keyof TermsInput, was?: number): number | undefined {
  const asked = input[param] as Money | null | undefined;
  if (asked == null) return set(asked, was);
  const minor = parseAmount(asked, currency);
  if (typeof minor === 'number' && minor > 0) return minor;
  const detail = `${param} must be a positive amount in ${currency}, with no more decimals than it has.`;
  throw new Refusal('invalid_request', { param, detail });
}

/** A product that could never pay in this currency is refused now, and not at the first payout. */
async function requireProduct(world: World, campaign: Campaign): Promise<void> {
  const { mode, productId, currency, countries, amountMinor } = campaign;
  if (productId === undefined) return;
  const product = (await readCatalogue(world, mode)).get(productId);
  const wrong = (detail: string) => new Refusal('invalid_request', { param: 'product_id', detail });
  if (!product) throw new Refusal('product_not_found', { param: 'product_id' });
  if (product.currency !== currency) throw wrong(`${product.name} is sold in ${product.currency}, not in ${currency}.`);
  if (product.targetType !== 'phone') throw wrong(`${product.name} is not for phone numbers.`);
  if (countries.length > 0 && !countries.includes(product.country)) {
    throw wrong(`${product.name} is for ${product.country}, which is not among countries.`);
  }
  const amount = amountMinor === undefined ? undefined : checkAmount(product, formatAmount(amountMinor, currency));
  if (isProblem(amount)) throw refusalOf(amount);
}
