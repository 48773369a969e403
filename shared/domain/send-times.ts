import type { Health } from './health.ts';
import { SECOND } from './time.ts';

/**
 * How long a provider takes for a send, from its last few, and what follows for whoever waits for an order: when to
 * poll for its outcome, and whether that is worth it.
 */

export const SEND_TIMES_MAX = 20;

/** A quantile that moved by less than this share does not change when anyone reads it. */
const CHANGE_MIN = 0.25;
/** One of twenty sends takes longer than this: nobody waits for the others. */
const SLOW_MS = 10 * SECOND;

/** Polls too early cost a read, polls too late the merchant's time. */
const GAP_MS_MIN = 8;
const GAP_MS_MAX = SECOND;
const GAP_GROWTH = 1.5;
/** An order that is refused at once is seen no later than this. */
const FIRST_POLL_MS_MAX = 5 * SECOND;
/** Of what a usual send takes. */
const GAP_SHARE = 0.1;

type Times = Health['sendMs'];

/** The times with some more, at most `SEND_TIMES_MAX`. */
export function withTimes(times: Times, more: readonly number[]): number[] {
  return [...(times ?? []), ...more].slice(-SEND_TIMES_MAX);
}

/** Whether the second says of a provider what the first said. */
export function saysTheSame(known: Times, next: readonly number[]): boolean {
  if (!known || known.length === 0) return false;
  const isNear = (share: number) => Math.abs(quantile(next, share) / quantile(known, share) - 1) < CHANGE_MIN;
  return isNear(0.1) && isNear(0.5) && isSlow(known) === isSlow(next);
}

/** Whether too many of its sends take too long to wait for. */
export function isSlow(times: Times): boolean {
  return times !== undefined && times.length > 0 && quantile(times, 0.95) > SLOW_MS;
}

/**
 * How long to sleep before each poll for an order's outcome: a little longer than a fast send takes, because the order
 * is claimed later than it was accepted, then in small steps that grow. Where nothing is known of the provider, the
 * steps begin at once.
 */
export function* pollGaps(times: Times): Generator<number, never> {
  const isKnown = times !== undefined && times.length > 0;
  let gap = bounded(isKnown ? GAP_SHARE * quantile(times, 0.5) : 0, GAP_MS_MAX);
  let waited = isKnown ? bounded(quantile(times, 0.1), FIRST_POLL_MS_MAX) : 0;
  for (;;) {
    yield waited + gap;
    waited = 0;
    gap = bounded(gap * GAP_GROWTH, GAP_MS_MAX);
  }
}

function bounded(ms: number, most: number): number {
  return Math.min(Math.max(ms, GAP_MS_MIN), most);
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(1, sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 1);
}
