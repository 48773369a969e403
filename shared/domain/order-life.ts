import { assert, unreachable } from './assert.ts';
import { defined } from './defined.ts';
import type { EntryDraft, EntryKind, Owner } from './ledger.ts';
import type {
  Capabilities,
  Change,
  FailureCode,
  Finding,
  Fulfilment,
  Note,
  Order,
  OrderRequest,
  Outcome,
  Paying,
  Placing,
  Receipt,
  RowOf,
  SendAttempt,
  Status,
  StoredOutcome,
} from './order.ts';
import { isFinal, providerReference, TRANSITIONS, textOf } from './order.ts';
import { withEvent, withSnapshots } from './order-events.ts';
import { RECHECK_AFTER_MS, recheckOf } from './recheck.ts';
import { excerpt } from './text.ts';
import type { Instant } from './time.ts';
import { elapsed, HOUR, MINUTE, plus, SECOND } from './time.ts';
import type { Changes } from './versioned.ts';
import { keptDue, revisedWithEvents } from './versioned.ts';

/**
 * An order's life. The functions here decide on a `Change`, which `store/orders.ts` commits. Two rules protect the
 * money: a claim precedes the only call and never expires back to "may call", and an unclear outcome moves no money,
 * because refunding a delivered recharge costs more than waiting for certainty.
 */

/** A POST enqueues its order at once; if that message is lost, the sweep finds the order this much later. */
export const DISPATCH_GRACE_MS = 2 * MINUTE;
/** How long a dispatcher may take beside the provider call before its claim counts as abandoned. */
export const CLAIM_MARGIN_MS = 30 * SECOND;
/** Age at which an order that was never sent is refunded: nobody expects it to be delivered a day later. */
export const PENDING_AGE_MAX_MS = 6 * HOUR;
export const QUERY_INTERVAL_MS_MAX = HOUR;
const ATTEMPTS_KEPT = 10;
/** A success needs no more to be proven; all other evidence is kept as it came. */
const EVIDENCE_OF_SUCCESS_CHARACTERS = 60;

interface InitialFields extends Owner, OrderRequest, Fulfilment, RowOf, Paying, Placing {
  readonly id: string;
}

/** A new order and its debit, which are written in one transaction. */
export function accept(initial: InitialFields, at: Instant): { order: Order; entry: Omit<EntryDraft, 'id'> } {
  assert(Number.isSafeInteger(initial.amountMinor) && initial.amountMinor > 0, 'an order has a positive whole amount');
  const order = pendingOrder(initial, at, 'accepted');
  return { order, entry: entryFor(order, 'order', -order.amountMinor, `Order ${order.agentReference}`) };
}

/** A new order for a row of a batch, whose debit has paid for it. */
export function acceptRow(initial: InitialFields & Required<Pick<RowOf, 'batchId'>>, at: Instant): Order {
  return pendingOrder(initial, at, 'row');
}

function pendingOrder(initial: InitialFields, at: Instant, note: Note): Order {
  return {
    ...initial,
    status: 'pending',
    version: 1,
    receipt: {},
    attempts: [],
    timeline: [{ at, status: 'pending', note }],
    createdAt: at,
    dueAt: plus(at, DISPATCH_GRACE_MS),
    queryCount: 0,
    notFoundCount: 0,
    events: 0,
  };
}

/** The order of a row that was cancelled before it had one: it takes the reference, so nothing sends the row late. */
export function cancelRow(initial: Parameters<typeof acceptRow>[0], at: Instant): Order {
  return refund(acceptRow(initial, at), 'cancelled', at, 'cancelled', {}).after;
}

/** Cancels an order that was not sent. `undefined` where that is too late. */
export function cancel(order: Order, at: Instant): Change | undefined {
  return order.status === 'pending' ? refund(order, 'cancelled', at, 'cancelled', {}) : undefined;
}

/** An order refused before any debit. Its reference stays refused, also when the wallet could pay later. */
export function refuse(initial: InitialFields, failure: FailureCode, at: Instant): Order {
  return withEvent(
    {
      ...initial,
      status: 'failed',
      version: 1,
      receipt: {},
      failure,
      attempts: [],
      timeline: [{ at, status: 'failed', note: failure }],
      createdAt: at,
      finalizedAt: at,
      queryCount: 0,
      notFoundCount: 0,
      events: 0,
    },
    undefined,
    at,
  );
}

/** Claims the order for one call. Only the holder of this attempt id may call, and only once. */
export function claim(
  order: Order,
  attemptId: string,
  capabilities: Capabilities,
  at: Instant,
  account?: string,
): Change {
  const attempt = { id: attemptId, startedAt: at, reference: providerReference(order), ...defined({ account }) };
  const attempts = [...order.attempts.slice(1 - ATTEMPTS_KEPT), attempt];
  const dueAt = keptDue(order.dueAt, plus(at, capabilities.sendTimeoutMs + CLAIM_MARGIN_MS));
  return change(order, 'dispatching', at, 'sent', { attempts, dueAt, heldSince: undefined, isFrozen: undefined });
}

/**
 * Applies what was found out while a send was prepared, before any claim. Nothing was sold: a certain rejection refunds
 * the order, anything else leaves it pending, to be tried again later.
 */
export function applyPreparation(
  order: Order,
  attemptId: string,
  found: Extract<Outcome, { kind: 'rejected' | 'unsent' | 'refuses_us' }>,
  at: Instant,
): Change {
  assert(order.status === 'pending', 'only an order that is not sent is prepared');
  const attempt = { id: attemptId, startedAt: at, endedAt: at, outcome: found.kind, evidence: found.evidence };
  const attempts = [...order.attempts.slice(1 - ATTEMPTS_KEPT), attempt];
  if (found.kind === 'rejected') {
    return refund(order, found.failure, at, found.failure, { attempts });
  }
  if (found.kind === 'refuses_us') {
    const { dueAt, heldSince } = held(order, order.refusals ?? 0, at);
    return keep(order, { attempts, dueAt, heldSince, timeline: noted(order, 'refuses_us', at) });
  }
  const dueAt = plus(at, backOff(attempts.length, 10 * SECOND));
  return keep(order, { attempts, dueAt, timeline: noted(order, 'unreachable', at) });
}

/** Whether the claim on this order is so old, without an outcome, that its holder must have crashed. */
export function isAbandoned(order: Order, capabilities: Capabilities, at: Instant): boolean {
  const last = order.attempts.at(-1);
  if (order.status !== 'dispatching' || last === undefined || last.endedAt !== undefined) return false;
  return elapsed(last.startedAt, at) >= capabilities.sendTimeoutMs + CLAIM_MARGIN_MS;
}

/**
 * Applies the outcome of a send, also when it arrives after the claim was abandoned. `undefined` when it changes
 * nothing: the order is already decided, or status queries are under way and this outcome is no clearer.
 */
export function applySendOutcome(
  order: Order,
  outcome: Outcome,
  capabilities: Capabilities,
  at: Instant,
): Change | undefined {
  const isCertain = outcome.kind === 'success' || outcome.kind === 'rejected';
  if (outcome.kind === 'success' && order.status === 'refunded') return compensate(order, outcome.receipt, at);
  if (isFinal(order.status) || (order.status !== 'dispatching' && !isCertain)) return undefined;
  const tried = { attempts: endAttempt(order, outcome, at) };
  switch (outcome.kind) {
    case 'success':
      return succeed(order, outcome.receipt, at, 'confirmed', { ...tried, ...recheckOf(order, outcome, at) });
    case 'rejected':
      return refund(order, outcome.failure, at, outcome.failure, tried);
    case 'accepted':
      return keep(order, {
        ...tried,
        receipt: { ...order.receipt, ...outcome.receipt },
        dueAt: plus(at, capabilities.queryIntervalMs),
      });
    case 'unclear':
      return change(order, 'unknown', at, 'unclear', {
        ...tried,
        dueAt: plus(at, capabilities.queryIntervalMs),
      });
    case 'unsent':
      return change(order, 'pending', at, 'unreachable', {
        ...tried,
        dueAt: plus(at, backOff(order.attempts.length, 10 * SECOND)),
      });
    case 'refuses_us': {
      const refusals = (order.refusals ?? 0) + 1;
      return change(order, 'pending', at, 'refuses_us', { ...tried, refusals, ...held(order, refusals, at) });
    }
    default:
      return unreachable(outcome);
  }
}

/** An order that the provider refused because of us waits, longer each time, and its merchant sees since when. */
function held({ heldSince }: Order, refusals: number, at: Instant) {
  return { heldSince: heldSince ?? at, dueAt: plus(at, backOff(Math.max(1, refusals), DISPATCH_GRACE_MS)) };
}

/**
 * The same for the outcome of one attempt. Where a later attempt is under way, only a success still counts: any other
 * outcome would be applied to a call that it is not about.
 */
export function applyAttemptOutcome(
  order: Order,
  attemptId: string,
  outcome: Outcome,
  capabilities: Capabilities,
  at: Instant,
): Change | undefined {
  const isLatest = order.attempts.at(-1)?.id === attemptId;
  if (isLatest) return applySendOutcome(order, outcome, capabilities, at);
  if (outcome.kind !== 'success') return undefined;
  const reference = order.attempts.find(({ id }) => id === attemptId)?.reference;
  const receipt = { ...outcome.receipt, ...deliveredAs(order, reference) };
  return applySendOutcome(order, { ...outcome, receipt }, capabilities, at);
}

/** What a receipt says where another provider reference than the order's latest was delivered. */
export function deliveredAs(order: Order, reference: string | undefined): Pick<Receipt, 'reference'> {
  return reference === undefined || reference === providerReference(order) ? {} : { reference };
}

/** A claim whose holder crashed: the call may have been made, so its status is queried and it is never repeated. */
export function abandon(order: Order, capabilities: Capabilities, at: Instant): Change {
  return change(order, 'unknown', at, 'lost', {
    dueAt: plus(at, capabilities.queryIntervalMs),
  });
}

/** Refunds an order that could not be sent in time. Nothing was sold, so the refund is certain to be right. */
export function expire(order: Order, at: Instant): Change {
  assert(order.status === 'pending', 'only an order that was never sent expires');
  if (order.isFrozen) return refund(order, 'account_frozen', at, 'account_frozen', {});
  return refund(order, 'provider_unavailable', at, 'expired', {});
}

/**
 * Applies an upstream's callback: a certain outcome decides the order, and any other makes its status query due at
 * once. `undefined` when it changes nothing, as with the second of two equal callbacks.
 */
export function applyCallback(order: Order, finding: Finding, at: Instant): Change | undefined {
  if (finding.kind === 'success') {
    if (order.status === 'refunded') return compensate(order, finding.receipt, at);
    return isFinal(order.status) ? undefined : succeed(order, finding.receipt, at, 'reported', {});
  }
  if (isFinal(order.status) || order.status === 'pending' || order.status === 'review') return undefined;
  if (finding.kind !== 'rejected') return keep(order, { dueAt: at });
  return refund(order, finding.failure, at, finding.failure, {});
}

/** Reverses a success that the provider reversed: a new entry refunds the merchant. */
export function reverse(order: Order, at: Instant, note: Note): Change {
  const decided = change(order, 'reversed', at, note, { finalizedAt: at, dueAt: undefined });
  const entry = entryFor(order, 'reversal', order.amountMinor, `Reversal of ${order.agentReference}`);
  return { ...decided, entry };
}

/**
 * Corrects a refund of an order that was delivered after all: a new entry charges it again. Where the wallet no longer
 * covers it, the caller uses `writeOff` and the loss is ours. `undefined` once that was done.
 */
export function compensate(order: Order, receipt: Receipt, at: Instant): Change | undefined {
  if (order.lossMinor !== undefined) return undefined;
  const decided = succeed(order, receipt, at, 'delivered_late', { failure: undefined });
  const entry = entryFor(order, 'correction', -order.amountMinor, `Delivered after refund: ${order.agentReference}`);
  return { ...decided, entry };
}

/** The same for a row whose batch still holds the money: the batch keeps it, and the wallet is not touched. */
export function chargeToBatch({ before, after }: Change): Change {
  assert(before.returnedMinor === after.amountMinor && before.keptMinor === undefined, 'a batch keeps a refund once');
  return { before, after: { ...after, keptMinor: after.amountMinor } };
}

/** Records that an order was delivered and refunded, and that its wallet could not be charged again. */
export function writeOff(order: Order, at: Instant): Change {
  const timeline = [...order.timeline, { at, status: order.status, note: 'written_off' as const }];
  const end = { lossMinor: order.amountMinor, stored: undefined, recheckAt: undefined, dueAt: undefined };
  return keep(order, { timeline, ...end });
}

/**
 * The decision of a change whose money could not move at once, as a write that touches no wallet: what was answered is
 * kept, the status stays, and the order is due now, so that the sweep completes it if this process does not.
 */
export function storeOutcome({ before, after }: Change, at: Instant): Change {
  const { status, attempts, failure, receipt, queryCount, notFoundCount } = after;
  assert(isStorable(status) && before.stored === undefined, `${status} is no outcome that waits for its money`);
  const note = after.timeline.at(-1)?.note ?? 'confirmed';
  const stored: StoredOutcome = { status, note, at, receipt, ...defined({ failure }) };
  const lastFinding = after.lastFinding ?? before.lastFinding;
  return keep(before, { attempts, queryCount, notFoundCount, lastFinding, stored, dueAt: at });
}

function isStorable(status: Status): status is StoredOutcome['status'] {
  return status === 'refunded' || status === 'success' || status === 'reversed';
}

/** Completes a stored outcome: the change that moves its money. `undefined` where none is stored. */
export function completeStored(order: Order, at: Instant): Change | undefined {
  const { stored } = order;
  if (stored === undefined) return undefined;
  switch (stored.status) {
    case 'refunded':
      assert(stored.failure, 'a stored refund has its reason');
      return refund(order, stored.failure, at, stored.note, {});
    case 'success':
      return compensate(order, stored.receipt ?? {}, at);
    case 'reversed':
      return reverse(order, at, stored.note);
    default:
      return unreachable(stored.status);
  }
}

/**
 * What a decision counts on an order with a stored outcome: a success wins over a stored rejection, and published
 * events leave the outbox. Anything else would act on an order that is decided: it is not sent, held, queried,
 * cancelled or expired.
 */
export function afterStored(order: Order, decided: Change | undefined): Change | undefined {
  if (order.stored === undefined || decided === undefined) return decided;
  const { after } = decided;
  const isSuccess = after.status === 'success' && order.status !== 'success';
  const isAside = after.status === order.status && after.dueAt === order.dueAt;
  return isSuccess || isAside ? decided : undefined;
}

/** Why an order must wait before it is sent, and until when. */
export interface Hold {
  readonly until: Instant;
  readonly note: 'held' | 'refuses_us' | 'uncovered';
}

/** Keeps an order pending while it cannot be sent. The merchant can see since when, and who is the cause. */
export function hold(order: Order, { until, note }: Hold, at: Instant): Change {
  assert(order.status === 'pending', 'only an order that was never sent can wait');
  return keep(order, {
    dueAt: until,
    timeline: noted(order, note, at),
    heldSince: order.heldSince ?? at,
    isFrozen: undefined,
  });
}

/** Keeps an order pending while its merchant is frozen. The sweep looks at it as soon as that ends. */
export function freeze(order: Order, at: Instant): Change {
  assert(order.status === 'pending', 'only an order that was never sent can wait');
  const { heldSince = at } = order;
  const dueAt = plus(at, DISPATCH_GRACE_MS);
  return keep(order, { dueAt, heldSince, isFrozen: true, timeline: noted(order, 'frozen', at) });
}

/** Sends an order that cannot be processed to manual review, with the reason. It was never sent. */
export function sendToManualReview(order: Order, cause: string, at: Instant): Change {
  assert(order.status === 'pending', 'only an order that was never sent goes to review unsent');
  return change(order, 'review', at, `It could not be processed: ${cause}`, { dueAt: at });
}

/** Applies an operator's decision on an order in review. Who decided and why stay on its timeline. */
export function resolve(
  order: Order,
  resolution: 'delivered' | 'refunded',
  decision: { by: string; reason: string },
  at: Instant,
): Change {
  assert(order.status === 'review', 'only an order in review is decided by hand');
  const note: Note = `Decided by ${decision.by}: ${decision.reason}`;
  return resolution === 'delivered' ? succeed(order, {}, at, note, {}) : refund(order, 'not_delivered', at, note, {});
}

/** Postpones the next status query. */
export function postpone(order: Order, dueAt: Instant): Change {
  return keep(order, { dueAt });
}

/** What a change writes beside status and timeline. */
export type Extra = Changes<Order>;

export function succeed(order: Order, said: Receipt, at: Instant, note: Note, extra: Extra): Change {
  const receipt = { ...order.receipt, ...said };
  const isArrears = receipt.tokens?.length === 0;
  return change(order, 'success', at, isArrears ? `${textOf(note)} No token: the amount went to arrears.` : note, {
    ...extra,
    receipt,
    heldSince: undefined,
    isFrozen: undefined,
    finalizedAt: at,
    dueAt: extra.recheckAt,
  });
}

export function refund(order: Order, failure: FailureCode, at: Instant, note: Note, extra: Extra): Change {
  // The absence of a record is the weakest proof there is, so it is asked for once more.
  const isRechecked = failure === 'not_delivered' && order.attempts.length > 0;
  const recheckAt = isRechecked ? plus(at, RECHECK_AFTER_MS[order.mode]) : undefined;
  const end = { failure, finalizedAt: at, recheckAt, dueAt: recheckAt, heldSince: undefined, isFrozen: undefined };
  const isRow = order.batchId !== undefined;
  const returned = isRow ? { returnedMinor: order.amountMinor } : {};
  const decided = change(order, 'refunded', at, note, { ...extra, ...end, ...returned });
  // The batch refunds its rows together, in few entries.
  if (isRow) return decided;
  return { ...decided, entry: entryFor(order, 'refund', order.amountMinor, `Refund of ${order.agentReference}`) };
}

/** The only way to a new status: checks that the transition exists. */
export function change(before: Order, status: Status, at: Instant, note: Note, extra: Extra): Change {
  assert(TRANSITIONS[before.status].includes(status), `no transition from ${before.status} to ${status}`);
  const timeline = [...before.timeline, { at, status, note }];
  const kept = keep(before, { recheckAt: undefined, ...extra, timeline, status, stored: undefined });
  return { ...kept, after: withEvent(kept.after, before.dueAt, at) };
}

/** A change that leaves the status alone. */
export function keep(before: Order, extra: Extra): Change {
  return { before, after: withSnapshots(before, revisedWithEvents(before, { putOffFrom: undefined, ...extra })) };
}

/** The timeline with a note, unless it is what the last line says already. */
export function noted({ timeline, status }: Order, note: Note, at: Instant): Order['timeline'] {
  return timeline.at(-1)?.note === note ? timeline : [...timeline, { at, status, note }];
}

function endAttempt(order: Order, outcome: Outcome, at: Instant): readonly SendAttempt[] {
  const last = order.attempts.at(-1);
  assert(last, 'an outcome belongs to an attempt');
  const isSuccess = outcome.kind === 'success';
  const evidence = isSuccess ? excerpt(outcome.evidence, EVIDENCE_OF_SUCCESS_CHARACTERS) : outcome.evidence;
  return [...order.attempts.slice(0, -1), { ...last, endedAt: at, outcome: outcome.kind, evidence }];
}

function entryFor(order: Order, kind: EntryKind, amountMinor: number, description: string) {
  const { id: orderId, agentReference, batchId } = order;
  const entry = { kind, amountMinor, description, orderId, agentReference };
  return batchId === undefined ? entry : { ...entry, batchId };
}

/** Doubles from a first interval up to an hour. */
export function backOff(tries: number, firstMs: number): number {
  return Math.min(firstMs * 2 ** Math.max(0, Math.min(tries - 1, 20)), QUERY_INTERVAL_MS_MAX);
}
