import type { Mode } from './ledger.ts';
import type { Instant } from './time.ts';
import { DAY, MINUTE, plus } from './time.ts';

/** When decided orders are queried once more. */

/** When an order that was refunded as not found is. No tester waits for a day. */
export const RECHECK_AFTER_MS: Readonly<Record<Mode, number>> = { live: DAY, test: MINUTE };

/** A success is in the sandbox only: what a live provider takes back is for an operator to decide. */
export function recheckOf(
  { mode }: { readonly mode: Mode },
  { recheckAfterMs }: { readonly recheckAfterMs?: number },
  at: Instant,
): { readonly recheckAt?: Instant } {
  return mode === 'test' && recheckAfterMs !== undefined ? { recheckAt: plus(at, recheckAfterMs) } : {};
}
