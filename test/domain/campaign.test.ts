import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Campaign, Terms } from '../../shared/domain/campaign.ts';
import {
  admit,
  amountOf,
  countStatus,
  denialOf,
  newCampaign,
  problemOfTerms,
  recordSpending,
  sumOfCounts,
} from '../../shared/domain/campaign.ts';
import type { Order } from '../../shared/domain/order.ts';
import { accept } from '../../shared/domain/order-life.ts';
import { attemptReference, isGivenBack, payoutReference } from '../../shared/domain/payout.ts';
import { FIRST_SECRET } from '../../shared/domain/rotation.ts';
import { DAY, HOUR, plus } from '../../shared/domain/time.ts';
import { repeats } from '../support/length.ts';
import { initial } from './orders.ts';

const START = '2026-05-07T08:00:00.000Z';
const TERMS: Terms = {
  name: 'Survey',
  amountMinor: 100,
  budgetMinor: 1000,
  isPaused: false,
  countries: [],
  mayRetryFailed: false,
  needsTimestamp: false,
  allowsApiKey: false,
};

function aCampaign(terms: Partial<Terms> = {}): Campaign {
  const whose = { id: 'cmp_1', merchantId: 'mer_1', mode: 'live', currency: 'USD', isOncePerNumber: false } as const;
  return newCampaign({ ...whose, ...FIRST_SECRET, ...TERMS, ...terms }, START);
}

describe('a campaign pays', () => {
  it.each([
    [{}, 1000, START, undefined],
    [{}, 1001, START, 'budget_spent'],
    [{ isPaused: true }, 1, START, 'paused'],
    [{ startsAt: plus(START, 1) }, 1, START, 'not_started'],
    [{ startsAt: START }, 1, START, undefined],
    [{ endsAt: START }, 1, START, 'ended'],
    [{ endsAt: plus(START, 1) }, 1, START, undefined],
    [{ dailyBudgetMinor: 99 }, 100, START, 'day_spent'],
    [{ dailyBudgetMinor: 100 }, 100, START, undefined],
    [{ isPaused: true, budgetMinor: 0 }, 100, START, 'paused'],
  ] as const)('under %j %i at %s: %s', (terms, amountMinor, at, denial) => {
    expect(denialOf(aCampaign(terms), amountMinor, at)).toBe(denial);
  });

  it('up to its caps, to the last cent, for payouts and refunds in any order', () => {
    const step = fc.record({
      amount: fc.integer({ min: 1, max: 400 }),
      gives: fc.boolean(),
      which: fc.nat(),
      laterMs: fc.integer({ min: -HOUR, max: DAY }),
    });
    const cap = fc.option(fc.integer({ min: 1, max: 1500 }), { nil: undefined });
    const caps = fc.record({ budgetMinor: fc.integer({ min: 0, max: 2000 }), payoutsMax: cap, dailyBudgetMinor: cap });
    fc.assert(
      fc.property(caps, cap, fc.array(step, { maxLength: 60 }), (terms, dailyPayoutsMax, steps) => {
        const given = Object.entries({ ...terms, dailyPayoutsMax }).filter(([, value]) => value !== undefined);
        let campaign = aCampaign(Object.fromEntries(given));
        const held: { amount: number; day: string }[] = [];
        let at = START;
        for (const { amount, gives, which, laterMs } of steps) {
          at = plus(at, laterMs);
          if (gives && held.length > 0) {
            const [payout] = held.splice(which % held.length, 1);
            if (payout) campaign = recordSpending(campaign, payout.day, payout.amount);
          } else if (denialOf(campaign, amount, at) === undefined) {
            const before = campaign.today.day;
            const admitted = admit(campaign, amount, at);
            campaign = admitted.campaign;
            held.push({ amount, day: admitted.day });
            expect(campaign.today.day >= before).toBe(true);
          }
          const sum = held.reduce((total, each) => total + each.amount, 0);
          const today = held.filter(({ day }) => day === campaign.today.day);
          expect(campaign).toMatchObject({ spentMinor: sum, payouts: held.length });
          expect(campaign.today).toMatchObject({
            spentMinor: today.reduce((total, each) => total + each.amount, 0),
            payouts: today.length,
          });
          expect(sum).toBeLessThanOrEqual(terms.budgetMinor);
          expect(held.length).toBeLessThanOrEqual(terms.payoutsMax ?? Number.POSITIVE_INFINITY);
          expect(campaign.today.spentMinor).toBeLessThanOrEqual(terms.dailyBudgetMinor ?? Number.POSITIVE_INFINITY);
          expect(campaign.today.payouts).toBeLessThanOrEqual(dailyPayoutsMax ?? Number.POSITIVE_INFINITY);
        }
      }),
      { numRuns: repeats({ short: 100, long: 500 }) },
    );
  });

  it('within its terms only: admitting more is a bug', () => {
    expect(() => admit(aCampaign(), 1001, START)).toThrow('within its terms');
    expect(() => recordSpending(aCampaign(), '2026-05-07', 1)).toThrow('no more is refunded');
    expect(() => recordSpending(aCampaign(), '2026-05-07', 0)).toThrow('non-zero');
  });

  it('again for a payout that was delivered after its refund, even over the cap', () => {
    const { campaign, day } = admit(aCampaign({ budgetMinor: 100 }), 100, START);
    const refunded = recordSpending(campaign, day, 100);
    const other = admit(refunded, 100, START);
    const both = recordSpending(other.campaign, day, -100);
    expect(both).toMatchObject({ spentMinor: 200, payouts: 2, accepted: 2 });
    expect(denialOf(both, 1, START)).toBe('budget_spent');
  });
});

it('the amount is the fixed one, or one within the bounds', () => {
  const fixed = aCampaign();
  expect([amountOf(fixed, undefined), amountOf(fixed, '1.00'), amountOf(fixed, 2)]).toEqual([
    100,
    100,
    'not_the_amount',
  ]);
  const { amountMinor: _amountMinor, ...rest } = aCampaign({ minMinor: 100, maxMinor: 300 });
  expect([undefined, 0.99, 1, '3', 3.01, 'x', '1.005'].map((asked) => amountOf(rest, asked))).toEqual([
    'missing',
    'below_min',
    100,
    300,
    'above_max',
    'not_an_amount',
    'too_many_decimals',
  ]);
});

it('contradictory terms are reported with the field to change', () => {
  const { amountMinor: _amountMinor, ...open } = TERMS;
  expect(problemOfTerms(TERMS)).toBeUndefined();
  expect(problemOfTerms({ ...open, minMinor: 1, maxMinor: 1 })).toBeUndefined();
  expect(problemOfTerms({ ...open, minMinor: 1 })?.param).toBe('amount');
  expect(problemOfTerms({ ...TERMS, maxMinor: 1 })?.param).toBe('amount');
  expect(problemOfTerms({ ...TERMS, startsAt: START, endsAt: START })?.param).toBe('ends_at');
});

it('counts move a payout from one status to another, and never lose one', () => {
  const none = { counts: {}, counted: {}, version: 0 };
  const unknown = countStatus(none, undefined, 'unknown');
  const ended = countStatus(countStatus(unknown, 'unknown', 'success'), undefined, 'refunded');
  expect(ended).toEqual({ counts: { unknown: 0, success: 1, refunded: 1 }, counted: {}, version: 3 });
  expect(sumOfCounts([ended, unknown])).toEqual({ unknown: 1, success: 1, refunded: 1 });
});

it("a payout's reference names its respondent and attempt, and no merchant can use it", () => {
  const [first, second] = [
    attemptReference(payoutReference('cmp_1', 'a'), 1),
    attemptReference(payoutReference('cmp_1', 'a'), 2),
  ];
  expect([first, second]).toEqual([expect.stringMatching(/^cmp_1~[0-9a-f]{24}$/), `${first}~2`]);
  expect(attemptReference(payoutReference('cmp_1', 'A'), 1)).not.toBe(first);
  expect(attemptReference(payoutReference(`cmp_${'0'.repeat(20)}`, 'a'), 5).length).toBeLessThanOrEqual(64);
});

const anOrder = (changes: Partial<Order>): Order => ({ ...accept(initial, START).order, ...changes });

it('a payout is given back only where it was not delivered', () => {
  expect(isGivenBack(anOrder({ status: 'refunded' }))).toBe(true);
  expect(isGivenBack(anOrder({ status: 'reversed' }))).toBe(true);
  expect(isGivenBack(anOrder({ status: 'refunded', lossMinor: 100 }))).toBe(false);
  expect(isGivenBack(anOrder({ status: 'unknown' }))).toBe(false);
});
