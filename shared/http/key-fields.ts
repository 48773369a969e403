import * as z from 'zod/mini';
import { problemOfRange } from '../domain/address-range.ts';
import { SCOPES } from '../domain/key.ts';
import { instant, pathId } from './fields.ts';

/** Fields of API keys. */

export const keyParams = z.object({ key_id: pathId });

export const keyName = z
  .string({ error: 'must be a string.' })
  .check(z.minLength(1, { error: 'must not be empty.' }), z.maxLength(100, { error: 'has at most 100 characters.' }));

const SCOPE = { error: `must be one of ${SCOPES.join(', ')}.` };

export const scopes = z
  .array(z.enum(SCOPES, SCOPE), { error: `must be a list of ${SCOPES.join(', ')}.` })
  .check(
    z.minLength(1, { error: 'must name a scope.' }),
    z.maxLength(SCOPES.length, { error: 'names a scope twice.' }),
  );

const RANGES_MAX = 50;

const range = z.string({ error: 'must be a string.' }).check(
  z.superRefine((text, context) => {
    const problem = problemOfRange(text);
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: text });
  }),
);

export const allowedRanges = z
  .array(range, { error: 'must be a list of ranges such as 203.0.113.0/24.' })
  .check(
    z.minLength(1, { error: 'must name a range; leave it out for a key that works from anywhere.' }),
    z.maxLength(RANGES_MAX, { error: `has at most ${RANGES_MAX} entries.` }),
  );

export const expiresAt = instant;

export const keepCampaigns = z._default(z.boolean({ error: 'must be true or false.' }), false);
