import * as z from 'zod/mini';
import type { Region } from '../domain/region.ts';
import { isRegion } from '../domain/region.ts';
import { AGENT_REFERENCE } from './fields.ts';
import { Refusal } from './refusal.ts';

/** Fields as PesaWay's clients send them: numbers also as strings, strings also as numbers, with extra fields. */

const text = z.pipe(
  z.union([z.string(), z.number()], { error: 'must be a string or a number.' }),
  z.transform((value: string | number) => String(value)),
);

/** Also our `agent_reference`: both protocols share one space of references. */
export const reference = text.check(
  z.regex(AGENT_REFERENCE, { error: 'must be 1 to 64 letters, digits or . _ : - and begin with a letter or digit.' }),
);

export const phoneNumber = text.check(
  z.minLength(1, { error: 'must not be empty.' }),
  z.maxLength(40, { error: 'has at most 40 characters.' }),
);

export const amount = z.union([z.number(), z.string()], { error: 'must be a number such as 30 or 30.00.' });

/** The description of a recharge. */
export const note = z.optional(text.check(z.maxLength(255, { error: 'has at most 255 characters.' })));

/** The body of its log-in. */
export const logIn = z.looseObject({
  consumer_key: z.string({ error: "must be the key's id: key_…" }),
  consumer_secret: z.string({ error: 'must be the key itself: atk_…' }),
});

export const anyText = z.optional(z.nullable(text));

/**
 * The region in the header of a request. Most clients send none: then it is what else the request says. Any region that
 * we do not serve is refused.
 */
export function regionOf(headers: Readonly<Record<string, string>>, otherwise?: Region): Region {
  const named = headers['x-region']?.trim().toLowerCase() ?? '';
  if (isRegion(named)) return named;
  if (named === '' && otherwise !== undefined) return otherwise;
  const why = named === '' ? ': without it the region must follow from the rest of the request' : '';
  throw new Refusal('invalid_request', { param: 'X-Region', detail: `X-Region must be ke, ug or tz${why}.` });
}
