import { defined } from './defined.ts';
import type { Instant } from './time.ts';
import { elapsed, MINUTE } from './time.ts';

/**
 * The canary: a merchant of ours that places a test order every few minutes, as any merchant would, so that somebody
 * notices where no merchant is there to notice.
 */

export const CANARY_MERCHANT = 'mer_canary';
/** Where its webhooks arrive: with us. */
export const CANARY_PATH = '/callbacks/canary';

/** What its last runs came to. */
export interface CanaryRuns {
  readonly ranAt: Instant;
  /** In a row; 0 after one that went well. */
  readonly failedRuns: number;
  readonly failingSince?: Instant;
  readonly upSince?: Instant;
}

/** One run that failed may have met a moment; two did not. */
const DOWN_AFTER = 2;
/** Nothing is known after three runs that did not come to an end. */
const KNOWN_MS = 15 * MINUTE;

export function afterRun(before: CanaryRuns | undefined, isSound: boolean, at: Instant): CanaryRuns {
  const { failedRuns = 0, failingSince = at, upSince } = before ?? {};
  if (!isSound) return { ranAt: at, failedRuns: failedRuns + 1, failingSince, ...defined({ upSince }) };
  return { ranAt: at, failedRuns: 0, upSince: failedRuns >= DOWN_AFTER ? at : (upSince ?? at) };
}

export interface CanaryState {
  readonly state: 'up' | 'down' | 'unknown';
  readonly since: Instant | null;
}

/** `unknown` where no order was tried lately, as in a deployment that has no canary. */
export function canaryState(runs: CanaryRuns | undefined, at: Instant): CanaryState {
  if (!runs || elapsed(runs.ranAt, at) > KNOWN_MS) return { state: 'unknown', since: null };
  return runs.failedRuns >= DOWN_AFTER
    ? { state: 'down', since: runs.failingSince ?? null }
    : { state: 'up', since: runs.upSince ?? null };
}
