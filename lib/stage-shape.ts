import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Stage } from './stage.ts';

/**
 * The fields of a stage by what they must be for anything else to be said of them. Nothing checks types on the way to
 * a synth, and what is given for a part of a default goes before all of it.
 */

interface Kind {
  readonly is: (value: unknown) => boolean;
  /** What to write instead. */
  readonly write: string;
}

interface Group {
  readonly parts: Readonly<Record<string, Kind | Group>>;
  readonly isOptional: boolean;
}

const anything: Kind = { is: () => true, write: '' };
const flag: Kind = { is: (value) => typeof value === 'boolean', write: 'true or false' };
const list: Kind = {
  is: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  write: "a list of texts, [] or ['…']",
};
const duration: Kind = { is: (value) => value instanceof Duration, write: 'a duration, e.g. Duration.days(35)' };
const table: Kind = { is: isTable, write: 'an object, {} or with a number for each function' };

const oneOf = (values: readonly unknown[], write: string): Kind => ({ is: (value) => values.includes(value), write });
const optional = ({ is, write }: Kind): Kind => ({ is: (value) => value === undefined || is(value), write });
const group = (parts: Group['parts'], isOptional = false): Group => ({ parts, isOptional });

const retention = oneOf(
  Object.values(RetentionDays).filter((each) => typeof each === 'number'),
  'a retention that CloudWatch knows, e.g. RetentionDays.ONE_MONTH',
);

/** `anything`: what it must be is said in `stage-problems.ts`, that it is missing too. */
const STAGE: Readonly<Record<keyof Required<Stage>, Kind | Group>> = {
  name: anything,
  account: anything,
  region: anything,
  domain: group({ name: anything, zoneId: anything }, true),
  mailFrom: optional({ is: (value) => typeof value === 'string', write: 'an address in quotes' }),
  backupRegion: anything,
  backupVaultArn: anything,
  anomalyMonitorArn: anything,
  alarms: group({ high: list, medium: list }),
  providers: list,
  removal: oneOf(Object.values(RemovalPolicy), 'a RemovalPolicy'),
  deletionProtection: flag,
  headsLockedFor: optional(duration),
  backups: group({ keptFor: duration, isLocked: flag }, true),
  logRetention: retention,
  accessLogRetention: retention,
  encryptsLogs: flag,
  auditDays: anything,
  retentionDays: anything,
  logLevel: oneOf(['DEBUG', 'INFO'], "'DEBUG' or 'INFO'"),
  systemLogLevel: oneOf(['INFO', 'WARN'], "'INFO' or 'WARN'"),
  tracing: flag,
  canary: flag,
  canaryOrders: flag,
  throttle: group({ rate: anything, burst: anything }),
  concurrency: group({ quota: anything, reserved: table, consumersMax: anything }),
  firewall: group({ perAddress: anything, perKey: anything }, true),
  logsEdge: flag,
  closesApi: flag,
  callRates: optional({ is: isTable, write: 'rates by provider' }),
  budgetDollars: anything,
  unknownAgeMax: duration,
  needsAlarmAddresses: flag,
  requiresMfa: flag,
  isDebug: flag,
};

/** Fields that are none, and those whose value nothing can be done with. */
export function shapeProblems(stage: Stage, file: string): readonly string[] {
  return problemsOf(STAGE, { ...stage }, '', file);
}

function problemsOf(
  parts: Group['parts'],
  values: Readonly<Record<string, unknown>>,
  prefix: string,
  file: string,
): string[] {
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(parts, name));
  return [
    ...unknown.map((name) => `${prefix}${name} is no field of a stage: correct its name in ${file}, or remove it.`),
    ...Object.entries(parts).flatMap(([name, part]) => {
      const [field, value] = [`${prefix}${name}`, values[name]];
      if (!('parts' in part)) return part.is(value) ? [] : [`${said(field, value)}: write ${part.write} into ${file}.`];
      if (part.isOptional && value === undefined) return [];
      if (isTable(value)) return problemsOf(part.parts, value, `${field}.`, file);
      return [`${said(field, value)}: write an object with ${Object.keys(part.parts).join(' and ')} into ${file}.`];
    }),
  ];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(field: string, value: unknown): string {
  return value === undefined ? `${field} is missing` : `${field} is ${JSON.stringify(value)}`;
}
