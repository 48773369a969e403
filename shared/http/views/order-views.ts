import { defined } from '../../domain/defined.ts';
import { shownNumber } from '../../domain/erasure.ts';
import { toMajor } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import { FAILURES, isFinal, textOf } from '../../domain/order.ts';
import { nextCheckAt } from '../../domain/order-queries.ts';
import type { Instant } from '../../domain/time.ts';
import { actorOf, viewActor } from './actor-views.ts';
import { publicStatus } from './public-status.ts';

/** Orders as merchants see them. Money leaves as JSON numbers in major units. */

/** As of a moment: for an event that of the event, so that its bytes are the same whenever they are made. */
export function viewOrder(order: Order, at: Instant) {
  const { tokens, holder, providerRef } = order.receipt;
  return {
    id: order.id,
    agent_reference: order.agentReference,
    status: publicStatus(order.status),
    final: isFinal(order.status),
    mode: order.mode,
    product_id: order.productId,
    target: order.target,
    msisdn: shownNumber(order),
    network: order.network,
    amount: toMajor(order.amountMinor, order.currency),
    currency: order.currency,
    custom_sms: order.customSms ?? null,
    provider_ref: providerRef ?? null,
    failure: order.failure ? { code: order.failure, ...FAILURES[order.failure] } : null,
    ...defined({ tokens }),
    ...(holder ? { holder: { name: holder.name, address: holder.address ?? null } } : {}),
    next_check_at: nextCheckAt(order, at) ?? null,
    ...defined({ held_since: order.heldSince }),
    ...(order.status === 'review' ? { under_review: true as const } : {}),
    ...defined({ batch_id: order.batchId, campaign_id: order.payout?.campaignId }),
    ...defined({ created_by: viewActor(actorOf(order.by)) ?? undefined }),
    created_at: order.createdAt,
    finalized_at: order.finalizedAt ?? null,
  };
}

/** Without who placed it: that is nothing for a receiver, and each event would be longer. */
export function viewOrderInEvent({ by: _by, ...order }: Order, at: Instant) {
  return viewOrder(order, at);
}

/** A hint about an order that was accepted all the same; nothing where there is none. */
export function viewWarnings(otherReference: string | undefined) {
  if (otherReference === undefined) return {};
  return { warnings: [{ code: 'possible_duplicate' as const, other_reference: otherReference }] };
}

/** An order with its history, for the single look-up. */
export function viewOrderInFull(order: Order, at: Instant) {
  const timeline = order.timeline.map((event) => ({
    at: event.at,
    status: publicStatus(event.status),
    note: textOf(event.note),
  }));
  return { ...viewOrder(order, at), timeline };
}
