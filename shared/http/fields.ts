import * as z from 'zod/mini';
import type { Currency } from '../domain/money.ts';
import { parseCurrency } from '../domain/money.ts';

/** Fields that several routes read, with the sentence that a caller gets if one is wrong. */

export const AGENT_REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** The reference of an order: the merchant's own, or a derived one, with a character that merchants cannot use. */
export const orderReference = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:~-]{0,79}$/, { error: 'must be the agent_reference of an order.' }));

export const agentReference = z
  .string({ error: 'must be a string.' })
  .check(
    z.regex(AGENT_REFERENCE, { error: 'must be 1 to 64 letters, digits or . _ : - and begin with a letter or digit.' }),
  );

const CURRENCY = { error: 'must be one of USD, ZWG, KES, UGX, TZS.' };

/** In any case, and ZWG also as `ZiG`. */
export const currency = z.pipe(
  z.string(CURRENCY).check(z.refine((text) => parseCurrency(text) !== undefined, CURRENCY)),
  z.transform((text: string): Currency => parseCurrency(text) as Currency),
);

const PRODUCT_ID = { error: 'must be the id of a product: a whole number.' };

/** A product by its id, as a number or, as from a form, a text of digits. */
export const productId = z.pipe(
  z.union([z.int(PRODUCT_ID), z.string().check(z.regex(/^\d{1,15}$/, PRODUCT_ID))], PRODUCT_ID),
  z.transform(Number),
);

const OVERLAP_HOURS_MAX = 7 * 24;
const hours = `must be a number of hours from 0 to ${OVERLAP_HOURS_MAX}.`;

/** How long a secret stays valid beside the one that replaces it. */
export const overlapHours = z._default(
  z.number({ error: hours }).check(z.gte(0, { error: hours }), z.lte(OVERLAP_HOURS_MAX, { error: hours })),
  24,
);

/** Why something was done, for who reads of it later. */
export const reason = z
  .string({ error: 'must be a string.' })
  .check(z.minLength(1, { error: 'must not be empty.' }), z.maxLength(500, { error: 'has at most 500 characters.' }));

const pageSize = z.string().check(z.regex(/^([1-9]\d?|100)$/, { error: 'must be a whole number from 1 to 100.' }));

export const limit = z.pipe(z._default(pageSize, '25'), z.transform(Number));

export const optionalLimit = z.optional(z.pipe(pageSize, z.transform(Number)));

export const cursor = z.optional(z.string());

/**
 * An id in a path; none of ours is longer. Text that could not be a key of the database is refused before anything is
 * read by it.
 */
export const pathId = z.string().check(z.regex(/^[\x21-\x7e]{1,200}$/, { error: 'must be an id of ours, unchanged.' }));

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A date (UTC midnight) or an instant with a zone, as our own ISO form. */
export const instant = z.pipe(
  z.string().check(
    z.refine((text) => INSTANT.test(text) && !Number.isNaN(Date.parse(text)), {
      error: 'must be a date such as 2026-05-07 or an instant such as 2026-05-07T08:00:00Z.',
    }),
  ),
  z.transform((text: string) => new Date(text).toISOString()),
);
