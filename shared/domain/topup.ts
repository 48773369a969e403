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
 * A merchant's payment into its own wallet. The gateway's page, its messages and the browser's way back prove nothing:
 * money appears when the gateway, asked by us, says that the payment is made, in the currency and the amount it was
 * asked for, and once.
 */

/** `starting`: the gateway has not given us a payment yet. `review`: only a person can tell. */
export type TopupStatus = 'starting' | 'pending' | 'review' | 'success' | 'failed';

/** Every arrow there is. `failed -> success`: somebody paid after all, and the gateway says so when asked. */
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
  /** The merchant's idempotency key; ours where it named none. */
  readonly reference: string;
  readonly amountMinor: number;
  /** What the payer is asked for, and what the wallet gets: the amount, or one cent in a debugging deployment. */
  readonly chargedMinor: number;
  readonly returnUrl?: string;
  readonly status: TopupStatus;
  readonly version: number;
  /** The gateway's name for the payment. */
  readonly gatewayRef?: string;
  readonly redirectUrl?: string;
  readonly failure?: TopupFailure;
  /** An operator has said that it failed: from then on only an operator says otherwise. */
  readonly isDecidedByHand?: boolean;
  readonly queryCount: number;
  /** What the gateway answered last, cleaned and cut short. */
  readonly lastFinding?: string;
  readonly timeline: readonly { readonly at: Instant; readonly status: TopupStatus; readonly note: string }[];
  readonly createdAt: Instant;
  readonly finalizedAt?: Instant;
  /** When to ask the gateway again; absent exactly when nothing is owed. */
  readonly dueAt?: Instant;
  readonly events: number;
  /** Events that were not handed on yet; each shows the top-up as it was then. */
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

/** What the gateway says about a payment when it is asked. */
export type PaymentFinding =
  /** Final, and the only one to credit by. Amount and currency are the gateway's: the caller compares them. */
  | { readonly kind: 'paid'; readonly amountMinor: number; readonly currency: Currency; readonly evidence: string }
  /** Final, without money. */
  | { readonly kind: 'failed'; readonly failure: TopupFailure; readonly evidence: string }
  /** The customer has not finished. */
  | { readonly kind: 'in_progress'; readonly evidence: string }
  /** Money moved, but not as asked: a person decides. */
  | { readonly kind: 'review'; readonly evidence: string }
  /** The gateway says it knows no such payment. Never final: it may say the like when it does not know our keys. */
  | { readonly kind: 'not_found'; readonly evidence: string }
  /** Nothing was learnt: ask again later. */
  | { readonly kind: 'unclear'; readonly evidence: string };

/** A decision, not yet written. */
export interface TopupChange {
  readonly before: Topup;
  readonly after: Topup;
  readonly entry?: Omit<EntryDraft, 'id'>;
}

const START_GRACE_MS = 2 * MINUTE;
/** A top-up that the gateway never took is given up after this long: nobody ever saw a page to pay on. */
const START_AGE_MAX_MS = HOUR;
const LOOK_GAP_MS = MINUTE;
const QUERY_INTERVAL_MS_MAX = HOUR;
/** How long a payer may take. What comes later still counts, but is not waited for. */
const PAY_AGE_MAX_MS = DAY;

/** One top-up for one reference, for ever: its id follows from whose and which it is. */
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
    timeline: [{ at, status: 'starting', note: 'Asked for.' }],
    createdAt: at,
    dueAt: plus(at, START_GRACE_MS),
    events: 0,
  };
}

/** The gateway has a payment for it, and a page to pay on. `undefined` when another start came first. */
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
    dueAt: plus(at, LOOK_GAP_MS),
  });
}

/** A top-up that could not be started: looked at again later, or given up when it is too old. */
export function abandonStart(topup: Topup, at: Instant): TopupChange | undefined {
  if (topup.status !== 'starting') return undefined;
  if (elapsed(topup.createdAt, at) < START_AGE_MAX_MS) return keep(topup, { dueAt: plus(at, START_GRACE_MS) });
  return fail(topup, 'gateway_error', at);
}

/** Decides what the gateway's word means. `undefined` when it changes nothing. */
export function applyPaymentStatus(topup: Topup, finding: PaymentFinding, at: Instant): TopupChange | undefined {
  if (topup.status === 'starting' || topup.status === 'success') return undefined;
  const asked = { queryCount: topup.queryCount + 1, lastFinding: `${finding.kind}: ${finding.evidence}` };
  // The gateway repeats its news; what a person has decided on already is none.
  if (topup.isDecidedByHand && asked.lastFinding === topup.lastFinding) return undefined;
  switch (finding.kind) {
    case 'paid':
      if (!fits(topup, finding)) return doubt(topup, at, mismatch(topup, finding), asked);
      // What a person has put right by hand must not be credited beside it.
      if (topup.isDecidedByHand) return doubt(topup, at, 'Paid after it was decided by hand.', asked);
      return credit(topup, at, asked);
    case 'review':
      return doubt(topup, at, 'The payment was made in part, or taken back; an operator decides.', asked);
    case 'failed':
      return topup.status === 'pending' ? fail(topup, finding.failure, at, asked) : undefined;
    case 'in_progress':
      if (topup.status !== 'pending') return undefined;
      return elapsed(topup.createdAt, at) >= PAY_AGE_MAX_MS
        ? fail(topup, 'expired', at, asked)
        : keep(topup, { ...asked, dueAt: nextQuery(topup, at) });
    // Wrong keys are said to be answered as not found, too.
    case 'not_found':
    case 'unclear':
      if (topup.status !== 'pending') return undefined;
      return elapsed(topup.createdAt, at) >= PAY_AGE_MAX_MS
        ? doubt(topup, at, 'The gateway could not tell in time; an operator decides.', asked)
        : keep(topup, { ...asked, dueAt: nextQuery(topup, at) });
    default:
      return unreachable(finding);
  }
}

/** An operator's decision on a top-up in review: who and why stay on its timeline. */
export function resolveTopup(
  topup: Topup,
  verdict: 'paid' | 'failed',
  decision: { by: string; reason: string },
  at: Instant,
): TopupChange {
  assert(topup.status === 'review', 'only a top-up in review is decided by hand');
  const note = `Decided by ${decision.by}: ${decision.reason}`;
  if (verdict === 'paid') return credit(topup, at, {}, note);
  const end = { failure: 'gateway_error', finalizedAt: at, dueAt: undefined, isDecidedByHand: true } as const;
  return change(topup, 'failed', at, note, end);
}

/** Takes the events up to this one out of the outbox: they were handed on. */
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
  return `Paid ${show(paid.amountMinor, paid.currency)} where ${asked} was asked for; an operator decides.`;
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

/** Whatever is in review is out of the sweep's hands; one that is there already only keeps what was found. */
function doubt(topup: Topup, at: Instant, note: string, extra: Extra): TopupChange | undefined {
  if (topup.status === 'review') return undefined;
  return change(topup, 'review', at, note, { ...extra, dueAt: at, failure: undefined, finalizedAt: undefined });
}

function nextQuery(topup: Topup, at: Instant): Instant {
  return plus(at, Math.min(LOOK_GAP_MS * 2 ** Math.min(topup.queryCount, 10), QUERY_INTERVAL_MS_MAX));
}

/** The only way to a new status: checks that the arrow exists, and puts the event beside it. */
function change(before: Topup, status: TopupStatus, at: Instant, note: string, extra: Extra): TopupChange {
  assert(TOPUP_TRANSITIONS[before.status].includes(status), `no way from ${before.status} to ${status}`);
  const timeline = [...before.timeline, { at, status, note }];
  const { after } = keep(before, { ...extra, timeline, status });
  if (status !== 'success' && status !== 'failed') return { before, after };
  const { failure, finalizedAt } = after;
  const sequence = after.events + 1;
  const shown = {
    status,
    ...defined({ failure, finalizedAt }),
  };
  const event: TopupEvent = { type: TOPUP_EVENTS[status], sequence, at, shown };
  return { before, after: { ...after, events: sequence, outbox: [...(after.outbox ?? []), event] } };
}

function keep(before: Topup, extra: Extra): TopupChange {
  return { before, after: revised(before, extra) };
}
