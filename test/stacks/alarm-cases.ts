import { jest } from '@jest/globals';
import { powertoolsLog } from '../../shared/aws/powertools.ts';
import { worker } from '../../shared/aws/worker.ts';
import { METRICS, PREFUNDED_ACCOUNTS } from '../../shared/manifest/metrics.ts';
import type { Worker } from '../../shared/manifest/workers.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { Log } from '../../shared/world.ts';
import { invocation, scheduleEvent } from '../support/event.ts';
import type { Point } from './alarm-engine.ts';
import { matchesPattern, pointsOfFilter, pointsOfLine } from './alarm-engine.ts';
import type { Cloud } from './cloud.ts';

/** For each alarm, what makes it fire and what does not, in the terms of who publishes it. */

type Line = Record<string, unknown>;
type Schedule = Parameters<typeof worker>[0]['schedule'];

/** Fed with what functions write and what AWS publishes, it has the data points that CloudWatch would have. */
export class Feed {
  readonly points: Point[] = [];
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** What a function's own code writes in an invocation: through the log of production, as the worker publishes it. */
  async own(write: (log: Log) => void, schedule?: Schedule): Promise<void> {
    const lines: Line[] = [];
    const spies = (['info', 'warn', 'error', 'log'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(JSON.parse(String(line)))),
    );
    const run = worker({
      ...(schedule ? { schedule } : {}),
      onSchedule: async () => write(powertoolsLog()),
    });
    try {
      await run(scheduleEvent('one'), invocation());
    } catch {
      // A run that failed publishes what it has.
    }
    for (const spy of spies) spy.mockRestore();
    this.points.push(...lines.flatMap(pointsOfLine));
    for (const line of lines) this.#filter('DispatchHotrecharge/Log', line);
  }

  /** A request in the access log, in the format of the template. */
  request(status: string): void {
    const format = JSON.stringify(this.#cloud.all('AWS::ApiGatewayV2::Stage').map(({ properties }) => properties));
    const field = /\\"(\w+)\\":\\"\$context\.status\\"/.exec(format)?.[1] ?? '';
    this.#filter('AccessLog', { [field]: status });
  }

  aws(namespace: string, name: string, dimensions: Record<string, string>, value: number, minutesAgo = 1): void {
    this.points.push({ namespace, name, dimensions, value, minutesAgo });
  }

  /** What EventBridge counts of an event: each rule that matches it. */
  event(event: Line, minutesAgo = 1): void {
    const text = (value: unknown) => this.#cloud.text(value);
    for (const { path, properties } of this.#cloud.all('AWS::Events::Rule')) {
      if (!properties.EventPattern || !matchesPattern(properties.EventPattern, event, text)) continue;
      this.aws('AWS/Events', 'MatchedEvents', { RuleName: path }, 1, minutesAgo);
    }
  }

  /** CDK chooses its name. */
  get scheduleGroup(): string {
    return String(this.#cloud.one('AWS::Scheduler::ScheduleGroup', 'Schedules').properties.Name);
  }

  #filter(log: string, line: Line): void {
    const filters = this.#cloud
      .all('AWS::Logs::MetricFilter')
      .filter(({ properties }) => this.#cloud.text(properties.LogGroupName) === log);
    for (const { properties } of filters) this.points.push(...pointsOfFilter(properties, line));
  }
}

const HOUR = 3_600;

type Fill = (feed: Feed) => Promise<void> | void;

/** By the path of the alarm: what must make it fire, and what must not. */
export const ALARM_CASES: Readonly<Record<string, { readonly bad: readonly Fill[]; readonly good: readonly Fill[] }>> =
  {
    ...gauges(),
    ...Object.assign({}, ...(['hotrecharge', 'pesaway'] as const).map(providerCases)),
    ...Object.assign(
      {},
      ...(Object.values(workers) as Worker[]).flatMap(({ name, everyMinutes, isCanary }) =>
        everyMinutes !== undefined && !isCanary ? silence(name as NonNullable<Schedule>) : [],
      ),
    ),
    CanaryFails: {
      bad: [() => {}, canaryRuns(0, 0, 0)],
      good: [canaryRuns(1), canaryRuns(0, 1, 0)],
    },
    ...queueCases(),
    ...awsCases(),
  };

/** Metrics of ours that are bad from a value on. */
function gauges() {
  return Object.fromEntries(
    (
      [
        ['UnknownTooOld', METRICS.oldestUnknown, 2 * HOUR],
        ['PendingTooLong', METRICS.oldestPending, 0.5 * HOUR],
        ['InReview', METRICS.ordersInReview, 1],
        ['TopupsInReview', METRICS.topupsInReview, 1],
        ['MoneyAnomaly', METRICS.moneyAnomaly, 1],
        ['ItemKeepsFailing', METRICS.failingItems, 1],
        ['WebhookDisabled', METRICS.webhookDisabled, 1],
        ['DeliveriesLate', METRICS.oldestDelivery, 0.5 * HOUR],
        ['LimitsNotKept', METRICS.limitsNotKept, 10],
        ['RequestsNotKept', METRICS.requestsNotKept, 10],
        ['NoticesNotMailed', METRICS.noticesNotMailed, 10],
        ['LedgerBroken', METRICS.brokenLedgers, 1],
        ['LedgerUnverified', METRICS.unverified, 24 * HOUR],
        ['HeadMismatch', METRICS.headMismatches, 1],
        ['HeadTooOld', METRICS.headAge, 36 * HOUR],
      ] as const
    ).map(([path, name, value]) => [path, atLeast(name, value, path === 'HeadTooOld')]),
  );
}

function atLeast(name: string, value: number, needsData: boolean, dimensions: Record<string, string> = {}) {
  const publish = (it: number) => (feed: Feed) => feed.own((log) => log.metric(name, it, dimensions));
  const silent = () => {};
  const bad = [publish(value)];
  const good = [publish(value - 1)];
  return needsData ? { bad: [...bad, silent], good } : { bad, good: [...good, silent] };
}

function providerCases(provider: 'hotrecharge' | 'pesaway') {
  const id = provider === 'pesaway' ? 'Pesaway' : 'Hotrecharge';
  const accounts = PREFUNDED_ACCOUNTS.filter((each) => each.provider === provider).map(({ account }) => account);
  const other = provider === 'pesaway' ? 'hotrecharge' : 'pesaway';
  const orders =
    (delivered: number, refunded: number, mode = 'live') =>
    (feed: Feed) =>
      feed.own((log) => {
        for (let n = 0; n < delivered; n += 1) log.info('order.success', { mode, provider });
        for (let n = 0; n < refunded; n += 1) log.info('order.refunded', { mode, provider });
      });
  const balances =
    (low: (account: string) => boolean, which = accounts) =>
    (feed: Feed) =>
      feed.own((log) => {
        for (const account of which)
          log.metric(METRICS.prefundedBalanceLow, low(account) ? 1 : 0, { provider, account });
      });
  const [first = ''] = accounts;
  const last = accounts.at(-1) ?? '';
  const ofOther = (name: string) => (feed: Feed) => feed.own((log) => log.metric(name, 1, { provider: other }));
  const flag = (name: string) => {
    const { bad, good } = atLeast(name, 1, false, { provider });
    return { bad, good: [...good, ofOther(name)] };
  };
  return {
    [`${id}Off`]: flag(METRICS.providerOff),
    [`${id}RefusesUs`]: flag(METRICS.providerRefusesUs),
    [`${id}Down`]: flag(METRICS.providerDown),
    [`${id}CatalogueShrunk`]: flag(METRICS.catalogueShrunk),
    [`${id}DeliversLittle`]: {
      bad: [orders(14, 6), orders(0, 20)],
      good: [orders(15, 5), orders(2, 17), orders(20, 0), orders(0, 0), orders(0, 99, 'test')],
    },
    [`${id}Float`]: {
      bad: [balances((account) => account === last), balances((account) => account === first)],
      good: [balances(() => false), balances(() => false, []), ofOther(METRICS.prefundedBalanceLow)],
    },
    [`${id}FloatUnknown`]: {
      bad: [balances(() => false, []), balances(() => false, accounts.slice(1)), balances(() => true, [first])],
      good: [
        balances(() => false),
        balances(() => true),
        (feed: Feed) => feed.own((log) => log.metric(METRICS.providerOff, 1, { provider })),
      ],
    },
  };
}

function silence(name: NonNullable<Schedule>) {
  const id = name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
  const other = name === 'reconcile' ? 'run-bulk' : 'reconcile';
  const fails = (feed: Feed) =>
    feed.own(() => {
      throw new Error('broken');
    }, name);
  return [
    {
      [`${id}Silent`]: {
        bad: [() => {}, fails, (feed: Feed) => feed.own(() => {}, other)],
        good: [(feed: Feed) => feed.own(() => {}, name)],
      },
    },
  ];
}

function canaryRuns(...sound: (0 | 1)[]) {
  return (feed: Feed) =>
    feed.own((log) => {
      for (const each of sound) log.metric(METRICS.canarySuccess, each);
    });
}

function queueCases() {
  const sqs = (metric: string, queue: string, value: number) => (feed: Feed) =>
    feed.aws('AWS/SQS', metric, { QueueName: queue }, value);
  const letters = (queue: string, value: number) =>
    sqs('ApproximateNumberOfMessagesVisible', `${queue}Queue/DeadLetters.QueueName`, value);
  const age = (queue: string, value: number) =>
    sqs('ApproximateAgeOfOldestMessage', `${queue}Queue/Queue.QueueName`, value);
  const high = ['DispatchHotrecharge', 'DispatchPesaway', 'Bulk', 'Webhooks'];
  const medium = ['DispatchSandbox', 'Requests'];
  const silent = () => {};
  return {
    DeadLetters: {
      bad: high.map((queue) => letters(queue, 1)),
      good: [silent, ...high.map((queue) => letters(queue, 0)), ...medium.map((queue) => letters(queue, 5))],
    },
    DeadLettersOfLesserQueues: {
      bad: medium.map((queue) => letters(queue, 1)),
      good: [silent, ...medium.map((queue) => letters(queue, 0)), ...high.map((queue) => letters(queue, 5))],
    },
    OldMessages: {
      bad: [...high, ...medium].map((queue) => age(queue, 15 * 60)),
      good: [silent, ...[...high, ...medium].map((queue) => age(queue, 14 * 60))],
    },
  };
}

function awsCases() {
  const lambda = (metric: string, value: number, FunctionName?: string) => (feed: Feed) =>
    feed.aws('AWS/Lambda', metric, FunctionName ? { FunctionName } : {}, value);
  const api =
    (counts: Record<string, number>, times = 1) =>
    (feed: Feed) => {
      for (let n = 0; n < times; n += 1) {
        for (const [metric, count] of Object.entries(counts)) {
          const value = metric === 'Count' ? 1 : count;
          // The number of requests is that of its samples.
          const samples = metric === 'Count' ? count : 1;
          for (let each = 0; each < samples; each += 1) {
            feed.aws('AWS/ApiGateway', metric, { ApiId: 'Api' }, value, 1 + 5 * n);
          }
        }
      }
    };
  const orders = (ms: number, times: number) => (feed: Feed) => {
    const dimensions = { FunctionName: 'CreateOrder/Function' };
    for (let n = 0; n < times; n += 1) {
      for (let fast = 0; fast < 98; fast += 1) feed.aws('AWS/Lambda', 'Duration', dimensions, 300, 1 + 5 * n);
      for (let slow = 0; slow < 2; slow += 1) feed.aws('AWS/Lambda', 'Duration', dimensions, ms, 1 + 5 * n);
    }
  };
  const requests = (status: string, count: number) => (feed: Feed) => {
    for (let n = 0; n < count; n += 1) feed.request(status);
  };
  const throttled = (value: number) => (feed: Feed) => {
    for (const Operation of ['PutItem', 'Query']) {
      feed.aws('AWS/DynamoDB', 'ThrottledRequests', { TableName: 'Orders', Operation }, value / 2);
    }
  };
  const bounced = (share: number) => (feed: Feed) => feed.aws('AWS/SES', 'Reputation.BounceRate', {}, share);
  const failedExports = (count: number) => (feed: Feed) =>
    feed.aws('AWS/Scheduler', 'TargetErrorCount', { ScheduleGroup: feed.scheduleGroup }, count);
  const created = (key: string, hoursAgo: number) => (feed: Feed) => {
    const detail = { bucket: { name: 'LedgerExports' }, object: { key } };
    feed.event({ source: 'aws.s3', 'detail-type': 'Object Created', detail }, hoursAgo * 60);
  };
  const exported = (hoursAgo: number) => created('ledger/AWSDynamoDB/01-a/manifest-summary.json', hoursAgo);
  const job =
    (kind: 'Backup' | 'Copy' | 'Restore', state: string, hoursAgo = 0.5) =>
    (feed: Feed) =>
      feed.event({ source: 'aws.backup', 'detail-type': `${kind} Job State Change`, detail: { state } }, hoursAgo * 60);
  const silent = () => {};
  return {
    OrderWorkersFail: {
      bad: ['DispatchHotrecharge', 'DispatchPesaway', 'RunBulk', 'Reconcile'].map((name) =>
        lambda('Errors', 5, `${name}/Function`),
      ),
      good: [silent, lambda('Errors', 4, 'Reconcile/Function'), lambda('Errors', 50, 'DispatchSandbox/Function')],
    },
    FunctionsFail: { bad: [lambda('Errors', 3)], good: [silent, lambda('Errors', 2)] },
    FunctionsThrottled: { bad: [lambda('Throttles', 5)], good: [silent, lambda('Throttles', 4)] },
    ConcurrencyRunsOut: {
      bad: [lambda('ClaimedAccountConcurrency', 10_000)],
      good: [silent, lambda('ClaimedAccountConcurrency', 100)],
    },
    TablesThrottled: { bad: [throttled(10)], good: [silent, throttled(8)] },
    OrdersSlow: { bad: [orders(21_000, 3)], good: [silent, orders(19_000, 3), orders(25_000, 2)] },
    ServerErrors: { bad: [api({ '5xx': 5 })], good: [silent, api({ '5xx': 4 }), api({ '4xx': 50 })] },
    ClientErrors: {
      bad: [api({ Count: 200, '4xx': 100 }, 3)],
      good: [
        silent,
        api({ Count: 200, '4xx': 99 }, 3),
        api({ Count: 199, '4xx': 199 }, 3),
        api({ Count: 300, '4xx': 300 }, 2),
      ],
    },
    MailBounces: { bad: [bounced(0.04)], good: [silent, bounced(0.03)] },
    LedgerNotExported: { bad: [failedExports(1)], good: [silent, failedExports(0)] },
    NoLedgerExport: {
      bad: [silent, exported(31), created('ledger/AWSDynamoDB/01-a/manifest-files.json', 1)],
      good: [exported(1), exported(29)],
    },
    BackupsFail: {
      bad: [...['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'].map((state) => job('Backup', state)), job('Copy', 'FAILED')],
      good: [silent, job('Backup', 'RUNNING'), job('Backup', 'COMPLETED'), job('Restore', 'FAILED')],
    },
    NoBackup: {
      bad: [silent, job('Backup', 'COMPLETED', 31), job('Backup', 'RUNNING'), job('Copy', 'COMPLETED')],
      good: [job('Backup', 'COMPLETED'), job('Backup', 'COMPLETED', 29)],
    },
    KeysRefused: { bad: [requests('401', 300)], good: [silent, requests('401', 299), requests('404', 400)] },
  };
}
