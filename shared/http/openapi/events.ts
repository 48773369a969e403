import * as z from 'zod/mini';
import { BATCH_EVENT } from '../../domain/batch.ts';
import { EVENTS } from '../../domain/order-events.ts';
import { PAYOUT_EVENTS } from '../../domain/payout.ts';
import { RESULT_EVENT } from '../../domain/result.ts';
import { TOPUP_EVENTS } from '../../domain/topup.ts';
import { LOW_BALANCE_EVENT } from '../../domain/watch.ts';
import { TEST_EVENT } from '../../domain/webhook.ts';
import { batch } from './answers/bulk.ts';
import { payout } from './answers/campaigns.ts';
import { order } from './answers/orders.ts';
import { pesawayResult } from './answers/pesaway.ts';
import * as c from './answers/shared-parts.ts';
import { topup } from './answers/wallet.ts';
import { named } from './schema.ts';

/** The bodies of webhooks, by the type of the event. */

const lowBalance = named(
  'LowBalance',
  z.strictObject({
    currency: c.currency,
    mode: c.mode,
    balance: z.nullable(c.money),
    low_balance_threshold: z.nullable(c.money),
    entry_id: c.maybeText,
  }),
);
const test = named('Test', z.strictObject({ message: c.text, endpoint_id: c.text, mode: c.mode }));

function eventsOf(id: string, types: readonly string[], object: z.ZodMiniType) {
  const data = named(`${id}Data`, z.strictObject({ object }));
  const type = z.enum([...new Set(types)]);
  return named(id, z.strictObject({ id: c.text, type, created_at: c.instant, sequence: c.count, data }));
}

const KINDS = [
  { id: 'OrderEvent', types: Object.values(EVENTS), object: order },
  { id: 'PayoutEvent', types: Object.values(PAYOUT_EVENTS), object: payout },
  { id: 'TopupEvent', types: Object.values(TOPUP_EVENTS), object: topup },
  { id: 'BatchEvent', types: [BATCH_EVENT], object: batch },
  { id: 'LowBalanceEvent', types: [LOW_BALANCE_EVENT], object: lowBalance },
  { id: 'TestEvent', types: [TEST_EVENT], object: test },
] as const;

const kinds = KINDS.map(({ id, types, object }) => ({ types, body: eventsOf(id, types, object) }));

/** The body of each type of event, PesaWay's result included. */
export const EVENT_BODIES: Readonly<Record<string, z.ZodMiniType>> = {
  ...Object.fromEntries(kinds.flatMap(({ types, body }) => types.map((type) => [type, body]))),
  [RESULT_EVENT]: pesawayResult,
};

/** The event of a delivery. */
export const anyEvent = named('AnyEvent', z.union([...kinds.map(({ body }) => body), pesawayResult]));
