import { simulate } from './simulation.ts';

/** The totals of a run of seeds. */
export interface SeedsRun {
  readonly seeds: number;
  readonly orders: number;
  /** How many of the orders are rows of batches. */
  readonly rows: number;
  readonly counts: Record<string, number>;
  readonly violations: readonly { seed: number; what: string }[];
  readonly seconds: number;
}

/** Runs seeds until the last one, until the time is over, or, if `stopAtFirst`, until the first violation. */
export async function runSeeds(options: {
  from: number;
  to: number;
  orders: number;
  untilMs?: number;
  stopAtFirst?: boolean;
  hasAll?: boolean;
}): Promise<SeedsRun> {
  const startedAt = Date.now();
  const counts: Record<string, number> = {};
  const violations: { seed: number; what: string }[] = [];
  let orders = 0;
  let rows = 0;
  let seeds = 0;
  for (let seed = options.from; seed <= options.to; seed += 1) {
    if (options.untilMs !== undefined && Date.now() - startedAt > options.untilMs) break;
    const run = await simulate(seed, { orders: options.orders, hasAll: options.hasAll ?? false });
    seeds += 1;
    orders += run.orders;
    rows += run.rows;
    for (const [name, times] of run.counts) counts[name] = (counts[name] ?? 0) + times;
    const [what] = run.violations;
    if (what !== undefined) violations.push({ seed, what });
    if (what !== undefined && options.stopAtFirst) break;
  }
  return { seeds, orders, rows, counts, violations, seconds: (Date.now() - startedAt) / 1000 };
}
