import { formatAmount } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import { providerReferences, queriedReference } from '../../domain/order.ts';
import { resolve, reverse } from '../../domain/order-life.ts';
import type { Topup } from '../../domain/topup.ts';
import { resolveTopup } from '../../domain/topup.ts';
import type { OrderKey } from '../../store/orders.ts';
import { ordersInReview, readOrder } from '../../store/orders.ts';
import { readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { changeTopup } from '../decide-again.ts';
import { changeOrder } from './change-order.ts';

/** What an operator does about orders and top-ups in manual review. The operator's CLI is its only caller so far. */

/** Who decides, and why: kept on the timeline. */
export interface Decision {
  readonly by: string;
  readonly reason: string;
}

/** Orders that only a person can decide, with the evidence: what was sent, the answers, the status queries. */
export async function listReview(world: World) {
  return (await ordersInReview(world)).map(viewEvidence);
}

/** Everything an operator needs to decide on an order. It holds no secrets: adapters clean what they keep. */
export function viewEvidence(order: Order) {
  return {
    merchant_id: order.merchantId,
    mode: order.mode,
    agent_reference: order.agentReference,
    id: order.id,
    status: order.status,
    in_review_since: order.status === 'review' ? (order.dueAt ?? null) : null,
    provider: order.provider,
    provider_reference: queriedReference(order),
    provider_references: providerReferences(order),
    provider_ref: order.receipt.providerRef ?? null,
    product_id: order.productId,
    sent: {
      product: order.providerProductId,
      code: order.providerProductCode ?? null,
      target: order.msisdn,
      amount: `${order.currency} ${formatAmount(order.amountMinor, order.currency)}`,
      custom_sms: order.customSms ?? null,
    },
    cost:
      order.receipt.costMinor === undefined
        ? null
        : `${order.currency} ${formatAmount(order.receipt.costMinor, order.currency)}`,
    created_at: order.createdAt,
    queryCount: order.queryCount,
    not_found_looks: order.notFoundCount,
    last_finding: order.lastFinding ?? null,
    attempts: order.attempts,
    timeline: order.timeline,
  };
}

/** Ends a review: delivered keeps the money, refunded gives it back. Throws when the order is not in review. */
export async function resolveOrder(
  world: World,
  key: OrderKey,
  resolution: 'delivered' | 'refunded',
  decision: Decision,
): Promise<Order> {
  const order = await requireOrder(world, key);
  if (order.status !== 'review') throw new Error(`order ${order.id} is ${order.status}, not in review`);
  const { order: after } = await changeOrder(world, order, (current) =>
    current.status === 'review' ? resolve(current, resolution, decision, world.now()) : undefined,
  );
  return after;
}

/** Reverses a success that the provider took back: a new entry returns the money. Throws when it is no success. */
export async function reverseOrder(world: World, key: OrderKey, decision: Decision): Promise<Order> {
  const order = await requireOrder(world, key);
  if (order.status !== 'success') throw new Error(`order ${order.id} is ${order.status}, not a success`);
  const note = `Reversed by ${decision.by}: ${decision.reason}`;
  const { order: after } = await changeOrder(world, order, (current) =>
    current.status === 'success' ? reverse(current, world.now(), note) : undefined,
  );
  return after;
}

async function requireOrder(world: World, key: OrderKey): Promise<Order> {
  const order = await readOrder(world, key);
  if (!order) throw new Error(`there is no ${key.mode} order ${key.agentReference} of ${key.merchantId}`);
  return order;
}

/** Everything an operator needs to decide on a top-up. */
export function viewTopupEvidence(topup: Topup) {
  const money = (minor: number) => `${topup.currency} ${formatAmount(minor, topup.currency)}`;
  return {
    id: topup.id,
    merchant_id: topup.merchantId,
    mode: topup.mode,
    reference: topup.reference,
    status: topup.status,
    in_review_since: topup.status === 'review' ? (topup.dueAt ?? null) : null,
    asked: money(topup.amountMinor),
    charged: money(topup.chargedMinor),
    gateway_ref: topup.gatewayRef ?? null,
    queryCount: topup.queryCount,
    last_finding: topup.lastFinding ?? null,
    created_at: topup.createdAt,
    timeline: topup.timeline,
  };
}

/** Ends a top-up's review: paid credits what was charged. Throws when it is not in review. */
export async function resolveTopupByHand(
  world: World,
  id: string,
  resolution: 'paid' | 'failed',
  decision: Decision,
): Promise<Topup> {
  const topup = await readTopup(world, id);
  if (topup?.status !== 'review') throw new Error(`top-up ${id} is ${topup?.status ?? 'not there'}, not in review`);
  return changeTopup(world, topup, (current) =>
    current.status === 'review' ? resolveTopup(current, resolution, decision, world.now()) : undefined,
  );
}
