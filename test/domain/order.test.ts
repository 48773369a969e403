import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Change, Order, Status } from '../../shared/domain/order.ts';
import { isFinal, TRANSITIONS } from '../../shared/domain/order.ts';
import type { OrderEvent } from '../../shared/domain/order-events.ts';
import { unpublished } from '../../shared/domain/order-events.ts';
import {
  abandon,
  accept,
  applyCallback,
  applySendOutcome,
  claim,
  expire,
  hold,
  isAbandoned,
  postpone,
  resolve,
  reverse,
  sendToManualReview,
  writeOff,
} from '../../shared/domain/order-life.ts';
import { markPublished } from '../../shared/domain/order-publishing.ts';
import { applyQueryResult } from '../../shared/domain/order-queries.ts';
import { DAY, HOUR, MINUTE, plus } from '../../shared/domain/time.ts';
import { repeats } from '../support/length.ts';
import { AMOUNT, capabilities, findings, initial, outcomes, SAMPLES, START } from './orders.ts';

/** Every decision of the domain, without the checks that the flows make before they call it. */
type Decision = (order: Order, at: string) => Change | undefined;
const by = { by: 'ruth', reason: 'seen' };
const DECISIONS: Readonly<Record<string, Decision>> = {
  claim: (order, at) => claim(order, 'att_2', capabilities, at),
  abandon: (order, at) => abandon(order, capabilities, at),
  expire: (order, at) => expire(order, at),
  hold: (order, at) => hold(order, { until: plus(at, MINUTE), note: 'held' }, at),
  sendToManualReview: (order, at) => sendToManualReview(order, 'poison', at),
  postpone: (order, at) => postpone(order, plus(at, MINUTE)),
  reverse: (order, at) => reverse(order, at, 'reversed by the provider'),
  writeOff: (order, at) => writeOff(order, at),
  'markPublished first': (order) => markPublished(order, 1),
  'markPublished all': (order) => markPublished(order, order.events),
  'resolve delivered': (order, at) => resolve(order, 'delivered', by, at),
  'resolve refunded': (order, at) => resolve(order, 'refunded', by, at),
  ...Object.fromEntries(
    Object.values(outcomes).map((outcome): [string, Decision] => [
      `applySendOutcome ${outcome.kind}`,
      (order, at) => applySendOutcome(order, outcome, capabilities, at),
    ]),
  ),
  ...Object.fromEntries(
    Object.values(findings).flatMap((finding): [string, Decision][] => [
      [`applyQueryResult ${finding.kind}`, (order, at) => applyQueryResult(order, finding, capabilities, at)],
      [`applyCallback ${finding.kind}`, (order, at) => applyCallback(order, finding, at)],
    ]),
  ),
};

/** When the flows call a decision; the others are called at any time. */
const WHEN: Readonly<Record<string, (order: Order, at: string) => boolean>> = {
  claim: (order) => order.status === 'pending',
  abandon: (order, at) => isAbandoned(order, capabilities, at),
  expire: (order) => order.status === 'pending',
  hold: (order) => order.status === 'pending',
  sendToManualReview: (order) => order.status === 'pending',
  postpone: (order) => order.status === 'pending',
  reverse: (order) => order.status === 'success',
  writeOff: (order) => order.status === 'refunded' && order.lossMinor === undefined,
  markPublished: () => true,
  resolve: (order) => order.status === 'review',
  applySendOutcome: (order) => order.attempts.length > 0 && order.status !== 'pending',
  applyQueryResult: (order) => order.status === 'unknown' || order.status === 'dispatching',
  applyCallback: (order) => order.attempts.length > 0,
};

function mayBeAsked(name: string, order: Order, at: string): boolean {
  const when = WHEN[name.split(' ')[0] ?? ''];
  if (!when) throw new Error(`nobody asks for ${name}`);
  return when(order, at);
}

const NOTHING = { kind: 'nothing' } as const;

/** The change of a decision, or `undefined` where it refuses. */
function attempt(decide: Decision, order: Order, at: string): Change | typeof NOTHING {
  try {
    return decide(order, at) ?? NOTHING;
  } catch (error) {
    expect(error).toHaveProperty('message', expect.stringMatching(/^assertion failed: /));
    return NOTHING;
  }
}

/** Whether the merchant is refunded in this status. */
const isPaidBack = (status: Status) => status === 'refunded' || status === 'reversed';

/** Invariants of every change. */
function expectSound({ before, after, entry }: Change): void {
  const hasMoved = isPaidBack(before.status) !== isPaidBack(after.status);
  expect(after.version).toBe(before.version + 1);
  expect(after.timeline.slice(0, before.timeline.length)).toEqual(before.timeline);
  expect(after.events).toBeGreaterThanOrEqual(before.events);
  expect(entry !== undefined).toBe(hasMoved);
  if (entry) expect(entry).toMatchObject({ orderId: after.id, agentReference: after.agentReference });
  if (entry) expect(entry.amountMinor).toBe(isPaidBack(after.status) ? AMOUNT : -AMOUNT);
  if (after.status !== before.status) {
    expect(TRANSITIONS[before.status]).toContain(after.status);
    expect(after.timeline.at(-1)?.status).toBe(after.status);
  }
  const { id, merchantId, mode, agentReference, amountMinor, currency, createdAt } = before;
  expect(after).toMatchObject({ id, merchantId, mode, agentReference, amountMinor, currency, createdAt });
}

describe('the table of transitions', () => {
  const all = Object.values(SAMPLES).flat();
  const times = [START, plus(START, 2 * HOUR), plus(START, 2 * DAY)];
  const twice = all.map((order) => ({ ...order, notFoundCount: 1 }));

  it('has every transition that a decision can make, and no other', () => {
    const arrows = [...all, ...twice].flatMap((order) =>
      times.flatMap((at) =>
        Object.values(DECISIONS).flatMap((decide) => {
          const change = attempt(decide, order, at);
          return 'kind' in change || change.after.status === order.status
            ? []
            : [`${order.status} → ${change.after.status}`];
        }),
      ),
    );
    const drawn = Object.entries(TRANSITIONS).flatMap(([from, to]) => to.map((status) => `${from} → ${status}`));
    expect([...new Set(arrows)].sort()).toEqual(drawn.sort());
  });

  it('has samples of every status', () => {
    for (const [status, orders] of Object.entries(SAMPLES)) {
      expect([status, ...orders.map((order) => order.status)]).toEqual([status, ...orders.map(() => status)]);
    }
    expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(TRANSITIONS).sort());
  });

  it('leads out of every status that is not final', () => {
    for (const status of Object.keys(TRANSITIONS) as Status[]) {
      if (!isFinal(status)) expect(TRANSITIONS[status]).not.toEqual([]);
    }
  });
});

it.each(Object.keys(DECISIONS))('%s makes a valid change of any order, or refuses, or changes nothing', (name) => {
  const decide = DECISIONS[name] as Decision;
  for (const order of Object.values(SAMPLES).flat()) {
    for (const at of [START, plus(START, 2 * HOUR), plus(START, 2 * DAY)]) {
      const change = attempt(decide, order, at);
      if (!('kind' in change)) expectSound(change);
    }
  }
});

it.each(['unclear', 'accepted', 'unsent', 'refuses_us', 'in_progress'])(
  '%s moves no money, from any source at any time',
  (kind) => {
    for (const [name, decide] of Object.entries(DECISIONS)) {
      if (!name.endsWith(` ${kind}`)) continue;
      for (const order of Object.values(SAMPLES).flat()) {
        const change = attempt(decide, order, plus(START, 30 * DAY));
        expect('kind' in change ? undefined : change.entry).toBeUndefined();
      }
    }
  },
);

/** Delays around every limit: back-off, claim, horizon, age. */
const waits = fc.oneof(
  fc.integer({ min: 0, max: 2 * MINUTE }),
  fc.integer({ min: 0, max: 3 * HOUR }),
  fc.constantFrom(0, HOUR, DAY),
);
const happenings = fc.array(fc.tuple(fc.constantFrom(...Object.keys(DECISIONS)), waits), { maxLength: 40 });

describe('for any sequence of decisions,', () => {
  /** Applies a sequence of decisions to one order and passes every change to `witness`. */
  function live(list: readonly (readonly [string, number])[], witness: (change: Change, name: string) => void): Order {
    let { order } = accept(initial, START);
    let at = START;
    for (const [name, wait] of list) {
      at = plus(at, wait);
      if (!mayBeAsked(name, order, at)) continue;
      const change = DECISIONS[name]?.(order, at);
      if (!change) continue;
      witness(change, name);
      order = change.after;
    }
    return order;
  }

  it('the entries of an order add up to zero when it is refunded, and to its amount otherwise', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        let moved = accept(initial, START).entry.amountMinor;
        live(list, (change) => {
          expectSound(change);
          moved += change.entry?.amountMinor ?? 0;
          expect(moved).toBe(isPaidBack(change.after.status) ? 0 : -AMOUNT);
        });
      }),
      { numRuns: repeats({ short: 200, long: 1_000 }) },
    );
  });

  it('an order is due exactly until it is final and published, and once more where it was refunded as not found', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        live(list, ({ after }) => {
          const isOver = isFinal(after.status) && after.outbox === undefined && after.recheckAt === undefined;
          expect(after.dueAt === undefined).toBe(isOver);
          if (after.recheckAt !== undefined) expect(after.failure).toBe('not_delivered');
          expect(after.finalizedAt !== undefined).toBe(isFinal(after.status));
        });
      }),
      { numRuns: repeats({ short: 200, long: 1_000 }) },
    );
  });

  it('a refund happens at most once, unless the order was delivered and charged again', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const kinds: string[] = ['order'];
        live(list, ({ entry }) => {
          if (entry) kinds.push(entry.kind);
        });
        expect(kinds.join(' ')).toMatch(/^order( refund( correction)?)?( reversal)?$/);
        if (kinds.includes('reversal') && kinds.includes('refund')) expect(kinds).toContain('correction');
      }),
      { numRuns: repeats({ short: 200, long: 1_000 }) },
    );
  });

  it('the provider is never called again once there could be an outcome', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        let mayHaveLeft = false;
        live(list, ({ after }, name) => {
          if (name === 'claim') expect(mayHaveLeft).toBe(false);
          if (name === 'claim') mayHaveLeft = true;
          if (name === 'applySendOutcome unsent' && after.status === 'pending') mayHaveLeft = false;
          if (name === 'applySendOutcome refuses_us' && after.status === 'pending') mayHaveLeft = false;
        });
      }),
      { numRuns: repeats({ short: 200, long: 1_000 }) },
    );
  });

  it('every event is in the outbox, and sequences increase by one', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        live(list, ({ before, after }) => {
          const isNew = after.events > before.events;
          if (isNew)
            expect(unpublished(after).at(-1)).toMatchObject({
              sequence: before.events + 1,
              shown: { status: after.status },
            });
          expect(after.events - before.events).toBe(isNew ? 1 : 0);
        });
      }),
      { numRuns: repeats({ short: 100, long: 500 }) },
    );
  });

  it('a receiver that keeps the highest sequence ends with the current state, for any order and repetition', () => {
    let streams = 0;
    fc.assert(
      fc.property(happenings, fc.array(fc.nat(), { minLength: 320, maxLength: 320 }), (list, seeds) => {
        const events: OrderEvent[] = [];
        let last: Order | undefined;
        live(list, ({ before, after }) => {
          const known = events.length;
          events.push(...unpublished(after).filter((event) => event.sequence > known));
          if (after.status !== before.status || !last) last = after;
        });
        const final = events.at(-1);
        for (const seed of final ? seeds : []) {
          const stream = [...events, ...events].toSorted(
            (a, b) => ((a.sequence * (seed + 7)) % 97) - ((b.sequence * (seed + 7)) % 97),
          );
          const kept = stream.reduce((best, event) => (event.sequence > best.sequence ? event : best));
          expect(kept.shown.status).toBe(final?.shown.status);
          streams += 1;
        }
      }),
      { numRuns: repeats({ short: 200, long: 1_500 }) },
    );
    // About a fifth of the lists publish an event: far below, so that chance never decides.
    expect(streams).toBeGreaterThan(repeats({ short: 5_000, long: 50_000 }));
  });
});
