import type { Action, Origin } from '../../domain/act.ts';
import type { Caller } from '../../domain/caller.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Listener } from '../../domain/listener.ts';
import { isListener } from '../../domain/listener.ts';
import { isUnchanged } from '../../domain/versioned.ts';
import type { Delivery, Endpoint } from '../../domain/webhook.ts';
import { changedBy, newlySent, RESULTS_ENDPOINT } from '../../domain/webhook.ts';
import { Refusal } from '../../http/refusal.ts';
import { endpointFacts } from '../../http/views/act-views.ts';
import { recordAct } from '../../store/audit.ts';
import { readDelivery } from '../../store/deliveries.ts';
import type { saveEndpoint } from '../../store/endpoints.ts';
import { readEndpoint } from '../../store/endpoints.ts';
import { Contention } from '../../transient-error.ts';
import type { World } from '../../world.ts';
import { requireStanding, standing } from '../people/standing.ts';
import { requireEventScopes } from './require-event-scopes.ts';

/** A merchant's own endpoints and deliveries; another merchant's look missing. */

/** `created`: endpoints that the merchant created. `any`: also the built-in one for results, which has no URL. */
type Which = 'created' | 'any';

const TRIES_MAX = 5;

interface EndpointChange {
  readonly decide: (current: Endpoint) => Endpoint;
  readonly origin: Origin;
  /** The key or the person that changes it. */
  readonly maker: Caller;
  readonly action: Action;
  readonly which?: Which;
  /** How it is written: `saveEndpoint`, or `removeEndpoint` where it goes. */
  readonly save: typeof saveEndpoint;
}

export async function findEndpoint(
  world: World,
  owner: Owner,
  id: string,
  which: Which = 'created',
): Promise<Endpoint> {
  const isFound = id !== RESULTS_ENDPOINT || which === 'any';
  const endpoint = isFound ? await readEndpoint(world, owner, id) : undefined;
  if (!endpoint) throw new Refusal('endpoint_not_found', { param: 'endpoint_id' });
  return endpoint;
}

/** For polling it. One that has ended looks like one that never was. */
export async function findListener(world: World, owner: Owner, id: string): Promise<Listener> {
  const endpoint = await readEndpoint(world, owner, id);
  if (!endpoint || !isListener(endpoint)) throw new Refusal('listener_not_found', { param: 'endpoint_id' });
  return endpoint;
}

/** For posting to it. */
export async function findEnabledEndpoint(
  world: World,
  owner: Owner,
  id: string,
  which: Which = 'created',
): Promise<Endpoint> {
  const endpoint = await findReceiver(world, owner, id, which);
  if (isListener(endpoint)) throw new Refusal('endpoint_listening', { param: 'endpoint_id' });
  return endpoint;
}

/** For sending to it: posting, or keeping for a listener. */
export async function findReceiver(
  world: World,
  owner: Owner,
  id: string,
  which: Which = 'created',
): Promise<Endpoint> {
  const endpoint = await findEndpoint(world, owner, id, which);
  if (endpoint.disabled) throw new Refusal('endpoint_disabled', { param: 'endpoint_id' });
  return endpoint;
}

/**
 * Changes an endpoint for somebody; decides again whenever somebody else changed it first. Refuses a caller
 * without the scopes of the events that the change sends to where they did not go before, and one that lost its powers
 * since it was read. What changes nothing is not written, and is no act.
 */
export async function changeEndpoint(
  world: World,
  owner: Owner,
  id: string,
  { decide, origin, maker, action, which = 'created', save }: EndpointChange,
): Promise<Endpoint> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (tries > 0) await requireStanding(world, maker);
    const current = await findEndpoint(world, owner, id, which);
    if (isListener(current) && action !== 'endpoint.deleted') {
      throw new Refusal('endpoint_listening', { param: 'endpoint_id' });
    }
    const decided = decide(current);
    if (isUnchanged(current, decided, ['revision'])) return current;
    const next = changedBy(decided, origin);
    requireEventScopes(maker, newlySent(current, next));
    const facts = { before: endpointFacts(current), after: endpointFacts(next) };
    const act = recordAct(world, owner, origin, { action, subject: id, ...facts });
    if (await save(world, next, [act, standing(maker)])) return next;
  }
  throw new Contention('the endpoint keeps changing');
}

export async function findDelivery(world: World, owner: Owner, id: string): Promise<Delivery> {
  const delivery = await readDelivery(world, id);
  if (delivery?.merchantId !== owner.merchantId || delivery.mode !== owner.mode) {
    throw new Refusal('delivery_not_found', { param: 'delivery_id' });
  }
  return delivery;
}
