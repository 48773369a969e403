import { RegionInfo } from 'aws-cdk-lib/region-info';
import { QUEUES } from '../shared/manifest/access.ts';
import { TRIAL_RATES } from '../shared/manifest/call-rates.ts';
import type { StageName } from '../shared/manifest/concurrency.ts';
import { openRoutes, routes } from '../shared/manifest/routes.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';
import type { Stage } from './stage.ts';
import { isMail } from './stage.ts';
import { shapeProblems } from './stage-shape.ts';

/** AWS requires that this much of an account's quota stays unreserved. */
export const UNRESERVED_MIN = 100;
/** What AWS allows for a queue. */
const CONSUMERS = { min: 2, max: 1_000 };
/** Requests in a rule of a web ACL. */
const FIREWALL_MIN = 10;
/** A certificate has no longer name. */
const DOMAIN_MAX = 64;

const FILE = 'lib/stages.ts';
const ACCOUNT = /^\d{12}$/;
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const VAULT = /^arn:aws:backup:([a-z0-9-]+):(\d{12}):backup-vault:[A-Za-z0-9_-]{2,50}$/;
const MONITOR = /^arn:aws:ce::(\d{12}):anomalymonitor\/[a-f0-9-]{36}$/;
const ADDRESS = /^(https:\/\/\S+|[^\s@:/]+@[^\s@]+\.[^\s@]+)$/;

/** The stage that a deployment asked for, or why it is not synthesized. */
export function chooseStage(
  name: unknown,
  stages: Readonly<Record<StageName, Stage>>,
  credentialsAccount: string | undefined,
): Stage | readonly string[] {
  const names = Object.keys(stages).join(', ');
  if (name === undefined) return [`Which stage? Say -c stage=dev; the stages are ${names}.`];
  const chosen = Object.values(stages).find((each) => each.name === name);
  if (!chosen) return [`There is no stage ${name}; the stages are ${names}.`];
  const problems = [...stageProblems(chosen), ...sharedAccounts(chosen, stages, credentialsAccount)];
  const { account } = chosen;
  if (problems.length === 0 && account && credentialsAccount && account !== credentialsAccount) {
    const found = `${name}: the credentials are of the account ${credentialsAccount}, and the stage has ${account}`;
    return [`${found}: use credentials of that account, or correct account in ${FILE}.`];
  }
  return problems.length > 0 ? problems : chosen;
}

/** All that is wrong with a stage, each as a sentence that names the field and says what to do. Empty: nothing is. */
export function stageProblems(stage: Stage): string[] {
  const shape = shapeProblems(stage, FILE);
  const problems = shape.length > 0 ? shape : valueProblems(stage);
  return problems.map((problem) => `${stage.name}: ${problem}`);
}

function valueProblems(stage: Stage): string[] {
  return [
    ...accountProblems(stage),
    ...regionProblems(stage),
    ...vaultProblems(stage),
    ...monitorProblems(stage),
    ...domainProblems(stage),
    ...mailProblems(stage),
    ...addressProblems(stage),
    ...providerProblems(stage),
    ...numberProblems(stage),
    ...concurrencyProblems(stage),
  ];
}

function* accountProblems({ name, account }: Stage) {
  if (!account && name !== 'dev') {
    yield `account is missing: put the twelve digits of your AWS account into ${FILE}.`;
  } else if (account && !isAccount(account)) {
    yield `account is ${account}, which is no AWS account: write its twelve digits, in quotes, into ${FILE}.`;
  }
}

/** As a number it would be refused by CDK, which says no more than where. */
function isAccount(account: unknown): boolean {
  return typeof account === 'string' && ACCOUNT.test(account);
}

function* regionProblems({ region, backupRegion, backups }: Stage) {
  const examples = 'af-south-1 (Cape Town) or eu-west-1 (Ireland)';
  const hint = `put the region that is to keep your data into ${FILE}, e.g. ${examples}.`;
  if (!region) yield `region is missing: ${hint}`;
  else if (!isRegion(region)) yield `region ${region} is no AWS region: ${hint}`;
  if (backupRegion === undefined) return;
  if (!isRegion(backupRegion))
    yield `backupRegion ${backupRegion} is no AWS region: ${examples}; leave it out for no copies.`;
  if (backupRegion === region) yield `backupRegion is the region itself: name another one in ${FILE}, or leave it out.`;
  if (!backups) yield `backupRegion is ${backupRegion}, but the stage has no backups: leave it out of ${FILE}.`;
}

function isRegion(region: string): boolean {
  return RegionInfo.regions.some(({ name }) => name === region);
}

function* vaultProblems({ account, region, backupRegion, backupVaultArn, backups }: Stage) {
  if (backupVaultArn === undefined) return;
  const [, place, owner] = VAULT.exec(backupVaultArn) ?? [];
  if (!owner) {
    const example = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:airtime';
    yield `backupVaultArn is ${JSON.stringify(backupVaultArn)}, which is no vault: write its ARN, e.g. ${example}.`;
  } else if (owner === account) {
    yield `backupVaultArn is of the stage's own account: name a vault of another one in ${FILE}, or leave it out.`;
  } else if (isRegion(region) && ![region, backupRegion].includes(place)) {
    // Roles of a stage may do nothing in other regions.
    yield `backupVaultArn is in ${place}: name a vault in the stage's region or its backupRegion in ${FILE}.`;
  }
  if (!backups) yield `backupVaultArn is given, but the stage has no backups: leave it out of ${FILE}.`;
}

function* monitorProblems({ account, alarms, anomalyMonitorArn }: Stage) {
  if (anomalyMonitorArn === undefined) return;
  const [, owner] = MONITOR.exec(anomalyMonitorArn) ?? [];
  if (!owner) {
    const found = `anomalyMonitorArn is ${JSON.stringify(anomalyMonitorArn)}, which is no monitor`;
    yield `${found}: write what aws ce get-anomaly-monitors says, arn:aws:ce::… .`;
  } else if (isAccount(account) && owner !== account) {
    yield `anomalyMonitorArn is of the account ${owner}: write that of this stage's account into ${FILE}.`;
  }
  if (alarms.medium.length > 0 && !alarms.medium.some(isMail)) {
    yield `anomalyMonitorArn is given, but alarms.medium has no mail address: put one into ${FILE}, or leave it out.`;
  }
}

function* domainProblems({ domain }: Stage) {
  if (!domain) return;
  const { name, zoneId } = domain;
  if (!HOST_NAME.test(name)) {
    const example = 'in small letters and without https://, e.g. airtime.example.com';
    yield `domain.name is ${JSON.stringify(name)}: write the name alone, ${example}, into ${FILE}.`;
  } else if (name.length > DOMAIN_MAX) {
    yield `domain.name has ${name.length} characters, and a certificate takes ${DOMAIN_MAX}: write a shorter name.`;
  }
  if (zoneId !== undefined && !/^Z[A-Z0-9]+$/.test(zoneId)) {
    const otherwise = 'or leave it out where Route 53 of this account does not have the name';
    yield `domain.zoneId is ${JSON.stringify(zoneId)}, which is no zone: write its id, Z and more, ${otherwise}.`;
  }
}

function* mailProblems({ domain, mailFrom }: Stage) {
  if (mailFrom === undefined) return;
  const found = `mailFrom is ${JSON.stringify(mailFrom)}`;
  if (!domain) {
    yield `${found}, but the stage has no domain: give it one, or leave mailFrom out of ${FILE}.`;
  } else if (!HOST_NAME.test(domain.name)) {
    // That is said already, and its address is corrected with it.
  } else if (!/^[a-z0-9][a-z0-9._+-]*@/i.test(mailFrom) || !mailFrom.endsWith(`@${domain.name}`)) {
    yield `${found}: write an address at the domain, such as no-reply@${domain.name}, into ${FILE}, or leave it out.`;
  }
}

function* addressProblems({ alarms, needsAlarmAddresses }: Stage) {
  const means = { high: 'the pager of whoever is on call', medium: 'a mailbox that is read every day' };
  for (const severity of ['high', 'medium'] as const) {
    if (needsAlarmAddresses && alarms[severity].length === 0) {
      const address = 'as a mail address or an https address';
      yield `alarms.${severity} has no address: put ${means[severity]} into ${FILE}, ${address}.`;
    }
    for (const address of alarms[severity].filter((each) => !ADDRESS.test(each))) {
      const found = `alarms.${severity} has ${JSON.stringify(address)}`;
      yield `${found}, which is neither a mail address nor an https address: correct it in ${FILE}.`;
    }
  }
}

function* providerProblems({ providers }: Stage) {
  const known: readonly string[] = Object.keys(TRIAL_RATES);
  for (const provider of providers.filter((each) => !known.includes(each))) {
    yield `providers has ${provider}: a stage can have ${known.join(' and ')}, so correct it in ${FILE}.`;
  }
}

/** Every field that is a whole number above 0. */
function* numberProblems({ throttle, auditDays, retentionDays, budgetDollars, firewall, concurrency }: Stage) {
  const throttles = { 'throttle.rate': throttle.rate, 'throttle.burst': throttle.burst };
  const quota = { 'concurrency.quota': concurrency.quota };
  const numbers = { ...throttles, ...quota, auditDays, retentionDays, budgetDollars };
  for (const [field, value] of Object.entries(numbers)) {
    if (!isWhole(value)) yield `${field} is ${value}: write a whole number above 0 into ${FILE}.`;
  }
  for (const [name, value] of Object.entries(firewall ?? {})) {
    if (isWhole(value) && value >= FIREWALL_MIN) continue;
    yield `firewall.${name} is ${value}: AWS takes no less than ${FIREWALL_MIN}: write such a whole number.`;
  }
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

function* concurrencyProblems({ concurrency: { quota, reserved, consumersMax } }: Stage) {
  const sum = Object.values(reserved).reduce((total, each) => total + each, 0);
  if (isWhole(quota) && sum > 0 && sum + UNRESERVED_MIN > quota) {
    const found = `concurrency.quota is ${quota} and ${sum} are reserved, but AWS keeps ${UNRESERVED_MIN} unreserved`;
    const how = '(docs/deploying.md, "Quotas"; a new account has 10)';
    const needed = `ask AWS for a quota of ${sum + UNRESERVED_MIN} or more ${how}`;
    yield `${found}: ${needed} and write it into ${FILE}, or reserve less.`;
  }
  if (!(Number.isInteger(consumersMax) && consumersMax >= CONSUMERS.min && consumersMax <= CONSUMERS.max)) {
    yield `concurrency.consumersMax is ${consumersMax}: AWS allows ${CONSUMERS.min} to ${CONSUMERS.max}.`;
  }
  const all: readonly Worker[] = Object.values(workers);
  const names = [...all, ...Object.values(routes), ...Object.values(openRoutes)].map(({ name }) => name);
  for (const [name, count] of Object.entries(reserved)) {
    const worker = all.find((each) => each.name === name);
    const needed = worker ? slotsOf(worker, consumersMax) : 1;
    if (!names.includes(name)) {
      yield `concurrency.reserved has ${name}, which is no function: correct it in ${FILE}.`;
    } else if (!Number.isInteger(count) || count < needed) {
      const because = 'its queue and its schedule may use so many';
      yield `concurrency.reserved gives ${name} ${count}, and it needs ${needed}, because ${because}.`;
    }
  }
}

/** As much as a worker's queue may use, plus the runs of its schedule that may overlap, plus one that fires twice. */
export function slotsOf({ queue, everyMinutes, timeoutSeconds }: Worker, consumersMax: number): number {
  const ofQueue = queue ? Math.min(QUEUES[queue].concurrencyMax, consumersMax) : 0;
  return ofQueue + (everyMinutes ? Math.ceil(timeoutSeconds / (60 * everyMinutes)) + 1 : 0);
}

/** The quota of concurrency is the account's, and a stage reserves nearly all of it. */
function sharedAccounts(
  { name, account }: Stage,
  stages: Readonly<Record<string, Stage>>,
  credentialsAccount: string | undefined,
): string[] {
  const own = account || credentialsAccount;
  const others = Object.values(stages).filter((each) => each.name !== name && own && each.account === own);
  return others.map((other) =>
    account
      ? `${name}: account is also that of ${other.name}: give each stage an account of its own.`
      : `${name}: the credentials are of the account of ${other.name}: use those of an account of its own.`,
  );
}
