import { isBackedOff } from '../../domain/endpoint-health.ts';
import type { Owner } from '../../domain/ledger.ts';
import { isListener } from '../../domain/listener.ts';
import type { Delivery, Endpoint, WebhookEvent } from '../../domain/webhook.ts';
import { ATTEMPT_LEASE_MS, deliveryId, isMadeOnce, newDelivery, receiverOf, wants } from '../../domain/webhook.ts';
import { saveDelivery, storedDeliveries } from '../../store/deliveries.ts';
import { listEndpoints } from '../../store/endpoints.ts';
import { keepDelivery } from '../../store/kept-deliveries.ts';
import type { World } from '../../world.ts';
import { attempt, attemptFirst } from './deliver-event.ts';
import { isOneSlow } from './receiver-speed.ts';

/**
 * New events go to their receivers before anything is written about them: each is posted, and its delivery is written
 * the moment that its own POST ends, whatever the others do. Only then do the events leave the outbox. Two messages at
 * once, or a process that dies between a POST and its write, send an event to a receiver twice, under one id and with
 * the same bytes. What was written before is never posted again: a message that may not be the first reads it.
 */

/** An event and its receiver: the endpoint's own URL, unless another is named. */
export interface Addressed {
  readonly event: WebhookEvent;
  readonly endpoint: Endpoint;
  readonly url?: string;
  /** What has the health of the receiver. */
  readonly receiver: Endpoint;
}

interface Options {
  /** Whether another message, or another run, may have delivered some of it. */
  readonly isAgain: boolean;
  readonly results?: readonly Addressed[];
}

/**
 * Delivers each event to each endpoint that subscribed to it, and clears the outbox. What a receiver does not take is
 * left to the sweep. Throws when a delivery could not be written: then the outbox stays, and all of it is repeated.
 */
export async function deliverEvents(
  world: World,
  owner: Owner,
  events: readonly WebhookEvent[],
  clearOutbox: () => Promise<unknown>,
  { isAgain, results = [] }: Options,
): Promise<void> {
  const endpoints = events.length === 0 ? [] : await listEndpoints(world, owner);
  const subscribed = events.flatMap((event) =>
    endpoints
      .filter((endpoint) => wants(endpoint, event.type))
      .map((endpoint): Addressed => ({ event, endpoint, receiver: endpoint })),
  );
  const all = [...subscribed, ...results];
  // Of several events each had a message, and an earlier one may be at work.
  const open = isAgain || events.length > 1 ? await withoutStored(world, all) : all;
  const toEndpoints = open.filter(({ url }) => url === undefined).map((each) => deliver(world, each));
  const ended = await Promise.allSettled([...toEndpoints, deliverInOrder(world, open)]);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  await clearOutbox();
}

/** Results have no sequence, so that the last one is believed: those of an order go one after the other. */
async function deliverInOrder(world: World, all: readonly Addressed[]): Promise<void> {
  for (const each of all) if (each.url !== undefined) await deliver(world, each);
}

async function withoutStored(world: World, all: readonly Addressed[]): Promise<Addressed[]> {
  const idOf = ({ event, endpoint }: Addressed) => deliveryId(event, endpoint);
  const stored = await storedDeliveries(world, all.map(idOf));
  return all.filter((each) => !stored.has(idOf(each)));
}

/**
 * A receiver that is backed off or disabled gets its delivery written and no POST, and so does one that takes so long
 * that the events of others would wait here. One bad answer, or a few, cost their own events only. Where the bytes
 * could not be made again, they are written first. What a listener gets is written alone.
 */
async function deliver(world: World, { event, endpoint, url, receiver }: Addressed): Promise<void> {
  const waiting = newDelivery(endpoint, event, world.now(), { url });
  const isForSweep = waiting.status === 'held' || isBackedOff(receiver) || isOneSlow(world, receiverOf(waiting));
  if (isListener(endpoint)) await keepDelivery(world, waiting);
  else if (isForSweep) await saveDelivery(world, waiting);
  else if (!isMadeOnce(event)) await attemptFirst(world, waiting, endpoint);
  else {
    const leased = newDelivery(endpoint, event, world.now(), { url, leaseMs: ATTEMPT_LEASE_MS });
    if (await saveDelivery(world, leased)) await attemptLeased(world, leased, endpoint);
  }
}

/** The sweep retries what fails here, because the delivery is written. */
async function attemptLeased(world: World, delivery: Delivery, endpoint: Endpoint): Promise<void> {
  try {
    await attempt(world, delivery, endpoint);
  } catch (error) {
    world.log.error('webhook.not_recorded', { deliveryId: delivery.id }, error);
  }
}
