import type { Actor, Origin } from './act.ts';
import { assert } from './assert.ts';
import { BATCH_EVENT } from './batch.ts';
import { defined } from './defined.ts';
import type { Scope } from './key.ts';
import type { Owner } from './ledger.ts';
import { EVENTS } from './order-events.ts';
import { PAYOUT_EVENTS } from './payout.ts';
import { RESULT_EVENT } from './result.ts';
import type { Rotating } from './rotation.ts';
import { rotated } from './rotation.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { DAY, HOUR, later, MINUTE, plus, SECOND } from './time.ts';
import { TOPUP_EVENTS } from './topup.ts';
import { LOW_BALANCE_EVENT } from './watch.ts';

/**
 * Webhooks: which events an endpoint gets, and the state of each delivery. At least once: a delivery is due again until
 * it was answered with 2xx or all its tries are used. Failed deliveries are kept and can be sent again.
 */

/**
 * The endpoint for results of single orders, one for each merchant and mode. Each order has a URL of its own, so this
 * endpoint has none, and is never disabled for the failures of one URL.
 */
export const RESULTS_ENDPOINT = 'results';

/** It exists for every merchant and is stored only once it was changed; with `host`, it has the health of one host. */
export function resultsEndpoint({ merchantId, mode }: Owner, at: Instant, host = ''): Endpoint {
  return {
    id: RESULTS_ENDPOINT,
    merchantId,
    mode,
    url: host,
    events: [RESULT_EVENT],
    secretVersion: 1,
    retiring: [],
    createdAt: at,
    revision: 0,
  };
}

/** What fails together: one endpoint, or one host of a merchant's result URLs. */
export function receiverOf({ merchantId, mode, endpointId, url }: Receiver): string {
  return url === undefined ? endpointId : `${endpointId} ${merchantId} ${mode} ${hostOf(url)}`;
}

/**
 * Who shares slots of a run with others: all hosts of a merchant's results together, which may be thousands, and each
 * endpoint by itself, of which a merchant has few.
 */
export function sharerOf(receiver: string): string {
  const [endpointId = '', merchantId, mode] = receiver.split(' ');
  return merchantId === undefined ? endpointId : `${endpointId} ${merchantId} ${mode}`;
}

type Receiver = Pick<Delivery, 'merchantId' | 'mode' | 'endpointId' | 'url'>;

export function hostOf(url: string): string {
  return new URL(url).host;
}

/**
 * The events that an endpoint can subscribe to, each with the scopes that own fields of its body: whoever lets an
 * endpoint get it needs them, and so sends nobody what it is not shown itself.
 */
export const EVENT_SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  ...eachOf(EVENTS, ['orders:read']),
  ...eachOf(TOPUP_EVENTS, []),
  ...eachOf(PAYOUT_EVENTS, ['campaigns:read']),
  [LOW_BALANCE_EVENT]: ['wallet:read'],
  [BATCH_EVENT]: [],
};
export const EVENT_TYPES: readonly string[] = Object.keys(EVENT_SCOPES);

function eachOf(types: Readonly<Record<string, string>>, scopes: readonly Scope[]): Record<string, readonly Scope[]> {
  return Object.fromEntries(Object.values(types).map((type) => [type, scopes]));
}

/** Sent on request only, to the tested endpoint. */
export const TEST_EVENT = 'webhook.test';

/** With which the id of an event begins that is about nothing that exists. */
export const TEST_EVENT_PREFIX = 'evt_test';

/** Deliveries expire after this long, delivered or not. */
export const DELIVERY_KEPT_MS = 90 * DAY;

/**
 * How an endpoint fails. One bad answer costs its own event a try and nothing else. Only failures in a row say that the
 * endpoint as a whole is down: then it gets one delivery at a time, at growing gaps, until it takes one.
 */
export interface Failing {
  /** The first failure since it last took a delivery. */
  readonly since: Instant;
  /** Failures in a row. */
  readonly times: number;
  /** Set while it is backed off as a whole: when it gets its next delivery. */
  readonly probeAt?: Instant;
}

export interface Endpoint extends Owner, Rotating {
  readonly id: string;
  readonly url: string;
  readonly description?: string;
  /** Empty: all. */
  readonly events: readonly string[];
  /** The types that it got before `events` was narrowed: what is left of those can still be sent to it. */
  readonly formerEvents?: readonly string[];
  readonly createdAt: Instant;
  /** Set while it takes nothing. */
  readonly failing?: Failing;
  readonly disabled?: { readonly at: Instant; readonly reason: DisabledReason };
  /** A deleted endpoint gets nothing and is not shown. */
  readonly deletedAt?: Instant;
  /** Set for a listener: until then what it gets is kept for polling. Nothing is ever posted to it. */
  readonly listensUntil?: Instant;
  readonly createdBy?: Actor;
  /** The keys and members that made it, changed it or were shown its secret, the latest last. */
  readonly keyIds?: readonly string[];
  /** Increases with every change; each write is conditional on it. */
  readonly revision: number;
}

/** `failing`: nothing was delivered for days; `gone`: it answered 410; `requested`: its merchant disabled it. */
export type DisabledReason = 'failing' | 'gone' | 'requested';

export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Instant;
  readonly sequence: number;
  readonly orderId?: string;
  /** Signed and sent, the same bytes every time. */
  readonly body: string;
}

/** The reference of an event's order, out of what is sent: deliveries of earlier releases have it, too. */
export function referenceIn({ orderId, body }: WebhookEvent): string | undefined {
  if (orderId === undefined) return undefined;
  const { data, OriginatorReference: inResult }: AboutOrder = JSON.parse(body);
  return data?.object?.agent_reference ?? inResult;
}

/** An event of an order or a payout, or a result. */
interface AboutOrder {
  readonly data?: { readonly object?: { readonly agent_reference?: string } };
  readonly OriginatorReference?: string;
}

/** The result of one POST. `status` is absent when there was no complete response, and `error` then says why. */
export interface DeliveryAttempt {
  readonly at: Instant;
  readonly latencyMs: number;
  readonly status?: number;
  readonly error?: string;
  /** The beginning of the response, without secrets. */
  readonly excerpt?: string;
}

/**
 * `held`: its endpoint is disabled. `failed`: all tries are used. Both can be sent again. `kept`: for a listener, which
 * reads it as often as it likes.
 */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'held' | 'kept';
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'held', 'kept'] as const satisfies DeliveryStatus[];

export interface Delivery extends Owner {
  readonly id: string;
  readonly endpointId: string;
  readonly event: WebhookEvent;
  readonly status: DeliveryStatus;
  /** Tries used since it was created or last requested again. */
  readonly tries: number;
  /** How often it was requested again; absent if it never was. */
  readonly resends?: number;
  readonly attempts: readonly DeliveryAttempt[];
  readonly createdAt: Instant;
  /** When to try next; during an attempt, when its lease ends. Absent exactly when it is not pending. */
  readonly dueAt?: Instant;
  readonly deliveredAt?: Instant;
  /** The URL, if not its endpoint's own. */
  readonly url?: string;
  /** A test is tried once. */
  readonly isTest?: boolean;
  /** Increases with every write; 0: not stored. */
  readonly version: number;
}

/** Longer than one attempt can take. */
export const ATTEMPT_LEASE_MS = MINUTE;
export const ATTEMPT_TIMEOUT_MS = 10 * SECOND;
/**
 * Some 75 hours. The first ten minutes have most of the tries, because most failures are over in a moment: an endpoint
 * that fails three times in ten takes 999 of 1,000 events within seven tries or so. A host that is down gets few of
 * them, because it is backed off as a whole.
 */
const RETRY_INTERVALS = [
  5 * SECOND,
  5 * SECOND,
  10 * SECOND,
  10 * SECOND,
  20 * SECOND,
  20 * SECOND,
  30 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
export const TRIES_MAX = RETRY_INTERVALS.length + 1;
const RETRY_AFTER_MS_MAX = DAY;
const JITTER = 0.1;
const ATTEMPTS_KEPT = 20;

export function wants(endpoint: Endpoint, type: string): boolean {
  return endpoint.events.length === 0 || endpoint.events.includes(type);
}

/** An endpoint with another filter; an empty one selects all. */
export function withEvents(endpoint: Endpoint, events: readonly string[]): Endpoint {
  const next = { ...endpoint, events };
  return { ...next, formerEvents: EVENT_TYPES.filter((type) => mayGet(endpoint, type) && !wants(next, type)) };
}

/** The types that a change, or making it, lets an endpoint get at an address that did not get them before. */
export function newlySent(before: Endpoint | undefined, after: Endpoint): string[] {
  if (before?.url !== after.url) return EVENT_TYPES.filter((type) => mayGet(after, type));
  return EVENT_TYPES.filter((type) => wants(after, type) && !wants(before, type));
}

function mayGet(endpoint: Endpoint, type: string): boolean {
  return wants(endpoint, type) || (endpoint.formerEvents?.includes(type) ?? false);
}

export function deliveryId(event: Pick<WebhookEvent, 'id'>, endpoint: Pick<Endpoint, 'id'>): string {
  return `dlv_${sha256(`${event.id} ${endpoint.id}`).slice(0, 24)}`;
}

/** Events that show what nothing stored shows later: a balance of that moment, the counts of a batch. */
const MADE_ONCE: ReadonlySet<string> = new Set([RESULT_EVENT, LOW_BALANCE_EVENT, BATCH_EVENT]);

/** Whether an event's bytes could be others if they were made again. Then they are stored before they are sent. */
export function isMadeOnce({ type }: Pick<WebhookEvent, 'type'>): boolean {
  return MADE_ONCE.has(type);
}

/**
 * The delivery of an event to an endpoint. Its id is derived from both, so publishing an event twice makes one
 * delivery. With `leaseMs` its creator may try it at once; without, it is due at once, for the sweep.
 */
export function newDelivery(
  endpoint: Endpoint,
  event: WebhookEvent,
  at: Instant,
  { url, leaseMs = 0 }: { url?: string | undefined; leaseMs?: number } = {},
): Delivery {
  const { merchantId, mode } = endpoint;
  const initial = {
    id: deliveryId(event, endpoint),
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
  if (endpoint.listensUntil !== undefined) return { ...initial, status: 'kept' };
  if (endpoint.disabled) return { ...initial, status: 'held' };
  return { ...initial, status: 'pending', dueAt: plus(at, leaseMs) };
}

/** Leases a due delivery for one attempt. The sweep skips it until the lease ends. */
export function lease(delivery: Delivery, at: Instant): Delivery {
  return { ...delivery, dueAt: plus(at, ATTEMPT_LEASE_MS), version: delivery.version + 1 };
}

/** Holds a delivery until its endpoint is enabled again. */
export function hold(delivery: Delivery): Delivery {
  const { dueAt: _dueAt, ...rest } = delivery;
  return { ...rest, status: 'held', version: delivery.version + 1 };
}

/** A delivery that its merchant requested again, with all its tries. With a lease, the caller may try it at once. */
export function asNew(delivery: Delivery, at: Instant, leaseMs: number): Delivery {
  const { deliveredAt: _deliveredAt, resends = 0, ...rest } = delivery;
  const again = { ...rest, resends: resends + 1, version: delivery.version + 1 };
  return { ...again, status: 'pending', tries: 0, dueAt: plus(at, leaseMs) };
}

/**
 * Records an attempt: delivered with 2xx and nothing else, held when the endpoint is gone, else due again by the
 * schedule or as late as `Retry-After` says, within a day. `chance` in [0, 1) is the jitter, a tenth either way. A
 * probe of an endpoint that is backed off says nothing of its event: it uses up no try, and the event is due again
 * within an hour, behind the others.
 */
export function record(
  delivery: Delivery,
  attempt: DeliveryAttempt,
  options: { at: Instant; retryAfterMs?: number; chance: number; isProbe?: boolean },
): Delivery {
  const { at, retryAfterMs = 0, chance, isProbe = false } = options;
  assert(delivery.status === 'pending', 'only a pending delivery is attempted');
  const { dueAt: _dueAt, ...rest } = delivery;
  const tries = delivery.tries + 1;
  const attempts = [...delivery.attempts.slice(1 - ATTEMPTS_KEPT), attempt];
  const tried = { ...rest, tries, attempts, version: delivery.version + 1 };
  if (isDelivered(attempt)) return { ...tried, status: 'delivered', deliveredAt: at };
  const scheduled = delivery.isTest ? undefined : RETRY_INTERVALS[tries - 1];
  const interval = isProbe && !delivery.isTest ? Math.min(scheduled ?? HOUR, HOUR) : scheduled;
  if (interval === undefined) return { ...tried, status: 'failed' };
  if (isGone(attempt)) return { ...tried, status: 'held' };
  const jittered = Math.round(interval * (1 + JITTER * (2 * chance - 1)));
  const requested = Math.min(retryAfterMs, RETRY_AFTER_MS_MAX);
  const dueAt = later(plus(at, jittered), plus(at, requested));
  return { ...tried, tries: isProbe ? delivery.tries : tries, dueAt };
}

export function isGone({ status }: DeliveryAttempt): boolean {
  return status === 410;
}

export function isDelivered({ status }: DeliveryAttempt): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** More keys than one endpoint is changed by. */
const KEY_IDS_KEPT = 20;

/** The endpoint as somebody leaves it who changed it or was shown its secret. */
export function changedBy(endpoint: Endpoint, { by }: Origin): Endpoint {
  if (by.kind === 'operator') return endpoint;
  const others = (endpoint.keyIds ?? []).filter((id) => id !== by.id);
  return { ...endpoint, keyIds: [...others, by.id].slice(-KEY_IDS_KEPT) };
}

/** Rotates an endpoint's secret. Both secrets sign until the overlap ends. */
export function rotate(endpoint: Endpoint, keyVersion: number, overlapMs: number, at: Instant): Endpoint {
  return { ...endpoint, ...rotated(endpoint, keyVersion, overlapMs, at), revision: endpoint.revision + 1 };
}
