import type { Owner } from './ledger.ts';
import type { Instant } from './time.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';

/**
 * The circuit breaker of a provider. It opens after `FAILURE_COUNT_MAX` sends in a row without a clear answer, and at
 * once when the provider refuses us; while it is open, orders wait instead of becoming unknown, or being refused, one
 * by one. A successful probe, which sells nothing, closes it.
 */
export interface Health {
  /** Sends in a row without a clear answer. */
  readonly failureCount: number;
  readonly openSince?: Instant;
  /** When its breaker last closed, or its credentials last came. */
  readonly upSince?: Instant;
  /** Set while it has no credentials: it sells nothing. */
  readonly offSince?: Instant;
  /** Set where it is open because the provider refuses us. */
  readonly reason?: RefusalReason;
  /** When the next probe may be made. */
  readonly probeAt?: Instant;
  /** What our accounts there held last, by account: only those that are low, or were. */
  readonly balances: ReadonlyMap<string, BalanceFigure>;
  /** When the balances may be read next, while one is low. */
  readonly balancesAt?: Instant;
  /** Set while somebody reads them. */
  readonly balancesReadSince?: Instant;
  /** Calls a second since its breaker closed, since when it is so many, and when the breaker closed. */
  readonly rampPerSecond?: number;
  readonly rampAt?: Instant;
  readonly rampSince?: Instant;
  /** The moment, in ms since 1970, of the next call that nobody has taken. */
  readonly sendsNextAt?: number;
  readonly queriesNextAt?: number;
  /** How many milliseconds its last sends took, from the claim to what they came to; the newest last. */
  readonly sendMs?: readonly number[];
  /** When the last of them ended that was slow (`send-times.ts`). */
  readonly slowSendAt?: Instant;
  /** An order that each of our accounts there delivered, not long ago, by account. */
  readonly deliveries: ReadonlyMap<string, KnownDelivery>;
}

/** An order that was delivered, so that its provider must find it. */
export interface KnownDelivery extends Owner {
  readonly agentReference: string;
  readonly at: Instant;
}

/** Why a provider refuses us: our credentials, our account, or our prepaid balance there. */
export type RefusalReason = 'credentials' | 'suspended' | 'balance';

/** Our own money in an account at an upstream. */
export interface BalanceFigure {
  readonly balanceMinor: number;
  readonly at: Instant;
}

/** How old a delivery may be that must be found: providers keep about this much history. */
export const CONTROL_MS_MAX = 30 * DAY;
/** How often a newer one replaces it. */
export const CONTROL_INTERVAL_MS = HOUR;

export const FAILURE_COUNT_MAX = 10;
export const PROBE_INTERVAL_MS = 10 * SECOND;
/** A probe logs in, and too many refused logins lock an account. */
export const REFUSED_PROBE_INTERVAL_MS = MINUTE;
export function probeIntervalOf({ reason }: Pick<Health, 'reason'>): number {
  return reason === undefined ? PROBE_INTERVAL_MS : REFUSED_PROBE_INTERVAL_MS;
}
/** How often a low balance is read while orders want to be paid from it. */
export const BALANCE_INTERVAL_MS = MINUTE;
/** A balance that was read longer ago than this holds no order back. */
export const BALANCE_FRESH_MS = 5 * MINUTE;
