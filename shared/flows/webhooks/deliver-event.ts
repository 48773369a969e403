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
import { activeSecrets } from './endpoint-secrets.ts';
import { signEvent } from './sign-event.ts';

const EXCERPT_CHARACTERS_MAX = 200;
const HEALTH_TRIES_MAX = 3;
const BACK_OFF_MS = MINUTE;

/** What became of a due delivery: whoever works through many of one endpoint goes on only while they are delivered. */
export type Delivered = 'delivered' | 'not_delivered' | 'not_due';

/**
 * Tries a delivery whose time has come. It is leased first, so that of two sweeps one sends it; if that one dies, it is
 * due again when the lease is over, and its receiver may hear it twice, under one id.
 */
export async function deliverDue(world: World, id: string): Promise<Delivered> {
  const delivery = await readDelivery(world, id);
  if (delivery?.status !== 'pending' || delivery.dueAt === undefined || delivery.dueAt > world.now()) return 'not_due';
  const endpoint = await readEndpoint(world, delivery, delivery.endpointId);
  if (!endpoint || endpoint.disabled) {
    await saveDelivery(world, hold(delivery));
    return 'not_due';
  }
  const leased = lease(delivery, world.now());
  if (!(await saveDelivery(world, leased))) return 'not_due';
  const { status } = await attempt(world, leased, endpoint);
  return status === 'delivered' ? 'delivered' : 'not_delivered';
}

/** Leaves a due delivery for later without trying it, because its endpoint has just failed. */
export async function putOffDue(world: World, id: string): Promise<undefined> {
  const delivery = await readDelivery(world, id);
  if (delivery?.status !== 'pending' || delivery.dueAt === undefined || delivery.dueAt > world.now()) return undefined;
  const endpoint = await readEndpoint(world, delivery, delivery.endpointId);
  const isHeld = !endpoint || endpoint.disabled;
  await saveDelivery(world, isHeld ? hold(delivery) : backOff(delivery, endpoint, world.now()));
  return undefined;
}

/** One POST of a leased delivery, and what it means for the delivery and its endpoint. */
export async function attempt(world: World, delivery: Delivery, endpoint: Endpoint): Promise<Delivery> {
  const { attempt, retryAfterMs } = await post(world, delivery, endpoint);
  const at = world.now();
  const next = record(delivery, attempt, { at, retryAfterMs, chance: world.random() });
  // Refused where somebody asked for it again meanwhile: then the new tries are what counts.
  await saveDelivery(world, next);
  noteLane(world, delivery, attempt);
  if (!delivery.isTest || isDelivered(attempt)) await judge(world, endpoint, attempt);
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
 * Whether this process has just seen the host of a result fail: the next one for it waits for the sweep, so that a host
 * that hangs does not hold up the events of others. An endpoint keeps that itself.
 */
export function hasJustFailed(world: World, delivery: Delivery): boolean {
  const at = world.memo.get(laneMemo(delivery)) as string | undefined;
  return at !== undefined && elapsed(at, world.now()) < BACK_OFF_MS;
}

function noteLane(world: World, delivery: Delivery, attempt: DeliveryAttempt): void {
  if (delivery.url === undefined) return;
  if (isDelivered(attempt)) world.memo.delete(laneMemo(delivery));
  else world.memo.set(laneMemo(delivery), world.now());
}

function laneMemo(delivery: Delivery): string {
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
    const heard = { at, latencyMs, status: answer.status, ...(excerpt === '' ? {} : { excerpt }) };
    return { attempt: heard, retryAfterMs: retryAfter(answer, world.now()) };
  } catch (error) {
    const reason = error instanceof Error ? clean(error.message) : 'no answer';
    return { attempt: { at, latencyMs: elapsed(at, world.now()), error: reason }, retryAfterMs: 0 };
  }
}

/** Seconds or a date (RFC 9110); anything else is no wish. */
function retryAfter({ headers }: HttpAnswer, now: string): number {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.parse(now));
}

/** What is kept of an answer: one line of it, without anything a terminal or a page could take for an instruction. */
function clean(text: string): string {
  const line = text.slice(0, 4 * EXCERPT_CHARACTERS_MAX).replace(/[\p{C}\s]+/gu, ' ');
  return line.trim().slice(0, EXCERPT_CHARACTERS_MAX);
}

/** Notes how an endpoint does. Never worth the delivery, which is recorded by then. */
async function judge(world: World, endpoint: Endpoint, attempt: DeliveryAttempt): Promise<void> {
  let current: Endpoint | undefined = endpoint;
  for (let tries = 0; current && tries < HEALTH_TRIES_MAX; tries += 1) {
    const next = applyDeliveryAttempt(current, attempt, world.now());
    if (!next) return;
    if (await saveEndpoint(world, next)) {
      if (next.disabled && !current.disabled) {
        world.log.metric(METRICS.webhookDisabled, 1);
        world.log.error('webhook.disabled', { endpointId: next.id, merchantId: next.merchantId, ...next.disabled });
      }
      return;
    }
    current = await readEndpoint(world, endpoint, endpoint.id);
  }
}
