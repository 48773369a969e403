import { defined } from './defined.ts';
import type { Owner } from './ledger.ts';
import type { Instant } from './time.ts';
import { MINUTE, plus } from './time.ts';

/**
 * The recovery of an endpoint: its failed and held deliveries of a time range become due again, page by page, from the
 * newest to the oldest. There is one for each endpoint, and whoever works on it has it for a time.
 */
export interface Recovery extends Owner, Range {
  readonly id: string;
  readonly endpointId: string;
  /** Where the next page begins, in the list of deliveries. */
  readonly below?: string;
  /** So many deliveries became due again. */
  readonly recovered: number;
  readonly createdAt: Instant;
  /** When a sweep goes on with it. Absent: it has ended. */
  readonly dueAt?: Instant;
  readonly version: number;
}

interface Range {
  readonly since: Instant;
  /** Exclusive. Absent: until it ends. */
  readonly until?: Instant;
}

type Wanted = Range & Pick<Recovery, 'merchantId' | 'mode' | 'endpointId' | 'below'>;

/** Longer than a page takes. A process that dies with it holds it up for no longer. */
const LEASE_MS = MINUTE;

export function recoveryId({
  merchantId,
  mode,
  endpointId,
}: Pick<Wanted, 'merchantId' | 'mode' | 'endpointId'>): string {
  return `recovery ${merchantId} ${mode} ${endpointId}`;
}

/** Begins a recovery for its caller to work on; `undefined` where the current one covers it, and goes on. */
export function beginRecovery(current: Recovery | undefined, wanted: Wanted, at: Instant): Recovery | undefined {
  const running = current?.dueAt === undefined ? undefined : current;
  const id = recoveryId(wanted);
  const version = (current?.version ?? 0) + 1;
  const fresh = { ...wanted, id, recovered: 0, createdAt: at, dueAt: plus(at, LEASE_MS), version };
  if (!running) return fresh;
  if (running.since <= wanted.since && isWithin(wanted.until, running.until)) return undefined;
  // Both ranges, from the newest: what is due by now is passed over.
  const { until: _until, below: _below, ...both } = fresh;
  const until = isWithin(wanted.until, running.until) ? running.until : wanted.until;
  const since = wanted.since < running.since ? wanted.since : running.since;
  return { ...both, since, ...defined({ until }), recovered: running.recovered };
}

function isWithin(end: Instant | undefined, until: Instant | undefined): boolean {
  return until === undefined || (end !== undefined && end <= until);
}

/** After a page. `below`: where the next one begins; absent: that was the last. */
export function advanceRecovery(
  recovery: Recovery,
  page: { recovered: number; below?: string },
  at: Instant,
): Recovery {
  const { below: _below, dueAt: _dueAt, ...rest } = recovery;
  const goesOn = page.below === undefined ? {} : { below: page.below, dueAt: plus(at, LEASE_MS) };
  return { ...rest, ...goesOn, recovered: recovery.recovered + page.recovered, version: recovery.version + 1 };
}

/** Takes a recovery that is due: of two sweeps only one goes on with it. */
export function leaseRecovery(recovery: Recovery, at: Instant): Recovery {
  return { ...recovery, dueAt: plus(at, LEASE_MS), version: recovery.version + 1 };
}

/** Leaves a recovery to the next sweep. */
export function releaseRecovery(recovery: Recovery, at: Instant): Recovery {
  return { ...recovery, dueAt: at, version: recovery.version + 1 };
}

/** For an endpoint that takes nothing any more. */
export function endRecovery(recovery: Recovery): Recovery {
  const { dueAt: _dueAt, ...rest } = recovery;
  return { ...rest, version: recovery.version + 1 };
}
