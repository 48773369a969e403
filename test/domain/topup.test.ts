import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, elapsed, HOUR, MINUTE, plus } from '../../shared/domain/time.ts';
import type { PaymentFinding, Topup, TopupChange } from '../../shared/domain/topup.ts';
import {
  abandonStart,
  applyPaymentStatus,
  beginTopup,
  markTopupPublished,
  resolveTopup,
  startedTopup,
  TOPUP_TRANSITIONS,
  topupId,
} from '../../shared/domain/topup.ts';
import { repeats } from '../support/length.ts';

const START = '2026-05-07T08:00:00.000Z';
const owner = { merchantId: 'mer_1', mode: 'live' } as const;
const begun = beginTopup(
  { ...owner, currency: 'USD', reference: 'r1', amountMinor: 500, chargedMinor: 500 },
  'sta_1',
  START,
);
const payment = { gatewayRef: 'pay-1', redirectUrl: 'https://pay.example/1' };
const done = (change: TopupChange | undefined): Topup => {
  if (!change) throw new Error('nothing changed');
  return change.after;
};
const pending = done(startedTopup(begun, payment, START));
const paid: PaymentFinding = { kind: 'paid', amountMinor: 500, currency: 'USD', evidence: '' };
const of = (kind: 'in_progress' | 'review' | 'not_found' | 'unclear'): PaymentFinding => ({ kind, evidence: '' });
const failed: PaymentFinding = { kind: 'failed', failure: 'declined', evidence: '' };

describe('a top-up', () => {
  it('is unique by reference, merchant and mode', () => {
    expect(topupId(owner, 'r1')).toBe(begun.id);
    const others = [topupId({ ...owner, mode: 'test' }, 'r1'), topupId({ ...owner, merchantId: 'mer_2' }, 'r1')];
    expect(new Set([begun.id, ...others, topupId(owner, 'r2')]).size).toBe(4);
  });

  it('credits the charged amount once the payment gateway confirms it', () => {
    const change = applyPaymentStatus(pending, paid, plus(START, HOUR));
    expect(change?.entry).toMatchObject({ kind: 'topup', amountMinor: 500, topupId: begun.id });
    expect(change?.after).toMatchObject({ status: 'success', finalizedAt: plus(START, HOUR), events: 1 });
    expect(change?.after).toMatchObject({ dueAt: plus(START, HOUR + 2 * MINUTE) });
    expect(done(markTopupPublished(done(change), 1))).not.toHaveProperty('dueAt');
    expect(applyPaymentStatus(done(change), paid, START)).toBeUndefined();
  });

  it.each([
    ['less', { ...paid, amountMinor: 499 }],
    ['more', { ...paid, amountMinor: 501 }],
    ['another currency', { ...paid, currency: 'ZWG' }],
    ['a part', of('review')],
  ] as const)('paid with %s is for a person to decide, and credits nothing', (_what, finding) => {
    const change = applyPaymentStatus(pending, finding, START);
    expect([change?.after.status, change?.entry]).toEqual(['review', undefined]);
  });

  it('credits nothing for an uncertain result, and waits a day for a certain one', () => {
    for (const kind of ['in_progress', 'not_found', 'unclear'] as const) {
      const change = applyPaymentStatus(pending, of(kind), plus(START, HOUR));
      expect([change?.after.status, change?.entry]).toEqual(['pending', undefined]);
      const late = applyPaymentStatus(pending, of(kind), plus(START, DAY));
      expect([late?.after.status, late?.entry]).toEqual([kind === 'in_progress' ? 'failed' : 'review', undefined]);
    }
  });

  it('that failed and was paid after all is credited once', () => {
    const lost = done(applyPaymentStatus(pending, failed, START));
    expect(lost).toMatchObject({ status: 'failed', failure: 'declined', events: 1 });
    const found = applyPaymentStatus(lost, paid, plus(START, HOUR));
    expect([found?.after.status, found?.entry?.amountMinor, found?.after.events]).toEqual(['success', 500, 2]);
    expect(found?.after).not.toHaveProperty('failure');
  });

  it('in a debugging deployment is credited with the charged amount', () => {
    const debug = { ...pending, chargedMinor: 1 };
    expect(applyPaymentStatus(debug, { ...paid, amountMinor: 1 }, START)?.entry?.amountMinor).toBe(1);
    expect(applyPaymentStatus(debug, paid, START)?.after.status).toBe('review');
  });

  it('that was never started fails after an hour, and one that was started meanwhile does not', () => {
    expect(done(abandonStart(begun, plus(START, HOUR - 1))).status).toBe('starting');
    expect(done(abandonStart(begun, plus(START, HOUR)))).toMatchObject({ status: 'failed', failure: 'gateway_error' });
    expect(abandonStart(pending, plus(START, HOUR))).toBeUndefined();
    expect(startedTopup(pending, payment, START)).toBeUndefined();
    const second = done(startedTopup(pending, { ...payment, gatewayRef: 'pay-2' }, START));
    expect(second).toMatchObject({ status: 'pending', gatewayRef: 'pay-1', orphans: ['payment pay-2'] });
  });

  it('in review is decided by an operator, with who and why', () => {
    const doubtful = done(applyPaymentStatus(pending, of('review'), START));
    const decision = { by: 'ruth', reason: 'seen on the statement' };
    const change = resolveTopup(doubtful, 'paid', decision, START);
    expect([change.entry?.amountMinor, change.after.timeline.at(-1)?.note]).toEqual([
      500,
      'Decided by ruth: seen on the statement',
    ]);
    const refused = resolveTopup(doubtful, 'failed', decision, START);
    expect(refused.entry).toBeUndefined();
    const late = applyPaymentStatus(refused.after, paid, plus(START, HOUR));
    expect([late?.after.status, late?.entry]).toEqual(['review', undefined]);
    expect(applyPaymentStatus(refused.after, of('review'), plus(START, HOUR))).toBeUndefined();
    expect(() => resolveTopup(pending, 'paid', decision, START)).toThrow('only a top-up in review');
  });

  it('is credited at most once, and only if a result confirmed it, for any sequence of results', () => {
    const findings = [paid, { ...paid, amountMinor: 400 }, failed, of('review'), of('unclear'), of('in_progress')];
    fc.assert(
      fc.property(fc.array(fc.record({ n: fc.nat(5), hours: fc.nat(10) }), { maxLength: 30 }), (happenings) => {
        let topup = pending;
        let at = START;
        let credits = 0;
        for (const { n, hours } of happenings) {
          at = plus(at, hours * HOUR);
          const finding = findings[n] ?? paid;
          const change = applyPaymentStatus(topup, finding, at);
          if (!change) continue;
          if (change.entry) {
            credits += 1;
            expect(finding).toBe(paid);
          }
          const { status } = change.after;
          if (status !== topup.status) expect(TOPUP_TRANSITIONS[topup.status]).toContain(status);
          const { dueAt, queryAt, finalizedAt = at } = change.after;
          // Nothing publishes its events.
          if (change.after.outbox || status !== 'failed') expect(dueAt).toBeDefined();
          if (status !== 'failed') expect(queryAt).toBeUndefined();
          // A failure is queried for a day, and longer only while the answers are unclear.
          else if (queryAt !== undefined) expect(elapsed(finalizedAt, queryAt)).toBeLessThan(3 * DAY + HOUR);
          topup = change.after;
        }
        expect(credits).toBe(topup.status === 'success' ? 1 : 0);
      }),
      { numRuns: repeats({ short: 300, long: 2_000 }) },
    );
  });

  it('publishes its events one after the other', () => {
    const ended = done(applyPaymentStatus(pending, paid, START));
    expect(ended.outbox).toMatchObject([{ type: 'topup.success', sequence: 1, shown: { status: 'success' } }]);
    expect(done(markTopupPublished(ended, 1))).not.toHaveProperty('outbox');
    expect(markTopupPublished(ended, 0)).toBeUndefined();
  });
});
