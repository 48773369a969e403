import { Worker } from 'node:worker_threads';
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

interface SeedsPlan {
  readonly from: number;
  readonly to: number;
  readonly orders: number;
  readonly untilMs?: number;
  readonly stopAtFirst?: boolean;
  readonly hasAll?: boolean;
  /** How many threads run seeds side by side. 1, and where it is absent: this one alone. */
  readonly workers?: number;
}

/** What is kept of the run of one seed. */
interface SeedRun {
  readonly seed: number;
  readonly orders: number;
  readonly rows: number;
  readonly counts: ReadonlyMap<string, number>;
  /** The first violation. */
  readonly what: string | undefined;
}

/** What the threads of a run share. */
export interface SharedRun {
  readonly plan: Omit<SeedsPlan, 'from' | 'to' | 'workers'>;
  readonly startedAt: number;
  /** In shared memory: the seed that is begun next, and the last one that counts. */
  readonly seeds: Int32Array;
}

const NEXT = 0;
const LAST = 1;
/** The largest seed that fits in shared memory. */
const SEED_MAX = 2 ** 31 - 2;

/**
 * Runs seeds until the last one, until the time is over, or, if `stopAtFirst`, until the first violation. The totals
 * are the same whatever the number of workers: seeds are begun in order, and none counts that comes after the first
 * violation at which the run stops.
 */
export async function runSeeds({ from, to, workers = 1, ...plan }: SeedsPlan): Promise<SeedsRun> {
  const startedAt = Date.now();
  const seeds = new Int32Array(new SharedArrayBuffer(8));
  seeds.set([from, Math.min(to, SEED_MAX)]);
  const shared: SharedRun = { plan, startedAt, seeds };
  const runs: SeedRun[] = [];
  const take = (run: SeedRun) => runs.push(run);
  const count = Math.min(workers, to - from + 1);
  if (count <= 1) await runShare(shared, take);
  else await Promise.all(Array.from({ length: count }, () => inWorker(shared, take)));
  const counted = runs.filter(({ seed }) => seed <= Atomics.load(seeds, LAST)).sort((a, b) => a.seed - b.seed);
  return { ...totals(counted), seconds: (Date.now() - startedAt) / 1000 };
}

/** One thread's share: seed after seed, each the next that no thread has begun. */
export async function runShare({ plan, startedAt, seeds }: SharedRun, take: (run: SeedRun) => void): Promise<void> {
  const { orders, hasAll = false, untilMs = Number.POSITIVE_INFINITY, stopAtFirst } = plan;
  while (Date.now() - startedAt <= untilMs) {
    const seed = Atomics.add(seeds, NEXT, 1);
    if (seed > Atomics.load(seeds, LAST)) return;
    const run = await simulate(seed, { orders, hasAll });
    const [what] = run.violations;
    if (what !== undefined && stopAtFirst) endAt(seeds, seed);
    take({ seed, orders: run.orders, rows: run.rows, counts: run.counts, what });
  }
}

function endAt(seeds: Int32Array, seed: number): void {
  let last = Atomics.load(seeds, LAST);
  while (seed < last && Atomics.compareExchange(seeds, LAST, last, seed) !== last) last = Atomics.load(seeds, LAST);
}

function inWorker(shared: SharedRun, take: (run: SeedRun) => void): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.mjs', import.meta.url), { workerData: shared });
  return new Promise((resolve, reject) => {
    worker.on('message', take);
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

function totals(runs: readonly SeedRun[]): Omit<SeedsRun, 'seconds'> {
  const counts: Record<string, number> = {};
  const violations: { seed: number; what: string }[] = [];
  let [orders, rows] = [0, 0];
  for (const run of runs) {
    orders += run.orders;
    rows += run.rows;
    for (const [name, times] of run.counts) counts[name] = (counts[name] ?? 0) + times;
    if (run.what !== undefined) violations.push({ seed: run.seed, what: run.what });
  }
  return { seeds: runs.length, orders, rows, counts, violations };
}
