import { describe, expect, it } from '@jest/globals';
import { isRefused, Problem } from '../../dashboard/src/api/problem.ts';
import { compareDecimals, isMultiple } from '../../dashboard/src/parts/decimal.ts';
import { amountProblem } from '../../dashboard/src/routes/send/amount-problem.ts';
import { afterRefusal, keptFor } from '../../dashboard/src/routes/send/kept-order.ts';
import { sendTexts, testNumbers } from '../../dashboard/src/texts/send.ts';
import { SANDBOX_OUTCOMES } from '../../shared/providers/sandbox.ts';

/** What the page that sends decides, where that can be decided without a browser. */

const PRODUCT = {
  ...{ id: 1, name: 'Airtime', network: 'Econet', kind: 'airtime', country: 'ZW', currency: 'USD', available: true },
  ...{ min: 0.1, max: 300, step: 0.01, target: { type: 'phone', example: '0772279099' } },
} as const;

it.each([
  ['0.10', undefined],
  ['300', undefined],
  ['', sendTexts.problems.missing],
  ['5,50', sendTexts.problems.form],
  ['1e2', sendTexts.problems.form],
  ['-5', sendTexts.problems.form],
  ['0.09', sendTexts.problems.least('0.10 USD')],
  ['300.01', sendTexts.problems.most('300.00 USD')],
  ['5.005', sendTexts.problems.step('0.01 USD')],
])('the amount "%s" of a product from 0.10 to 300.00 is answered with %s', (amount, problem) => {
  expect(amountProblem(amount, PRODUCT)).toBe(problem);
});

it('where a product has fixed amounts, only those are sold, however they are written', () => {
  const { step: _step, ...fixed } = { ...PRODUCT, denominations: [0.5, 1, 2] };
  expect(['0.50', '1', '2.0'].map((amount) => amountProblem(amount, fixed))).toEqual([undefined, undefined, undefined]);
  expect(amountProblem('1.50', fixed)).toBe(sendTexts.problems.one_of);
  expect(amountProblem('', fixed)).toBe(sendTexts.problems.one_of);
});

it('decimals are compared exactly', () => {
  expect(compareDecimals('900000000000000.01', '900000000000000.02')).toBe(-1);
  expect(compareDecimals('5.50', 5.5)).toBe(0);
  expect(compareDecimals(-1, '0')).toBe(-1);
  expect([isMultiple(0.01, '1.15'), isMultiple('0.05', '1.16')]).toEqual([true, false]);
});

describe('the reference of an order', () => {
  const order = { product_id: 100, target: '+263772279099', amount: '5.50' };
  it('stays with the order, whether it was sent or not', () => {
    const kept = keptFor(undefined, order, 'USD');
    expect(kept).toMatchObject({ order, isSent: false, reference: expect.stringMatching(/^web-[0-9a-f]{16}$/) });
    expect(keptFor(kept, { ...order }, 'USD')).toBe(kept);
    const sent = { ...kept, isSent: true };
    expect(keptFor(sent, { ...order }, 'USD')).toBe(sent);
  });

  it('is spent by a refusal for lack of funds, which stays whatever is paid in, and by no other one', () => {
    const sent = { ...keptFor(undefined, order, 'USD'), isSent: true };
    const next = afterRefusal(sent, new Problem(402, { code: 'insufficient_funds' }));
    expect(next).toMatchObject({ order, isSent: false });
    expect(next.reference).not.toBe(sent.reference);
    expect(afterRefusal(sent, new Problem(403, { code: 'account_frozen' }))).toEqual({ ...sent, isSent: false });
  });

  it.each([
    { ...order, amount: '5.51' },
    { ...order, product_id: 101 },
    { ...order, target: '+263772279098' },
    { ...order, custom_sms: 'Hello' },
  ])('is another one for %o', (other) => {
    const kept = keptFor(undefined, order, 'USD');
    expect(keptFor(kept, other, 'USD')).toMatchObject({ order: other, isSent: false });
    expect(keptFor(kept, other, 'USD').reference).not.toBe(kept.reference);
  });
});

it.each([
  [new Problem(422, {}), true],
  [new Problem(403, {}), true],
  [new Problem(429, {}), true],
  [new Problem(408, {}), false],
  [new Problem(500, {}), false],
  [new Problem(503, {}), false],
  [new Problem(0, {}), false],
  [new TypeError('the connection was cut'), false],
])('after %o it is known that nothing was ordered: %s', (error, isKnown) => {
  expect(isRefused(error)).toBe(isKnown);
});

it.each([
  [401, false],
  [403, false],
  [429, false],
  [402, true],
  [409, true],
  [422, true],
])(
  'a repeat that is answered %i says of the request whose answer was lost that nothing was done: %s',
  (status, says) => {
    expect(isRefused(new Problem(status, {}), { isRepeat: true })).toBe(says);
    expect(isRefused(new Problem(status, {}))).toBe(true);
  },
);

it('the test numbers that are offered do what is said of them', () => {
  const word = (text: string) => text.match(/delivered|refunded/i)?.[0].toLowerCase();
  for (const [number, says] of testNumbers) {
    const outcome = SANDBOX_OUTCOMES[number.slice(-3)];
    const isRefunded = outcome !== undefined && /rejected|not_found/.test(JSON.stringify(outcome));
    expect([number, word(says)]).toEqual([number, isRefunded ? 'refunded' : 'delivered']);
    expect([number, says.includes('Not known')]).toEqual([number, outcome?.send === 'unclear']);
  }
});
