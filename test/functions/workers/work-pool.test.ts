import { describe, expect, it } from '@jest/globals';
import { inEachMode, WorkPool, workThrough } from '../../../shared/flows/work-through.ts';
import { Clock } from '../../simulation/clock.ts';

/** Slots for work, on virtual time. */

const MS: Record<string, number> = { slow: 1_000, quick: 10 };

async function timesOf(items: readonly string[], atOnce: number, isTimeLeft?: (clock: Clock) => boolean) {
  const clock = new Clock();
  const startedAt = clock.now;
  const ends: number[] = [];
  let running = 0;
  let most = 0;
  const failures: string[] = [];
  const work = async (item: string) => {
    running += 1;
    most = Math.max(most, running);
    await clock.sleep(MS[item] ?? 10);
    running -= 1;
    ends.push(clock.now - startedAt);
    if (item === 'bad') throw new Error('broken');
  };
  const done = workThrough(items, work, {
    atOnce,
    ...(isTimeLeft ? { isTimeLeft: () => isTimeLeft(clock) } : {}),
    onFailure: (_error, item) => void failures.push(item),
  });
  await clock.runUntil(startedAt + 60_000);
  return { ...(await done), ends, most, failures };
}

describe('a pool', () => {
  it('gives a slot on when its work ends: one slow item holds up none behind it', async () => {
    const { ends, most } = await timesOf(['slow', ...Array.from({ length: 20 }, () => 'quick')], 2);
    expect(most).toBe(2);
    expect(ends.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => 10 * (n + 1)));
  });

  it('loses no slot to what fails, and reports it', async () => {
    const { done, failed, failures } = await timesOf(['bad', 'bad', 'quick', 'bad', 'quick'], 2);
    expect({ done, failed, failures }).toEqual({ done: 5, failed: 3, failures: ['bad', 'bad', 'bad'] });
  });

  it('begins nothing once time is up, and counts what it began', async () => {
    const startedAt = new Clock().now;
    const items = Array.from({ length: 100 }, () => 'quick');
    const { done, ends } = await timesOf(items, 5, (clock) => clock.now - startedAt < 100);
    expect([done, ends.length]).toEqual([50, 50]);
  });

  it('works what is added just as its last slot ends', async () => {
    const seen: number[] = [];
    const pool: WorkPool<number> = new WorkPool(
      async (n: number) => {
        seen.push(n);
        // After the slot has found nothing more to do, and before its promise is settled for others.
        if (n < 50) for (let ticks = 0; ticks < n % 5; ticks += 1) await Promise.resolve();
      },
      { atOnce: 1, onFailure: () => {} },
    );
    for (let n = 0; n < 50; n += 1) {
      pool.add(n);
      for (let ticks = 0; ticks < n % 7; ticks += 1) await Promise.resolve();
    }
    await pool.isDone();
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });
});

it('what fails in one mode does not stop the other, and fails the run in the end', async () => {
  const clock = new Clock();
  const seen: string[] = [];
  const both = inEachMode(async (mode) => {
    if (mode === 'live') throw new Error('live is broken');
    await clock.sleep(1_000);
    seen.push(mode);
  });
  const failed = expect(both).rejects.toThrow('live is broken');
  await clock.runUntil(clock.now + 2_000);
  await failed;
  expect(seen).toEqual(['test']);
});
