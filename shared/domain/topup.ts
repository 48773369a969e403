import { assert, unreachable } from './assert.ts';
import { defined } from './defined.ts';
import type { EntryDraft, Owner, WalletId } from './ledger.ts';
import type { Currency } from './money.ts';
import { formatAmount } from './money.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { DAY, earlier, elapsed, HOUR, MINUTE, plus, SECOND } from './time.ts';
import type { Changes } from './versioned.ts';
import { dueForEvents, EVENT_MESSAGE_MS, keptDue, revisedWithEvents, withoutUpTo } from './versioned.ts';

/**
 * A merchant's payment into its own wallet. The payment gateway's page, its callbacks and the browser's redirect prove
 * nothing: the wallet is credited once, when a status query confirms the payment in the requested currency and amount.
 */

/** `starting`: the payment gateway has not created the payment yet. `review`: an operator decides. */
export type TopupStatus = 'starting' | 'pending' | 'review' | 'success' | 'failed' | 'reversed';

/** Every transition. `failed -> success`: paid after all, as a status query confirms. Only an operator reverses. */
export const TOPUP_TRANSITIONS: Readonly<Record<TopupStatus, readonly TopupStatus[]>> = {
  starting: ['pending', 'failed'],
  pending: ['success', 'failed', 'review'],
  review: ['success', 'failed'],
  success: ['reversed'],
  failed: ['success', 'review'],
  reversed: [],
};

export const TOPUP_FAILURES = {
  declined: 'The payment was declined.',
  cancelled: 'The payment was cancelled.',
  insufficient_funds: 'The payer did not have enough money.',
  expired: 'Nobody paid in time.',
  gateway_error: 'The payment gateway could not take the payment.',
} as const;
export type TopupFailure = keyof typeof TOPUP_FAILURES;

export interface Topup extends WalletId {
  readonly id: string;
  /** The merchant's idempotency key; ours where it sent none. */
  readonly reference: string;
  readonly amountMinor: number;
  /** What the payer pays and the wallet is credited with: the amount, or one cent in a debugging deployment. */
  readonly chargedMinor: number;
  readonly returnUrl?: string;
  readonly status: TopupStatus;
  readonly version: number;
  /** The caller that may start the payment now: two starts would be two payments that can both be paid. */
  readonly startLease?: { readonly id: string; readonly until: Instant };
  /** Payments that may exist at the gateway beside this one; no payer was sent to their pages. */
  readonly orphans?: readonly string[];
  /** The payment gateway's reference of the payment. */
  readonly gatewayRef?: string;
  readonly redirectUrl?: string;
  readonly failure?: TopupFailure;
  /** An operator decided on it: from then on only an operator can decide otherwise. */
  readonly isDecidedByHand?: boolean;
  /** Since when the gateway denies a payment that was credited. An operator decides; until then it stays a success. */
  readonly deniedAt?: Instant;
  /** Our loss, in minor units, where the gateway took the payment back and the wallet no longer held it. */
  readonly lossMinor?: number;
  readonly queryCount: number;
  /** What the last status query answered, without secrets and truncated. */
  readonly lastFinding?: string;
  readonly timeline: readonly { readonly at: Instant; readonly status: TopupStatus; readonly note: string }[];
  readonly createdAt: Instant;
  readonly finalizedAt?: Instant;
  /** When to query the payment gateway next, or to have its events published; absent when nothing is pending. */
  readonly dueAt?: Instant;
  /** When a failed one is queried again. */
  readonly queryAt?: Instant;
  readonly events: number;
  /** When the payment gateway's answers and page were erased. */
  readonly erasedAt?: Instant;
  /** Unpublished events; each shows the top-up at the time of the event. */
  readonly outbox?: readonly TopupEvent[];
}

export interface TopupEvent {
  readonly type: TopupEventType;
  readonly sequence: number;
  readonly at: Instant;
  readonly shown: Pick<Topup, 'status' | 'failure' | 'finalizedAt'>;
}

export const TOPUP_EVENTS = {
  success: 'topup.success',
  failed: 'topup.failed',
  reversed: 'topup.reversed',
} as const;
type TopupEventType = (typeof TOPUP_EVENTS)[keyof typeof TOPUP_EVENTS];

/** The result of a status query at the payment gateway. */
export type PaymentFinding =
  /** Final, and the only one that credits. Amount and currency are the gateway's, and are compared with ours. */
  | { readonly kind: 'paid'; readonly amountMinor: number; readonly currency: Currency; readonly evidence: string }
  /** Final; nothing was paid. */
  | { readonly kind: 'failed'; readonly failure: TopupFailure; readonly evidence: string }
  /** The payer has not finished. */
  | { readonly kind: 'in_progress'; readonly evidence: string }
  /** Money moved, but not as requested: an operator decides. */
  | { readonly kind: 'review'; readonly evidence: string }
  /** The gateway knows no such payment. Never final: it may answer the same for wrong keys. */
  | { readonly kind: 'not_found'; readonly evidence: string }
  /** No usable answer: query again later. */
  | { readonly kind: 'unclear'; readonly evidence: string };

/** A decision, not yet written. */
export interface TopupChange {
  readonly before: Topup;
  readonly after: Topup;
  readonly entry?: Omit<EntryDraft, 'id'>;
}

/** How often a sweep looks at a top-up whose start failed. */
const START_INTERVAL_MS = 2 * MINUTE;
/** Age at which a top-up that the gateway never created fails: no payer ever saw a payment page. */
const START_AGE_MAX_MS = HOUR;
const QUERY_INTERVAL_MS = MINUTE;
const QUERY_INTERVAL_MS_MAX = HOUR;
/** How long we wait for a payer. A later payment still counts. */
const PAY_AGE_MAX_MS = DAY;
/** When a failed top-up is queried again: a payer may pay on the same page, and that callback may be lost. */
const QUERY_AFTER_FAILURE_MS = [HOUR, DAY];
/** Age of a failure after which it is queried no more, however unclear the answers were. */
const FAILURE_AGE_MAX_MS = 3 * DAY;
/** Longer than a request that starts a payment can live: then another request may start it. */
export const START_LEASE_MS = 45 * SECOND;
const ORPHANS_KEPT = 20;

/** Derived from the owner and the reference, so a reference has one top-up for ever. */
export function topupId(owner: Owner, reference: string): string {
  return `top_${sha256(`${owner.merchantId}#${owner.mode}#${reference}`).slice(0, 24)}`;
}

type InitialFields = Pick<
  Topup,
  'merchantId' | 'mode' | 'currency' | 'reference' | 'amountMinor' | 'chargedMinor' | 'returnUrl'
>;

/** A new top-up. Its creator has the lease to start the payment. */
export function beginTopup(initial: InitialFields, leaseId: string, at: Instant): Topup {
  assert(initial.amountMinor > 0 && initial.chargedMinor > 0, 'a top-up is of a positive amount');
  return {
    ...initial,
    id: topupId(initial, initial.reference),
    status: 'starting',
    version: 1,
    startLease: { id: leaseId, until: plus(at, START_LEASE_MS) },
    queryCount: 0,
    timeline: [{ at, status: 'starting', note: 'Requested.' }],
    createdAt: at,
    dueAt: plus(at, QUERY_INTERVAL_MS),
    events: 0,
  };
}

/**
 * Leases the start to one caller. `undefined` while another one has it, and once the payment is started. A lease that
 * ran out is the trace of a caller that died or hangs: it may have started a payment.
 */
export function takeStart(topup: Topup, leaseId: string, at: Instant): TopupChange | undefined {
  const { status, startLease } = topup;
  if (status !== 'starting' || (startLease !== undefined && startLease.until > at)) return undefined;
  const lost = startLease && `start ${startLease.id}: no answer until ${startLease.until}`;
  return keep(topup, { startLease: { id: leaseId, until: plus(at, START_LEASE_MS) }, ...withOrphan(topup, lost) });
}

/** The payment could not be started: gives the lease back, and notes a payment that may exist nevertheless. */
export function releaseStart(topup: Topup, leaseId: string, orphan: string | undefined): TopupChange | undefined {
  const isMine = topup.startLease?.id === leaseId;
  if (!isMine && orphan === undefined) return undefined;
  return keep(topup, { ...(isMine ? { startLease: undefined } : {}), ...withOrphan(topup, orphan) });
}

function withOrphan({ orphans = [] }: Topup, orphan: string | undefined): Pick<Topup, 'orphans'> {
  return orphan === undefined ? {} : { orphans: [...orphans, orphan].slice(-ORPHANS_KEPT) };
}

/** The payment gateway created the payment and its page. Where a concurrent start was first, ours is an orphan. */
export function startedTopup(
  topup: Topup,
  payment: { gatewayRef: string; redirectUrl: string },
  at: Instant,
): TopupChange | undefined {
  const { gatewayRef, redirectUrl } = payment;
  if (topup.status !== 'starting') {
    return topup.gatewayRef === gatewayRef ? undefined : keep(topup, withOrphan(topup, `payment ${gatewayRef}`));
  }
  return change(topup, 'pending', at, 'Waiting for the payer.', {
    gatewayRef,
    redirectUrl,
    startLease: undefined,
    dueAt: keptDue(topup.dueAt, plus(at, QUERY_INTERVAL_MS / 2), plus(at, QUERY_INTERVAL_MS)),
  });
}

/** A top-up that could not be started: due again later, or failed when it is too old. */
export function abandonStart(topup: Topup, at: Instant): TopupChange | undefined {
  if (topup.status !== 'starting') return undefined;
  if (elapsed(topup.createdAt, at) < START_AGE_MAX_MS) return keep(topup, { dueAt: plus(at, START_INTERVAL_MS) });
  return fail(topup, 'gateway_error', at);
}

/** Applies the result of a status query. `undefined` when it changes nothing. */
export function applyPaymentStatus(topup: Topup, finding: PaymentFinding, at: Instant): TopupChange | undefined {
  if (topup.status === 'starting' || topup.status === 'reversed') return undefined;
  const asked = { queryCount: topup.queryCount + 1, lastFinding: `${finding.kind}: ${finding.evidence}` };
  // The gateway repeats its callbacks: an operator has already decided on this result.
  if (topup.isDecidedByHand && asked.lastFinding === topup.lastFinding) return undefined;
  if (topup.status === 'success') return deny(topup, finding, at, asked);
  switch (finding.kind) {
    case 'paid':
      if (!fits(topup, finding)) return sendToReview(topup, at, mismatch(topup, finding), asked);
      // An operator may have corrected the wallet already, so it is not credited again.
      if (topup.isDecidedByHand) return sendToReview(topup, at, 'Paid after it was decided by hand.', asked);
      return credit(topup, at, asked);
    case 'review':
      return sendToReview(topup, at, 'The payment was partial, or reversed; an operator decides.', asked);
    case 'failed':
      return topup.status === 'pending'
        ? fail(topup, finding.failure, at, asked)
        : stayFailed(topup, finding, at, asked);
    case 'in_progress':
      if (topup.status !== 'pending') return stayFailed(topup, finding, at, asked);
      return elapsed(topup.createdAt, at) >= PAY_AGE_MAX_MS
        ? fail(topup, 'expired', at, asked)
        : keep(topup, { ...asked, dueAt: nextQuery(topup, at) });
    // The gateway is said to answer not found for wrong keys, too.
    case 'not_found':
    case 'unclear':
      if (topup.status !== 'pending') return stayFailed(topup, finding, at, asked);
      return elapsed(topup.createdAt, at) >= PAY_AGE_MAX_MS
        ? sendToReview(topup, at, 'The gateway gave no clear answer in time; an operator decides.', asked)
        : keep(topup, { ...asked, dueAt: nextQuery(topup, at) });
    default:
      return unreachable(finding);
  }
}

/** The gateway denies a payment that was credited. Nothing is taken back automatically: an operator decides. */
function deny(topup: Topup, finding: PaymentFinding, at: Instant, asked: Extra): TopupChange | undefined {
  const isDenial = finding.kind === 'review' || finding.kind === 'failed';
  if (!isDenial || topup.deniedAt !== undefined) return undefined;
  const note = 'The gateway says that the payment was taken back; an operator decides.';
  const timeline = [...topup.timeline, { at, status: topup.status, note }];
  return keep(topup, { ...asked, timeline, deniedAt: at, dueAt: at });
}

/** A failed top-up stays as it is, and is queried again while a payment may still come. */
function stayFailed(topup: Topup, finding: PaymentFinding, at: Instant, asked: Extra): TopupChange | undefined {
  if (topup.status !== 'failed' || topup.isDecidedByHand) return undefined;
  const isUnclear = finding.kind === 'unclear' || finding.kind === 'not_found';
  const queryAt = nextAfterFailure(topup.finalizedAt ?? at, at, isUnclear);
  return keep(topup, { ...asked, queryAt, dueAt: topup.outbox ? topup.dueAt : queryAt });
}

function nextAfterFailure(failedAt: Instant, at: Instant, isUnclear = false): Instant | undefined {
  const next = QUERY_AFTER_FAILURE_MS.map((ms) => plus(failedAt, ms)).find((each) => each > at);
  if (!isUnclear || elapsed(failedAt, at) >= FAILURE_AGE_MAX_MS) return next;
  const soon = plus(at, HOUR);
  return next !== undefined && next < soon ? next : soon;
}

/** Whether an operator has to decide: on a payment that is not as requested, or that was taken back. */
export function waitsForOperator({ status, deniedAt }: Pick<Topup, 'status' | 'deniedAt'>): boolean {
  return status === 'review' || deniedAt !== undefined;
}

/** What an operator can decide on a top-up: `reversed` and `kept` on one that was credited and is denied. */
export const TOPUP_RESOLUTIONS = ['paid', 'failed', 'reversed', 'kept'] as const;
export type TopupResolution = (typeof TOPUP_RESOLUTIONS)[number];

/**
 * Applies an operator's decision on a denied top-up. Reversing debits the wallet by an entry, by no more than it holds:
 * the rest is our loss.
 */
export function resolveDenied(
  topup: Topup,
  resolution: 'reversed' | 'kept',
  decision: { by: string; reason: string },
  balanceMinor: number,
  at: Instant,
): TopupChange {
  assert(topup.status === 'success' && topup.deniedAt !== undefined, 'only a denied top-up is reversed or kept');
  const note = `Decided by ${decision.by}: ${decision.reason}`;
  const end = { deniedAt: undefined, dueAt: undefined, isDecidedByHand: true };
  if (resolution === 'kept') {
    return keep(topup, { ...end, timeline: [...topup.timeline, { at, status: topup.status, note }] });
  }
  const takenMinor = Math.min(balanceMinor, topup.chargedMinor);
  const lossMinor = topup.chargedMinor - takenMinor;
  const loss = lossMinor > 0 ? { lossMinor } : {};
  const decided = change(topup, 'reversed', at, note, { ...end, ...loss, finalizedAt: at });
  if (takenMinor === 0) return decided;
  const { id: topupId, reference } = topup;
  const description = `Reversal of top-up ${reference}`;
  return { ...decided, entry: { kind: 'topup_reversal', amountMinor: -takenMinor, description, topupId } };
}

/** Applies an operator's decision on a top-up in review. Who decided and why stay on its timeline. */
export function resolveTopup(
  topup: Topup,
  resolution: 'paid' | 'failed',
  decision: { by: string; reason: string },
  at: Instant,
): TopupChange {
  assert(topup.status === 'review', 'only a top-up in review is decided by hand');
  const note = `Decided by ${decision.by}: ${decision.reason}`;
  if (resolution === 'paid') return credit(topup, at, { isDecidedByHand: true }, note);
  const end = { failure: 'gateway_error', finalizedAt: at, dueAt: undefined, isDecidedByHand: true } as const;
  return change(topup, 'failed', at, note, end);
}

/** Removes the events up to this one from the outbox after they were published, and is due as it would be else. */
export function markTopupPublished(topup: Topup, sequence: number): TopupChange | undefined {
  const outbox = withoutUpTo(topup.outbox, sequence);
  if (outbox === topup.outbox) return undefined;
  const isOver = outbox === undefined && isDecided(topup.status) && topup.deniedAt === undefined;
  return keep(topup, { outbox, ...(isOver ? { dueAt: topup.queryAt } : {}) });
}

/** Leaves unpublished events to the message that was just sent; where an operator decides, it is due as it is. */
export function leaveToMessage(topup: Topup, at: Instant): TopupChange | undefined {
  const isDueElse = waitsForOperator(topup) || (topup.queryAt !== undefined && topup.queryAt <= at);
  return isDueElse ? undefined : keep(topup, { dueAt: earlier(topup.queryAt, plus(at, EVENT_MESSAGE_MS)) });
}

/** Whether a sweep will query the payment gateway, without a further notification. */
export function isQueriedAgain(topup: Topup): boolean {
  return isDecided(topup.status) ? topup.queryAt !== undefined : topup.dueAt !== undefined;
}

export function isDecided(status: TopupStatus): status is keyof typeof TOPUP_EVENTS {
  return status === 'success' || status === 'failed' || status === 'reversed';
}

function fits(topup: Topup, paid: { amountMinor: number; currency: Currency }): boolean {
  return paid.currency === topup.currency && paid.amountMinor === topup.chargedMinor;
}

function mismatch(topup: Topup, paid: { amountMinor: number; currency: Currency }): string {
  const show = (minor: number, currency: Currency) => `${currency} ${formatAmount(minor, currency)}`;
  const asked = show(topup.chargedMinor, topup.currency);
  return `Paid ${show(paid.amountMinor, paid.currency)} where ${asked} was requested; an operator decides.`;
}

type Extra = Changes<Topup>;

function credit(topup: Topup, at: Instant, extra: Extra, note = 'Paid, as the gateway confirms.'): TopupChange {
  const end = { finalizedAt: at, dueAt: undefined, failure: undefined };
  const decided = change(topup, 'success', at, note, { ...extra, ...end });
  const { id, reference, chargedMinor } = topup;
  const entry = { kind: 'topup', amountMinor: chargedMinor, description: `Top-up ${reference}`, topupId: id } as const;
  return { ...decided, entry };
}

function fail(topup: Topup, failure: TopupFailure, at: Instant, extra: Extra = {}): TopupChange {
  // Without a payment at the gateway there is nothing to query.
  const queryAt = topup.gatewayRef === undefined ? undefined : nextAfterFailure(at, at);
  return change(topup, 'failed', at, TOPUP_FAILURES[failure], { ...extra, failure, queryAt, finalizedAt: at });
}

/** Sends a top-up to manual review. One that is there already stays as it is. */
function sendToReview(topup: Topup, at: Instant, note: string, extra: Extra): TopupChange | undefined {
  if (topup.status === 'review') return undefined;
  return change(topup, 'review', at, note, { ...extra, dueAt: at, failure: undefined, finalizedAt: undefined });
}

function nextQuery(topup: Topup, at: Instant): Instant {
  return plus(at, Math.min(QUERY_INTERVAL_MS * 2 ** Math.min(topup.queryCount, 10), QUERY_INTERVAL_MS_MAX));
}

/** The only way to a new status: checks that the transition exists, and adds the event. */
function change(before: Topup, status: TopupStatus, at: Instant, note: string, extra: Extra): TopupChange {
  assert(TOPUP_TRANSITIONS[before.status].includes(status), `no transition from ${before.status} to ${status}`);
  const timeline = [...before.timeline, { at, status, note }];
  const { after } = keep(before, { queryAt: undefined, ...extra, timeline, status });
  if (!isDecided(status)) return { before, after };
  const { failure, finalizedAt } = after;
  const sequence = after.events + 1;
  const shown = { status, ...defined({ failure, finalizedAt }) };
  const event: TopupEvent = { type: TOPUP_EVENTS[status], sequence, at, shown };
  const outbox = [...(after.outbox ?? []), event];
  return {
    before,
    after: { ...after, dueAt: earlier(after.queryAt, dueForEvents(before.dueAt, at)), events: sequence, outbox },
  };
}

function keep(before: Topup, extra: Extra): TopupChange {
  return { before, after: revisedWithEvents(before, extra) };
}
