import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { defined } from '../../shared/domain/defined.ts';
import { messageOf } from '../../shared/domain/message-of.ts';
import type { CrashResults } from './crash-points.ts';
import { crashEverywhere, ONE_BATCH, ONE_CANCELLED_BATCH } from './crash-points.ts';
import type { SeedsRun } from './run-seeds.ts';
import { runSeeds } from './run-seeds.ts';
import { shrinkRun } from './shrink.ts';
import type { Plan } from './simulation.ts';

/**
 * `npm run simulate -- --seeds 1..1000`: runs seeds and prints orders, faults by kind, violations and speed. For a
 * violation it prints the seed, what was violated, the command that replays it, and the trace of the smallest run that
 * still violates it. The exit code is then 1. `simulation.ts` says what each file of this folder holds.
 */

const USAGE = `npm run simulate -- [--seeds 1..100] [--minutes N] [--orders 100] [--workers N] [--first] [--all] [--json] [--crashes]

  --seeds A..B  which seeds to run (1..100)
  --minutes N   run seeds from A on for N minutes instead
  --orders N    orders in each seed (100)
  --workers N   threads that run seeds side by side (one for each core); the result is the same
  --first       stop at the first violation
  --all         with the faults that are known not to be survived yet (faults.ts)
  --crashes     kill a process at every point of one order and of one batch, and at pairs of points
  --json        the result as one JSON line
`;

function print(result: SeedsRun, orders: number): void {
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

async function explain(seed: number, plan: Plan): Promise<void> {
  const { parts, trace } = await shrinkRun(seed, plan);
  process.stdout.write(
    `\nseed ${seed} needs only\n${parts.map((part) => `  ${part}\n`).join('')}\n${trace.join('\n')}\n`,
  );
}

/** `undefined` where they cannot be read; the reason is printed. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', default: false },
        seeds: { type: 'string', default: '1..100' },
        minutes: { type: 'string' },
        orders: { type: 'string', default: '100' },
        workers: { type: 'string', default: String(availableParallelism()) },
        first: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        crashes: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n`);
    return undefined;
  }
}

async function main(): Promise<number> {
  const values = readOptions();
  const range = values && /^(\d+)\.\.(\d+)$/.exec(values.seeds);
  if (!range || values.help) {
    process.stderr.write(USAGE);
    return values?.help ? 0 : 1;
  }
  if (values.crashes) {
    const order = await crashEverywhere([1, 2, 3]);
    const batch = await crashEverywhere([1], true, ONE_BATCH);
    const cancelled = await crashEverywhere([1, 2, 3], false, ONE_CANCELLED_BATCH);
    const results = { order, batch, cancelled } satisfies CrashResults;
    process.stdout.write(`${JSON.stringify(results)}\n`);
    return Object.values(results).some(({ violations }) => violations.length > 0) ? 1 : 0;
  }
  const orders = Number(values.orders);
  const result = await runSeeds({
    from: Number(range[1]),
    to: values.minutes === undefined ? Number(range[2]) : Number.MAX_SAFE_INTEGER,
    orders,
    stopAtFirst: values.first,
    hasAll: values.all,
    workers: Number(values.workers),
    ...defined({ untilMs: values.minutes === undefined ? undefined : Number(values.minutes) * 60_000 }),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else print(result, orders);
  const [first] = result.violations;
  if (first && !values.json) await explain(first.seed, { orders, hasAll: values.all });
  return result.violations.length > 0 ? 1 : 0;
}

process.exit(await main());
