import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { duplicateOf } from '../../shared/domain/duplicate.ts';
import type { Order } from '../../shared/domain/order.ts';
import { isFinal } from '../../shared/domain/order.ts';
import type { OrderInput } from '../../shared/domain/order-input.ts';
import { isSlow, pollGaps, timesAt } from '../../shared/domain/send-times.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { spendingRefusal } from '../../shared/flows/account/may-spend.ts';
import { placeOrder, REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { agentReference, productId } from '../../shared/http/fields.ts';
import { admit } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { viewOrder, viewWarnings } from '../../shared/http/views/order-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readHealth } from '../../shared/store/health.ts';
import { peekAtOrder } from '../../shared/store/orders.ts';
import { recentOrders } from '../../shared/store/recent-orders.ts';
import type { World } from '../../shared/world.ts';

/** API Gateway ends a request at 30 s; an answer at 25 s leaves room for everything around the wait. */
const WAIT_SECONDS_MAX = 25;
/**
 * Whoever repeats a POST has waited before, and can ask for the order instead. A test order that the sandbox leaves
 * pending is left so by a wish of its tester, who must not hold what live orders wait in.
 */
const SHORT_WAIT_SECONDS_MAX = 5;
/** For an order whose provider takes so long that a wait is mostly in vain: an idle wait is what a function costs. */
const WAIT_SLOW_MS = 2 * SECOND;
/** How old what is known of a provider may be: an order that is held meanwhile ends its wait by itself. */
const HEALTH_MS_MAX = 10 * SECOND;
/** An upstream silently cuts a longer text, on every network it serves. */
const CUSTOM_SMS_MAX = 135;

const body = z.strictObject({
  product_id: productId,
  target: z
    .string({ error: 'must be a string, in quotes: a number would lose its leading 0.' })
    .check(z.minLength(1, { error: 'must not be empty.' }), z.maxLength(40, { error: 'has at most 40 characters.' })),
  amount: z.union([z.number(), z.string()], { error: 'must be a number such as 5 or 5.5, in major units.' }),
  agent_reference: agentReference,
  currency: z.optional(z.never({ error: 'follows from the product.' })),
  custom_sms: z.optional(
    z
      .string({ error: 'must be a string.' })
      .check(z.maxLength(CUSTOM_SMS_MAX, { error: `has at most ${CUSTOM_SMS_MAX} characters.` })),
  ),
});

/**
 * Sends a recharge and waits for its outcome: 201 when the outcome is known, 202 while it is pending, 200 when the same
 * reference was posted before. `Prefer: respond-async` does not wait, `Prefer: wait=N` waits N seconds at most. Over
 * the limit, or while the merchant is frozen, a new order is refused, and one that was posted before is answered as it
 * is.
 */
export const createOrder = route({
  ...routes.createOrder,
  idempotencyField: 'agent_reference',
  body,
  async run(world, { owner, caller, body, headers }) {
    const startedAt = world.now();
    // Begun before the order is written, so that its caller does not wait for it.
    const recent = recentOrders(world, owner);
    const refused = await spendingRefusal(world, owner);
    const limit = refused ?? (await admit(world, owner, 'orders')).refusal;
    const placed = await placeOrder(world, { ...owner, by: caller.id }, inputOf(body), limit);
    const waitMs = limit ? 0 : waitSeconds(headers.prefer, placed.isReplay || owner.mode === 'test') * SECOND;
    const order = await awaitOutcome(world, placed.order, startedAt, waitMs);
    const decided = placed.isReplay ? 200 : 201;
    return {
      status: isUndecided(order) ? 202 : decided,
      body: { ...viewOrder(order, world.now()), ...viewWarnings(duplicateOf(order, order.createdAt, await recent)) },
      log: { orderId: order.id },
      headers: {
        location: `/api/v1/orders/${encodeURIComponent(order.agentReference)}`,
        ...(placed.isReplay ? REPLAYED : {}),
      },
    };
  },
});

function inputOf({ product_id, target, amount, agent_reference, custom_sms }: z.infer<typeof body>): OrderInput {
  const customSms = custom_sms || undefined;
  return { productId: product_id, target, amount, agentReference: agent_reference, customSms };
}

/**
 * The order once it is decided, or as it is when the time is up. An `unknown` order counts as decided, and so does one
 * that is held because its provider is down: neither is resolved within any wait, so it is answered now. The time in
 * its wallet's line is part of the wait, so that an order that was accepted is answered before the request ends.
 */
async function awaitOutcome(world: World, order: Order, startedAt: Instant, waitMs: number): Promise<Order> {
  if (waitMs === 0 || !isAwaited(order)) return order;
  const { waitMsMax, gaps } = await prospects(world, order);
  const endMs = Math.min(waitMs, waitMsMax);
  let current = order;
  while (isAwaited(current)) {
    const leftMs = endMs - elapsed(startedAt, world.now());
    if (leftMs <= 0) break;
    await world.sleep(Math.min(gaps.next().value, leftMs));
    const seen = await peekAtOrder(world, order);
    if (seen && seen.version > current.version) current = seen;
  }
  return current;
}

/**
 * How long waiting for an order's provider is worth while, and when to poll. Test orders are answered by the sandbox,
 * at once, and what one tester provokes there is no measure for others.
 */
async function prospects(world: World, { mode, provider }: Order) {
  const health = mode === 'live' ? await readHealth(world, provider, HEALTH_MS_MAX).catch(() => undefined) : undefined;
  const times = timesAt(health ?? {}, world.now());
  const waitMsMax = isSlow(times) ? WAIT_SLOW_MS : WAIT_SECONDS_MAX * SECOND;
  return { waitMsMax: health?.openSince === undefined ? waitMsMax : 0, gaps: pollGaps(times) };
}

function isAwaited(order: Order): boolean {
  return isUndecided(order) && order.heldSince === undefined;
}

function isUndecided({ status }: Order): boolean {
  return !isFinal(status) && status !== 'unknown' && status !== 'review';
}

/** RFC 7240: unknown or malformed preferences are ignored, never an error. */
function waitSeconds(prefer: string | undefined = '', isShort: boolean): number {
  const most = isShort ? SHORT_WAIT_SECONDS_MAX : WAIT_SECONDS_MAX;
  const preferences = prefer
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  if (preferences.includes('respond-async')) return 0;
  const wait = preferences.map((each) => /^wait=(\d{1,6})$/.exec(each)?.[1]).find((each) => each !== undefined);
  return Math.min(wait === undefined ? most : Number(wait), most);
}

export const handler = lambda(createOrder);
