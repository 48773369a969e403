import { defined } from '../../domain/defined.ts';
import { applyDeliveryAttempt, claimProbe, isBackedOff } from '../../domain/endpoint-health.ts';
import { endpointFailed } from '../../domain/occurrence.ts';
import { excerpt } from '../../domain/text.ts';
import type { Instant } from '../../domain/time.ts';
import { elapsed } from '../../domain/time.ts';
import type { Delivery, DeliveryAttempt, Endpoint } from '../../domain/webhook.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  hold,
  hostOf,
  isDelivered,
  lease,
  RESULTS_ENDPOINT,
  receiverOf,
  record,
} from '../../domain/webhook.ts';
import { METRICS } from '../../manifest/metrics.ts';
import type { HttpAnswer } from '../../outbound-http.ts';
import { readDelivery, saveDelivery } from '../../store/deliveries.ts';
import { readEndpoint, saveEndpoint } from '../../store/endpoints.ts';
import type { World } from '../../world.ts';
import { countLive } from '../count-live.ts';
import { occurrencePuts } from '../notices/add-to-notices.ts';
import { deliveryHeaders } from './delivery-headers.ts';
import { rememberSpeed } from './receiver-speed.ts';

const EXCERPT_CHARACTERS_MAX = 200;
const HEALTH_TRIES_MAX = 5;
/** A receiver's health is read again after a POST that took longer. */
const READ_AGAIN_AFTER_MS = 500;

/** How a due delivery went. */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  /** Tried in vain; `dueAt` is when it is due again, if it is. */
  | { readonly kind: 'not_delivered'; readonly dueAt?: Instant }
  /** Not tried: its receiver is backed off as a whole. The delivery stays due. */
  | { readonly kind: 'backed_off'; readonly until: Instant }
  | { readonly kind: 'not_due' };

/**
 * Tries a due delivery. It is leased first, so that only one of two sweeps sends it. If that one dies, the delivery is
 * due again when the lease ends, and its receiver may get it twice, under one id. A receiver that is backed off gets
 * one delivery when its time has come, from one of the sweeps.
 */
export async function deliverDue(world: World, id: string): Promise<DeliveryResult> {
  const due = await readDue(world, id);
  if (!due) return { kind: 'not_due' };
  const { delivery, endpoint } = due;
  const receiver = await readReceiver(world, delivery, endpoint);
  const isProbe = isBackedOff(receiver);
  if (isProbe) {
    const until = receiver.failing?.probeAt ?? world.now();
    if (until > world.now()) return { kind: 'backed_off', until };
    const claimed = claimProbe(receiver, world.now());
    const isClaimed = await saveEndpoint(world, claimed);
    if (!isClaimed) return { kind: 'backed_off', until: claimed.failing?.probeAt ?? until };
  }
  const leased = lease(delivery, world.now());
  if (!(await saveDelivery(world, leased))) return { kind: 'not_due' };
  const { status, dueAt } = await attempt(world, leased, endpoint, isProbe);
  return status === 'delivered' ? { kind: 'delivered' } : { kind: 'not_delivered', ...defined({ dueAt }) };
}

/** `undefined` where nothing is due. A delivery whose endpoint is disabled is held until it is enabled again. */
async function readDue(world: World, id: string): Promise<{ delivery: Delivery; endpoint: Endpoint } | undefined> {
  const delivery = await readDelivery(world, id);
  if (delivery?.status !== 'pending' || delivery.dueAt === undefined || delivery.dueAt > world.now()) return undefined;
  const endpoint = await readEndpoint(world, delivery, delivery.endpointId);
  if (endpoint && !endpoint.disabled) return { delivery, endpoint };
  await saveDelivery(world, hold(delivery));
  return undefined;
}

/** What has the health of a delivery's receiver: its endpoint, or the host of its own URL. */
async function readReceiver(world: World, { url, merchantId, mode }: Delivery, endpoint: Endpoint): Promise<Endpoint> {
  if (url === undefined) return endpoint;
  return (await readEndpoint(world, { merchantId, mode }, RESULTS_ENDPOINT, hostOf(url))) ?? endpoint;
}

/** One POST of a leased delivery. Its result is recorded for the delivery and for its receiver. */
export async function attempt(
  world: World,
  delivery: Delivery,
  endpoint: Endpoint,
  isProbe = false,
): Promise<Delivery> {
  const posted = await post(world, delivery, endpoint);
  // Results are never held for a host that is down for days: their tries must end.
  const next = recorded(world, delivery, posted, isProbe && delivery.url === undefined);
  // Not written if the merchant has asked for a resend meanwhile: then the new tries count.
  await saveDelivery(world, next);
  await recordReceiver(world, next, posted);
  return next;
}

/**
 * One POST of a delivery that is not stored yet. It is written as soon as the POST ends, with its result: that is one
 * write for an event that is taken, and a row in the due index only for one that is not.
 */
export async function attemptFirst(world: World, delivery: Delivery, endpoint: Endpoint): Promise<void> {
  const posted = await post(world, delivery, endpoint);
  const next = recorded(world, { ...delivery, version: 0 }, posted);
  const isSaved = await saveDelivery(world, next);
  if (!isSaved && next.status === 'delivered') await addSuccess(world, next.id, posted);
  // It was not failing when it was read, a moment ago, so there is no row of failures to end.
  const isAsBefore = isSaved && next.status === 'delivered' && posted.attempt.latencyMs < READ_AGAIN_AFTER_MS;
  await recordReceiver(world, next, posted, isAsBefore);
}

/** A second message posted the event at the same time, and its result was written first. A success ends the retries. */
async function addSuccess(world: World, id: string, posted: Posted): Promise<void> {
  const stored = await readDelivery(world, id);
  // Any other version is of a sweep or a resend, whose own attempt counts.
  if (stored?.status === 'pending' && stored.version === 1) await saveDelivery(world, recorded(world, stored, posted));
}

function recorded(world: World, delivery: Delivery, { attempt, retryAfterMs }: Posted, isProbe = false): Delivery {
  return record(delivery, attempt, { at: world.now(), retryAfterMs, chance: world.random(), isProbe });
}

async function recordReceiver(
  world: World,
  delivery: Delivery,
  { attempt, retryAfterMs }: Posted,
  isAsBefore = false,
): Promise<void> {
  rememberSpeed(world, receiverOf(delivery), attempt.latencyMs);
  const isCounted = !delivery.isTest || isDelivered(attempt);
  if (isCounted && !isAsBefore) await recordHealth(world, delivery, attempt, retryAfterMs);
  world.log.info('webhook.sent', {
    orderId: delivery.event.orderId,
    deliveryId: delivery.id,
    type: delivery.event.type,
    status: attempt.status,
    tries: delivery.tries > 1 ? delivery.tries : undefined,
    ms: attempt.latencyMs,
    nextAt: delivery.dueAt,
    ...(isDelivered(attempt) ? {} : whereTo(delivery, attempt)),
  });
}

/** Whose server failed, and how. The line of an event that was taken is read by nobody, so it costs no more bytes. */
function whereTo({ endpointId, merchantId }: Delivery, { error }: DeliveryAttempt) {
  return { endpointId, merchantId, ...defined({ error }) };
}

interface Posted {
  readonly attempt: DeliveryAttempt;
  readonly retryAfterMs: number;
}

async function post(world: World, { event, url }: Delivery, endpoint: Endpoint): Promise<Posted> {
  const at = world.now();
  const headers = await deliveryHeaders(world, event, endpoint, at);
  try {
    const answer = await world.outbound({
      method: 'POST',
      url: url ?? endpoint.url,
      headers,
      body: event.body,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    });
    const shown = excerpt(answer.body, EXCERPT_CHARACTERS_MAX);
    const latencyMs = elapsed(at, world.now());
    const attempt = { at, latencyMs, status: answer.status, ...defined({ excerpt: shown || undefined }) };
    return { attempt, retryAfterMs: retryAfter(answer, world.now()) };
  } catch (error) {
    const reason = error instanceof Error ? excerpt(error.message, EXCERPT_CHARACTERS_MAX) : 'no answer';
    return { attempt: { at, latencyMs: elapsed(at, world.now()), error: reason }, retryAfterMs: 0 };
  }
}

/** Seconds or a date (RFC 9110); anything else is ignored. */
function retryAfter({ headers }: HttpAnswer, now: string): number {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.parse(now));
}

/**
 * Updates the receiver's health, as it is by now: an attempt takes seconds, and a success must end a row of failures
 * that began meanwhile. Gives up silently when others keep changing it: the delivery itself is recorded.
 */
async function recordHealth(
  world: World,
  delivery: Delivery,
  attempt: DeliveryAttempt,
  retryAfterMs: number,
): Promise<void> {
  const host = delivery.url === undefined ? '' : hostOf(delivery.url);
  for (let tries = 0; tries < HEALTH_TRIES_MAX; tries += 1) {
    const current = await readEndpoint(world, delivery, delivery.endpointId, host);
    const next = current && applyDeliveryAttempt(current, attempt, { at: world.now(), retryAfterMs });
    if (!next) return;
    const failed = endpointFailed(current, next, world.now());
    if (!(await saveEndpoint(world, next, failed ? await occurrencePuts(world, [failed]) : []))) continue;
    if (next.disabled && !current.disabled) {
      countLive(world, next, METRICS.webhookDisabled);
      world.log.error('webhook.disabled', { endpointId: next.id, merchantId: next.merchantId, ...next.disabled });
    }
    return;
  }
}
