import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StageRates } from '../shared/manifest/call-rates.ts';
import { TRIAL_RATES } from '../shared/manifest/call-rates.ts';
import type { Concurrency, StageName } from '../shared/manifest/concurrency.ts';
import { CONCURRENCY } from '../shared/manifest/concurrency.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';

/** The providers that a stage can have on. Test keys have the sandbox, which is never off. */
export type SwitchedProvider = keyof StageRates;

/** Whom alarms reach: mail addresses, or https addresses of a pager. */
export interface AlarmAddresses {
  /** Woken at any hour: the pager. */
  readonly high: readonly string[];
  /** Read in the course of the day: the mail. */
  readonly medium: readonly string[];
}

/** A name of ours, e.g. `airtime.example.com`, and the zone of Route 53 that has it, if one of this account does. */
interface Domain {
  readonly name: string;
  readonly zoneId?: string;
}

/** What belongs to whoever deploys, and to nobody else: `stages.ts` has it. */
interface Own {
  /** Twelve digits; absent, in dev only: the account of the credentials that deploy. */
  readonly account?: string;
  readonly region: string;
  /** Where merchants reach us; absent: at the name that CloudFront chooses. All of them know it. */
  readonly domain?: Domain;
  /**
   * Who mail is from, an address at the domain, e.g. `no-reply@airtime.example.com`: set it once SES has verified the
   * domain. Absent: Cognito mails its codes by itself, 50 a day, and whoever invites somebody passes the link on.
   */
  readonly mailFrom?: string;
  /** Where copies of backups go, in case the region is lost; absent: nowhere. */
  readonly backupRegion?: string;
  /** The vault of another account that gets copies too, in case this account is lost; absent: none does. */
  readonly backupVaultArn?: string;
  /** AWS's monitor of the account's costs by service: what it finds is mailed to whoever reads medium alarms. */
  readonly anomalyMonitorArn?: string;
  readonly alarms: AlarmAddresses;
  /** Those that are on: nothing of another is sold, and it is asked only about what it was sent before. */
  readonly providers: readonly SwitchedProvider[];
}

/** Everything that differs between stages. */
export type Stage = Own & StageDefaults;

/** A stage of a deployment: what is its own, and whatever else it wants otherwise than the defaults. */
export function stage(name: StageName, own: Own & Partial<Omit<StageDefaults, 'name'>>): Stage {
  return { ...STAGE_DEFAULTS[name], ...own };
}

/** The providers that are on, as functions and operators are given them: the sandbox always is. */
export function providersOn({ providers }: Stage): string {
  return [...providers, 'sandbox'].join(',');
}

/** AWS mails by itself to such; the others get a request. */
export function isMail(address: string): boolean {
  return !address.startsWith('https://');
}

/** The workers that a stage has. */
export function workersOf({ canaryOrders }: Stage): readonly Worker[] {
  const all: readonly Worker[] = Object.values(workers);
  return all.filter(({ isCanary }) => canaryOrders || !isCanary);
}

export interface Backups {
  readonly keptFor: Duration;
  /** Whether nobody can delete them earlier, the account's owner included: from three days after they are set up. */
  readonly isLocked: boolean;
}

/** What a stage is unless its deployment says otherwise. */
interface StageDefaults {
  readonly name: StageName;
  /** Whether tables, files, keys and secrets are kept when their stack is deleted, but for a first try that failed. */
  readonly removal: RemovalPolicy;
  readonly deletionProtection: boolean;
  /** How long S3 lets nobody delete a signed head, the account's owner included; absent: by policy only. */
  readonly headsLockedFor?: Duration;
  /** Daily backups in a vault, and a daily export of the ledger; absent: point-in-time recovery alone. */
  readonly backups?: Backups;
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
   * failed. docs/deploying.md has what only a real account can show of it.
   */
  readonly systemLogLevel: 'INFO' | 'WARN';
  /** Whether X-Ray records invocations: one a second and a twentieth of the others, which AWS lets nobody choose. */
  readonly tracing: boolean;
  /** Whether a new version of an endpoint first gets a tenth of its requests, and goes back on an alarm. */
  readonly canary: boolean;
  /** Whether a merchant of ours places a test order every five minutes, and an alarm says that it failed. */
  readonly canaryOrders: boolean;
  /** The API's requests per second and burst. Above them API Gateway answers 429. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly concurrency: Concurrency;
  /** Requests in five minutes that the web ACL lets through, by address and by key; absent: there is no web ACL. */
  readonly firewall?: { readonly perAddress: number; readonly perKey: number };
  /** Whether CloudFront logs requests, and not the API alone. */
  readonly logsEdge: boolean;
  /** Whether the API answers only what came by CloudFront, and 403 to whoever calls its own address. */
  readonly closesApi: boolean;
  /** What the stage's accounts at providers take, where that is not what an account for live orders takes. */
  readonly callRates?: StageRates;
  /** What the account may cost in a month, in USD: beyond it, and near it, whoever reads medium alarms gets a mail. */
  readonly budgetDollars: number;
  /** An order whose outcome is unknown for longer than this is an alarm. */
  readonly unknownAgeMax: Duration;
  /** Whether alarms of either severity must reach somebody. */
  readonly needsAlarmAddresses: boolean;
  /** Whether whoever signs in needs an authenticator app too, from the second time on. */
  readonly requiresMfa: boolean;
  /** Whether every top-up charges one cent, so that trying it out costs nothing. */
  readonly isDebug: boolean;
}

export const STAGE_DEFAULTS: Readonly<Record<StageName, StageDefaults>> = {
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
    canary: false,
    canaryOrders: false,
    throttle: { rate: 50, burst: 100 },
    concurrency: CONCURRENCY.dev,
    logsEdge: false,
    closesApi: false,
    callRates: TRIAL_RATES,
    budgetDollars: 50,
    unknownAgeMax: Duration.hours(6),
    needsAlarmAddresses: false,
    requiresMfa: false,
    isDebug: true,
  },
  staging: {
    name: 'staging',
    removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    deletionProtection: true,
    backups: { keptFor: Duration.days(7), isLocked: false },
    logRetention: RetentionDays.ONE_MONTH,
    accessLogRetention: RetentionDays.ONE_MONTH,
    encryptsLogs: false,
    auditDays: 90,
    retentionDays: 90,
    logLevel: 'INFO',
    systemLogLevel: 'INFO',
    tracing: false,
    canary: false,
    canaryOrders: true,
    throttle: { rate: 200, burst: 400 },
    concurrency: CONCURRENCY.staging,
    firewall: { perAddress: 12_000, perKey: 12_000 },
    logsEdge: true,
    closesApi: true,
    callRates: TRIAL_RATES,
    budgetDollars: 100,
    unknownAgeMax: Duration.hours(2),
    needsAlarmAddresses: false,
    requiresMfa: false,
    isDebug: true,
  },
  live: {
    name: 'live',
    removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    deletionProtection: true,
    backups: { keptFor: Duration.days(35), isLocked: true },
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
    tracing: true,
    canary: true,
    canaryOrders: true,
    throttle: { rate: 1_000, burst: 2_000 },
    concurrency: CONCURRENCY.live,
    // A fifth of the throttle: 200 a second, for five minutes on end.
    firewall: { perAddress: 60_000, perKey: 60_000 },
    logsEdge: true,
    closesApi: true,
    budgetDollars: 1_000,
    unknownAgeMax: Duration.hours(2),
    needsAlarmAddresses: true,
    requiresMfa: true,
    isDebug: false,
  },
};
