import type { Owner } from '../../domain/ledger.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Order, Placing } from '../../domain/order.ts';
import type { OrderInput } from '../../domain/order-input.ts';
import { checkInput, firstDifference, isProblem } from '../../domain/order-input.ts';
import { accept, refuse } from '../../domain/order-life.ts';
import { Refusal } from '../../http/refusal.ts';
import { newOrderId } from '../../id.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { fund, readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { privacyHash } from '../privacy/hash-of-number.ts';
import { refusalOf } from '../refusal-of.ts';
import { enqueueOrderEvents } from '../webhooks/enqueue-events.ts';
import { enqueueOrder } from './enqueue-order.ts';

/**
 * Accepts an order once per reference and puts it on its provider's queue. The same reference with the same content
 * answers with the existing order, with other content `reference_reused`; a reference refused for lack of funds stays
 * refused. Invalid input never takes the reference. With a `limit` that is reached nothing is accepted, and what was
 * accepted before is still answered. `by` is the caller's id: the order keeps that of the first.
 */
export async function placeOrder(
  world: World,
  { by, ...owner }: Owner & Required<Placing>,
  input: OrderInput,
  limit?: Refusal,
): Promise<{ order: Order; isReplay: boolean }> {
  if (limit) return replayOnly(world, owner, input, limit);
  const checked = checkInput(await readCatalogue(world, owner.mode), owner.mode, input);
  if (isProblem(checked)) {
    // The catalogue may have changed since the order was accepted: a repeated request still gets its order.
    const existing = await readOrder(world, { ...owner, agentReference: input.agentReference });
    if (!existing) throw refusalOf(checked);
    return replay(world, existing, input);
  }
  const at = world.now();
  const initial = { id: newOrderId(world, at), ...owner, ...checked.request, ...checked.fulfilment, by };
  const refused = refuse(initial, 'insufficient_funds', at);
  const { order, isNew } = await fund(world, { ...accept(initial, at), refused });
  if (!isNew) return replay(world, order, input);
  if (order.status === 'failed') {
    await enqueueOrderEvents(world, order);
    throw insufficientFunds(order, {});
  }
  await enqueueOrder(world, order);
  return { order, isReplay: false };
}

async function replayOnly(world: World, owner: Owner, input: OrderInput, limit: Refusal) {
  const existing = await readOrder(world, { ...owner, agentReference: input.agentReference });
  if (!existing) throw limit;
  return replay(world, existing, input);
}

async function replay(world: World, order: Order, input: OrderInput): Promise<{ order: Order; isReplay: boolean }> {
  const param = firstDifference(order, input, order.erased ? await privacyHash(world) : asItIs);
  if (param !== undefined) {
    const detail = `The order under ${order.agentReference} has another ${param}.`;
    throw new Refusal('reference_reused', { param, detail });
  }
  if (order.status === 'failed') throw insufficientFunds(order, REPLAYED);
  return { order, isReplay: true };
}

/** What is not erased is compared as it is; so few requests need our key. */
const asItIs = (text: string) => text;

/** The header of every answer that repeats an earlier one. */
export const REPLAYED = { 'idempotent-replayed': 'true' } as const;

function insufficientFunds(order: Order, headers: Readonly<Record<string, string>>): Refusal {
  const amount = `${order.currency} ${formatAmount(order.amountMinor, order.currency)}`;
  const detail = `The ${order.mode} ${order.currency} wallet did not cover ${amount} when this order was placed.`;
  return new Refusal('insufficient_funds', { param: 'amount', detail, headers });
}
