import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StageRates } from '../shared/manifest/call-rates.ts';
import { TRIAL_RATES } from '../shared/manifest/call-rates.ts';
import type { Concurrency, StageName } from '../shared/manifest/concurrency.ts';
import { CONCURRENCY } from '../shared/manifest/concurrency.ts';

/** Everything that differs between stages. */
export interface Stage {
  readonly name: StageName;
  /** Whether tables, files, keys and secrets are kept when their stack is deleted. */
  readonly removal: RemovalPolicy;
  readonly deletionProtection: boolean;
  /** How long S3 lets nobody delete a signed head, the account's owner included; absent: by policy only. */
  readonly headsLockedFor?: Duration;
  readonly logRetention: RetentionDays;
  /** Of the log of requests, which has the addresses that they come from. */
  readonly accessLogRetention: RetentionDays;
  /** Whether logs are encrypted under our key; otherwise under one of AWS's. */
  readonly encryptsLogs: boolean;
  /** How long an entry of the audit log is kept. */
  readonly auditDays: number;
  /** How old an order, a top-up or a batch is when its personal data is erased. */
  readonly retentionDays: number;
  readonly logLevel: 'DEBUG' | 'INFO';
  /**
   * Lambda's own lines. With INFO there are three for each invocation, together as long as an order's; with WARN what
   * failed. To be checked on the first deployment: that a function which runs out of time still leaves a line.
   */
  readonly systemLogLevel: 'INFO' | 'WARN';
  readonly tracing: boolean;
  /** The API's requests per second and burst. Above them API Gateway answers 429. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly concurrency: Concurrency;
  /** What the stage's accounts at providers take, where that is not what an account for live orders takes. */
  readonly callRates?: StageRates;
  /** An order whose outcome is unknown for longer than this is an alarm. */
  readonly unknownAgeMax: Duration;
  /** Whether deployment needs an address for alarms. */
  readonly needsAlarmEmail: boolean;
  /** Whether every top-up charges one cent, so that trying it out costs nothing. */
  readonly isDebug: boolean;
}

export const STAGES: Readonly<Record<StageName, Stage>> = {
  dev: {
    name: 'dev',
    removal: RemovalPolicy.DESTROY,
    deletionProtection: false,
    logRetention: RetentionDays.ONE_WEEK,
    accessLogRetention: RetentionDays.ONE_WEEK,
    encryptsLogs: false,
    auditDays: 30,
    retentionDays: 30,
    logLevel: 'DEBUG',
    systemLogLevel: 'INFO',
    tracing: false,
    throttle: { rate: 50, burst: 100 },
    concurrency: CONCURRENCY.dev,
    callRates: TRIAL_RATES,
    unknownAgeMax: Duration.hours(6),
    needsAlarmEmail: false,
    isDebug: true,
  },
  staging: {
    name: 'staging',
    removal: RemovalPolicy.RETAIN,
    deletionProtection: true,
    logRetention: RetentionDays.ONE_MONTH,
    accessLogRetention: RetentionDays.ONE_MONTH,
    encryptsLogs: false,
    auditDays: 90,
    retentionDays: 90,
    logLevel: 'INFO',
    systemLogLevel: 'INFO',
    tracing: false,
    throttle: { rate: 200, burst: 400 },
    concurrency: CONCURRENCY.staging,
    callRates: TRIAL_RATES,
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: false,
    isDebug: true,
  },
  live: {
    name: 'live',
    removal: RemovalPolicy.RETAIN,
    deletionProtection: true,
    headsLockedFor: Duration.days(2 * 365),
    logRetention: RetentionDays.ONE_YEAR,
    accessLogRetention: RetentionDays.THREE_MONTHS,
    encryptsLogs: true,
    // As long as books have to be kept where we sell.
    auditDays: 7 * 365,
    // A year, in which a recharge may be disputed, and the month after it.
    retentionDays: 400,
    logLevel: 'INFO',
    systemLogLevel: 'WARN',
    tracing: false,
    throttle: { rate: 1_000, burst: 2_000 },
    concurrency: CONCURRENCY.live,
    unknownAgeMax: Duration.hours(2),
    needsAlarmEmail: true,
    isDebug: false,
  },
};

/** The stage with this name; a clear error if there is none. */
export function stageNamed(name: string): Stage {
  const stage = Object.values(STAGES).find((each) => each.name === name);
  if (!stage) throw new Error(`there is no stage ${name}; stages are ${Object.keys(STAGES).join(', ')}`);
  return stage;
}
