import { STAGE_DEFAULTS } from '../../lib/stage.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import type { StageName } from '../../shared/manifest/concurrency.ts';
import { partitionsOf } from '../../shared/store/due-items.ts';
import { Chance } from '../simulation/chance.ts';
import type { Upstream } from './model/call-rates.ts';
import { sendsPerSecond, UPSTREAMS } from './model/call-rates.ts';
import type { Cause, Limits, Load } from './model/capacity-model.ts';
import { CapacityModel, givesFirst } from './model/capacity-model.ts';
import type { Measured } from './performance-page.ts';
import { readOptions, refuse } from './read-options.ts';
import { readResults } from './results.ts';

/**
 * `npm run capacity`: up to which rate a stage takes orders, and what gives first beyond it, for several kinds of
 * traffic. The same seed prints the same table. `--stage` and `--seed` choose others; `--json` prints the figures.
 */

const USAGE = 'npm run capacity -- [--stage live|staging|dev] [--seed N] [--json]\n';

export interface Ceiling {
  readonly scenario: string;
  /** Who gets all of its orders. */
  readonly provider: Upstream;
  /** Orders per second at which everything still holds, and the next rate tried, at which something gives. */
  readonly holdsAt: number;
  readonly givesAt: number;
  readonly first: Cause | undefined;
  readonly p99Ms: number;
}

interface Scenario {
  readonly name: string;
  /** Absent: one, because they would not differ. */
  readonly providers?: readonly Upstream[];
  readonly load?: Partial<Load>;
  readonly limits?: Partial<Limits>;
}

/** Calls that hang for a minute fill slots for as long until as many end as begin. */
const SECONDS = { usual: 30, hanging: 180 };
const STEP = 1.2;
const RATE_MIN = 5 / STEP ** 5;
const RATE_MAX = 4_000;
const UNLIMITED = 100_000;
/** A table that is new, and one that has been warmed. */
const TABLE_UNITS = { fresh: 4_000, warm: 40_000 };

const BUSIEST: Upstream = 'hotrecharge';

export const SCENARIOS: readonly Scenario[] = [
  { name: 'one merchant, nobody waits', load: { wallets: 1, waitingShare: 0 }, providers: UPSTREAMS },
  { name: '100 merchants, nobody waits', load: { waitingShare: 0 }, providers: UPSTREAMS },
  { name: '100 merchants, all wait, provider 800 ms', load: { waitingShare: 1 }, providers: UPSTREAMS },
  { name: '100 merchants, all wait, provider 3 s', load: { waitingShare: 1, providerMs: 3_000 }, providers: UPSTREAMS },
  { name: 'half wait, 5 % of calls hang', load: { hangingShare: 0.05 }, providers: UPSTREAMS },
  { name: 'all wait, nothing answers for a minute', load: { waitingShare: 1, isDown: true } },
  { name: 'half wait, provider takes 20/s', load: { providerPerSecond: 20 } },
  { name: 'half wait, our pace is no limit', limits: { pacePerSecond: UNLIMITED } },
  { name: 'all wait, our pace is no limit', load: { waitingShare: 1 }, limits: { pacePerSecond: UNLIMITED } },
  {
    name: 'half wait, our pace is no limit, tables are new',
    limits: { pacePerSecond: UNLIMITED, tableUnits: TABLE_UNITS.fresh },
  },
  {
    name: 'half wait, our pace is no limit, quotas and slots ten times as high',
    limits: {
      pacePerSecond: UNLIMITED,
      gatewayRate: 10_000,
      gatewayBurst: 20_000,
      createConcurrency: 5_000,
      dispatchSlots: 2_000,
      webhookSlots: 2_000,
    },
  },
];

/**
 * About a third of an order's units fall on the orders table; the others fall on its indexes, the ledger and the
 * deliveries, each of which takes as much as a table.
 */
const TABLE_SHARE = 0.35;

/** What the bench has measured goes before what is written here. */
export function tableUnits(results: Record<string, Measured>): number {
  return TABLE_SHARE * (results['units-single']?.figures['order with one webhook: write units'] ?? 23);
}

function walletPerSecond(results: Record<string, Measured>): number {
  const accepted = results['hot-wallet']?.figures['300/s offered: accepted per s'] ?? 48;
  // More than offered cannot be accepted. What then bounds a wallet is the partition of its ledger: 1,000 units a second,
  // of which an entry in a transaction takes two.
  return accepted >= 285 ? 500 : accepted;
}

/** The ceilings of a stage. */
export async function ceilings(
  stage: StageName,
  seed: number,
  results: Record<string, Measured>,
  scenarios = SCENARIOS,
): Promise<Ceiling[]> {
  const { throttle, concurrency } = STAGE_DEFAULTS[stage];
  const slots = (queue: QueueName) =>
    Math.min(QUEUES[queue].concurrencyMax, concurrency.consumersMax) * QUEUES[queue].batchSize;
  const limitsOf = (provider: Upstream): Limits => ({
    gatewayRate: throttle.rate,
    gatewayBurst: throttle.burst,
    createConcurrency: concurrency.reserved['create-order'] ?? concurrency.quota,
    dispatchSlots: slots(`dispatch-${provider}`),
    webhookSlots: slots('webhooks'),
    pacePerSecond: sendsPerSecond(STAGE_DEFAULTS[stage], provider),
    partitionUnits: 1_000,
    tableUnits: TABLE_UNITS.warm,
    walletPerSecond: walletPerSecond(results),
    dueShards: partitionsOf(provider).length,
  });
  const load: Load = {
    wallets: 100,
    waitingShare: 0.5,
    providerMs: 800,
    hangingShare: 0,
    isDown: false,
    providerPerSecond: UNLIMITED,
    // Put when it is accepted, deleted when its event is published.
    dueUnits: 2,
    listUnits: 1,
    tableUnits: tableUnits(results),
  };
  const found: Ceiling[] = [];
  for (const { name, providers = [BUSIEST], ...changes } of scenarios) {
    for (const provider of providers) {
      const limits = { ...limitsOf(provider), ...changes.limits };
      found.push({ scenario: name, provider, ...(await ceilingOf(name, limits, { ...load, ...changes.load }, seed)) });
    }
  }
  return found;
}

async function ceilingOf(
  scenario: string,
  limits: Limits,
  load: Load,
  seed: number,
): Promise<Omit<Ceiling, 'scenario' | 'provider'>> {
  let holdsAt = 0;
  let p99Ms = Number.NaN;
  for (let rate = RATE_MIN; rate <= RATE_MAX; rate *= STEP) {
    const model = new CapacityModel(limits, load, new Chance(seed).fork(`${scenario} ${rate}`));
    const outcome = await model.offer(rate, load.hangingShare > 0 ? SECONDS.hanging : SECONDS.usual);
    const first = givesFirst(outcome, load, limits);
    if (first !== undefined) return { holdsAt, givesAt: rate, first, p99Ms };
    holdsAt = rate;
    p99Ms = outcome.p99Ms;
  }
  return { holdsAt, givesAt: Number.POSITIVE_INFINITY, first: undefined, p99Ms };
}

function text(found: readonly Ceiling[]): string {
  const rows = found.map(({ scenario, provider, holdsAt, givesAt, first, p99Ms }) => [
    scenario,
    provider,
    holdsAt.toFixed(0),
    Number.isFinite(givesAt) ? givesAt.toFixed(0) : '',
    first ?? 'nothing up to here',
    Number.isFinite(p99Ms) ? p99Ms.toFixed(0) : '',
  ]);
  const header = ['traffic', 'provider', 'holds at /s', 'gives at /s', 'what gives first', 'p99 ms below it'];
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[header, ...rows].map(line).join('\n')}\n`;
}

async function main(): Promise<number> {
  const values = readOptions(USAGE, {
    stage: { type: 'string', default: 'live' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  });
  if (!Object.hasOwn(STAGE_DEFAULTS, values.stage)) refuse(USAGE, `There is no stage ${values.stage}.`);
  if (!/^\d{1,9}$/.test(values.seed)) refuse(USAGE, `--seed is a whole number, not ${values.seed}.`);
  const found = await ceilings(values.stage as StageName, Number(values.seed), readResults());
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : text(found));
  return 0;
}

if (import.meta.main) process.exit(await main());
