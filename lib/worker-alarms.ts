import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Function as AnyLambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { QueueName } from '../shared/manifest/access.ts';
import { METRICS, PREFUNDED_ACCOUNTS } from '../shared/manifest/metrics.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';
import type { AlarmTopics, Severity } from './alarm.ts';
import { ALARM_PERIOD, Alarm, ownMetric, together } from './alarm.ts';
import { constructId } from './entry-function.ts';
import { logMetric } from './log-metric.ts';
import type { Stage } from './stage.ts';
import type { WorkerQueue } from './worker-queue.ts';

interface WorkerAlarmsProps {
  readonly stage: Stage;
  readonly topic: AlarmTopics;
  readonly queues: Readonly<Record<QueueName, WorkerQueue>>;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
}

/** The alarms on what workers publish, on queues, and on what is of the whole account. */
export function addWorkerAlarms(scope: Construct, props: WorkerAlarmsProps): void {
  orderAlarms(scope, props);
  deliveryAlarms(scope, props);
  ledgerAlarms(scope, props);
  for (const provider of props.stage.providers) providerAlarms(scope, props, provider);
  scheduleAlarms(scope, props);
  if (props.stage.canaryOrders) canaryAlarm(scope, props);
  queueAlarms(scope, props);
  functionAlarms(scope, props);
  accountAlarms(scope, props);
}

const QUARTER_HOUR = Duration.minutes(15);
const HALF_HOUR = Duration.minutes(30);
const HOUR = Duration.hours(1);

function orderAlarms(scope: Construct, { stage, topic }: WorkerAlarmsProps): void {
  new Alarm(scope, 'UnknownTooOld', {
    topic,
    severity: 'high',
    runbook: 'Unknown for too long',
    metric: ownMetric(METRICS.oldestUnknown, 'Maximum'),
    threshold: stage.unknownAgeMax.toSeconds(),
  });
  new Alarm(scope, 'PendingTooLong', {
    topic,
    severity: 'high',
    runbook: 'Pending for too long',
    metric: ownMetric(METRICS.oldestPending, 'Maximum', {}, QUARTER_HOUR),
    threshold: Duration.minutes(30).toSeconds(),
  });
  new Alarm(scope, 'InReview', {
    topic,
    severity: 'medium',
    runbook: 'Orders in review',
    metric: ownMetric(METRICS.ordersInReview, 'Maximum'),
    threshold: 1,
  });
  new Alarm(scope, 'TopupsInReview', {
    topic,
    severity: 'medium',
    runbook: 'Top-ups in review',
    metric: ownMetric(METRICS.topupsInReview, 'Maximum'),
    threshold: 1,
  });
  new Alarm(scope, 'MoneyAnomaly', {
    topic,
    severity: 'high',
    runbook: 'Money anomaly',
    metric: ownMetric(METRICS.moneyAnomaly, 'Sum'),
    threshold: 1,
  });
  new Alarm(scope, 'ItemKeepsFailing', {
    topic,
    severity: 'medium',
    runbook: 'An item keeps failing',
    metric: ownMetric(METRICS.failingItems, 'Sum'),
    threshold: 1,
  });
}

function deliveryAlarms(scope: Construct, { topic }: WorkerAlarmsProps): void {
  new Alarm(scope, 'WebhookDisabled', {
    topic,
    severity: 'medium',
    runbook: 'A webhook endpoint was disabled',
    metric: ownMetric(METRICS.webhookDisabled, 'Sum'),
    threshold: 1,
  });
  new Alarm(scope, 'DeliveriesLate', {
    topic,
    severity: 'medium',
    runbook: 'Deliveries are late',
    metric: ownMetric(METRICS.oldestDelivery, 'Maximum', {}, QUARTER_HOUR),
    threshold: Duration.minutes(30).toSeconds(),
  });
  new Alarm(scope, 'NoticesNotMailed', {
    topic,
    severity: 'medium',
    runbook: 'Notifications are not mailed',
    metric: ownMetric(METRICS.noticesNotMailed, 'Sum', {}, HOUR),
    threshold: 10,
  });
  new Alarm(scope, 'LimitsNotKept', {
    topic,
    severity: 'medium',
    runbook: 'Limits are not kept',
    metric: ownMetric(METRICS.limitsNotKept, 'Sum'),
    threshold: 10,
  });
  new Alarm(scope, 'RequestsNotKept', {
    topic,
    severity: 'medium',
    runbook: 'Requests are not kept',
    metric: ownMetric(METRICS.requestsNotKept, 'Sum'),
    threshold: 10,
  });
}

/** There is one a day, and its signing may take several runs. */
const HEAD_AGE_MAX = Duration.hours(36);

function ledgerAlarms(scope: Construct, { topic }: WorkerAlarmsProps): void {
  const alarm = { topic, severity: 'high' } as const;
  new Alarm(scope, 'LedgerBroken', {
    ...alarm,
    runbook: 'A ledger is broken',
    metric: ownMetric(METRICS.brokenLedgers, 'Maximum', {}, HALF_HOUR),
    threshold: 1,
  });
  new Alarm(scope, 'LedgerUnverified', {
    ...alarm,
    runbook: 'A ledger is not verified',
    metric: ownMetric(METRICS.unverified, 'Maximum', {}, HOUR),
    threshold: Duration.days(1).toSeconds(),
  });
  new Alarm(scope, 'HeadMismatch', {
    ...alarm,
    runbook: 'A head does not match',
    metric: ownMetric(METRICS.headMismatches, 'Sum', {}, HOUR),
    threshold: 1,
  });
  new Alarm(scope, 'HeadTooOld', {
    ...alarm,
    runbook: 'No head was signed',
    // In the first hour of a stage there is none yet.
    metric: ownMetric(METRICS.headAge, 'Minimum', {}, HOUR),
    threshold: HEAD_AGE_MAX.toSeconds(),
    isAlwaysPublished: true,
  });
}

function providerAlarms(scope: Construct, { topic }: WorkerAlarmsProps, provider: Stage['providers'][number]): void {
  const id = constructId(provider);
  const off = ownMetric(METRICS.providerOff, 'Maximum', { provider }, HOUR);
  new Alarm(scope, `${id}Off`, {
    topic,
    severity: 'medium',
    runbook: 'A provider has no credentials',
    metric: off,
    threshold: 1,
  });
  new Alarm(scope, `${id}RefusesUs`, {
    topic,
    severity: 'high',
    runbook: 'A provider refuses us',
    metric: ownMetric(METRICS.providerRefusesUs, 'Sum', { provider }),
    threshold: 1,
  });
  new Alarm(scope, `${id}Down`, {
    topic,
    severity: 'high',
    runbook: 'A provider is down',
    metric: ownMetric(METRICS.providerDown, 'Maximum', { provider }),
    threshold: 1,
  });
  new Alarm(scope, `${id}CatalogueShrunk`, {
    topic,
    severity: 'medium',
    runbook: 'A catalogue shrank',
    metric: ownMetric(METRICS.catalogueShrunk, 'Maximum', { provider }, HOUR),
    threshold: 1,
  });
  new Alarm(scope, `${id}DeliversLittle`, {
    topic,
    severity: 'medium',
    runbook: 'A provider delivers little',
    metric: new MathExpression({
      // Of too few the share says nothing.
      expression: `IF(${FINAL} >= ${FINAL_MIN}, 100 * FILL(refunded, 0) / ${FINAL}, 0)`,
      usingMetrics: {
        delivered: logMetric('delivered', { provider }, HALF_HOUR),
        refunded: logMetric('refunded', { provider }, HALF_HOUR),
      },
      period: HALF_HOUR,
    }),
    threshold: 30,
  });
  balanceAlarms(scope, topic, provider);
}

/** A sum of a list leaves out what is missing, whereas `+` has no value then. */
const FINAL = 'SUM([FILL(delivered, 0), FILL(refunded, 0)])';
const FINAL_MIN = 20;

/** One alarm for all accounts at a provider: `provider list` says which one it is. */
function balanceAlarms(scope: Construct, topic: AlarmTopics, provider: string): void {
  const accounts = PREFUNDED_ACCOUNTS.filter((each) => each.provider === provider);
  const of = (statistic: string, period: Duration) =>
    accounts.map(({ account }) => ownMetric(METRICS.prefundedBalanceLow, statistic, { provider, account }, period));
  new Alarm(scope, `${constructId(provider)}Float`, {
    topic,
    severity: 'high',
    runbook: 'Prefunded balance is low',
    metric: together('MAX', of('Maximum', HOUR), HOUR),
    threshold: 1,
  });
  // They are read with the hourly sync, of which one may fail.
  const period = Duration.hours(3);
  const counts = of('SampleCount', period);
  const known = counts.map((_, n) => `IF(FILL(m${n}, 0) >= 1, 1, 0)`).join(', ');
  new Alarm(scope, `${constructId(provider)}FloatUnknown`, {
    topic,
    severity: 'medium',
    runbook: 'Prefunded balance is unknown',
    metric: new MathExpression({
      // How many accounts are known. A provider without credentials has an alarm of its own.
      expression: `SUM([${known}, ${counts.length} * FILL(off, 0)])`,
      usingMetrics: {
        off: ownMetric(METRICS.providerOff, 'Maximum', { provider }, period),
        ...Object.fromEntries(counts.map((metric, n) => [`m${n}`, metric])),
      },
      period,
    }),
    threshold: counts.length,
    below: true,
    isAlwaysPublished: true,
  });
}

/** What stands still without them is money or proof; the others keep things tidy. */
const URGENT: ReadonlySet<string> = new Set(
  [workers.reconcile, workers.runBulk, workers.webhookSender, workers.verifyLedgers].map(({ name }) => name),
);

/** In how many intervals a schedule must have come to its end once. */
const INTERVALS_MAX = 3;
const SILENCE_MIN = QUARTER_HOUR;

function scheduleAlarms(scope: Construct, { topic }: WorkerAlarmsProps): void {
  for (const { name, everyMinutes, isCanary } of Object.values(workers) as Worker[]) {
    // The canary's own alarm is on its silence, too.
    if (everyMinutes === undefined || isCanary) continue;
    const minutes = Math.max(INTERVALS_MAX * everyMinutes, SILENCE_MIN.toMinutes());
    new Alarm(scope, `${constructId(name)}Silent`, {
      topic,
      severity: URGENT.has(name) ? 'high' : 'medium',
      runbook: 'A schedule is silent',
      metric: ownMetric(METRICS.scheduleRan, 'Sum', { schedule: name }, Duration.minutes(minutes)),
      threshold: 1,
      below: true,
      isAlwaysPublished: true,
    });
  }
}

/** Three runs in a row of which none was sound, whether they failed or were not made. */
function canaryAlarm(scope: Construct, { topic }: WorkerAlarmsProps): void {
  new Alarm(scope, 'CanaryFails', {
    topic,
    severity: 'high',
    runbook: 'The canary fails',
    metric: ownMetric(METRICS.canarySuccess, 'Sum', {}, QUARTER_HOUR),
    threshold: 1,
    below: true,
    isAlwaysPublished: true,
  });
}

/** Whose dead letters wake somebody: what test orders and the request log lose does not. */
const LETTERS: Readonly<Record<QueueName, Severity>> = {
  'dispatch-hotrecharge': 'high',
  'dispatch-pesaway': 'high',
  'dispatch-sandbox': 'medium',
  bulk: 'high',
  webhooks: 'high',
  requests: 'medium',
};

function queueAlarms(scope: Construct, { topic, queues }: WorkerAlarmsProps): void {
  const most = { period: ALARM_PERIOD, statistic: 'Maximum' };
  for (const severity of ['high', 'medium'] as const) {
    const names = (Object.keys(LETTERS) as QueueName[]).filter((name) => LETTERS[name] === severity);
    new Alarm(scope, `DeadLetters${severity === 'high' ? '' : 'OfLesserQueues'}`, {
      topic,
      severity,
      runbook: 'Dead letters',
      metric: together(
        'SUM',
        names.map((name) => queues[name].deadLetters.metricApproximateNumberOfMessagesVisible(most)),
      ),
      threshold: 1,
    });
  }
  new Alarm(scope, 'OldMessages', {
    topic,
    severity: 'medium',
    runbook: 'Old messages',
    metric: together(
      'MAX',
      Object.values(queues).map(({ queue }) => queue.metricApproximateAgeOfOldestMessage(most)),
    ),
    threshold: Duration.minutes(15).toSeconds(),
  });
}

/** The workers without which accepted orders stand still. */
const MONEY_WORKERS = [workers.dispatchHotrecharge, workers.dispatchPesaway, workers.runBulk, workers.reconcile];

function functionAlarms(scope: Construct, { topic, functions }: WorkerAlarmsProps): void {
  const ofMoney = MONEY_WORKERS.map(({ name }) => functions.get(name)).filter((fn) => fn !== undefined);
  new Alarm(scope, 'OrderWorkersFail', {
    topic,
    severity: 'high',
    runbook: 'Function errors',
    metric: together(
      'SUM',
      ofMoney.map((fn) => fn.metricErrors({ period: QUARTER_HOUR })),
      QUARTER_HOUR,
    ),
    threshold: 5,
  });
  // Of all functions of the account together: one metric, which AWS adds up.
  new Alarm(scope, 'FunctionsFail', {
    topic,
    severity: 'medium',
    runbook: 'Function errors',
    metric: AnyLambdaFunction.metricAllErrors({ period: QUARTER_HOUR }),
    threshold: 3,
  });
  new Alarm(scope, 'FunctionsThrottled', {
    topic,
    severity: 'medium',
    runbook: 'Function throttled',
    metric: AnyLambdaFunction.metricAllThrottles({ period: ALARM_PERIOD }),
    threshold: 5,
  });
}

/** Of the concurrency that is not reserved, as much may be in use before somebody should ask AWS for more. */
const CONCURRENCY_SHARE_MAX = 0.8;

function accountAlarms(scope: Construct, { stage, topic }: WorkerAlarmsProps): void {
  const { quota, reserved } = stage.concurrency;
  const allocated = Object.values(reserved).reduce((sum, each) => sum + each, 0);
  new Alarm(scope, 'ConcurrencyRunsOut', {
    topic,
    severity: 'medium',
    runbook: 'Concurrency runs out',
    // Of the whole account: what is reserved, used or not, and what is in use of the rest.
    metric: AnyLambdaFunction.metricAll('ClaimedAccountConcurrency', { statistic: 'Maximum', period: ALARM_PERIOD }),
    threshold: allocated + Math.floor(CONCURRENCY_SHARE_MAX * (quota - allocated)),
  });
  new Alarm(scope, 'TablesThrottled', {
    topic,
    severity: 'medium',
    runbook: 'A table is throttled',
    // A query over all tables and operations: metrics of throttles exist only where there were some. Filled, because
    // an alarm on DynamoDB's own metrics never ends where data is missing.
    metric: new MathExpression({
      expression: 'FILL(throttled, 0)',
      usingMetrics: {
        throttled: new MathExpression({
          expression: 'SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", TableName, Operation)',
          period: ALARM_PERIOD,
        }),
      },
      period: ALARM_PERIOD,
    }),
    threshold: 10,
  });
}
