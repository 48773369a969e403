import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { DELIVERY_STATUSES } from '../../shared/domain/webhook.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant, limit, pathId } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewDelivery } from '../../shared/http/views/webhook-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listDeliveries as queryDeliveries } from '../../shared/store/deliveries.ts';

const query = z.strictObject({
  limit,
  cursor,
  endpoint_id: z.optional(pathId),
  order_id: z.optional(pathId),
  status: z.optional(z.enum(DELIVERY_STATUSES, { error: `must be one of ${DELIVERY_STATUSES.join(', ')}.` })),
  from: z.optional(instant),
});

const place = z.strictObject({ below: z.string() });

/** Deliveries and their results, newest first. A page may be short while more follow. */
export const listDeliveries = route({
  ...routes.listDeliveries,
  query,
  async run(world, { owner, query }) {
    const { deliveries, next } = await queryDeliveries(world, owner, {
      limit: query.limit,
      endpointId: query.endpoint_id,
      orderId: query.order_id,
      from: query.from,
      ...(query.status ? { statuses: [query.status] } : {}),
      ...decodeCursor(query.cursor, place),
    });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: deliveries.map(viewDelivery), next_cursor } };
  },
});

export const handler = lambda(listDeliveries);
