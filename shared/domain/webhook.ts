import { assert } from './assert.ts';
import { BATCH_EVENT } from './batch.ts';
import { defined } from './defined.ts';
import type { Mode, Owner } from './ledger.ts';
import { EVENTS } from './order.ts';
import { PAYOUT_EVENTS } from './payout.ts';
import { RESULT_EVENT } from './result.ts';
import type { Rotating } from './rotation.ts';
import { rotated } from './rotation.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { DAY, elapsed, HOUR, later, MINUTE, plus, SECOND } from './time.ts';
import { TOPUP_EVENTS } from './topup.ts';
import { LOW_BALANCE_EVENT } from './watch.ts';

/**
 * Webhooks: who wants to be told what, and what becomes of each delivery. At least once: a delivery is due again until
 * it was answered with 2xx or all its tries are used, and what was not delivered is kept and can be sent again.
 */

/**
 * The endpoint that results of single orders go to, one for each merchant and mode: the address comes with each order,
 * so it has none of its own and is never disabled for what one address does.
 */
export const RESULTS_ENDPOINT = 'results';

/** It exists without being made; only what was changed about it is stored. */
export function resultsEndpoint({ merchantId, mode }: Owner, at: Instant): Endpoint {
  return {
    id: RESULTS_ENDPOINT,
    merchantId,
    mode,
    url: '',
    events: [RESULT_EVENT],
    secretVersion: 1,
    retiring: [],
    createdAt: at,
    revision: 0,
  };
}

/** What deliveries fail together with: those of one endpoint, or those to one host that a merchant's orders name. */
export function destinationOf({ merchantId, mode, endpointId, url }: Delivery): string {
  return url === undefined ? endpointId : `${endpointId} ${merchantId} ${mode} ${new URL(url).host}`;
}

/** What an endpoint can ask to be told of. */
export const EVENT_TYPES: readonly string[] = [
  ...new Set([
    ...Object.values(EVENTS),
    ...Object.values(TOPUP_EVENTS),
    ...Object.values(PAYOUT_EVENTS),
    LOW_BALANCE_EVENT,
    BATCH_EVENT,
  ]),
];
/** Sent on request only, to the one endpoint that is tested. */
export const TEST_EVENT = 'webhook.test';

/** Endpoints of one merchant in one mode. */
export const ENDPOINTS_MAX = 5;
/** Older deliveries are forgotten, delivered or not. */
export const DELIVERY_KEPT_MS = 90 * DAY;

export interface Endpoint extends Rotating {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly url: string;
  readonly description?: string;
  /** Empty: all. */
  readonly events: readonly string[];
  readonly createdAt: Instant;
  /** Since when every attempt failed. */
  readonly failingSince?: Instant;
  readonly disabled?: { readonly at: Instant; readonly reason: DisabledReason };
  /** Nothing is sent to it any more, and its merchant no longer sees it. */
  readonly deletedAt?: Instant;
  /** Rises with every change; each write is conditional on it. */
  readonly revision: number;
}

/** `failing`: nothing got through for days; `gone`: it answered 410; `requested`: its merchant said so. */
export type DisabledReason = 'failing' | 'gone' | 'requested';

export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Instant;
  readonly sequence: number;
  readonly orderId?: string;
  /** The bytes that are signed and sent, every time the same. */
  readonly body: string;
}

/** How one POST went. `status` is absent when there was no complete answer, and `error` then says why. */
export interface DeliveryAttempt {
  readonly at: Instant;
  readonly latencyMs: number;
  readonly status?: number;
  readonly error?: string;
  /** The beginning of what was answered, cleaned. */
  readonly excerpt?: string;
}

/** `held`: its endpoint is disabled. `failed`: all tries are used. Both can be sent again. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'held';
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'held'] as const satisfies DeliveryStatus[];

export interface Delivery {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly endpointId: string;
  readonly event: WebhookEvent;
  readonly status: DeliveryStatus;
  /** Tries used since it was made or asked for again. */
  readonly tries: number;
  readonly attempts: readonly DeliveryAttempt[];
  readonly createdAt: Instant;
  /** When to try next; while somebody tries, when they count as dead. Absent exactly when nothing is owed. */
  readonly dueAt?: Instant;
  readonly deliveredAt?: Instant;
  /** Where it goes, if not to its endpoint's own address. */
  readonly url?: string;
  /** A test is tried once. */
  readonly isTest?: boolean;
  readonly version: number;
}

/** Longer than one attempt can take. */
export const ATTEMPT_LEASE_MS = MINUTE;
export const ATTEMPT_TIMEOUT_MS = 10 * SECOND;
/** Ten tries over some 75 hours. */
const RETRY_GAPS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
export const TRIES_MAX = RETRY_GAPS.length + 1;
const RETRY_AFTER_MS_MAX = DAY;
const JITTER = 0.1;
const ATTEMPTS_KEPT = 15;
const DISABLED_AFTER_MS = 5 * DAY;
/** An endpoint that fails for longer is no longer tried for each event at once, but probed by the sweep. */
const TRUSTED_FOR_MS = MINUTE;

export function wants(endpoint: Endpoint, type: string): boolean {
  return endpoint.events.length === 0 || endpoint.events.includes(type);
}

/** Whether an event is sent the moment it is handed on; else it waits for the sweep. */
export function isTrusted({ disabled, failingSince }: Endpoint, at: Instant): boolean {
  return disabled === undefined && (failingSince === undefined || elapsed(failingSince, at) < TRUSTED_FOR_MS);
}

/**
 * One event on its way to one endpoint. Its id follows from both, so handing on the same event twice makes one
 * delivery. Whoever makes it may try it at once; nobody else does until that lease is over.
 */
export function newDelivery(endpoint: Endpoint, event: WebhookEvent, at: Instant, url?: string): Delivery {
  const { merchantId, mode } = endpoint;
  const initial = {
    id: `dlv_${sha256(`${event.id} ${endpoint.id}`).slice(0, 24)}`,
    merchantId,
    mode,
    endpointId: endpoint.id,
    event,
    ...defined({ url }),
    tries: 0,
    attempts: [],
    createdAt: at,
    version: 1,
  };
  if (endpoint.disabled) return { ...initial, status: 'held' };
  return { ...initial, status: 'pending', dueAt: isTrusted(endpoint, at) ? plus(at, ATTEMPT_LEASE_MS) : at };
}

/** Takes a due delivery for one attempt; the sweep leaves it alone until the lease is over. */
export function lease(delivery: Delivery, at: Instant): Delivery {
  return { ...delivery, dueAt: plus(at, ATTEMPT_LEASE_MS), version: delivery.version + 1 };
}

/** Puts it off without having tried: where it goes has just failed for another one. */
export function backOff(delivery: Delivery, endpoint: Endpoint, at: Instant): Delivery {
  const age = elapsed(endpoint.failingSince ?? delivery.createdAt, at);
  const gap = Math.min(Math.max(age, 2 * MINUTE), HOUR);
  return { ...delivery, dueAt: plus(at, gap), version: delivery.version + 1 };
}

/** Keeps it for when its endpoint is enabled again. */
export function hold(delivery: Delivery): Delivery {
  const { dueAt: _dueAt, ...rest } = delivery;
  return { ...rest, status: 'held', version: delivery.version + 1 };
}

/** Asked for again by its merchant, with all its tries; whoever asks may try at once. */
export function asNew(delivery: Delivery, at: Instant, leaseMs: number): Delivery {
  const { deliveredAt: _deliveredAt, ...rest } = delivery;
  return { ...rest, status: 'pending', tries: 0, dueAt: plus(at, leaseMs), version: delivery.version + 1 };
}

/**
 * What an attempt means: done with 2xx and nothing else, held when the endpoint is gone, else due again by the schedule
 * or as late as the endpoint asked, within a day. `chance` in [0, 1) spreads the tries, by a tenth either way.
 */
export function record(
  delivery: Delivery,
  attempt: DeliveryAttempt,
  options: { at: Instant; retryAfterMs?: number; chance: number },
): Delivery {
  const { at, retryAfterMs = 0, chance } = options;
  assert(delivery.status === 'pending', 'an attempt is made for what is owed');
  const { dueAt: _dueAt, ...rest } = delivery;
  const tries = delivery.tries + 1;
  const attempts = [...delivery.attempts.slice(1 - ATTEMPTS_KEPT), attempt];
  const tried = { ...rest, tries, attempts, version: delivery.version + 1 };
  if (isDelivered(attempt)) return { ...tried, status: 'delivered', deliveredAt: at };
  const gap = delivery.isTest ? undefined : RETRY_GAPS[tries - 1];
  if (gap === undefined) return { ...tried, status: 'failed' };
  if (attempt.status === GONE) return { ...tried, status: 'held' };
  const jittered = Math.round(gap * (1 + JITTER * (2 * chance - 1)));
  const asked = Math.min(retryAfterMs, RETRY_AFTER_MS_MAX);
  return { ...tried, dueAt: later(plus(at, jittered), plus(at, asked)) };
}

const GONE = 410;

export function isDelivered({ status }: DeliveryAttempt): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** What an attempt says about its endpoint; `undefined` when nothing new. */
export function applyDeliveryAttempt(endpoint: Endpoint, attempt: DeliveryAttempt, at: Instant): Endpoint | undefined {
  if (endpoint.id === RESULTS_ENDPOINT) return undefined;
  const { failingSince, ...rest } = endpoint;
  const revision = endpoint.revision + 1;
  if (isDelivered(attempt)) return failingSince === undefined ? undefined : { ...rest, revision };
  if (endpoint.disabled) return undefined;
  if (attempt.status === GONE) return { ...endpoint, disabled: { at, reason: 'gone' }, revision };
  if (failingSince === undefined) return { ...endpoint, failingSince: at, revision };
  if (elapsed(failingSince, at) < DISABLED_AFTER_MS) return undefined;
  return { ...endpoint, disabled: { at, reason: 'failing' }, revision };
}

/** Gives an endpoint its next secret; the one until now signs beside it until the overlap ends. */
export function rotate(endpoint: Endpoint, overlapMs: number, at: Instant): Endpoint {
  return { ...endpoint, ...rotated(endpoint, overlapMs, at), revision: endpoint.revision + 1 };
}
