import { expect, it } from '@jest/globals';
import type { EntrySeen, OrderSeen } from './load-check.ts';
import { Answers, problemsOf } from './load-check.ts';

const order = (agent_reference: string, status: string): OrderSeen => ({
  id: `ord_${agent_reference}`,
  agent_reference,
  status,
  amount: 0.1,
});
const entry = (seq: number, agent_reference: string, amount: number, balance_after: number): EntrySeen => ({
  ...{ seq, agent_reference, amount, balance_after },
  kind: amount < 0 ? 'order' : 'refund',
});

const answers = { answered: new Set(['a', 'b', 'c']), unclear: new Set(['d']) };
const orders = [order('a', 'success'), order('b', 'refunded'), order('c', 'failed')];
const entries = [entry(7, 'a', -0.1, 9.9), entry(8, 'b', -0.1, 9.8), entry(9, 'b', 0.1, 9.9)];

it('orders and entries that belong together add up', () => {
  expect(problemsOf({ answers, orders, entries })).toEqual([]);
  const held = [...orders, order('d', 'unknown')];
  expect(problemsOf({ answers, orders: held, entries: [...entries, entry(10, 'd', -0.1, 9.8)] })).toEqual([]);
});

it.each([
  [
    'an answer without an order',
    { orders: orders.slice(1), entries: entries.slice(1) },
    'a was answered and is no order',
  ],
  ['an order that was refused', { orders: [...orders, order('x', 'failed')] }, 'x was refused and is an order'],
  ['an order twice', { orders: [...orders, order('a', 'success')] }, 'a is 2 orders'],
  [
    'a success without a debit',
    { entries: entries.slice(1) },
    'a is success, and its entries add up to 0 instead of -10',
  ],
  ['a refund that is missing', { entries: entries.slice(0, 2) }, 'b is refunded, and its entries add up to -10'],
  ['a debit without an order', { entries: [...entries, entry(10, 'z', -0.1, 9.8)] }, 'z was debited and is no order'],
  ['a gap in the chain', { entries: entries.map((each) => ({ ...each, seq: each.seq * 2 })) }, 'entry 16 follows 14'],
  ['a wrong balance', { entries: [...entries, entry(10, '', 5, 99)] }, 'entry 10 has the wrong balance'],
])('%s is a problem', (_what, change, problem) => {
  expect(problemsOf({ answers, orders, entries, ...change })).toEqual(
    expect.arrayContaining([expect.stringContaining(problem)]),
  );
});

const BUSY = { status: 503, json: { code: 'busy' } };
it.each([
  ['busy to the end', [BUSY, BUSY], ['x was refused and is an order']],
  ['one too many', [{ status: 429, json: { code: 'rate_limited' } }], ['x was refused and is an order']],
  ['a gateway that is busy', [{ status: 503, json: { message: 'Service Unavailable' } }], []],
  ['no answer', [{ status: 0, json: {} }], []],
  ['an error of ours', [{ status: 500, json: { code: 'internal_error' } }], []],
  ['no answer, and then busy', [{ status: 0, json: {} }, BUSY], []],
  ['busy, and then accepted', [BUSY, { status: 202, json: {} }], []],
  ['no money', [{ status: 402, json: { code: 'insufficient_funds' } }], []],
])('an order whose answers were: %s', (_what, replies, problems) => {
  const seen = new Answers();
  for (const reply of replies) seen.note('x', reply);
  expect(problemsOf({ answers: seen, orders: [order('x', 'failed')], entries: [] })).toEqual(problems);
});
