import { defined } from '../../domain/defined.ts';
import { elapsed, MINUTE } from '../../domain/time.ts';
import type { Delivery, DeliveryAttempt, Endpoint } from '../../domain/webhook.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  applyDeliveryAttempt,
  backOff,
  hold,
  isDelivered,
  lease,
  receiverOf,
  record,
} from '../../domain/webhook.ts';
import { METRICS } from '../../manifest/metrics.ts';
import type { HttpAnswer } from '../../outbound-http.ts';
import { readDelivery, saveDelivery } from '../../store/deliveries.ts';
import { readEndpoint, saveEndpoint } from '../../store/endpoints.ts';
import type { World } from '../../world.ts';
import { countLive } from '../count-live.ts';
import { signEvent } from './sign-event.ts';
import { activeSecrets } from './signing-secrets.ts';

const EXCERPT_CHARACTERS_MAX = 200;
const HEALTH_TRIES_MAX = 3;
const BACK_OFF_MS = MINUTE;

/** How a due delivery went. The sweep goes on with a receiver's backlog only while deliveries succeed. */
export type DeliveryResult = 'delivered' | 'not_delivered' | 'not_due';

/**
 * Tries a due delivery. It is leased first, so that only one of two sweeps sends it. If that one dies, the delivery is
 * due again when the lease ends, and its receiver may get it twice, under one id.
 */
export async function deliverDue(world: World, id: string): Promise<DeliveryResult> {
  const due = await readDue(world, id);
  if (!due) return 'not_due';
  const leased = lease(due.delivery, world.now());
  if (!(await saveDelivery(world, leased))) return 'not_due';
  const { status } = await attempt(world, leased, due.endpoint);
  return status === 'delivered' ? 'delivered' : 'not_delivered';
}

/** Postpones a due delivery without trying it, because its receiver has just failed. */
export async function backOffDue(world: World, id: string): Promise<void> {
  const due = await readDue(world, id);
  if (due) await saveDelivery(world, backOff(due.delivery, due.endpoint, world.now()));
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

/** One POST of a leased delivery. Its result is recorded for the delivery and for its endpoint. */
export async function attempt(world: World, delivery: Delivery, endpoint: Endpoint): Promise<Delivery> {
  const { attempt, retryAfterMs } = await post(world, delivery, endpoint);
  const at = world.now();
  const next = record(delivery, attempt, { at, retryAfterMs, chance: world.random() });
  // Not written if the merchant has asked for a resend meanwhile: then the new tries count.
  await saveDelivery(world, next);
  rememberHost(world, delivery, attempt);
  if (!delivery.isTest || isDelivered(attempt)) await recordHealth(world, endpoint, attempt);
  world.log.info('webhook.sent', {
    deliveryId: delivery.id,
    endpointId: endpoint.id,
    type: delivery.event.type,
    status: attempt.status,
    tries: next.tries,
    ms: attempt.latencyMs,
    nextAt: next.dueAt,
  });
  return next;
}

/**
 * Whether this process has just seen the host of a `ResultsUrl` fail. Further results for it wait for the sweep, so
 * that a host that hangs does not delay the events of others. For a webhook endpoint its item says so.
 */
export function hasJustFailed(world: World, delivery: Delivery): boolean {
  const at = world.memo.get(hostMemo(delivery)) as string | undefined;
  return at !== undefined && elapsed(at, world.now()) < BACK_OFF_MS;
}

function rememberHost(world: World, delivery: Delivery, attempt: DeliveryAttempt): void {
  if (delivery.url === undefined) return;
  if (isDelivered(attempt)) world.memo.delete(hostMemo(delivery));
  else world.memo.set(hostMemo(delivery), world.now());
}

function hostMemo(delivery: Delivery): string {
  return `failed ${receiverOf(delivery)}`;
}

async function post(
  world: World,
  { event, url }: Delivery,
  endpoint: Endpoint,
): Promise<{ attempt: DeliveryAttempt; retryAfterMs: number }> {
  const at = world.now();
  const signatures = signEvent(event, await activeSecrets(world, endpoint), at);
  try {
    const answer = await world.outbound({
      method: 'POST',
      url: url ?? endpoint.url,
      headers: { 'content-type': 'application/json', 'user-agent': 'Airtime-Webhooks/1', ...signatures },
      body: event.body,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    });
    const excerpt = clean(answer.body);
    const latencyMs = elapsed(at, world.now());
    const attempt = { at, latencyMs, status: answer.status, ...defined({ excerpt: excerpt || undefined }) };
    return { attempt, retryAfterMs: retryAfter(answer, world.now()) };
  } catch (error) {
    const reason = error instanceof Error ? clean(error.message) : 'no answer';
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

/** The part of an answer that is kept: one line, without control characters a terminal or a page might interpret. */
function clean(text: string): string {
  const line = text.slice(0, 4 * EXCERPT_CHARACTERS_MAX).replace(/[\p{C}\s]+/gu, ' ');
  return line.trim().slice(0, EXCERPT_CHARACTERS_MAX);
}

/** Updates the endpoint's health. Gives up silently when others keep changing it: the delivery itself is recorded. */
async function recordHealth(world: World, endpoint: Endpoint, attempt: DeliveryAttempt): Promise<void> {
  let current: Endpoint | undefined = endpoint;
  for (let tries = 0; current && tries < HEALTH_TRIES_MAX; tries += 1) {
    const next = applyDeliveryAttempt(current, attempt, world.now());
    if (!next) return;
    if (await saveEndpoint(world, next)) {
      if (next.disabled && !current.disabled) {
        countLive(world, next, METRICS.webhookDisabled);
        world.log.error('webhook.disabled', { endpointId: next.id, merchantId: next.merchantId, ...next.disabled });
      }
      return;
    }
    current = await readEndpoint(world, endpoint, endpoint.id);
  }
}
