import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Currency } from '../shared/domain/money.ts';
import type { openRoutes, routes } from '../shared/manifest/routes.ts';
import type { workers } from '../shared/manifest/workers.ts';

/** Everything that differs between stages, and nothing else does. */
export interface Stage {
  readonly name: 'dev' | 'staging' | 'live';
  /** What happens to tables, files, keys and secrets when their stack is deleted. */
  readonly removal: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO';
  readonly tracing: boolean;
  /** Requests a second the API takes, and how many at once above that; beyond it API Gateway answers 429. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** Batches of one queue at a time, whatever the queue itself allows; AWS takes no less than 2. */
  readonly consumersMax: number;
  readonly concurrency: Concurrency;
  /** An unknown order older than this is an alarm. */
  readonly unknownAgeMax: Duration;
  /** Whether somebody must be told of alarms before anything is deployed. */
  readonly needsAlarmEmail: boolean;
  /** Our money at an upstream below this is an alarm, in major units. */
  readonly prefundedBalanceMin: Readonly<Record<Currency, number>>;
  /** Charges one cent for every top-up, so that people who try things out do not burn money. */
  readonly isDebug: boolean;
}

/** How many functions run at once. */
interface Concurrency {
  /** What AWS must let the account run, which the stage has for itself. */
  readonly quota: number;
  /** By the name of a function: runs that no other function can take from it, and more than which it never has. */
  readonly reserved: Readonly<Record<string, number>>;
}

type NameIn<Table extends Record<string, { name: string }>> = Table[keyof Table]['name'];
type Reserved = Partial<Record<NameIn<typeof workers> | NameIn<typeof routes> | NameIn<typeof openRoutes>, number>>;

/**
 * What settles accepted orders has runs of its own, so that no rush of requests holds it up. A worker has as many as
 * its queue may start, beside them those of its schedule that may overlap, and one more: a rule may fire twice.
 *
 * A POST of an order holds a run for as long as 25 s. When a provider hangs, 40 orders a second would take all of 1,000
 * runs, so they have half of them: 20 a second while every order waits, 500 a second when one takes a second. What is
 * left is for all other endpoints, which answer at once.
 */
const LIVE_RESERVED = {
  'dispatch-hotrecharge': 20,
  'dispatch-pesaway': 20,
  'dispatch-sandbox': 5,
  'run-bulk': 14,
  'webhook-sender': 22,
  reconcile: 2,
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
  reconcile: 2,
  'receive-callback': 10,
  'receive-payment': 5,
  'create-order': 100,
} satisfies Reserved;

const PREFUNDED_BALANCE_MIN = { USD: 200, ZWG: 5_000, KES: 20_000, UGX: 500_000, TZS: 400_000 } as const;

export const STAGES: Readonly<Record<Stage['name'], Stage>> = {
  dev: {
    name: 'dev',
    removal: RemovalPolicy.DESTROY,
    deletionProtection: false,
    logRetention: RetentionDays.ONE_WEEK,
    logLevel: 'DEBUG',
    tracing: false,
    throttle: { rate: 50, burst: 100 },
    consumersMax: 2,
    // A new account is let run 10, and of any account AWS keeps 100 that nobody can reserve.
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
    tracing: false,
    throttle: { rate: 1_000, burst: 2_000 },
    consumersMax: 1_000,
    // What AWS lets an account run that is no longer new. When it lets ours run more, create-order gets more first.
    concurrency: { quota: 1_000, reserved: LIVE_RESERVED },
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: true,
    prefundedBalanceMin: PREFUNDED_BALANCE_MIN,
    isDebug: false,
  },
};

/** The stage by its name; a clear error for any other name. */
export function stageNamed(name: string): Stage {
  const stage = Object.values(STAGES).find((each) => each.name === name);
  if (!stage) throw new Error(`there is no stage ${name}; stages are ${Object.keys(STAGES).join(', ')}`);
  return stage;
}
