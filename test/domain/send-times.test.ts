import { describe, expect, it } from '@jest/globals';
import { isSlow, pollGaps, SEND_TIMES_MAX, saysTheSame, withTimes } from '../../shared/domain/send-times.ts';

/** When each poll happens, in milliseconds after the order was accepted. */
function polls(times: readonly number[] | undefined, untilMs: number): number[] {
  const gaps = pollGaps(times);
  const at: number[] = [];
  for (let ms = gaps.next().value; ms <= untilMs; ms += gaps.next().value) at.push(Math.round(ms));
  return at;
}

describe('polls for an outcome', () => {
  it('begin at once and grow apart where nothing is known of the provider', () => {
    expect(polls(undefined, 100)).toEqual([8, 20, 38, 65]);
    expect(polls([], 100)).toEqual([8, 20, 38, 65]);
  });

  it('are few for a provider that always takes as long', () => {
    expect(
      polls(
        Array.from({ length: 20 }, () => 800),
        1_000,
      ),
    ).toEqual([880, 1_000]);
  });

  it('begin with its fast sends where they differ', () => {
    const times = Array.from({ length: 20 }, (_, n) => (n < 5 ? 100 : 2_000));
    expect(polls(times, 2_000)).toEqual([300, 600, 1_050, 1_725]);
  });

  it('begin after five seconds at the latest and come at least every second, but not within eight milliseconds', () => {
    expect(polls([3_000], 4_000)).toEqual([3_300, 3_750]);
    expect(polls([60_000], 10_000)).toEqual([6_000, 7_000, 8_000, 9_000, 10_000]);
    expect(polls([1], 30)).toEqual([16, 28]);
  });
});

it('a provider is slow when one of twenty sends takes more than ten seconds', () => {
  const fast = Array.from({ length: 19 }, () => 500);
  expect(isSlow(undefined)).toBe(false);
  expect(isSlow(fast)).toBe(false);
  expect(isSlow([...fast, 60_000])).toBe(true);
  expect(isSlow([...fast, 60_000, ...fast].slice(-SEND_TIMES_MAX))).toBe(true);
  expect(isSlow(withTimes([60_000], [...fast, 400]))).toBe(false);
});

it('times say the same until what is fast, what is usual or what is slow has moved', () => {
  const known = Array.from({ length: 20 }, (_, n) => 780 + n);
  expect(saysTheSame(undefined, [800])).toBe(false);
  expect(saysTheSame(known, withTimes(known, [900, 700]))).toBe(true);
  expect(saysTheSame(known, withTimes(known, [20_000]))).toBe(false);
  expect(saysTheSame(known, withTimes(known, [100, 100, 100]))).toBe(false);
  expect(
    saysTheSame(
      known,
      withTimes(
        known,
        Array.from({ length: 20 }, () => 1_600),
      ),
    ),
  ).toBe(false);
});
