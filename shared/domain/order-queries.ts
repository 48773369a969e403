import { assert, unreachable } from './assert.ts';
import type { Capabilities, Change, Finding, Note, Order } from './order.ts';
import { isFinal } from './order.ts';
import type { Extra } from './order-life.ts';
import {
  backOff,
  change,
  compensate,
  keep,
  noted,
  QUERY_INTERVAL_MS_MAX,
  refund,
  reverse,
  succeed,
} from './order-life.ts';
import { recheckOf } from './recheck.ts';
import type { Instant } from './time.ts';
import { DAY, elapsed, MINUTE, plus } from './time.ts';

/** What the answers to status queries make of an order. Its changes themselves are those of its life. */

const NOT_FOUND_COUNT_MIN = 2;
/** How long a refund for "not found" is queried once more, where that gets no clear answer. */
const RECHECK_AGE_MAX_MS = 4 * DAY;

/** Applies the result of a status query: decides the order, queries again later, or sends it to manual review. */
export function applyQueryResult(order: Order, finding: Finding, capabilities: Capabilities, at: Instant): Change {
  assert(order.status === 'dispatching' || order.status === 'unknown', 'only an undecided order is queried');
  const queryCount = order.queryCount + 1;
  const asked = { queryCount, lastFinding: `${finding.kind}: ${finding.evidence}` };
  if (finding.kind === 'unclear' && finding.isLast && order.status === 'unknown') {
    return change(order, 'review', at, 'undecided', { ...asked, dueAt: at });
  }
  const sentAt = order.attempts.at(-1)?.startedAt ?? order.createdAt;
  switch (finding.kind) {
    case 'success':
      return succeed(order, finding.receipt, at, 'found', { ...asked, ...recheckOf(order, finding, at) });
    case 'rejected':
      return refund(order, finding.failure, at, finding.failure, asked);
    case 'not_found': {
      const notFoundCount = order.notFoundCount + 1;
      const horizon = capabilities.notFoundFinalAfterMs;
      const isProof = horizon !== null && elapsed(sentAt, at) >= horizon && notFoundCount >= NOT_FOUND_COUNT_MIN;
      if (isProof) return refund(order, 'not_delivered', at, 'not_delivered', { ...asked, notFoundCount });
      const finalAt = horizon === null ? undefined : plus(sentAt, horizon);
      if (finalAt === undefined || finalAt <= at) {
        return queryAgain(order, { ...asked, notFoundCount }, sentAt, capabilities, at);
      }
      const timeline = noted(order, noRecordYet(finalAt), at);
      const again = queryAgain(order, { ...asked, notFoundCount, timeline }, sentAt, capabilities, at);
      return {
        ...again,
        after: { ...again.after, ...dueBy(again.after, finalAt, plus(at, capabilities.queryIntervalMs)) },
      };
    }
    case 'in_progress':
    case 'unclear':
      return queryAgain(order, asked, sentAt, capabilities, at);
    default:
      return unreachable(finding);
  }
}

/**
 * Applies a status query about an order that was refunded because it was not found. If it was delivered after all, it
 * is charged again. Without a clear answer it is queried again, for some days. A success of the sandbox that is asked
 * about again may be taken back. `undefined` when it was decided before.
 */
export function applyRecheck(order: Order, finding: Finding, at: Instant): Change | undefined {
  if (order.recheckAt === undefined) return undefined;
  if (order.status === 'success') return applySuccessRecheck(order, finding, at);
  if (order.status !== 'refunded') return undefined;
  if (finding.kind === 'success') return compensate(order, finding.receipt, at);
  const asked = { queryCount: order.queryCount + 1, lastFinding: `${finding.kind}: ${finding.evidence}` };
  const isClear = finding.kind === 'not_found' || finding.kind === 'rejected';
  const isOver = isClear || elapsed(order.finalizedAt ?? at, at) >= RECHECK_AGE_MAX_MS;
  const recheckAt = isOver ? undefined : plus(at, QUERY_INTERVAL_MS_MAX);
  return keep(order, { ...asked, recheckAt, dueAt: order.outbox ? order.dueAt : recheckAt });
}

function applySuccessRecheck(order: Order, finding: Finding, at: Instant): Change {
  if (finding.kind === 'rejected') return reverse(order, at, 'taken_back');
  const queryCount = order.queryCount + 1;
  return keep(order, { queryCount, recheckAt: undefined, dueAt: order.outbox ? order.dueAt : undefined });
}

function queryAgain(order: Order, counts: Extra, sentAt: Instant, capabilities: Capabilities, at: Instant): Change {
  if (order.status === 'unknown' && elapsed(sentAt, at) >= capabilities.reviewAfterMs) {
    return change(order, 'review', at, 'undecided', { ...counts, dueAt: at });
  }
  const next = { ...counts, dueAt: plus(at, backOff(order.queryCount + 1, capabilities.queryIntervalMs)) };
  if (order.status === 'unknown') return keep(order, next);
  return change(order, 'unknown', at, 'unconfirmed', next);
}

/** The interval of the schedule that handles what is due. */
export const SWEEP_INTERVAL_MS = 2 * MINUTE;

/**
 * When an order is checked next, as of a moment and never before it: what was due by then waits for the next sweep,
 * which comes within its interval. `undefined` where no sweep looks for an outcome: it is decided, or a person decides.
 */
export function nextCheckAt({ status, dueAt }: Pick<Order, 'status' | 'dueAt'>, at: Instant): Instant | undefined {
  if (isFinal(status) || status === 'review' || dueAt === undefined) return undefined;
  return dueAt >= at ? dueAt : plus(at, SWEEP_INTERVAL_MS);
}

/** When the sandbox's next answer about a test order that was sent is due; `undefined` where none is to come. */
export function answerDueAt(order: Order): Instant | undefined {
  if (order.mode !== 'test' || order.stored !== undefined) return undefined;
  if (isFinal(order.status)) return order.recheckAt;
  return isInDoubt(order) ? order.dueAt : undefined;
}

/** Whether it was sent, and its provider is asked how it ended. */
export function isInDoubt({ status, attempts }: Order): boolean {
  return status === 'unknown' || (status === 'dispatching' && attempts.at(-1)?.outcome === 'accepted');
}

/** Why an order that its provider does not know is not refunded yet, for its merchant to read. */
function noRecordYet(finalAt: Instant): Note {
  return `The provider has no record of it. It may still arrive there, so that counts only from ${finalAt} on.`;
}

/** The next query at a moment when its answer decides, if that comes before it would be made anyway. */
function dueBy({ dueAt = '' }: Order, decisiveAt: Instant, earliest: Instant): Pick<Order, 'dueAt'> {
  const next = decisiveAt < earliest ? earliest : decisiveAt;
  return { dueAt: next < dueAt ? next : dueAt };
}
