import { defined } from './defined.ts';
import type { Health } from './health.ts';
import type { Instant } from './time.ts';
import { elapsed, later, MINUTE, SECOND } from './time.ts';

/**
 * How long a provider takes for a send, from its last few, and what follows for whoever waits for an order: when to
 * poll for its outcome, and whether that is worth it.
 */

export const SEND_TIMES_MAX = 20;

/** A quantile that moved by less than this share does not change when anyone reads it. */
const CHANGE_MIN = 0.25;
/** Whoever orders from a provider whose sends mostly take longer does not wait. */
const SLOW_MS = 10 * SECOND;
/** Of fewer sends nothing is known. */
const SLOW_SENDS_MIN = 5;
/** How long after its last slow send a provider counts as slow; one that goes on so is noted again before. */
const SLOW_FOR_MS = 10 * MINUTE;

/** Polls too early cost a read, polls too late the merchant's time. */
const GAP_MS_MIN = 8;
const GAP_MS_MAX = SECOND;
const GAP_GROWTH = 1.5;
/** An order that is refused at once is seen no later than this. */
const FIRST_POLL_MS_MAX = 5 * SECOND;
/** Of what a usual send takes. */
const GAP_SHARE = 0.1;

export type Sends = Pick<Health, 'sendMs' | 'slowSendAt'>;

/** The sends with one that just ended. */
export function withSend(sends: Sends, ms: number, at: Instant): Sends {
  return together(sends, { sendMs: [ms], ...(ms > SLOW_MS ? { slowSendAt: at } : {}) }, at);
}

/** The last of the sends before and the later ones, at most `SEND_TIMES_MAX`. */
export function together(before: Sends, after: Sends, at: Instant): Sends {
  const [a, b] = [before.slowSendAt, after.slowSendAt];
  return {
    sendMs: [...timesAt(before, at), ...timesAt(after, at)].slice(-SEND_TIMES_MAX),
    ...defined({ slowSendAt: a && b ? later(a, b) : (a ?? b) }),
  };
}

/** How long sends take, as far as that still holds: one that was slow says little of those of ten minutes later. */
export function timesAt({ sendMs = [], slowSendAt }: Sends, at: Instant): readonly number[] {
  const isOld = slowSendAt === undefined || elapsed(slowSendAt, at) >= SLOW_FOR_MS;
  return isOld ? sendMs.filter((ms) => ms <= SLOW_MS) : sendMs;
}

/** Whether the second say of a provider what the first said, and will for a while. */
export function saysTheSame(known: Sends, next: Sends, at: Instant): boolean {
  const [before, after] = [timesAt(known, at), timesAt(next, at)];
  if (before.length === 0 || isSlow(before) !== isSlow(after)) return false;
  if (isSlow(before) && elapsed(known.slowSendAt ?? '', at) >= SLOW_FOR_MS / 2) return false;
  return [0.1, 0.5].every((share) => Math.abs(quantile(after, share) / quantile(before, share) - 1) < CHANGE_MIN);
}

/** Whether more than one of the last twenty sends took too long to wait for: then it is no accident. */
export function isSlow(times: readonly number[]): boolean {
  const second = times.toSorted((a, b) => b - a)[1] ?? 0;
  return times.length >= SLOW_SENDS_MIN && second > SLOW_MS;
}

/**
 * How long to sleep before each poll for an order's outcome: as long as a fast send takes, because the order is claimed
 * later than it was accepted, then in small steps that grow. Where nothing is known of the provider, the steps begin at
 * once.
 */
export function* pollGaps(times: readonly number[]): Generator<number, never> {
  const isKnown = times.length > 0;
  if (isKnown) yield bounded(quantile(times, 0.1), FIRST_POLL_MS_MAX);
  let gap = isKnown ? GAP_SHARE * quantile(times, 0.5) : 0;
  for (;;) {
    gap = bounded(gap, GAP_MS_MAX);
    yield gap;
    gap *= GAP_GROWTH;
  }
}

function bounded(ms: number, most: number): number {
  return Math.min(Math.max(ms, GAP_MS_MIN), most);
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(1, sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 1);
}
