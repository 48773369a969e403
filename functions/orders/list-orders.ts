import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { parseMeter } from '../../shared/domain/catalogue.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { readPhone } from '../../shared/domain/order-input.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { earlier, later, MINUTE, plus } from '../../shared/domain/time.ts';
import { findBatch } from '../../shared/flows/bulk/batch-rows.ts';
import { findCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { findKey } from '../../shared/flows/keys/find-key.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant, limit, pathId } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewOrder } from '../../shared/http/views/order-views.ts';
import { PUBLIC_STATUSES, statusesBehind } from '../../shared/http/views/public-status.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { instantOfListSk } from '../../shared/store/list-newest-first.ts';
import { listPayouts, listOrders as queryOrders } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

const query = z.strictObject({
  limit,
  cursor,
  status: z.optional(z.enum(PUBLIC_STATUSES, { error: `must be one of ${PUBLIC_STATUSES.join(', ')}.` })),
  product_id: z.optional(z.string().check(z.regex(/^\d{1,15}$/, { error: 'must be a whole number.' }))),
  target: z.optional(z.string()),
  batch_id: z.optional(pathId),
  campaign_id: z.optional(pathId),
  key_id: z.optional(pathId),
  member_id: z.optional(pathId),
  from: z.optional(instant),
  to: z.optional(instant),
});

const placeShape = z.strictObject({ below: z.string() });

/**
 * A merchant's orders, newest first. `from` is inclusive, `to` exclusive; a page may be short while more follow. Of a
 * batch, campaign or key that the merchant does not have in this mode there are none.
 */
export const listOrders = route({
  ...routes.listOrders,
  query,
  async run(world, { owner, query }) {
    const place = decodeCursor(query.cursor, placeShape);
    const within = await spanOf(world, owner, query);
    if (!within) return { status: 200, body: { data: [], next_cursor: null, searched_to: null } };
    const filter = {
      ...{ limit: query.limit, ...within, ...place },
      ...defined({ batchId: query.batch_id, by: query.key_id ?? query.member_id }),
      ...(query.status ? { status: statusesBehind(query.status) } : {}),
      ...(query.product_id ? { productId: Number(query.product_id) } : {}),
      ...(query.target ? { msisdn: normalTarget(query.target) } : {}),
    };
    const campaignId = query.campaign_id;
    const { orders, next } = await (campaignId === undefined
      ? queryOrders(world, owner, filter)
      : listPayouts(world, owner, campaignId, filter));
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

/** What made an order and what read it may have different clocks. */
const CLOCKS_APART_MS = MINUTE;

/**
 * When there can be such orders: since their batch or key was made, and until their batch ended. `undefined` where the
 * merchant has no such batch, key or campaign in this mode.
 */
async function spanOf(
  world: World,
  owner: Owner,
  { from, to, batch_id, campaign_id, key_id, member_id }: z.infer<typeof query>,
): Promise<{ from?: Instant; to?: Instant } | undefined> {
  if (key_id !== undefined && member_id !== undefined) return undefined;
  try {
    const [batch, key] = await Promise.all([
      batch_id === undefined ? undefined : findBatch(world, owner, batch_id),
      key_id === undefined ? undefined : findKey(world, owner, key_id),
      campaign_id === undefined ? undefined : findCampaign(world, owner, campaign_id),
    ]);
    const since = [batch, key].flatMap((each) => (each ? [plus(each.createdAt, -CLOCKS_APART_MS)] : []));
    const until = batch?.finishedAt && plus(batch.finishedAt, CLOCKS_APART_MS);
    return defined({
      from: since.reduce<Instant | undefined>((latest, at) => later(latest ?? at, at), from),
      to: until === undefined ? to : earlier(to, until),
    });
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** A number in any format (Zimbabwean without a calling code), or a meter. */
function normalTarget(target: string): string {
  const normal = readPhone(target)?.msisdn ?? parseMeter(target);
  if (normal) return normal;
  const detail = 'target must be a phone number (with its calling code outside Zimbabwe) or a meter number.';
  throw new Refusal('invalid_request', { param: 'target', detail });
}

export const handler = lambda(listOrders);
