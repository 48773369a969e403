import * as z from 'zod/mini';
import { PLANS } from '../domain/phone.ts';
import { instant, pathId, productId } from './fields.ts';

/** Fields of campaigns. `null` removes an optional one. */

export const campaignParams = z.object({ campaign_id: pathId });

const COUNTRIES = Object.keys(PLANS) as [string, ...string[]];

const flag = z.optional(z.boolean({ error: 'must be true or false.' }));
const money = z.union([z.number(), z.string()], { error: 'must be a number such as 5 or 5.5, in major units.' });
const COUNT = 'must be a whole number from 1 to 100000000.';
const count = z.int({ error: COUNT }).check(z.gte(1, { error: COUNT }), z.lte(100_000_000, { error: COUNT }));

export const name = z
  .string({ error: 'must be a string.' })
  .check(z.minLength(1, { error: 'must not be empty.' }), z.maxLength(100, { error: 'has at most 100 characters.' }));

export const budget = money;

/** Terms that can be set when a campaign is created and changed later. */
export const terms = {
  product_id: z.optional(z.nullable(productId)),
  amount: z.optional(z.nullable(money)),
  min_amount: z.optional(z.nullable(money)),
  max_amount: z.optional(z.nullable(money)),
  max_payouts: z.optional(z.nullable(count)),
  daily_budget: z.optional(z.nullable(money)),
  daily_max_payouts: z.optional(z.nullable(count)),
  starts_at: z.optional(z.nullable(instant)),
  ends_at: z.optional(z.nullable(instant)),
  paused: flag,
  countries: z.optional(
    z.array(z.enum(COUNTRIES, { error: `must be one of ${COUNTRIES.join(', ')}.` }), {
      error: `must be a list of ${COUNTRIES.join(', ')}; an empty list allows every country of the currency.`,
    }),
  ),
  retry_failed: flag,
  require_timestamp: flag,
  allow_api_key: flag,
};

export const onePerNumber = flag;

/** Stored and compared exactly as it is sent. */
export const respondentId = z
  .string({ error: 'must be a string.' })
  .check(z.regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u, { error: 'must be 1 to 128 characters without control characters.' }));

export const target = z
  .string({ error: 'must be a string, in quotes: a number would lose its leading 0.' })
  .check(z.minLength(1, { error: 'must not be empty.' }), z.maxLength(40, { error: 'has at most 40 characters.' }));

export const payoutBody = z.strictObject({ respondent_id: respondentId, target, amount: z.optional(money) });
