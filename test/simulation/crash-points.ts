import { SECOND } from '../../shared/domain/time.ts';
import type { FaultFreeFile } from './batch-actors.ts';
import type { Plan } from './simulation.ts';
import { simulate } from './simulation.ts';

/** What runs, without other faults, while a process is killed at each point where it could die. */
export interface Scenario {
  readonly orders: number;
  /** At most this many points are tried. */
  readonly pointsMax: number;
  readonly file?: FaultFreeFile;
}

export const ONE_ORDER: Scenario = { orders: 1, pointsMax: 60 };
export const ONE_BATCH: Scenario = { orders: 2, pointsMax: 120, file: { rows: 2 } };
/** Cancelled at once, before a row is sent. A crash may delay the cancellation to any later time. */
export const ONE_CANCELLED_BATCH: Scenario = { orders: 2, pointsMax: 120, file: { rows: 2, cancelsAfterMs: 0 } };

/** Within this time after each kill a batch goes on. */
const STANDSTILL_MS_MAX = 150 * SECOND;

export interface CrashResult {
  readonly points: number;
  readonly singles: number;
  readonly pairs: number;
  readonly violations: readonly string[];
}

/** The results of `--crashes`, by what was crashed. */
export type CrashResults = Readonly<Record<'order' | 'batch' | 'cancelled', CrashResult>>;

/** Runs a scenario with a kill at each point, and then at each pair of points. */
export async function crashEverywhere(
  seeds: readonly number[],
  withPairs = true,
  { orders, pointsMax, file }: Scenario = ONE_ORDER,
): Promise<CrashResult> {
  const plan: Plan = { isFaultFree: true, ...(file ? { orders: 0, file } : { orders }) };
  const violations: string[] = [];
  let points = 0;
  let singles = 0;
  let pairs = 0;
  const check = async (seed: number, killAt: number[]) => {
    const run = await simulate(seed, { ...plan, killAt: new Set(killAt) });
    const what = run.violations[0] ?? (run.orders === orders ? undefined : `there are ${run.orders} orders`);
    if (run.slowestClaimMs > killAt.length * STANDSTILL_MS_MAX && file?.cancelsAfterMs === undefined) {
      violations.push(`seed ${seed}, killed at ${killAt.join(' and ')}: a row waited ${run.slowestClaimMs} ms`);
    }
    if (what !== undefined) violations.push(`seed ${seed}, killed at ${killAt.join(' and ')}: ${what}`);
  };
  for (const seed of seeds) {
    const ownPoints = Math.min((await simulate(seed, plan)).killPoints, pointsMax);
    points += ownPoints;
    for (let one = 1; one <= ownPoints; one += 1) {
      await check(seed, [one]);
      singles += 1;
      // A kill makes the run longer: the second one may come some points later than the run had at first.
      for (let other = one + 1; withPairs && other <= ownPoints + 12; other += 1) {
        await check(seed, [one, other]);
        pairs += 1;
      }
    }
  }
  return { points, singles, pairs, violations };
}
