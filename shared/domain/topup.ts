import { assert, unreachable } from './assert.ts';
import { defined } from './defined.ts';
import type { EntryDraft, Owner, WalletId } from './ledger.ts';
import type { Currency } from './money.ts';
import { formatAmount } from './money.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { DAY, elapsed, HOUR, MINUTE, plus } from './time.ts';
import type { Changes } from './versioned.ts';
import { revised, withoutUpTo } from './versioned.ts';

/**
 * A merchant's payment into its own wallet. The payment gateway's page, its callbacks and the browser's redirect prove
 * nothing: the wallet is credited once, when a status query confirms the payment in the requested currency and amount.
 */

/** `starting`: the payment gateway has not created the payment yet. `review`: an operator decides. */
export type TopupStatus = 'starting' | 'pending' | 'review' | 'success' | 'failed';

/** Every transition. `failed -> success`: paid after all, as a status query confirms. */
export const TOPUP_TRANSITIONS: Readonly<Record<TopupStatus, readonly TopupStatus[]>> = {
  starting: ['pending', 'failed'],
  pending: ['success', 'failed', 'review'],
  review: ['success', 'failed'],
  success: [],
  failed: ['success', 'review'],
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
  /** The payment gateway's reference of the payment. */
  readonly gatewayRef?: string;
  readonly redirectUrl?: string;
  readonly failure?: TopupFailure;
  /** An operator decided that it failed: from then on only an operator can decide otherwise. */
  readonly isDecidedByHand?: boolean;
  readonly queryCount: number;
  /** What the last status query answered, without secrets and truncated. */
  readonly lastFinding?: string;
  readonly timeline: readonly { readonly at: Instant; readonly status: TopupStatus; readonly note: string }[];
  readonly createdAt: Instant;
  readonly finalizedAt?: Instant;
  /** When to query the payment gateway next; absent exactly when no work is pending. */
  readonly dueAt?: Instant;
  readonly events: number;
  /** Unpublished events; each shows the top-up at the time of the event. */
  readonly outbox?: readonly TopupEvent[];
}

export interface TopupEvent {
  readonly type: TopupEventType;
  readonly sequence: number;
  readonly at: Instant;
  readonly shown: Pick<Topup, 'status' | 'failure' | 'finalizedAt'>;
}

export const TOPUP_EVENTS = { success: 'topup.success', failed: 'topup.failed' } as const;
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

const START_GRACE_MS = 2 * MINUTE;
/** Age at which a top-up that the gateway never created fails: no payer ever saw a payment page. */
const START_AGE_MAX_MS = HOUR;
const QUERY_INTERVAL_MS = MINUTE;
const QUERY_INTERVAL_MS_MAX = HOUR;
/** How long we wait for a payer. A later payment still counts. */
const PAY_AGE_MAX_MS = DAY;

/** Derived from the owner and the reference, so a reference has one top-up for ever. */
export function topupId(owner: Owner, reference: string): string {
  return `top_${sha256(`${owner.merchantId}#${owner.mode}#${reference}`).slice(0, 24)}`;
}

type InitialFields = Pick<
  Topup,
  'merchantId' | 'mode' | 'currency' | 'reference' | 'amountMinor' | 'chargedMinor' | 'returnUrl'
>;

export function beginTopup(initial: InitialFields, at: Instant): Topup {
  assert(initial.amountMinor > 0 && initial.chargedMinor > 0, 'a top-up is of a positive amount');
  return {
    ...initial,
    id: topupId(initial, initial.reference),
    status: 'starting',
    version: 1,
    queryCount: 0,
    timeline: [{ at, status: 'starting', note: 'Requested.' }],
    createdAt: at,
    dueAt: plus(at, START_GRACE_MS),
    events: 0,
  };
}

/** The payment gateway created the payment and its page. `undefined` when a concurrent start was first. */
export function startedTopup(
  topup: Topup,
  payment: { gatewayRef: string; redirectUrl: string },
  at: Instant,
): TopupChange | undefined {
  if (topup.status !== 'starting') return undefined;
  const { gatewayRef, redirectUrl } = payment;
  return change(topup, 'pending', at, 'Waiting for the payer.', {
    gatewayRef,
    redirectUrl,
    dueAt: plus(at, QUERY_INTERVAL_MS),
  });
}

/** A top-up that could not be started: due again later, or failed when it is too old. */
export function abandonStart(topup: Topup, at: Instant): TopupChange | undefined {
  if (topup.status !== 'starting') return undefined;
  if (elapsed(topup.createdAt, at) < START_AGE_MAX_MS) return keep(topup, { dueAt: plus(at, START_GRACE_MS) });
  return fail(topup, 'gateway_error', at);
}

/** Applies the result of a status query. `undefined` when it changes nothing. */
export function applyPaymentStatus(topup: Topup, finding: PaymentFinding, at: Instant): TopupChange | undefined {
  if (topup.status === 'starting' || topup.status === 'success') return undefined;
  const asked = { queryCount: topup.queryCount + 1, lastFinding: `${finding.kind}: ${finding.evidence}` };
  // The gateway repeats its callbacks: an operator has already decided on this result.
  if (topup.isDecidedByHand && asked.lastFinding === topup.lastFinding) return undefined;
  switch (finding.kind) {
    case 'paid':
      if (!fits(topup, finding)) return sendToReview(topup, at, mismatch(topup, finding), asked);
      // An operator may have corrected the wallet already, so it is not credited again.
      if (topup.isDecidedByHand) return sendToReview(topup, at, 'Paid after it was decided by hand.', asked);
      return credit(topup, at, asked);
    case 'review':
      return sendToReview(topup, at, 'The payment was partial, or reversed; an operator decides.', asked);
    case 'failed':
      return topup.status === 'pending' ? fail(topup, finding.failure, at, asked) : undefined;
    case 'in_progress':
      if (topup.status !== 'pending') return undefined;
      return elapsed(topup.createdAt, at) >= PAY_AGE_MAX_MS
        ? fail(topup, 'expired', at, asked)
        : keep(topup, { ...asked, dueAt: nextQuery(topup, at) });
    // The gateway is said to answer not found for wrong keys, too.
    case 'not_found':
    case 'unclear':
      if (topup.status !== 'pending') return undefined;
      return elapsed(topup.createdAt, at) >= PAY_AGE_MAX_MS
        ? sendToReview(topup, at, 'The gateway gave no clear answer in time; an operator decides.', asked)
        : keep(topup, { ...asked, dueAt: nextQuery(topup, at) });
    default:
      return unreachable(finding);
  }
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
  if (resolution === 'paid') return credit(topup, at, {}, note);
  const end = { failure: 'gateway_error', finalizedAt: at, dueAt: undefined, isDecidedByHand: true } as const;
  return change(topup, 'failed', at, note, end);
}

/** Removes the events up to this one from the outbox after they were published. */
export function markTopupPublished(topup: Topup, sequence: number): TopupChange | undefined {
  const outbox = withoutUpTo(topup.outbox, sequence);
  return outbox === topup.outbox ? undefined : keep(topup, { outbox });
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
  const end = { failure, finalizedAt: at, dueAt: undefined };
  return change(topup, 'failed', at, TOPUP_FAILURES[failure], { ...extra, ...end });
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
  const { after } = keep(before, { ...extra, timeline, status });
  if (status !== 'success' && status !== 'failed') return { before, after };
  const { failure, finalizedAt } = after;
  const sequence = after.events + 1;
  const shown = { status, ...defined({ failure, finalizedAt }) };
  const event: TopupEvent = { type: TOPUP_EVENTS[status], sequence, at, shown };
  return { before, after: { ...after, events: sequence, outbox: [...(after.outbox ?? []), event] } };
}

function keep(before: Topup, extra: Extra): TopupChange {
  return { before, after: revised(before, extra) };
}
