import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { asNew } from '../../shared/domain/webhook.ts';
import { findEnabledEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listDeliveries, saveDelivery } from '../../shared/store/deliveries.ts';

/** What one request can do within its time limit. */
const RECOVERED_MAX = 200;
const RUN_MS_MAX = 15 * SECOND;
const AT_ONCE = 25;

const body = z.strictObject({ since: instant, cursor });
const place = z.strictObject({ below: z.string() });

/**
 * Makes every delivery due again that was created since a moment and has failed or was held. Where they are too many
 * for one request, `next_cursor` continues.
 */
export const recoverDeliveries = route({
  ...routes.recoverDeliveries,
  params: endpointParams,
  body,
  async run(world, { owner, params, body }) {
    const startedAt = world.now();
    const { id } = await findEnabledEndpoint(world, owner, params.endpoint_id, 'any');
    const wanted = { endpointId: id, statuses: ['failed', 'held'], from: body.since, limit: AT_ONCE } as const;
    let below = decodeCursor(body.cursor, place)?.below;
    let recovered = 0;
    do {
      const { deliveries, next } = await listDeliveries(world, owner, { ...wanted, below });
      const saved = await Promise.all(deliveries.map((each) => saveDelivery(world, asNew(each, world.now(), 0))));
      recovered += saved.filter((isSaved) => isSaved).length;
      below = next;
    } while (below !== undefined && recovered < RECOVERED_MAX && elapsed(startedAt, world.now()) < RUN_MS_MAX);
    return { status: 202, body: { recovered, next_cursor: below === undefined ? null : encodeCursor({ below }) } };
  },
});

export const handler = lambda(recoverDeliveries);
