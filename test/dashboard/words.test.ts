import { describe, expect, it } from '@jest/globals';
import { pollWhile, waitMs } from '../../dashboard/src/api/polling.ts';
import { decimalText, moneyText } from '../../dashboard/src/parts/money-text.ts';
import { relativeText } from '../../dashboard/src/parts/when-text.ts';
import { windowsOf } from '../../dashboard/src/routes/orders/entry-windows.ts';
import { whatHappensNow } from '../../dashboard/src/routes/orders/what-happens-now.ts';
import { PUBLIC_STATUSES } from '../../shared/http/views/public-status.ts';

/** What the dashboard makes of the API's answers, where that can be decided without a browser. */

it.each([
  [5, '5.00'],
  [5.5, '5.50'],
  [0.07, '0.07'],
  [-1234567.89, '-1,234,567.89'],
  ['1000', '1,000.00'],
  ['0.125', '0.125'],
  [999999999999.99, '999,999,999,999.99'],
])('the amount %s is written %s', (amount, text) => {
  expect(decimalText(amount)).toBe(text);
  expect(moneyText(amount, 'USD')).toBe(`${text} USD`);
});

it.each([
  [12_400, /^in 12 seconds$/],
  [-61_000, /^1 minute ago$/],
  [2 * 86_400_000, /^in 2 days$/],
  [0, /^in 0 seconds$/],
])('an instant %s ms from now is %s', (ms, text) => {
  expect(relativeText(1_000_000 + ms, 1_000_000)).toMatch(text);
});

it('entries are looked for around each step, and each instant once', () => {
  const at = (seconds: number) => new Date(1_700_000_000_000 + 1_000 * seconds).toISOString();
  expect(windowsOf([at(0), at(1), at(100)])).toEqual([
    { from: at(-2), to: at(3) },
    { from: at(98), to: at(102) },
  ]);
  expect(windowsOf([at(100), at(0)])).toHaveLength(2);
  expect(windowsOf([])).toEqual([]);
});

describe('what happens now', () => {
  it.each(PUBLIC_STATUSES)('%s has its own sentence, and says where the money is', (status) => {
    const others = PUBLIC_STATUSES.filter((each) => each !== status).map((each) => whatHappensNow({ status: each }));
    expect(others).not.toContain(whatHappensNow({ status }));
    expect(whatHappensNow({ status })).toMatch(/money/);
  });

  it('an order whose outcome is not known is never to be ordered again, whoever asks for it', () => {
    for (const order of [
      { status: 'unknown' },
      { status: 'unknown', under_review: true },
      { status: 'of next year' },
    ]) {
      expect(whatHappensNow(order)).toContain('Do not order it again.');
    }
  });

  it('one that waits for its provider says so', () => {
    expect(whatHappensNow({ status: 'pending', held_since: '2026-05-07T08:00:00.000Z' })).toContain('takes no orders');
  });
});

describe('polling', () => {
  const query = (data: unknown, dataUpdateCount: number) => ({ state: { data, dataUpdateCount, error: null } });

  it('begins at two seconds, slows down while nothing changes, and never waits longer than fifteen', () => {
    const asked = query({ final: false }, 1);
    // Whenever its page is drawn, the rule is another one.
    const rule = (of: typeof asked) => pollWhile<unknown>(() => true)(of);
    const waits = Array.from({ length: 9 }, (_each, reads) => {
      asked.state.dataUpdateCount = 1 + reads;
      return rule(asked);
    });
    expect(waits.slice(0, 2)).toEqual([2_000, waitMs(1)]);
    expect(waits.toSorted((one, other) => Number(one) - Number(other))).toEqual(waits);
    expect(waits.at(-1)).toBe(15_000);
    asked.state.data = { final: false };
    expect(rule(asked)).toBe(2_000);
  });

  it('ends when nothing is open, and does not begin before there is data', () => {
    expect(pollWhile<{ final: boolean }>(({ final }) => !final)(query({ final: true }, 1) as never)).toBe(false);
    expect(pollWhile(() => true)(query(undefined, 0))).toBe(false);
    expect(pollWhile(undefined)(query({}, 1))).toBe(false);
  });
});
