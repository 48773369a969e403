import { expect, it } from '@jest/globals';
import { crashEverywhere, ONE_BATCH, ONE_CANCELLED_BATCH } from './crash-points.ts';

/** A process dies at every point where it could: of one order, and of one small batch. */

it('one order, its processes killed at every point of its life, ends right', async () => {
  const { points, singles, violations } = await crashEverywhere([7, 8, 9], false);
  expect(violations).toEqual([]);
  expect(singles).toBe(points);
  expect(points).toBeGreaterThan(60);
}, 300_000);

it.each([
  ['one batch', ONE_BATCH],
  ['one batch that is cancelled', ONE_CANCELLED_BATCH],
])(
  '%s, its processes killed at every point of its life, ends right',
  async (_name, life) => {
    const { points, singles, violations } = await crashEverywhere([7, 8], false, life);
    expect(violations).toEqual([]);
    expect(singles).toBe(points);
    expect(points).toBe(240);
  },
  300_000,
);
