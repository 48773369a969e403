import type { StackProps } from 'aws-cdk-lib';
import { Duration, Stack } from 'aws-cdk-lib';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Dashboard, GraphWidget, MathExpression, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { METRICS, PREFUNDED_ACCOUNTS } from '../shared/manifest/metrics.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';
import { ownMetric } from './alarm.ts';
import type { DataStack } from './data-stack.ts';
import { logMetric } from './log-metric.ts';
import type { Stage } from './stage.ts';
import type { WorkersStack } from './workers-stack.ts';

interface MonitoringStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly workers: WorkersStack;
}

/** What to look at: three dashboards, which an account has for free, and saved queries of logs. */
export class MonitoringStack extends Stack {
  readonly #prefix: string;

  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    this.#prefix = `Airtime-${props.stage.name}`;
    this.#dashboard('Business', [
      ...section('Orders and payments', [
        graph('Live orders by how they ended', this.#ended(props.stage)),
        graph('Age of the oldest, in seconds', [
          ownMetric(METRICS.oldestUnknown, 'Maximum'),
          ownMetric(METRICS.oldestPending, 'Maximum'),
          ownMetric(METRICS.oldestDelivery, 'Maximum'),
        ]),
        graph('For a person to decide', [
          ownMetric(METRICS.ordersInReview, 'Maximum'),
          ownMetric(METRICS.topupsInReview, 'Maximum'),
          ownMetric(METRICS.moneyAnomaly, 'Sum'),
          ownMetric(METRICS.brokenLedgers, 'Maximum'),
        ]),
      ]),
      ...section('Providers', this.#providers(props.stage)),
      ...(props.stage.canaryOrders ? section('Canary', this.#canary()) : []),
    ]);
    this.#dashboard('ApiAndWorkers', [
      ...section('API', this.#api(props.data)),
      ...section('Workers', this.#workers()),
    ]);
    this.#dashboard('Cost', section('What is paid for', this.#costs()));
    this.#queries(props);
  }

  #dashboard(name: string, widgets: readonly IWidget[]): void {
    const dashboard = new Dashboard(this, name, {
      // Dashboards are an account's, and not a region's.
      dashboardName: `${this.#prefix}-${name}-${this.region}`,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(...widgets);
  }

  #ended({ providers }: Stage): IMetric[] {
    return providers.flatMap((provider) => [logMetric('delivered', { provider }), logMetric('refunded', { provider })]);
  }

  #providers({ providers }: Stage): GraphWidget[] {
    const of = (name: string, statistic: string) =>
      providers.map((provider) => ownMetric(name, statistic, { provider }));
    const accounts = PREFUNDED_ACCOUNTS.filter(({ provider }) => providers.some((each) => each === provider));
    return [
      graph('Down, or refusing us', [...of(METRICS.providerDown, 'Maximum'), ...of(METRICS.providerRefusesUs, 'Sum')]),
      graph(
        'Balances that are low',
        accounts.map(({ provider, account }) =>
          ownMetric(METRICS.prefundedBalanceLow, 'Maximum', { provider, account }, Duration.hours(1)),
        ),
      ),
      graph('Off, or with a shrunk catalogue', [
        ...of(METRICS.providerOff, 'Maximum'),
        ...of(METRICS.catalogueShrunk, 'Maximum'),
      ]),
    ];
  }

  #canary(): GraphWidget[] {
    const steps = ['order', 'replay', 'ledger', 'webhook'];
    const seconds = steps.map((step) => ownMetric(METRICS.canarySeconds, 'Maximum', { step }));
    return [
      graph('Orders of the canary that went well: one in five minutes', [ownMetric(METRICS.canarySuccess, 'Sum')]),
      graph('Seconds by step', seconds),
    ];
  }

  #api({ api }: DataStack): GraphWidget[] {
    return [
      graph('Requests and refusals', [api.metricCount(), api.metricClientError(), api.metricServerError()]),
      graph('Latency in ms', [api.metricLatency({ statistic: 'p50' }), api.metricLatency({ statistic: 'p99' })]),
      graph('Duration of an order, in ms', [this.#search('AWS/Lambda,FunctionName', 'Duration', 'CreateOrder', 'p99')]),
      graph('Keys that were refused', [logMetric('refusedKeys')]),
    ];
  }

  #workers(): GraphWidget[] {
    const scheduled = (Object.values(workers) as Worker[]).filter(
      ({ everyMinutes, isCanary }) => everyMinutes !== undefined && !isCanary,
    );
    const runs = scheduled.map(({ name }) =>
      ownMetric(METRICS.scheduleRan, 'Sum', { schedule: name }, Duration.hours(1)),
    );
    const queue = 'AWS/SQS,QueueName';
    return [
      graph('Errors by function', [this.#search('AWS/Lambda,FunctionName', 'Errors')]),
      graph('Throttles by function', [this.#search('AWS/Lambda,FunctionName', 'Throttles')]),
      graph('Runs of schedules that ended', runs),
      graph('Dead letters by queue', [
        this.#search(queue, 'ApproximateNumberOfMessagesVisible', 'DeadLetters', 'Maximum'),
      ]),
      graph('Age of the oldest message, in seconds', [
        this.#search(queue, 'ApproximateAgeOfOldestMessage', '', 'Maximum'),
      ]),
      graph('Throttled calls by table', [this.#search('AWS/DynamoDB,Operation,TableName', 'ThrottledRequests')]),
    ];
  }

  #costs(): GraphWidget[] {
    return [
      graph('Invocations', [this.#search('AWS/Lambda,FunctionName', 'Invocations')]),
      graph('Time of functions, in ms', [this.#search('AWS/Lambda,FunctionName', 'Duration')]),
      graph('Read units by table', [this.#search('AWS/DynamoDB,TableName', 'ConsumedReadCapacityUnits')]),
      graph('Write units by table', [this.#search('AWS/DynamoDB,TableName', 'ConsumedWriteCapacityUnits')]),
      graph('Bytes of logs', [this.#search('AWS/Logs,LogGroupName', 'IncomingBytes')]),
      graph('Charges of the month so far, where billing metrics are on', [
        new Metric({
          namespace: 'AWS/Billing',
          metricName: 'EstimatedCharges',
          dimensionsMap: { Currency: 'USD' },
          statistic: 'Maximum',
          period: Duration.hours(6),
          region: 'us-east-1',
        }),
      ]),
    ];
  }

  /** All metrics of a name whose resource is of this stage: names of resources begin with that of their stack. */
  #search(schema: string, metric: string, word = '', statistic = 'Sum'): IMetric {
    const words = [`"${this.#prefix}"`, ...(word ? [`"${word}"`] : [])].join(' ');
    return new MathExpression({
      expression: `SEARCH('{${schema}} MetricName="${metric}" ${words}', '${statistic}', 300)`,
      label: '',
    });
  }

  #queries({ data, workers: { logs } }: MonitoringStackProps): void {
    const save = (id: string, name: string, query: ConstructorParameters<typeof QueryString>[0], of = logs) =>
      new QueryDefinition(this, id, {
        queryDefinitionName: `${this.#prefix}/${name}`,
        queryString: new QueryString(query),
        logGroups: [...of],
      });
    save(
      'Refused',
      'Requests that were refused',
      {
        filterStatements: ['status like /^4/'],
        statsStatements: ['count() as requests by route, status, ip'],
        sort: 'requests desc',
        limit: 100,
      },
      [data.accessLog],
    );
    save(
      'Slow',
      'The slowest routes',
      {
        statsStatements: ['count() as requests, pct(ms, 50) as p50, pct(ms, 99) as p99 by route'],
        sort: 'p99 desc',
        limit: 50,
      },
      [data.accessLog],
    );
    save('Refunded', 'Why orders were refunded', {
      filterStatements: ['message = "order.refunded" and mode = "live"'],
      statsStatements: ['count() as orders by provider, failure, merchantId'],
      sort: 'orders desc',
      limit: 100,
    });
    save('OneOrder', 'One order', {
      fields: ['@timestamp', 'level', 'message', 'provider', 'outcome', 'failure', 'reason', '@log'],
      filterStatements: ['orderId = "ord_…"'],
      sort: '@timestamp asc',
    });
    save('Bad', 'Warnings and errors', {
      filterStatements: ['level in ["WARN", "ERROR"]'],
      statsStatements: ['count() as lines by message, reason, @log'],
      sort: 'lines desc',
      limit: 100,
    });
  }
}

function section(title: string, widgets: readonly IWidget[]): IWidget[] {
  return [new TextWidget({ markdown: `## ${title}`, width: 24, height: 1 }), ...widgets];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}
