import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { EVENT_TYPES, wants } from '../../shared/domain/webhook.ts';
import { deliveryHeaders } from '../../shared/flows/webhooks/delivery-headers.ts';
import { findListener } from '../../shared/flows/webhooks/find-webhook.ts';
import { requireEventScopes } from '../../shared/flows/webhooks/require-event-scopes.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewPolled } from '../../shared/http/views/webhook-views.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { LANES, listKept } from '../../shared/store/kept-deliveries.ts';

const query = z.strictObject({ limit, cursor });

const place = z.strictObject({ of: z.string(), after: z.array(z.int().check(z.nonnegative())).check(z.length(LANES)) });

/**
 * What a listener got after a cursor, each signed now as if it were posted now. Whoever goes on from each next cursor
 * gets everything once; what is stored while one polls comes after the cursor. Reading takes nothing away: the same
 * cursor shows the same again. The bodies are whole, because they are signed, so a key needs the scopes of all events
 * that the listener gets.
 */
export const pollDeliveries = route({
  ...routes.pollDeliveries,
  params: endpointParams,
  query,
  async run(world, { owner, caller, params, query }) {
    const { of = params.endpoint_id, after = [] } = decodeCursor(query.cursor, place) ?? {};
    const listener = await findListener(world, owner, params.endpoint_id);
    requireEventScopes(
      caller,
      EVENT_TYPES.filter((type) => wants(listener, type)),
    );
    if (of !== listener.id) throw new Refusal('invalid_cursor', { param: 'cursor' });
    const { deliveries, upTo } = await listKept(world, listener.id, { after, limit: query.limit });
    const at = world.now();
    const data = await Promise.all(
      deliveries.map(async (each) => viewPolled(each, await deliveryHeaders(world, each.event, listener, at))),
    );
    return { status: 200, body: { data, next_cursor: encodeCursor({ of, after: upTo }) } };
  },
});

export const handler = lambda(pollDeliveries);
