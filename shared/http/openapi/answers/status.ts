import * as z from 'zod/mini';
import { PROVIDERS } from '../../../domain/catalogue.ts';
import type { viewStatus } from '../../views/status-views.ts';
import type { Contract } from '../schema.ts';
import { named, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** The state of the service. */

const provider = named(
  'ProviderStatus',
  z.strictObject({
    provider: z.enum(PROVIDERS),
    state: named('ProviderState', z.enum(['up', 'slow', 'held', 'off'])),
    since: c.maybeInstant,
    networks: z.array(c.text),
  }),
);
const component = named(
  'ComponentStatus',
  z.strictObject({
    component: z.enum(['orders']),
    state: named('ComponentState', z.enum(['up', 'down', 'unknown'])),
    since: c.maybeInstant,
    checked_at: c.maybeInstant,
  }),
);
const status = viewOf<ReturnType<typeof viewStatus>>()(
  'ServiceStatus',
  z.strictObject({
    status: z.enum(['ok', 'degraded']),
    at: c.instant,
    components: z.array(component),
    providers: z.array(provider),
  }),
);
const health = named('ServiceHealth', z.strictObject({ status: z.literal('ok'), at: c.instant }));

export const statusContract = {
  'get-status': { answers: { 200: { says: 'The state of orders and of each provider.', body: status } } },
  'get-health': { answers: { 200: { says: 'The API and its database answer.', body: health } } },
} as const satisfies Record<string, Contract>;
