import { parseArgs } from 'node:util';
import type { FaultFreeFile } from './batch-actors.ts';
import { shrink } from './shrink.ts';
import type { Plan, Run } from './simulation.ts';
import { simulate } from './simulation.ts';

/**
 * `npm run simulate -- --seeds 1..1000`: runs seeds and says what happened: orders, faults by kind, violations, speed.
 * A violation prints its seed, what was wrong, the one line that replays it, and what happened once all that does not
 * matter is left out; the exit code is then 1.
 */

const USAGE = `npm run simulate -- [--seeds 1..100] [--minutes N] [--orders 100] [--first] [--json] [--crashes]

  --seeds A..B  which seeds to run (1..100)
  --minutes N   run seeds from A on for N minutes instead
  --orders N    orders in each seed (100)
  --first       stop at the first violation
  --crashes     crash one order's and one batch's life at every point, and at pairs of points
  --json        the result as one JSON line
`;

export interface Campaign {
  readonly seeds: number;
  readonly orders: number;
  /** How many of the orders are rows of batches. */
  readonly rows: number;
  readonly counts: Record<string, number>;
  readonly violations: readonly { seed: number; what: string }[];
  readonly seconds: number;
}

/** Runs seeds until the last one, the time is over, or, if so asked, the first violation. */
export async function campaign(options: {
  from: number;
  to: number;
  orders: number;
  untilMs?: number;
  stopAtFirst?: boolean;
}): Promise<Campaign> {
  const startedAt = Date.now();
  const counts: Record<string, number> = {};
  const violations: { seed: number; what: string }[] = [];
  let orders = 0;
  let rows = 0;
  let seeds = 0;
  for (let seed = options.from; seed <= options.to; seed += 1) {
    if (options.untilMs !== undefined && Date.now() - startedAt > options.untilMs) break;
    const run = await simulate(seed, { orders: options.orders });
    seeds += 1;
    orders += run.orders;
    rows += run.rows;
    add(counts, run);
    const [what] = run.violations;
    if (what !== undefined) violations.push({ seed, what });
    if (what !== undefined && options.stopAtFirst) break;
  }
  return { seeds, orders, rows, counts, violations, seconds: (Date.now() - startedAt) / 1000 };
}

export interface Crashes {
  readonly points: number;
  readonly singles: number;
  readonly pairs: number;
  readonly violations: readonly string[];
}

/** By what was crashed. */
export type AllCrashes = Readonly<Record<'order' | 'batch' | 'cancelled', Crashes>>;

/** What is crashed at every point: one order, or one small batch. */
export interface Life {
  readonly orders: number;
  /** How many points before its end there are at most. */
  readonly pointsMax: number;
  readonly file?: FaultFreeFile;
}

export const ONE_ORDER: Life = { orders: 1, pointsMax: 60 };
export const ONE_BATCH: Life = { orders: 2, pointsMax: 120, file: { rows: 2 } };
/** Cancelled before its rows had their turn, unless something dies: then at any time. */
export const ONE_CANCELLED_BATCH: Life = { orders: 2, pointsMax: 120, file: { rows: 2, cancelsAfterMs: 0 } };

/** A life, killed at each point where a process could die, and then at each pair of points. */
export async function crashEverywhere(
  seeds: readonly number[],
  withPairs = true,
  { orders, pointsMax, file }: Life = ONE_ORDER,
): Promise<Crashes> {
  const plan = { orders: file ? 0 : orders, isFaultFree: true, ...(file ? { file } : {}) };
  const violations: string[] = [];
  let points = 0;
  let singles = 0;
  let pairs = 0;
  const check = async (seed: number, killAt: number[]) => {
    const run = await simulate(seed, { ...plan, killAt: new Set(killAt) });
    const what = run.violations[0] ?? (run.orders === orders ? undefined : `there are ${run.orders} orders`);
    if (what !== undefined) violations.push(`seed ${seed}, killed at ${killAt.join(' and ')}: ${what}`);
  };
  for (const seed of seeds) {
    const firstLife = Math.min((await simulate(seed, plan)).killPoints, pointsMax);
    points += firstLife;
    for (let one = 1; one <= firstLife; one += 1) {
      await check(seed, [one]);
      singles += 1;
      for (let other = one + 1; withPairs && other <= firstLife + 12; other += 1) {
        await check(seed, [one, other]);
        pairs += 1;
      }
    }
  }
  return { points, singles, pairs, violations };
}

function add(counts: Record<string, number>, run: Run): void {
  for (const [name, times] of run.counts) counts[name] = (counts[name] ?? 0) + times;
}

export interface Shrunk {
  /** The clients and the faults without any of which it does not happen. */
  readonly parts: readonly string[];
  readonly trace: readonly string[];
}

/** Runs enough for a failing seed to come down to a few orders and faults; each takes about a tenth of a second. */
const SHRINK_TRIES_MAX = 200;

/** A violation's run again, with as few clients and faults as still break the same rule. */
export async function shrinkRun(seed: number, orders: number): Promise<Shrunk> {
  const rule = (run: Run) => run.violations[0]?.replace(/ord[_-]\w+|\d+/g, '…');
  const whole = await simulate(seed, { orders });
  const broken = rule(whole);
  const plan = (parts: readonly string[]): Plan => ({
    orders,
    clients: new Set(parts.flatMap((part) => (part.startsWith(CLIENT) ? Number(part.slice(CLIENT.length)) : []))),
    only: new Set(parts),
  });
  const breaks = async (parts: readonly string[]) => rule(await simulate(seed, plan(parts))) === broken;
  const clients = Array.from({ length: orders }, (_, n) => `${CLIENT}${n}`);
  const few = await shrink(clients, (some) => breaks([...some, ...whole.faults]), SHRINK_TRIES_MAX);
  // Whoever is left meets fewer faults than all did: those of this run are the ones to choose from.
  const { faults } = await simulate(seed, plan([...few, ...whole.faults]));
  let parts = await shrink([...few, ...faults], breaks, SHRINK_TRIES_MAX);
  for (let before = Number.POSITIVE_INFINITY; parts.length < before; ) {
    before = parts.length;
    parts = await shrink(parts, breaks, SHRINK_TRIES_MAX);
  }
  const { trace, violations } = await simulate(seed, { ...plan(parts), isTraced: true });
  return { parts, trace: [...trace, ...violations.map((what) => `VIOLATION: ${what}`)] };
}

const CLIENT = 'client ';

function print(result: Campaign, orders: number): void {
  const rows = Object.entries(result.counts).toSorted(([a], [b]) => a.localeCompare(b));
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, times]) => `  ${name.padEnd(width)}  ${times}`);
  const speed = Math.round(result.orders / result.seconds);
  process.stdout.write(`${lines.join('\n')}\n\n`);
  process.stdout.write(
    `${result.seeds} seeds, ${result.orders} orders, ${result.rows} of them rows of batches, ${speed} orders/s, `,
  );
  process.stdout.write(`${result.violations.length} violations\n`);
  for (const { seed, what } of result.violations) {
    const replay = `npm run simulate -- --seeds ${seed}..${seed} --orders ${orders}`;
    process.stdout.write(`\nseed ${seed}: ${what}\n  ${replay}\n`);
  }
}

async function explain(seed: number, orders: number): Promise<void> {
  const { parts, trace } = await shrinkRun(seed, orders);
  process.stdout.write(
    `\nseed ${seed} needs only\n${parts.map((part) => `  ${part}\n`).join('')}\n${trace.join('\n')}\n`,
  );
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1..100' },
      minutes: { type: 'string' },
      orders: { type: 'string', default: '100' },
      first: { type: 'boolean', default: false },
      crashes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const range = /^(\d+)\.\.(\d+)$/.exec(values.seeds);
  if (!range) {
    process.stderr.write(USAGE);
    return 1;
  }
  if (values.crashes) {
    const order = await crashEverywhere([1, 2, 3]);
    const batch = await crashEverywhere([1], true, ONE_BATCH);
    const cancelled = await crashEverywhere([1, 2, 3], false, ONE_CANCELLED_BATCH);
    const all = { order, batch, cancelled } satisfies AllCrashes;
    process.stdout.write(`${JSON.stringify(all)}\n`);
    return Object.values(all).some(({ violations }) => violations.length > 0) ? 1 : 0;
  }
  const orders = Number(values.orders);
  const result = await campaign({
    from: Number(range[1]),
    to: values.minutes === undefined ? Number(range[2]) : Number.MAX_SAFE_INTEGER,
    orders,
    stopAtFirst: values.first,
    ...(values.minutes === undefined ? {} : { untilMs: Number(values.minutes) * 60_000 }),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else print(result, orders);
  const [first] = result.violations;
  if (first && !values.json) await explain(first.seed, orders);
  return result.violations.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exit(await main());
