import type { Instant } from './time.ts';
import { SECOND } from './time.ts';

/**
 * The circuit breaker of a provider. It opens after `FAILURE_COUNT_MAX` sends in a row without a clear answer; while it
 * is open, orders wait instead of becoming unknown one by one. A successful probe, which sells nothing, closes it.
 */
export interface Health {
  /** Sends in a row without a clear answer. */
  readonly failureCount: number;
  readonly openSince?: Instant;
  /** When the next probe may be made. */
  readonly probeAt?: Instant;
}

export const FAILURE_COUNT_MAX = 10;
export const PROBE_INTERVAL_MS = 10 * SECOND;
