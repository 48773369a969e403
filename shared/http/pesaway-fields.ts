import * as z from 'zod/mini';
import type { Region } from '../domain/region.ts';
import { isRegion } from '../domain/region.ts';
import { AGENT_REFERENCE } from './fields.ts';
import { Refusal } from './refusal.ts';

/** Fields as PesaWay's clients send them: numbers also as texts, texts also as numbers, and more than is asked for. */

const text = z.pipe(
  z.union([z.string(), z.number()], { error: 'must be a text or a number.' }),
  z.transform((value: string | number) => String(value)),
);

/** Also our `agent_reference`: one space of references, whichever door a request came through. */
export const reference = text.check(
  z.regex(AGENT_REFERENCE, { error: 'must be 1 to 64 letters, digits or . _ : - and begin with a letter or digit.' }),
);

export const phoneNumber = text.check(
  z.minLength(1, { error: 'must not be empty.' }),
  z.maxLength(40, { error: 'has at most 40 characters.' }),
);

export const amount = z.union([z.number(), z.string()], { error: 'must be a number such as 30 or 30.00.' });

/** What a recharge is for. */
export const note = z.optional(text.check(z.maxLength(255, { error: 'has at most 255 characters.' })));

export const anyText = z.optional(z.nullable(text));

/** The region that a request names in its header; refused where it is none of ours. */
export function regionOf(headers: Readonly<Record<string, string>>): Region {
  const named = headers['x-region']?.trim().toLowerCase() ?? '';
  if (isRegion(named)) return named;
  throw new Refusal('invalid_request', { param: 'X-Region', detail: 'X-Region must be ke, ug or tz.' });
}
