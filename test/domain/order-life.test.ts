import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Order, Outcome } from '../../shared/domain/order.ts';
import { isFinal, providerReference } from '../../shared/domain/order.ts';
import { asOf, unpublished } from '../../shared/domain/order-events.ts';
import {
  abandon,
  accept,
  applyCallback,
  applySendOutcome,
  CLAIM_MARGIN_MS,
  claim,
  DISPATCH_GRACE_MS,
  expire,
  hold,
  isAbandoned,
  postpone,
  refuse,
  resolve,
  reverse,
  sendToManualReview,
  writeOff,
} from '../../shared/domain/order-life.ts';
import { leaveToMessage, markPublished } from '../../shared/domain/order-publishing.ts';
import { applyQueryResult, applyRecheck, nextCheckAt, SWEEP_INTERVAL_MS } from '../../shared/domain/order-queries.ts';
import { DAY, elapsed, HOUR, MINUTE, plus, SECOND } from '../../shared/domain/time.ts';
import { workers } from '../../shared/manifest/workers.ts';
import {
  AMOUNT,
  acknowledged,
  capabilities,
  claimed,
  decided,
  findings,
  initial,
  inReview,
  outcomes,
  refunded,
  START,
  successful,
  unknownSince,
} from './orders.ts';

const CLAIM_MS = capabilities.sendTimeoutMs + CLAIM_MARGIN_MS;

describe('accepting', () => {
  it('debits the amount, and is due in case its message is lost', () => {
    const { order, entry } = accept(initial, START);
    expect(entry).toMatchObject({ kind: 'order', amountMinor: -AMOUNT, orderId: 'ord_1', agentReference: 'r' });
    expect(order).toMatchObject({ status: 'pending', version: 1, dueAt: plus(START, DISPATCH_GRACE_MS) });
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('never makes an order of %p minor units', (amountMinor) => {
    expect(() => accept({ ...initial, amountMinor }, START)).toThrow('positive whole amount');
  });

  it('a refused order debits nothing, and is due only until its event is published', () => {
    const order = refuse(initial, 'insufficient_funds', START);
    expect(order).toMatchObject({ status: 'failed', finalizedAt: START, failure: 'insufficient_funds' });
    expect(unpublished(order)).toMatchObject([{ type: 'order.failed', sequence: 1, shown: { status: 'failed' } }]);
    expect(order.dueAt).toBe(plus(START, 2 * MINUTE));
    expect(decided(markPublished(order, 1))).not.toHaveProperty('dueAt');
  });

  it('gives the order a reference that every provider accepts and no merchant chooses', () => {
    expect(providerReference({ id: 'ord_4k2v' })).toMatch(/^[A-Za-z0-9-]{1,50}$/);
  });
});

describe('a claim', () => {
  it('is made only on a pending order', () => {
    for (const order of [claimed(), acknowledged(), unknownSince(), inReview(), successful(), refunded()]) {
      expect(() => claim(order, 'att_2', capabilities, START)).toThrow(
        `no transition from ${order.status} to dispatching`,
      );
    }
  });

  it('is due as its order was, unless that is before its send must be over, or long after', () => {
    const { order } = accept(initial, START);
    const dueAfter = (ms: number, due = order) =>
      elapsed(START, claim(due, 'att_1', capabilities, plus(START, ms)).after.dueAt ?? '');
    expect(dueAfter(0)).toBe(DISPATCH_GRACE_MS);
    expect(dueAfter(DISPATCH_GRACE_MS - CLAIM_MS)).toBe(DISPATCH_GRACE_MS);
    expect(dueAfter(DISPATCH_GRACE_MS - CLAIM_MS + 1)).toBe(DISPATCH_GRACE_MS + 1);
    expect(dueAfter(0, { ...order, dueAt: plus(START, HOUR) })).toBe(CLAIM_MS);
  });

  it('counts as abandoned from the moment at which its send must be over, and no millisecond earlier', () => {
    expect(isAbandoned(claimed(), capabilities, plus(START, CLAIM_MS - 1))).toBe(false);
    expect(isAbandoned(claimed(), capabilities, plus(START, CLAIM_MS))).toBe(true);
  });

  it.each<[string, Order]>([
    ['never sent', accept(initial, START).order],
    ['answered, and only not yet delivered', acknowledged()],
    ['already queried', unknownSince()],
    ['in review', inReview()],
    ['delivered', successful()],
    ['refunded', refunded()],
  ])('is not abandoned on an order that was %s, however old', (_what, order) => {
    expect(isAbandoned(order, capabilities, plus(START, 30 * DAY))).toBe(false);
  });

  it('that was abandoned leads to status queries and never to another claim', () => {
    const given = abandon(claimed(), capabilities, plus(START, CLAIM_MS));
    expect([given.after.status, given.entry]).toEqual(['unknown', undefined]);
    expect(() => claim(given.after, 'att_2', capabilities, START)).toThrow('no transition from unknown');
  });

  it('keeps the last ten attempts as evidence', () => {
    let { order } = accept(initial, START);
    for (let tries = 1; tries <= 15; tries += 1) {
      const sent = claim(order, `att_${tries}`, capabilities, START).after;
      order = decided(applySendOutcome(sent, outcomes.unsent, capabilities, START));
    }
    expect(order.attempts.map(({ id }) => id)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((n) => `att_${n}`));
  });
});

describe('the outcome of a send', () => {
  it.each<[Outcome['kind'], string, number | undefined]>([
    ['success', 'success', undefined],
    ['rejected', 'refunded', AMOUNT],
    ['unclear', 'unknown', undefined],
    ['accepted', 'dispatching', undefined],
    ['unsent', 'pending', undefined],
  ])('%s makes the order %s and moves %p', (kind, status, moved) => {
    const change = applySendOutcome(claimed(), outcomes[kind], capabilities, plus(START, SECOND));
    expect(change?.after.status).toBe(status);
    expect(change?.entry?.amountMinor).toBe(moved);
    expect(change?.after.attempts.at(-1)).toMatchObject({ outcome: kind, evidence: 'seen' });
  });

  it('that comes after the claim was abandoned counts when it is certain, and is ignored when it is not', () => {
    const given = abandon(claimed(), capabilities, plus(START, 2 * MINUTE)).after;
    expect(applySendOutcome(given, outcomes.success, capabilities, START)?.after.status).toBe('success');
    expect(applySendOutcome(given, outcomes.rejected, capabilities, START)?.entry?.amountMinor).toBe(AMOUNT);
    for (const kind of ['unclear', 'accepted', 'unsent'] as const) {
      expect(applySendOutcome(given, outcomes[kind], capabilities, START)).toBeUndefined();
    }
  });

  it('of success after the refund charges again; a second time changes nothing', () => {
    const change = applySendOutcome(refunded(), outcomes.success, capabilities, START);
    expect(change?.entry).toMatchObject({ kind: 'correction', amountMinor: -AMOUNT });
    expect(change?.after).toMatchObject({ status: 'success', receipt: { providerRef: 'p' } });
    expect(change?.after.failure).toBeUndefined();
    expect(applySendOutcome(decided(change), outcomes.success, capabilities, START)).toBeUndefined();
  });

  it('of success is asked about again in the sandbox alone, whatever a provider says', () => {
    const outcome = { ...outcomes.success, recheckAfterMs: MINUTE } as const;
    const recheckOf = (order: Order) => applySendOutcome(order, outcome, capabilities, START)?.after.recheckAt;
    expect([recheckOf(claimed()), recheckOf({ ...claimed(), mode: 'test' })]).toEqual([undefined, plus(START, MINUTE)]);
  });

  it('of rejection after success moves no money: only a status query can reverse a success', () => {
    expect(applySendOutcome(successful(), outcomes.rejected, capabilities, START)).toBeUndefined();
    expect(applyCallback(successful(), findings.rejected, START)).toBeUndefined();
  });

  it.each(Object.values(outcomes))('$kind changes nothing the second time', (outcome) => {
    const once = decided(applySendOutcome(claimed(), outcome, capabilities, START));
    if (isFinal(once.status)) expect(applySendOutcome(once, outcome, capabilities, START)).toBeUndefined();
    const money = once.status === 'pending' ? undefined : applySendOutcome(once, outcome, capabilities, START)?.entry;
    expect(money).toBeUndefined();
  });

  it('that could not be sent is retried with back-off, within an hour', () => {
    let { order } = accept(initial, START);
    const waits: number[] = [];
    for (let tries = 1; tries <= 12; tries += 1) {
      const sent = claim(order, `att_${tries}`, capabilities, START).after;
      order = decided(applySendOutcome(sent, outcomes.unsent, capabilities, START));
      waits.push(elapsed(START, order.dueAt ?? START) / SECOND);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
  });
});

describe('the next check of an order', () => {
  const dueAt = plus(START, MINUTE);

  it.each([
    ['is when it is due', { status: 'unknown', dueAt }, START, dueAt],
    ['is at that very moment', { status: 'unknown', dueAt }, dueAt, dueAt],
    [
      'is by the next sweep once that has passed',
      { status: 'pending', dueAt },
      plus(dueAt, 1),
      plus(dueAt, 1 + SWEEP_INTERVAL_MS),
    ],
    ['is none where it is decided', { status: 'refunded', dueAt }, START, undefined],
    ['is none while a person decides', { status: 'review', dueAt }, START, undefined],
    ['is none where its batch is what is due', { status: 'dispatching' }, START, undefined],
  ] as const)('%s', (_what, order, at, expected) => {
    expect(nextCheckAt(order, at)).toBe(expected);
  });

  it('comes at the interval of the schedule', () => {
    expect(SWEEP_INTERVAL_MS).toBe(workers.reconcile.everyMinutes * MINUTE);
  });
});

describe('a status query', () => {
  const horizon = HOUR;

  it.each([
    ['one query after the horizon', [horizon], 'unknown'],
    ['many queries before it', [MINUTE, 2 * MINUTE, horizon - 1], 'unknown'],
    ['two queries, the second after it', [horizon - 1, horizon], 'refunded'],
    ['two queries after it', [horizon, 2 * horizon], 'refunded'],
  ])('"not found" after %s leaves the order so: %p %s', (_what, waits, status) => {
    let order = unknownSince();
    for (const wait of waits)
      order = applyQueryResult(order, findings.not_found, capabilities, plus(START, wait)).after;
    expect(order).toMatchObject({ status, queryCount: waits.length, notFoundCount: waits.length });
    if (status === 'refunded') expect(order.failure).toBe('not_delivered');
  });

  it('counts "not found" answers only', () => {
    const unclear = applyQueryResult(unknownSince(), findings.unclear, capabilities, plus(START, horizon)).after;
    expect(applyQueryResult(unclear, findings.not_found, capabilities, plus(START, 2 * horizon)).after.status).toBe(
      'unknown',
    );
  });

  it('never takes "not found" as proof from a provider for which it is none', () => {
    const never = { ...capabilities, notFoundFinalAfterMs: null };
    let order = unknownSince();
    for (let hours = 1; hours <= 30 && order.status === 'unknown'; hours += 1) {
      order = applyQueryResult(order, findings.not_found, never, plus(START, hours * HOUR)).after;
    }
    expect(order.status).toBe('review');
  });

  it('backs off up to an hour', () => {
    let order = unknownSince();
    let at = START;
    const gaps: number[] = [];
    for (let queries = 0; queries < 9; queries += 1) {
      at = order.dueAt ?? at;
      order = applyQueryResult(order, findings.unclear, capabilities, at).after;
      gaps.push(elapsed(at, order.dueAt ?? at) / MINUTE);
    }
    expect(gaps).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('is never due sooner than the provider allows nor later than in an hour', () => {
    const gaps = fc.integer({ min: SECOND, max: HOUR });
    fc.assert(
      fc.property(gaps, fc.nat({ max: 10_000 }), (queryIntervalMs, queryCount) => {
        const order = { ...unknownSince(), queryCount };
        const next = applyQueryResult(order, findings.in_progress, { ...capabilities, queryIntervalMs }, START).after;
        const wait = elapsed(START, next.dueAt ?? START);
        expect(wait).toBeGreaterThanOrEqual(queryIntervalMs);
        expect(wait).toBeLessThanOrEqual(HOUR);
      }),
    );
  });

  it('ends in review at the age limit and no millisecond earlier, without moving money', () => {
    const early = applyQueryResult(unknownSince(), findings.unclear, capabilities, plus(START, DAY - 1));
    const late = applyQueryResult(unknownSince(), findings.unclear, capabilities, plus(START, DAY));
    expect([early.after.status, late.after.status, late.entry]).toEqual(['unknown', 'review', undefined]);
  });

  it('keeps the last answer as evidence', () => {
    const queried = applyQueryResult(unknownSince(), findings.unclear, capabilities, plus(START, HOUR)).after;
    expect(queried.lastFinding).toBe('unclear: seen');
  });

  it('of an accepted, undelivered order makes it unknown, with an event', () => {
    const queried = applyQueryResult(acknowledged(), findings.in_progress, capabilities, plus(START, 2 * MINUTE)).after;
    expect(queried.status).toBe('unknown');
    expect(unpublished(queried)).toMatchObject([{ type: 'order.unknown', sequence: 1 }]);
  });
});

describe('a callback', () => {
  it('that is not certain only makes the status query due at once', () => {
    for (const finding of [findings.unclear, findings.in_progress, findings.not_found]) {
      const change = applyCallback(unknownSince(), finding, plus(START, SECOND));
      expect([change?.after.status, change?.after.dueAt, change?.entry]).toEqual([
        'unknown',
        plus(START, SECOND),
        undefined,
      ]);
    }
  });

  it('of rejection refunds once', () => {
    const change = applyCallback(acknowledged(), findings.rejected, START);
    expect(change?.entry).toMatchObject({ kind: 'refund', amountMinor: AMOUNT });
    expect(applyCallback(decided(change), findings.rejected, START)).toBeUndefined();
  });

  it('of rejection does not decide for an operator, nor on an order that was never sent', () => {
    expect(applyCallback(inReview(), findings.rejected, START)).toBeUndefined();
    expect(applyCallback(accept(initial, START).order, findings.rejected, START)).toBeUndefined();
  });

  it('of success counts also in review and before we know of the send, and after a refund charges again', () => {
    const unsent = decided(applySendOutcome(claimed(), outcomes.unsent, capabilities, START));
    for (const order of [unsent, inReview()]) {
      const change = applyCallback(order, findings.success, START);
      expect([change?.after.status, change?.entry]).toEqual(['success', undefined]);
    }
    expect(applyCallback(refunded(), findings.success, START)?.entry?.kind).toBe('correction');
    expect(applyCallback(successful(), findings.success, START)).toBeUndefined();
  });
});

describe('an amount that cannot be charged again', () => {
  it('is our loss, is recorded once, and leaves the order refunded', () => {
    const lost = writeOff(refunded(), START);
    expect(lost.entry).toBeUndefined();
    expect(lost.after).toMatchObject({ status: 'refunded', lossMinor: AMOUNT });
    expect(applySendOutcome(lost.after, outcomes.success, capabilities, START)).toBeUndefined();
    expect(applyCallback(lost.after, findings.success, START)).toBeUndefined();
  });
});

describe('an order that could not be sent', () => {
  it('is held, with the time since when', () => {
    const held = hold(accept(initial, START).order, { until: plus(START, MINUTE), note: 'held' }, START).after;
    const again = hold(held, { until: plus(START, 2 * MINUTE), note: 'held' }, plus(START, MINUTE)).after;
    expect([held.heldSince, again.heldSince, again.timeline]).toEqual([START, START, held.timeline]);
    for (const change of [claim(again, 'att_1', capabilities, START), expire(again, START)]) {
      expect(change.after.heldSince).toBeUndefined();
    }
  });

  it('is refunded in the end, because it was never sent; any other is not', () => {
    expect(expire(accept(initial, START).order, START).entry).toMatchObject({ kind: 'refund', amountMinor: AMOUNT });
    for (const order of [claimed(), unknownSince(), inReview(), successful(), refunded()]) {
      expect(() => expire(order, START)).toThrow('was never sent');
      expect(() => hold(order, { until: START, note: 'held' }, START)).toThrow('was never sent');
      expect(() => sendToManualReview(order, 'x', START)).toThrow('was never sent');
    }
  });
});

it('an operator decides only orders in review, and is named on the timeline', () => {
  const decision = { by: 'ruth', reason: 'seen on the statement' };
  const delivered = resolve(inReview(), 'delivered', decision, plus(START, 2 * DAY));
  expect([delivered.after.status, delivered.entry]).toEqual(['success', undefined]);
  expect(delivered.after.timeline.at(-1)?.note).toBe('Decided by ruth: seen on the statement');
  expect(resolve(inReview(), 'refunded', decision, START).entry).toMatchObject({ kind: 'refund', amountMinor: AMOUNT });
  for (const order of [claimed(), unknownSince(), successful(), refunded()]) {
    expect(() => resolve(order, 'refunded', decision, START)).toThrow('only an order in review');
  }
});

it('a success is reversed once, as a new entry', () => {
  const reversed = reverse(successful(), START, 'reversed by the provider');
  expect(reversed.entry).toMatchObject({ kind: 'reversal', amountMinor: AMOUNT });
  expect(() => reverse(reversed.after, START, 'once again')).toThrow('no transition from reversed');
  expect(() => reverse(refunded(), START, 'a reason')).toThrow('no transition from refunded to reversed');
});

it('postponing a status query decides nothing', () => {
  const published = decided(markPublished(unknownSince(), 1));
  const { before, after: later, entry } = postpone(published, plus(START, HOUR));
  expect([later, entry]).toEqual([{ ...before, dueAt: plus(START, HOUR), version: before.version + 1 }, undefined]);
});

describe('the outbox', () => {
  it('keeps every event until it is published, with the order at the time of the event', () => {
    const unknown = unknownSince();
    const known = applyQueryResult(unknown, findings.success, capabilities, plus(START, HOUR)).after;
    expect(unpublished(known).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['order.unknown', 1],
      ['order.success', 2],
    ]);
    const [first, second] = unpublished(known);
    expect(first && asOf(known, first)).toMatchObject({ status: 'unknown', dueAt: unknown.dueAt });
    expect(first && asOf(known, first)).not.toHaveProperty('finalizedAt');
    expect(second && asOf(known, second)).toMatchObject({ status: 'success', finalizedAt: plus(START, HOUR) });
  });

  it('loses published events and keeps those that came meanwhile', () => {
    const known = applyQueryResult(unknownSince(), findings.success, capabilities, plus(START, HOUR)).after;
    expect(markPublished(known, 1)?.after.outbox).toMatchObject([{ sequence: 2 }]);
    expect(markPublished(known, 2)?.after).not.toHaveProperty('outbox');
    expect(markPublished(known, 0)).toBeUndefined();
  });

  it('keeps a decided order due as it was, where its message has the time, and until it is empty', () => {
    const order = successful();
    expect(order.dueAt).toBe(claimed().dueAt);
    expect(decided(markPublished(order, 1))).not.toHaveProperty('dueAt');
    const late = plus(START, DISPATCH_GRACE_MS - 10 * SECOND);
    const decidedLate = decided(applySendOutcome(claimed(), outcomes.success, capabilities, late));
    expect(decidedLate.dueAt).toBe(plus(late, 2 * MINUTE));
  });

  it('of an order that is queried once more never puts that off', () => {
    const at = plus(START, 2 * HOUR);
    const asked = applyQueryResult(unknownSince(), findings.not_found, capabilities, at).after;
    const back = applyQueryResult(asked, findings.not_found, capabilities, at).after;
    expect(back).toMatchObject({ status: 'refunded', recheckAt: plus(at, DAY), dueAt: plus(at, 2 * MINUTE) });
    expect(decided(leaveToMessage(back, plus(at, DAY - MINUTE))).dueAt).toBe(plus(at, DAY));
    expect(leaveToMessage(back, plus(at, DAY + MINUTE))).toBeUndefined();
    expect(decided(markPublished(back, 2))).toMatchObject({ dueAt: plus(at, DAY) });
    const unpublished = decided(applyRecheck(back, findings.not_found, plus(at, DAY)));
    expect(unpublished).toMatchObject({ dueAt: back.dueAt });
    expect(unpublished).not.toHaveProperty('recheckAt');
  });
});
