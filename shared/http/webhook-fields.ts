import * as z from 'zod/mini';
import { EVENT_TYPES } from '../domain/webhook.ts';
import { pathId } from './fields.ts';

/** Fields of webhook endpoints. */

export const url = z.string({ error: 'must be a string.' });

export const description = z
  .string({ error: 'must be a string.' })
  .check(z.maxLength(200, { error: 'has at most 200 characters.' }));

const types = EVENT_TYPES.join(', ');

/** The event filter; an empty list selects every event. */
export const events = z
  .array(z.enum(EVENT_TYPES as [string, ...string[]], { error: `must be one of ${types}.` }), {
    error: `must be a list of ${types}; an empty list selects every event.`,
  })
  .check(z.maxLength(20, { error: 'has at most 20 entries.' }));

export const endpointParams = z.object({ endpoint_id: pathId });
export const deliveryParams = z.object({ delivery_id: pathId });
