import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { parseMeter } from '../../shared/domain/catalogue.ts';
import { defined } from '../../shared/domain/defined.ts';
import { readPhone } from '../../shared/domain/order-input.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant, limit } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewOrder } from '../../shared/http/views/order-views.ts';
import { PUBLIC_STATUSES, statusesBehind } from '../../shared/http/views/public-status.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { instantOfListSk } from '../../shared/store/list-newest-first.ts';
import { listOrders as queryOrders } from '../../shared/store/orders.ts';

const query = z.strictObject({
  limit,
  cursor,
  status: z.optional(z.enum(PUBLIC_STATUSES, { error: `must be one of ${PUBLIC_STATUSES.join(', ')}.` })),
  product_id: z.optional(z.string().check(z.regex(/^\d{1,15}$/, { error: 'must be a whole number.' }))),
  target: z.optional(z.string()),
  from: z.optional(instant),
  to: z.optional(instant),
});

const place = z.strictObject({ below: z.string() });

/** A merchant's orders, newest first. `from` is inclusive, `to` exclusive; a page may be short while more follow. */
export const listOrders = route({
  ...routes.listOrders,
  query,
  async run(world, { owner, query }) {
    const { orders, next } = await queryOrders(world, owner, {
      limit: query.limit,
      ...defined({ from: query.from, to: query.to }),
      ...(query.status ? { status: statusesBehind(query.status) } : {}),
      ...(query.product_id ? { productId: Number(query.product_id) } : {}),
      ...(query.target ? { msisdn: normalTarget(query.target) } : {}),
      ...decodeCursor(query.cursor, place),
    });
    const now = world.now();
    return {
      status: 200,
      body: {
        data: orders.map((order) => viewOrder(order, now)),
        next_cursor: next === undefined ? null : encodeCursor({ below: next }),
        searched_to: next === undefined ? null : instantOfListSk(next),
      },
    };
  },
});

/** A number in any format (Zimbabwean without a calling code), or a meter. */
function normalTarget(target: string): string {
  const normal = readPhone(target)?.msisdn ?? parseMeter(target);
  if (normal) return normal;
  const detail = 'target must be a phone number (with its calling code outside Zimbabwe) or a meter number.';
  throw new Refusal('invalid_request', { param: 'target', detail });
}

export const handler = lambda(listOrders);
