import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Currency } from '../shared/domain/money.ts';

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
  /** An unknown order older than this is an alarm. */
  readonly unknownAgeMax: Duration;
  /** Whether somebody must be told of alarms before anything is deployed. */
  readonly needsAlarmEmail: boolean;
  /** Our money at an upstream below this is an alarm, in major units. */
  readonly floatMin: Readonly<Record<Currency, number>>;
  /** Charges one cent for every top-up, so that people who try things out do not burn money. */
  readonly isDebug: boolean;
}

const FLOAT_MIN = { USD: 200, ZWG: 5_000, KES: 20_000, UGX: 500_000, TZS: 400_000 } as const;

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
    unknownAgeMax: Duration.hours(6),
    needsAlarmEmail: false,
    floatMin: FLOAT_MIN,
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
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: false,
    floatMin: FLOAT_MIN,
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
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: true,
    floatMin: FLOAT_MIN,
    isDebug: false,
  },
};

/** The stage by its name; a clear error for any other name. */
export function stageNamed(name: string): Stage {
  const stage = Object.values(STAGES).find((each) => each.name === name);
  if (!stage) throw new Error(`there is no stage ${name}; stages are ${Object.keys(STAGES).join(', ')}`);
  return stage;
}
