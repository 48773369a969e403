import { describe, expect, it } from '@jest/globals';
import { isSlow, pollGaps, saysTheSame, timesAt, together, withSend } from '../../shared/domain/send-times.ts';
import { MINUTE, plus } from '../../shared/domain/time.ts';

/** When each poll happens, in milliseconds after the order was accepted. */
function polls(times: readonly number[], untilMs: number): number[] {
  const gaps = pollGaps(times);
  const at: number[] = [];
  for (let ms = gaps.next().value; ms <= untilMs; ms += gaps.next().value) at.push(Math.round(ms));
  return at;
}

describe('polls for an outcome', () => {
  it('begin at once and grow apart where nothing is known of the provider', () => {
    expect(polls([], 100)).toEqual([8, 20, 38, 65]);
  });

  it('are few for a provider that always takes as long', () => {
    expect(
      polls(
        Array.from({ length: 20 }, () => 800),
        1_000,
      ),
    ).toEqual([800, 880, 1_000]);
  });

  it('begin with its fast sends where they differ', () => {
    const times = Array.from({ length: 20 }, (_, n) => (n < 5 ? 100 : 2_000));
    expect(polls(times, 2_000)).toEqual([100, 300, 600, 1_050, 1_725]);
  });

  it('begin after five seconds at the latest and come at least every second, but not within eight milliseconds', () => {
    expect(polls([3_000], 4_000)).toEqual([3_000, 3_300, 3_750]);
    expect(polls([60_000], 10_000)).toEqual([5_000, 6_000, 7_000, 8_000, 9_000, 10_000]);
    expect(polls([1], 30)).toEqual([8, 16, 28]);
  });
});

const NOON = '2026-05-07T12:00:00.000Z';
const minutesLater = (minutes: number) => plus(NOON, minutes * MINUTE);
const each = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

/** What is known after sends that all ended at one moment. */
function sends(times: readonly number[], at = NOON, before = {}) {
  return times.reduce<ReturnType<typeof withSend>>((known, ms) => withSend(known, ms, at), before);
}

describe('a provider is slow', () => {
  it.each([
    ['without any send', [], false],
    ['after one send that hung', [60_000], false],
    ['after four that hung', each(4, 60_000), false],
    ['after five that hung', each(5, 60_000), true],
    ['after one of eighteen', [...each(17, 30), 60_000], false],
    ['after one of twenty, whichever it was', [...each(9, 500), 60_000, ...each(10, 500)], false],
    ['after two of twenty', [60_000, ...each(18, 500), 60_000], true],
    ['after two of more than twenty', [60_000, ...each(19, 500), 60_000], false],
    ['after two of five at ten seconds', [...each(3, 500), 10_000, 10_000], false],
  ])('%s: %#', (_when, times, expected) => {
    expect(isSlow(timesAt(sends(times), NOON))).toBe(expected);
  });

  it('for ten minutes after its last slow send, and its fast sends are still known', () => {
    const known = sends([...each(10, 60_000), ...each(10, 500)]);
    expect(isSlow(timesAt(known, minutesLater(9)))).toBe(true);
    expect(timesAt(known, minutesLater(10))).toEqual(each(10, 500));
  });

  it('only where its slow sends were not long apart', () => {
    const known = sends([60_000, 60_000, ...each(10, 500)]);
    const [five, twenty] = [minutesLater(5), minutesLater(20)];
    expect(isSlow(timesAt(sends([60_000], five, known), minutesLater(14)))).toBe(true);
    expect(isSlow(timesAt(sends([60_000], twenty, known), twenty))).toBe(false);
    expect(isSlow(timesAt(together(known, sends([60_000], twenty), twenty), twenty))).toBe(false);
  });
});

describe('times say the same', () => {
  const steady = Array.from({ length: 20 }, (_, n) => 780 + n);
  it.each([
    ['where nothing was known', [], [800], false],
    ['where they hardly moved', steady, [900, 700], true],
    ['where one of them hung', steady, [60_000], true],
    ['where two of them hung', steady, [60_000, 60_000], false],
    ['where the fast ones are faster', steady, [100, 100, 100], false],
    ['where the usual ones are slower', steady, each(20, 1_600), false],
  ])('%s: %#', (_where, before, more, expected) => {
    const known = sends(before);
    expect(saysTheSame(known, sends(more, NOON, known), NOON)).toBe(expected);
  });

  it('of a steady provider after days, and of a slow one for five minutes', () => {
    const at = (known: ReturnType<typeof sends>, ms: number, minutes: number) =>
      saysTheSame(known, withSend(known, ms, minutesLater(minutes)), minutesLater(minutes));
    expect(at(sends(steady), 800, 5_000)).toBe(true);
    const slow = sends(each(20, 15_000));
    expect([4, 5, 10].map((minutes) => at(slow, 15_000, minutes))).toEqual([true, false, false]);
  });
});
