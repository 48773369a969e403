import type { Action } from '../../domain/act.ts';
import { byOperator, nameOfOperator } from '../../domain/act.ts';
import type { Mode, Owner } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Note, Order } from '../../domain/order.ts';
import { providerReferences, queriedReference, textOf } from '../../domain/order.ts';
import { resolve, reverse } from '../../domain/order-life.ts';
import type { Topup, TopupResolution } from '../../domain/topup.ts';
import { resolveDenied, resolveTopup, waitsForOperator } from '../../domain/topup.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { recordAct } from '../../store/audit.ts';
import { openOrders, ordersInReview } from '../../store/due-orders.ts';
import { readTail } from '../../store/ledger.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import { readTopup } from '../../store/topups.ts';
import type { Put } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { countLive } from '../count-live.ts';
import { changeTopup } from '../decide-again.ts';
import { changeOrder } from './change-order.ts';

/** What an operator does about orders and top-ups in manual review. The operator's CLI is its only caller so far. */

/** Who decides, and why: kept on the timeline, by the operator's name, and in the audit log. */
export interface Decision {
  /** The identity of the operator. */
  readonly by: string;
  readonly reason: string;
}

/** A mode's orders that only a person can decide, with the evidence: what was sent, the answers, the status queries. */
export async function listReview(world: World, mode: Mode) {
  return (await ordersInReview(world, mode)).map(viewEvidence);
}

/** What is undecided of a mode, of all merchants: an empty list says that nothing is on its way any more. */
export async function listOpen(world: World, mode: Mode) {
  const { orders, isAll } = await openOrders(world, mode);
  return {
    all_listed: isAll,
    orders: orders.map((order) => ({
      merchant_id: order.merchantId,
      agent_reference: order.agentReference,
      status: order.status,
      amount: `${order.currency} ${formatAmount(order.amountMinor, order.currency)}`,
      provider: order.provider,
      created_at: order.createdAt,
      next_check_at: order.status === 'review' ? null : (order.dueAt ?? null),
    })),
  };
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
    query_count: order.queryCount,
    not_found_count: order.notFoundCount,
    last_finding: order.lastFinding ?? null,
    stored_outcome: order.stored ? { ...order.stored, note: textOf(order.stored.note) } : null,
    attempts: order.attempts,
    timeline: order.timeline.map((each) => ({ ...each, note: textOf(each.note) })),
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
  if (order.stored) throw new Error(`order ${order.id} is ${order.stored.status} as soon as its money moves`);
  const decide = (current: Order) =>
    current.status === 'review' ? resolve(current, resolution, shown(decision), world.now()) : undefined;
  const act = recordDecision(world, order, { action: 'order.resolved', resolution }, decision);
  return (await changeOrder(world, order, decide, undefined, [act])).order;
}

/** Reverses a success that the provider took back: a new entry returns the money. Throws when it is no success. */
export async function reverseOrder(world: World, key: OrderKey, decision: Decision): Promise<Order> {
  const order = await requireOrder(world, key);
  if (order.status !== 'success') throw new Error(`order ${order.id} is ${order.status}, not a success`);
  const note: Note = `Reversed by ${nameOfOperator(decision.by)}: ${decision.reason}`;
  const decide = (current: Order) => (current.status === 'success' ? reverse(current, world.now(), note) : undefined);
  const act = recordDecision(world, order, { action: 'order.reversed', resolution: 'reversed' }, decision);
  return (await changeOrder(world, order, decide, undefined, [act])).order;
}

/** A decision with the name that merchants see. */
function shown({ by, reason }: Decision): Decision {
  return { by: nameOfOperator(by), reason };
}

function recordDecision(
  world: World,
  thing: Owner & { readonly id: string; readonly status: string },
  { action, resolution }: { action: Action; resolution: string },
  { by, reason }: Decision,
): Put {
  return recordAct(world, thing, byOperator(by), {
    action,
    subject: thing.id,
    before: { status: thing.status },
    after: { status: thing.status, resolution, reason },
  });
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
    in_review_since: waitsForOperator(topup) ? (topup.dueAt ?? null) : null,
    denied: topup.deniedAt !== undefined,
    asked: money(topup.amountMinor),
    charged: money(topup.chargedMinor),
    loss: topup.lossMinor === undefined ? null : money(topup.lossMinor),
    gateway_ref: topup.gatewayRef ?? null,
    orphans: topup.orphans ?? [],
    query_count: topup.queryCount,
    last_finding: topup.lastFinding ?? null,
    created_at: topup.createdAt,
    timeline: topup.timeline,
  };
}

/**
 * Ends a top-up's review. `paid` credits what was charged, `failed` credits nothing; of a credit that the gateway
 * denies, `reversed` takes back what the wallet still holds, and `kept` leaves it. Throws when there is no decision.
 */
export async function resolveTopupByHand(
  world: World,
  id: string,
  resolution: TopupResolution,
  decision: Decision,
): Promise<Topup> {
  const topup = await readTopup(world, id);
  if (resolution === 'reversed' || resolution === 'kept')
    return resolveDeniedByHand(world, topup, resolution, decision);
  if (!topup) throw new Error(`there is no top-up ${id}`);
  if (topup.status !== 'review') throw new Error(`top-up ${id} is not in review: it is ${topup.status}`);
  const decide = (current: Topup) =>
    current.status === 'review' ? resolveTopup(current, resolution, shown(decision), world.now()) : undefined;
  return changeTopup(world, topup, decide, [
    recordDecision(world, topup, { action: 'topup.resolved', resolution }, decision),
  ]);
}

async function resolveDeniedByHand(
  world: World,
  topup: Topup | undefined,
  resolution: 'reversed' | 'kept',
  decision: Decision,
): Promise<Topup> {
  if (topup?.deniedAt === undefined) throw new Error('the payment gateway does not deny this top-up');
  const balanceMinor = balanceOf(await readTail(world, topup));
  const decide = (current: Topup) =>
    current.deniedAt === undefined
      ? undefined
      : resolveDenied(current, resolution, shown(decision), balanceMinor, world.now());
  const act = recordDecision(world, topup, { action: 'topup.resolved', resolution }, decision);
  const resolved = await changeTopup(world, topup, decide, [act]);
  const { id: topupId, lossMinor, currency } = resolved;
  if (lossMinor !== undefined) {
    world.log.error('money.loss', { topupId, amountMinor: lossMinor, currency });
    countLive(world, resolved, METRICS.moneyAnomaly);
  }
  return resolved;
}
