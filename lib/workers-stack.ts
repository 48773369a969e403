import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueName } from '../shared/manifest/access.ts';
import { QUEUES } from '../shared/manifest/access.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE, METRICS, PREFUNDED_ACCOUNTS } from '../shared/manifest/metrics.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { visibilitySeconds, workers } from '../shared/manifest/workers.ts';
import { ALARM_PERIOD, Alarm } from './alarm.ts';
import type { DataStack } from './data-stack.ts';
import { constructId, EntryFunction } from './entry-function.ts';
import type { SiteStack } from './site-stack.ts';
import type { Stage } from './stage.ts';
import { WorkerQueue } from './worker-queue.ts';

/** There is one a day, and its signing may take several runs. */
const HEAD_AGE_MAX = Duration.hours(36);

interface WorkersStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly site: SiteStack;
}

/** Queues with their workers, schedules, and the alarms on metrics that workers publish. */
export class WorkersStack extends Stack {
  readonly queues: Readonly<Record<QueueName, Queue>>;

  constructor(scope: Construct, id: string, props: WorkersStackProps) {
    super(scope, id, props);
    const all: readonly Worker[] = Object.values(workers);
    this.queues = Object.fromEntries(
      (Object.keys(QUEUES) as QueueName[]).map((name) => {
        const { queue, deadLetters } = new WorkerQueue(this, `${constructId(name)}Queue`, {
          receivesMax: QUEUES[name].receivesMax,
          visibilityTimeout: Duration.seconds(visibilitySeconds(name)),
          alarms: props.data.alarms,
        });
        new CfnOutput(this, `${constructId(name)}QueueUrl`, { value: queue.queueUrl });
        new CfnOutput(this, `${constructId(name)}DeadLettersUrl`, { value: deadLetters.queueUrl });
        return [name, queue];
      }),
    ) as Record<QueueName, Queue>;
    for (const worker of all) this.#worker(worker, props);
    this.#alarms(props);
    this.#ledgerAlarms(props);
    this.#providerAlarms(props);
  }

  #worker(worker: Worker, { stage, data, site }: WorkersStackProps): void {
    const { key, tables, secrets, files, heads, headsKey, alarms } = data;
    const id = constructId(worker.name);
    const { fn } = new EntryFunction(this, id, {
      stage,
      resources: { key, tables, secrets, queues: this.queues, files, heads, headsKey, alarms },
      name: worker.name,
      file: worker.file,
      access: worker.access,
      timeout: Duration.seconds(worker.timeoutSeconds),
      consumes: worker.queue,
      mayRecurse: worker.mayRecurse,
      memoryMb: worker.memoryMb,
      environment: { PUBLIC_URL: site.publicUrl },
    });
    if (worker.queue) {
      const { batchSize, concurrencyMax } = QUEUES[worker.queue];
      fn.addEventSource(
        new SqsEventSource(this.queues[worker.queue], {
          batchSize,
          maxConcurrency: Math.min(concurrencyMax, stage.concurrency.consumersMax),
          reportBatchItemFailures: true,
        }),
      );
    }
    if (worker.everyMinutes !== undefined) {
      new Rule(this, `${id}Schedule`, {
        schedule: Schedule.rate(Duration.minutes(worker.everyMinutes)),
        targets: [new LambdaTarget(fn, { retryAttempts: 0 })],
      });
      // Lambda would retry a failed run, but the next scheduled run comes soon and finds the same work.
      fn.configureAsyncInvoke({ retryAttempts: 0 });
    }
  }

  #alarms({ stage, data: { alarms: topic } }: WorkersStackProps): void {
    new Alarm(this, 'UnknownTooOld', {
      topic,
      severity: 'high',
      runbook: 'Unknown for too long',
      metric: metric(METRICS.oldestUnknown, 'Maximum'),
      threshold: stage.unknownAgeMax.toSeconds(),
      // Every run of the reconciler publishes it, so without data the reconciler does not run.
      isAlwaysPublished: true,
    });
    new Alarm(this, 'InReview', {
      topic,
      severity: 'medium',
      runbook: 'Orders in review',
      metric: metric(METRICS.ordersInReview, 'Maximum'),
      threshold: 1,
    });
    new Alarm(this, 'TopupsInReview', {
      topic,
      severity: 'medium',
      runbook: 'Top-ups in review',
      metric: metric(METRICS.topupsInReview, 'Maximum'),
      threshold: 1,
    });
    new Alarm(this, 'MoneyAnomaly', {
      topic,
      severity: 'high',
      runbook: 'Money anomaly',
      metric: metric(METRICS.moneyAnomaly, 'Sum'),
      threshold: 1,
    });
    new Alarm(this, 'WebhookDisabled', {
      topic,
      severity: 'medium',
      runbook: 'A webhook endpoint was disabled',
      metric: metric(METRICS.webhookDisabled, 'Sum'),
      threshold: 1,
    });
    new Alarm(this, 'ItemKeepsFailing', {
      topic,
      severity: 'medium',
      runbook: 'An item keeps failing',
      metric: metric(METRICS.failingItems, 'Sum'),
      threshold: 1,
    });
    new Alarm(this, 'LimitsNotKept', {
      topic,
      severity: 'medium',
      runbook: 'Limits are not kept',
      metric: metric(METRICS.limitsNotKept, 'Sum'),
      threshold: 10,
    });
    new Alarm(this, 'RequestsNotKept', {
      topic,
      severity: 'medium',
      runbook: 'Requests are not kept',
      metric: metric(METRICS.requestsNotKept, 'Sum'),
      threshold: 10,
    });
  }

  #ledgerAlarms({ data: { alarms: topic } }: WorkersStackProps): void {
    new Alarm(this, 'LedgerBroken', {
      topic,
      severity: 'high',
      runbook: 'A ledger is broken',
      metric: metric(METRICS.brokenLedgers, 'Maximum', {}, Duration.minutes(30)),
      threshold: 1,
      // Every run publishes it, so without data no ledger is verified.
      isAlwaysPublished: true,
    });
    new Alarm(this, 'HeadMismatch', {
      topic,
      severity: 'high',
      runbook: 'A head does not match',
      metric: metric(METRICS.headMismatches, 'Sum', {}, Duration.hours(1)),
      threshold: 1,
    });
    new Alarm(this, 'HeadTooOld', {
      topic,
      severity: 'high',
      runbook: 'No head was signed',
      // In the first hour of a stage there is none yet.
      metric: metric(METRICS.headAge, 'Minimum', {}, Duration.hours(1)),
      threshold: HEAD_AGE_MAX.toSeconds(),
      isAlwaysPublished: true,
    });
  }

  #providerAlarms({ data: { alarms: topic } }: WorkersStackProps): void {
    for (const provider of new Set(PREFUNDED_ACCOUNTS.map((each) => each.provider))) {
      new Alarm(this, `${constructId(provider)}RefusesUs`, {
        topic,
        severity: 'high',
        runbook: 'A provider refuses us',
        metric: metric(METRICS.providerRefusesUs, 'Sum', { provider }),
        threshold: 1,
      });
      new Alarm(this, `${constructId(provider)}Down`, {
        topic,
        severity: 'high',
        runbook: 'A provider is down',
        metric: metric(METRICS.providerDown, 'Maximum', { provider }),
        threshold: 1,
      });
      new Alarm(this, `${constructId(provider)}CatalogueShrunk`, {
        topic,
        severity: 'medium',
        runbook: 'A catalogue shrank',
        metric: metric(METRICS.catalogueShrunk, 'Maximum', { provider }, Duration.hours(1)),
        threshold: 1,
      });
    }
    for (const { provider, account } of PREFUNDED_ACCOUNTS) {
      new Alarm(this, `${constructId(provider)}Float${constructId(account)}`, {
        topic,
        severity: 'high',
        runbook: 'Prefunded balance is low',
        metric: metric(METRICS.prefundedBalanceLow, 'Maximum', { provider, account }, Duration.hours(1)),
        threshold: 1,
      });
    }
  }
}

function metric(name: string, statistic: string, dimensions = {}, period = ALARM_PERIOD): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    statistic,
    period,
    dimensionsMap: { service: METRIC_SERVICE, ...dimensions },
  });
}
