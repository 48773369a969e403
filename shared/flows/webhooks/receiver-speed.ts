import type { Instant } from '../../domain/time.ts';
import { elapsed, MINUTE, SECOND } from '../../domain/time.ts';
import { sharerOf } from '../../domain/webhook.ts';
import type { World } from '../../world.ts';

/** What this process remembers of how long receivers take to answer. Kept in no table: every process learns it soon. */

/** A call this long keeps a sender from the events of others. */
const SLOW_MS = 3 * SECOND;
const REMEMBERED_MS = MINUTE;

export function rememberSpeed(world: World, receiver: string, latencyMs: number): void {
  for (const name of new Set([receiver, sharerOf(receiver)])) {
    if (latencyMs < SLOW_MS) world.memo.delete(memoOf(name));
    else world.memo.set(memoOf(name), world.now());
  }
}

/**
 * Whether this process has just waited long for a receiver. Its further events are left to the sweep, where each
 * receiver has a share of its own, so that one that hangs or is slow does not delay the events of others.
 */
export function isSlow(world: World, receiver: string): boolean {
  const at = world.memo.get(memoOf(receiver)) as Instant | undefined;
  return at !== undefined && elapsed(at, world.now()) < REMEMBERED_MS;
}

/** The same of any host of the merchant's results: each of thousands that hang would keep a sender once. */
export function isOneSlow(world: World, receiver: string): boolean {
  return isSlow(world, sharerOf(receiver));
}

function memoOf(receiver: string): string {
  return `slow ${receiver}`;
}
