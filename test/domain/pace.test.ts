import { describe, expect, it } from '@jest/globals';
import type { Ramp } from '../../shared/domain/pace.ts';
import { paceOf, rampAfter, startOfRamp } from '../../shared/domain/pace.ts';
import { MINUTE, plus, SECOND } from '../../shared/domain/time.ts';

const START = '2026-05-07T08:00:00.000Z';
const MAX = 200;

function paceAt(ramp: Ramp, at: string): number {
  return paceOf(ramp, MAX, at).perSecond;
}

/** The ramp after a clear answer in each of so many seconds. */
function climb(seconds: number, before: Ramp = startOfRamp(START), from = START): Ramp {
  let ramp = before;
  for (let second = 1; second <= seconds; second += 1) {
    const at = plus(from, second * SECOND);
    ramp = rampAfter(ramp, { isClear: true, startedAt: at }, MAX, at) ?? ramp;
  }
  return ramp;
}

it('a provider without a ramp is called as fast as it allows', () => {
  expect(paceOf({}, MAX, START)).toEqual({ perSecond: MAX, isRamping: false });
});

it('a ramp begins with one call a second, doubles every ten seconds while answers are clear, and then ends', () => {
  const paces = [0, 9, 10, 20, 30, 70, 79].map((seconds) => paceAt(climb(seconds), plus(START, seconds * SECOND)));
  expect(paces).toEqual([1, 1, 2, 4, 8, 128, 128]);
  expect(climb(80)).toEqual({});
});

it('does not grow without an answer', () => {
  expect(paceAt(startOfRamp(START), plus(START, 9 * MINUTE))).toBe(1);
});

describe('an unclear answer', () => {
  const at = plus(START, 35 * SECOND);
  const unclear = (ramp: Ramp, startedAt: string) => rampAfter(ramp, { isClear: false, startedAt }, MAX, at);

  it('halves the pace, once for all calls that were under way', () => {
    const halved = unclear(climb(30), at) as Ramp;
    expect(paceAt(halved, at)).toBe(4);
    expect(unclear(halved, plus(at, -SECOND))).toBeUndefined();
  });

  it('begins the ten seconds again, and never leaves less than one call a second', () => {
    const halved = unclear(startOfRamp(START), at) as Ramp;
    expect(paceAt(halved, at)).toBe(1);
    expect(paceAt(climb(9, halved, at), plus(at, 9 * SECOND))).toBe(1);
    expect(paceAt(climb(10, halved, at), plus(at, 10 * SECOND))).toBe(2);
  });
});

it('is over after ten minutes, whatever was unclear', () => {
  expect(paceAt(startOfRamp(START), plus(START, 10 * MINUTE))).toBe(MAX);
});
