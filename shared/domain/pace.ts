import type { Health } from './health.ts';
import type { Instant } from './time.ts';
import { elapsed, MINUTE, SECOND } from './time.ts';

/**
 * How fast a provider is called. Its capabilities say the most. After its breaker has closed it is one call a second,
 * which doubles while its answers are clear and halves when one is not: a provider that has just come back is not sent
 * everything that waited for it at once.
 */
export type Ramp = Pick<Health, 'rampPerSecond' | 'rampAt' | 'rampSince'>;

const RAMP_START = 1;
const RAMP_STEP_MS = 10 * SECOND;
/** A ramp is over then: a provider that always leaves a few calls unclear would else never be called at full speed. */
const RAMP_MS_MAX = 10 * MINUTE;

/** What a closing breaker begins with. */
export function startOfRamp(at: Instant): Required<Ramp> {
  return { rampPerSecond: RAMP_START, rampAt: at, rampSince: at };
}

/** Calls a second at this moment, and whether that is less than the provider takes. */
export function paceOf(
  { rampPerSecond, rampSince }: Ramp,
  perSecondMax: number,
  at: Instant,
): { perSecond: number; isRamping: boolean } {
  const isOver = rampPerSecond === undefined || rampPerSecond >= perSecondMax;
  if (isOver || rampSince === undefined || elapsed(rampSince, at) >= RAMP_MS_MAX) {
    return { perSecond: perSecondMax, isRamping: false };
  }
  return { perSecond: rampPerSecond, isRamping: true };
}

/**
 * The ramp after an answer to a call that began at `startedAt`; `undefined` where it stays as it is. An unclear answer
 * counts once for each step: what was called before the last one says nothing about the present pace.
 */
export function rampAfter(
  { rampPerSecond, rampAt, rampSince }: Ramp,
  answer: { isClear: boolean; startedAt: Instant },
  perSecondMax: number,
  at: Instant,
): Ramp | undefined {
  if (rampPerSecond === undefined || rampAt === undefined || rampSince === undefined) return undefined;
  if (elapsed(rampSince, at) >= RAMP_MS_MAX) return {};
  if (!answer.isClear) {
    if (answer.startedAt < rampAt) return undefined;
    return { rampPerSecond: Math.max(RAMP_START, rampPerSecond / 2), rampAt: at, rampSince };
  }
  if (elapsed(rampAt, at) < RAMP_STEP_MS) return undefined;
  const next = 2 * rampPerSecond;
  return next >= perSecondMax ? {} : { rampPerSecond: next, rampAt: at, rampSince };
}
