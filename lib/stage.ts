import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Currency } from '../shared/domain/money.ts';
import { PREFUNDED_BALANCE_MIN } from '../shared/manifest/metrics.ts';
import type { openRoutes, routes } from '../shared/manifest/routes.ts';
import type { workers } from '../shared/manifest/workers.ts';

/** Everything that differs between stages. */
export interface Stage {
  readonly name: 'dev' | 'staging' | 'live';
  /** Whether tables, files, keys and secrets are kept when their stack is deleted. */
  readonly removal: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO';
  /**
   * Lambda's own lines. With INFO there are three for each invocation, together as long as an order's; with WARN what
   * failed. To be checked on the first deployment: that a function which runs out of time still leaves a line.
   */
  readonly systemLogLevel: 'INFO' | 'WARN';
  readonly tracing: boolean;
  /** The API's requests per second and burst. Above them API Gateway answers 429. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** The maximum concurrency of any queue; AWS allows no less than 2. */
  readonly consumersMax: number;
  readonly concurrency: Concurrency;
  /** An order whose outcome is unknown for longer than this is an alarm. */
  readonly unknownAgeMax: Duration;
  /** Whether deployment needs an address for alarms. */
  readonly needsAlarmEmail: boolean;
  /** A prefunded balance below this is an alarm, in major units. */
  readonly prefundedBalanceMin: Readonly<Record<Currency, number>>;
  /** Whether every top-up charges one cent, so that trying it out costs nothing. */
  readonly isDebug: boolean;
}

/** How many invocations run at the same time. */
interface Concurrency {
  /** The concurrency quota that the AWS account must have. The stage has the account for itself. */
  readonly quota: number;
  /** By the name of a function: its reserved concurrency, which is guaranteed and also its maximum. */
  readonly reserved: Readonly<Record<string, number>>;
}

type NameIn<Table extends Record<string, { name: string }>> = Table[keyof Table]['name'];
type Reserved = Partial<Record<NameIn<typeof workers> | NameIn<typeof routes> | NameIn<typeof openRoutes>, number>>;

/**
 * The functions that complete accepted orders have reserved concurrency, so that a peak of requests cannot starve
 * them. A worker has as much as its queue may use, plus the runs of its schedule that may overlap, plus one because a
 * schedule may fire twice.
 *
 * A POST of an order occupies an invocation for up to 25 s, or 2 s once its provider is known to hang. So create-order
 * is capped at half: 20 a second when every order waits to the end, 250 a second when a provider hangs, 500 a second
 * when each takes a second. The rest is for all other routes, which answer at once.
 */
const LIVE_RESERVED = {
  'dispatch-hotrecharge': 20,
  'dispatch-pesaway': 20,
  'dispatch-sandbox': 5,
  'run-bulk': 14,
  'webhook-sender': 22,
  reconcile: 3,
  'receive-callback': 50,
  'receive-payment': 20,
  'create-order': 500,
} satisfies Reserved;

const STAGING_RESERVED = {
  'dispatch-hotrecharge': 5,
  'dispatch-pesaway': 5,
  'dispatch-sandbox': 5,
  'run-bulk': 9,
  'webhook-sender': 7,
  reconcile: 3,
  'receive-callback': 10,
  'receive-payment': 5,
  'create-order': 100,
} satisfies Reserved;

export const STAGES: Readonly<Record<Stage['name'], Stage>> = {
  dev: {
    name: 'dev',
    removal: RemovalPolicy.DESTROY,
    deletionProtection: false,
    logRetention: RetentionDays.ONE_WEEK,
    logLevel: 'DEBUG',
    systemLogLevel: 'INFO',
    tracing: false,
    throttle: { rate: 50, burst: 100 },
    consumersMax: 2,
    // A new account has a quota of 10, and AWS requires that 100 of any quota stay unreserved.
    concurrency: { quota: 10, reserved: {} },
    unknownAgeMax: Duration.hours(6),
    needsAlarmEmail: false,
    prefundedBalanceMin: PREFUNDED_BALANCE_MIN,
    isDebug: true,
  },
  staging: {
    name: 'staging',
    removal: RemovalPolicy.RETAIN,
    deletionProtection: true,
    logRetention: RetentionDays.ONE_MONTH,
    logLevel: 'INFO',
    systemLogLevel: 'INFO',
    tracing: false,
    throttle: { rate: 200, burst: 400 },
    consumersMax: 5,
    concurrency: { quota: 1_000, reserved: STAGING_RESERVED },
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: false,
    prefundedBalanceMin: PREFUNDED_BALANCE_MIN,
    isDebug: true,
  },
  live: {
    name: 'live',
    removal: RemovalPolicy.RETAIN,
    deletionProtection: true,
    logRetention: RetentionDays.ONE_YEAR,
    logLevel: 'INFO',
    systemLogLevel: 'WARN',
    tracing: false,
    throttle: { rate: 1_000, burst: 2_000 },
    consumersMax: 1_000,
    // The quota of an account that is no longer new. If ours is raised, create-order should get more first.
    concurrency: { quota: 1_000, reserved: LIVE_RESERVED },
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: true,
    prefundedBalanceMin: PREFUNDED_BALANCE_MIN,
    isDebug: false,
  },
};

/** The stage with this name; a clear error if there is none. */
export function stageNamed(name: string): Stage {
  const stage = Object.values(STAGES).find((each) => each.name === name);
  if (!stage) throw new Error(`there is no stage ${name}; stages are ${Object.keys(STAGES).join(', ')}`);
  return stage;
}
