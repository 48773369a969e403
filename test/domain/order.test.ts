import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Capabilities, Change, Finding, Order, Outcome } from '../../shared/domain/order.ts';
import { isFinal, TRANSITIONS } from '../../shared/domain/order.ts';
import {
  abandon,
  accept,
  CLAIM_MARGIN_MS,
  claim,
  expire,
  hear,
  hold,
  isAbandoned,
  judge,
  noticeDone,
  noticeFailed,
  park,
  postpone,
  refuse,
  resolve,
  reverse,
  settle,
} from '../../shared/domain/order-life.ts';
import { DAY, HOUR, MINUTE, plus } from '../../shared/domain/time.ts';

const start = '2026-05-07T08:00:00.000Z';
const capabilities: Capabilities = {
  sendTimeoutMs: 60_000,
  answersQueries: true,
  notFoundFinalAfterMs: HOUR,
  lookGapMs: 2 * MINUTE,
  reviewAfterMs: DAY,
};
const birth = {
  id: 'ord_1',
  merchantId: 'mer_1',
  mode: 'live',
  agentReference: 'r',
  productId: 100,
  target: '0772279099',
  msisdn: '+263772279099',
  amountMinor: 500,
  currency: 'USD',
  provider: 'hotrecharge',
  providerProductId: '100',
  kind: 'airtime',
  country: 'ZW',
  network: 'Econet',
} as const;

const evidence = 'seen';
const success: Finding & Outcome = { kind: 'success', receipt: { providerRef: 'p' }, evidence };
const rejected: Finding & Outcome = { kind: 'rejected', failure: 'invalid_target', evidence };
const unclear: Finding & Outcome = { kind: 'unclear', evidence };
const outcomes: Outcome[] = [
  success,
  rejected,
  unclear,
  { kind: 'accepted', receipt: {}, evidence },
  { kind: 'unsent', evidence },
];
const findings: Finding[] = [
  success,
  rejected,
  unclear,
  { kind: 'in_progress', evidence },
  { kind: 'not_found', evidence },
];

function claimed(at = start): Order {
  return claim(accept(birth, at).order, 'att_1', capabilities, at).after;
}

function unknownSince(at = start): Order {
  const change = settle(claimed(at), unclear, capabilities, at);
  if (!change) throw new Error('an unclear outcome changes a claimed order');
  return change.after;
}

describe('accepting', () => {
  it('debits what the order costs, and looks again if its message is lost', () => {
    const { order, entry } = accept(birth, start);
    expect(entry).toMatchObject({ kind: 'order', amountMinor: -500, orderId: 'ord_1', agentReference: 'r' });
    expect(order).toMatchObject({ status: 'pending', version: 1, dueAt: plus(start, 2 * MINUTE) });
  });

  it('refuses to make an order of nothing, or of part of a unit', () => {
    expect(() => accept({ ...birth, amountMinor: 0 }, start)).toThrow('positive');
    expect(() => accept({ ...birth, amountMinor: 1.5 }, start)).toThrow('whole');
  });

  it('of an order that is refused moves no money and owes nothing but the telling', () => {
    const order = refuse(birth, 'insufficient_funds', start);
    expect(order).toMatchObject({
      status: 'failed',
      finalizedAt: start,
      notice: { type: 'order.failed', sequence: 1 },
    });
    expect(order.dueAt).toBeUndefined();
  });
});

describe('the outcome of a send', () => {
  it.each([
    ['success', 'success', undefined],
    ['rejected', 'refunded', 500],
    ['unclear', 'unknown', undefined],
    ['accepted', 'dispatching', undefined],
    ['unsent', 'pending', undefined],
  ])('%s makes the order %s and moves %p', (kind, status, moved) => {
    const outcome = outcomes.find((each) => each.kind === kind);
    if (!outcome) throw new Error('known');
    const change = settle(claimed(), outcome, capabilities, plus(start, 1000));
    expect(change?.after.status).toBe(status);
    expect(change?.entry?.amountMinor).toBe(moved);
    expect(change?.after.attempts.at(-1)).toMatchObject({ outcome: kind, evidence });
  });

  it('that comes after the claim was given up still counts when it is certain, and is ignored when it is not', () => {
    const given = abandon(claimed(), capabilities, plus(start, 2 * MINUTE)).after;
    expect(settle(given, success, capabilities, start)?.after.status).toBe('success');
    expect(settle(given, rejected, capabilities, start)?.entry?.amountMinor).toBe(500);
    expect(settle(given, unclear, capabilities, start)).toBeUndefined();
    expect(settle(given, { kind: 'unsent', evidence }, capabilities, start)).toBeUndefined();
  });

  it('of success after the refund charges again; a second time changes nothing', () => {
    const refunded = settle(claimed(), rejected, capabilities, start)?.after as Order;
    const change = settle(refunded, success, capabilities, start);
    expect(change?.entry).toMatchObject({ kind: 'correction', amountMinor: -500 });
    expect(change?.after.status).toBe('success');
    expect(change?.after.failure).toBeUndefined();
    expect(settle(change?.after as Order, success, capabilities, start)).toBeUndefined();
  });
});

describe('asking the provider', () => {
  it('believes "not found" only past the horizon and at the second look', () => {
    const notFound: Finding = { kind: 'not_found', evidence };
    const early = judge(unknownSince(), notFound, capabilities, plus(start, 10 * MINUTE));
    expect(early.after).toMatchObject({ status: 'unknown', notFoundLooks: 1, looks: 1 });
    const late = judge(early.after, notFound, capabilities, plus(start, HOUR));
    expect([late.after.status, late.after.failure, late.entry?.amountMinor]).toEqual([
      'refunded',
      'not_delivered',
      500,
    ]);
    const firstLate = judge(unknownSince(), notFound, capabilities, plus(start, 5 * HOUR));
    expect(firstLate.after.status).toBe('unknown');
  });

  it('never believes "not found" of a provider for which it is no proof', () => {
    const never = { ...capabilities, notFoundFinalAfterMs: null };
    let order = unknownSince();
    for (let hours = 1; hours < 23; hours += 1) {
      order = judge(order, { kind: 'not_found', evidence }, never, plus(start, hours * HOUR)).after;
    }
    expect(order.status).toBe('unknown');
  });

  it('is put off longer each time, up to an hour', () => {
    let order = unknownSince();
    let at = start;
    const gaps: number[] = [];
    for (let looks = 0; looks < 9; looks += 1) {
      at = order.dueAt ?? at;
      order = judge(order, unclear, capabilities, at).after;
      gaps.push((Date.parse(order.dueAt ?? at) - Date.parse(at)) / MINUTE);
    }
    expect(gaps).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('ends in review at the age limit, without moving money', () => {
    const change = judge(unknownSince(), unclear, capabilities, plus(start, DAY));
    expect([change.after.status, change.entry]).toEqual(['review', undefined]);
  });

  it('keeps the last answer as evidence', () => {
    expect(judge(unknownSince(), unclear, capabilities, plus(start, HOUR)).after.lastFinding).toBe('unclear: seen');
  });
});

it('a claim counts as abandoned exactly when its send must be over', () => {
  const order = claimed();
  const limit = capabilities.sendTimeoutMs + CLAIM_MARGIN_MS;
  expect(isAbandoned(order, capabilities, plus(start, limit - 1))).toBe(false);
  expect(isAbandoned(order, capabilities, plus(start, limit))).toBe(true);
  expect(isAbandoned(accept(birth, start).order, capabilities, plus(start, DAY))).toBe(false);
});

it('an operator decides only what is in review, and stays named on the timeline', () => {
  const review = judge(unknownSince(), unclear, capabilities, plus(start, DAY)).after;
  const decision = { by: 'ruth', reason: 'seen on the statement' };
  const delivered = resolve(review, 'delivered', decision, plus(start, 2 * DAY));
  expect([delivered.after.status, delivered.entry]).toEqual(['success', undefined]);
  expect(delivered.after.timeline.at(-1)?.note).toBe('Decided by ruth: seen on the statement');
  expect(resolve(review, 'refunded', decision, start).entry?.amountMinor).toBe(500);
  expect(() => resolve(unknownSince(), 'refunded', decision, start)).toThrow('review');
});

/** Everything that can happen to an order, as the flows would let it happen. */
type Step = (order: Order, at: string) => Change | undefined;
const steps: Record<string, Step> = {
  claim: (order, at) => (order.status === 'pending' ? claim(order, 'att', capabilities, at) : undefined),
  abandon: (order, at) => (isAbandoned(order, capabilities, at) ? abandon(order, capabilities, at) : undefined),
  expire: (order, at) => (order.status === 'pending' ? expire(order, at) : undefined),
  hold: (order, at) => (order.status === 'pending' ? hold(order, plus(at, MINUTE), at) : undefined),
  park: (order, at) => (order.status === 'pending' ? park(order, 'poison', at) : undefined),
  postpone: (order, at) => (order.status === 'pending' ? postpone(order, plus(at, MINUTE)) : undefined),
  reverse: (order, at) => (order.status === 'success' ? reverse(order, at, 'taken back') : undefined),
  noticeDone: (order) => (order.notice ? noticeDone(order) : undefined),
  noticeFailed: (order, at) => (order.notice ? noticeFailed(order, at) : undefined),
  delivered: (order, at) =>
    order.status === 'review' ? resolve(order, 'delivered', { by: 'x', reason: 'y' }, at) : undefined,
};
for (const outcome of outcomes) {
  steps[`settle ${outcome.kind}`] = (order, at) =>
    order.attempts.length > 0 && order.status !== 'pending' ? settle(order, outcome, capabilities, at) : undefined;
}
for (const finding of findings) {
  const isBeingAsked = (order: Order) => order.status === 'unknown' || order.status === 'dispatching';
  steps[`judge ${finding.kind}`] = (order, at) =>
    isBeingAsked(order) ? judge(order, finding, capabilities, at) : undefined;
  steps[`hear ${finding.kind}`] = (order, at) =>
    order.attempts.length > 0 && order.status !== 'pending' ? hear(order, finding, at) : undefined;
}

it('whatever happens in whatever order, every change keeps the rules of money', () => {
  const happenings = fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.integer({ min: 0, max: 3 * HOUR })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(happenings, (list) => {
      let { order, entry } = accept(birth, start);
      let moved = entry.amountMinor;
      let at = start;
      for (const [name, wait] of list) {
        at = plus(at, wait);
        const change = steps[name]?.(order, at);
        if (!change) continue;
        const { before, after } = change;
        expect(after.version).toBe(before.version + 1);
        if (after.status !== before.status) expect(TRANSITIONS[before.status]).toContain(after.status);
        expect(after.timeline.slice(0, before.timeline.length)).toEqual(before.timeline);
        moved += change.entry?.amountMinor ?? 0;
        const isPaidBack = after.status === 'refunded' || after.status === 'reversed';
        expect(moved).toBe(isPaidBack ? 0 : -500);
        expect(after.dueAt === undefined).toBe(isFinal(after.status));
        expect(after.finalizedAt !== undefined).toBe(isFinal(after.status));
        order = after;
      }
    }),
    { numRuns: 2000 },
  );
});
