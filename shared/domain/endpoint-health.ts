import { defined } from './defined.ts';
import type { Instant } from './time.ts';
import { DAY, elapsed, HOUR, MINUTE, plus, SECOND } from './time.ts';
import type { DeliveryAttempt, Endpoint } from './webhook.ts';
import { isDelivered, isGone, RESULTS_ENDPOINT } from './webhook.ts';

/** The health of what receives deliveries: an endpoint, or one host of results. */

/** So many failures in a row back an endpoint off. */
export const BACKED_OFF_AFTER = 5;
const PROBE_GAP_MS_MIN = 5 * SECOND;
const PROBE_GAP_MS_MAX = HOUR;
/** Longer than a probe can take. A process that dies with its probe holds up the next one for no longer. */
const PROBE_LEASE_MS = MINUTE;
const DISABLED_AFTER_MS = 5 * DAY;

/** Whether it gets nothing before `failing.probeAt`, and then one delivery. */
export function isBackedOff({ failing }: Pick<Endpoint, 'failing'>): boolean {
  return failing?.probeAt !== undefined;
}

/** Takes the next probe of an endpoint that is backed off: of two sweeps only one sends it. */
export function claimProbe(endpoint: Endpoint, at: Instant): Endpoint {
  const { failing = { since: at, times: 0 } } = endpoint;
  const probeAt = plus(at, PROBE_LEASE_MS);
  return { ...endpoint, failing: { ...failing, probeAt }, revision: endpoint.revision + 1 };
}

/** Applies an attempt to its endpoint; `undefined` when it changes nothing. No result of an order disables anything. */
export function applyDeliveryAttempt(
  endpoint: Endpoint,
  attempt: DeliveryAttempt,
  { at, retryAfterMs = 0 }: { at: Instant; retryAfterMs?: number },
): Endpoint | undefined {
  const { failing, ...rest } = endpoint;
  const revision = endpoint.revision + 1;
  if (isDelivered(attempt)) return failing === undefined ? undefined : { ...rest, revision };
  if (endpoint.disabled) return undefined;
  const mayDisable = endpoint.id !== RESULTS_ENDPOINT;
  if (mayDisable && isGone(attempt)) return { ...endpoint, disabled: { at, reason: 'gone' }, revision };
  const since = failing?.since ?? at;
  const failedFor = Math.max(0, elapsed(since, at));
  if (mayDisable && failedFor >= DISABLED_AFTER_MS) {
    return { ...endpoint, disabled: { at, reason: 'failing' }, revision };
  }
  const times = (failing?.times ?? 0) + 1;
  const gap = Math.min(Math.max(failedFor, retryAfterMs, PROBE_GAP_MS_MIN), PROBE_GAP_MS_MAX);
  const probeAt = times < BACKED_OFF_AFTER ? undefined : plus(at, gap);
  return { ...rest, failing: { since, times, ...defined({ probeAt }) }, revision };
}
