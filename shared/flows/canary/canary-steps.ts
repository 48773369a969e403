import { CANARY_PATH } from '../../domain/canary.ts';
import type { Instant } from '../../domain/time.ts';
import { SECOND } from '../../domain/time.ts';
import type { World } from '../../world.ts';
import { ask, askForList, CanaryFailure, waitUntil } from './canary-calls.ts';

/** What the canary asks for, one step after the other, and what it must be answered. */

const ORDER = { product_id: 100, target: '0772279099', amount: 0.5 } as const;
/** Play money for twenty years. */
const FUNDS = { currency: 'USD', balance: 1_000_000 } as const;
const EVENT = 'order.success';
const FINAL_MS_MAX = 30 * SECOND;
const WEBHOOK_MS_MAX = 45 * SECOND;

const ENDPOINTS = '/api/v1/webhooks/endpoints';
const ORDERS = '/api/v1/orders';

/** The order of a run. */
export function canaryBody(at: Instant) {
  return { ...ORDER, agent_reference: `canary_${Date.parse(at)}` };
}

type Body = ReturnType<typeof canaryBody>;

/**
 * The endpoint that gets the events of its orders: made at the first run, after what they are paid from; moved with our
 * address; and up again after a fault.
 */
export async function ownEndpoint(world: World): Promise<string> {
  const url = `${world.publicUrl}${CANARY_PATH}`;
  const [found] = await askForList(world, ENDPOINTS);
  if (!found) {
    await ask(world, { method: 'PUT', path: '/api/v1/test/wallet', body: FUNDS });
    const body = { url, events: [EVENT], description: 'Canary' };
    return String((await ask(world, { method: 'POST', path: ENDPOINTS, body })).id);
  }
  const id = String(found.id);
  const change = (body: object) => ask(world, { method: 'PATCH', path: `${ENDPOINTS}/${id}`, body });
  const isFailing = found.failing_since !== null;
  // For up to an hour it would else get nothing: what backs it off ends where it is enabled again.
  if (found.enabled && isFailing) await change({ enabled: false });
  if (!found.enabled || isFailing || found.url !== url) await change({ url, enabled: true });
  return id;
}

/** Its id, once it was delivered. */
export async function placeOrder(world: World, body: Body): Promise<string> {
  const placed = await ask(world, { method: 'POST', path: ORDERS, body });
  if (placed.mode !== 'test') throw new CanaryFailure('the order is none of test mode');
  let { status } = placed;
  const isDelivered = async () => {
    if (status !== 'success')
      ({ status } = await ask(world, { method: 'GET', path: `${ORDERS}/${body.agent_reference}` }));
    return status === 'success';
  };
  await waitUntil(world, FINAL_MS_MAX, isDelivered, `the order is not delivered after ${FINAL_MS_MAX / SECOND} s`);
  return String(placed.id);
}

export async function repeatOrder(world: World, body: Body, id: string): Promise<void> {
  const repeated = await ask(world, { method: 'POST', path: ORDERS, body });
  if (repeated.id !== id) throw new CanaryFailure('the same reference made another order');
}

export async function findDebit(world: World, id: string): Promise<void> {
  const entries = await askForList(world, `/api/v1/wallet/ledger?currency=${FUNDS.currency}&limit=20`);
  const amounts = entries.filter((entry) => entry.order_id === id).map(({ amount }) => amount);
  if (amounts.length === 1 && amounts[0] === -ORDER.amount) return;
  throw new CanaryFailure(`the ledger has ${amounts.length} entries of it, and not one of ${-ORDER.amount}`);
}

/** That it was delivered says that our own receiver found its signature right. */
export async function findDelivery(world: World, endpointId: string, id: string): Promise<void> {
  const isDelivered = async () => {
    const deliveries = await askForList(world, `/api/v1/webhooks/deliveries?order_id=${id}`);
    return deliveries.some(({ endpoint_id, event_type, status }) => {
      return endpoint_id === endpointId && event_type === EVENT && status === 'delivered';
    });
  };
  await waitUntil(
    world,
    WEBHOOK_MS_MAX,
    isDelivered,
    `its receiver had no ${EVENT} after ${WEBHOOK_MS_MAX / SECOND} s`,
  );
}
