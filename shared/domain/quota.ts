import type { Quota } from './terms.ts';
import { SECOND } from './time.ts';

/**
 * A bucket of tokens that holds `quota` and refills in `windowSeconds`. All of it is one number: when it is full again,
 * in ms since 1970. Taking tokens moves that on, and a bucket that is full now is empty of any state.
 */

/** How much later a bucket is full again when so many are taken: at least a ms, so that nothing is free. */
export function costMs({ quota, windowSeconds }: Quota, count: number): number {
  return Math.ceil((count * windowSeconds * SECOND) / quota);
}

/** How many tokens it holds. */
export function tokensAt(quota: Quota, fullAt: number, now: number): number {
  const leftMs = quota.windowSeconds * SECOND - Math.max(0, fullAt - now);
  return Math.max(0, Math.floor((leftMs * quota.quota) / (quota.windowSeconds * SECOND)));
}

/** The latest moment at which it may be full again, of one that so many can be taken from. */
export function latestFullAt(quota: Quota, count: number, now: number): number {
  return now + quota.windowSeconds * SECOND - costMs(quota, count);
}

/** In how many whole seconds so many can be taken; at least one. */
export function secondsUntil(quota: Quota, count: number, fullAt: number, now: number): number {
  return Math.max(1, Math.ceil((fullAt - latestFullAt(quota, count, now)) / SECOND));
}
