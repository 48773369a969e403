import { METRIC_NAMESPACE } from '../../shared/manifest/metrics.ts';

/** List prices of CloudWatch in eu-west-1, in US cents a month. af-south-1 has the same for alarms and metrics. */
const CENTS = { alarmMetric: 10, ownMetric: 30, dashboard: 300 } as const;
const FREE_DASHBOARDS = 3;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
interface Query {
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: Readonly<Record<string, unknown>> };
}

/** How many alarms a stage has, and how many metrics of each kind they watch: what AWS charges for. */
export function watchedBy(resources: readonly Resource[]) {
  const alarms = resources
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties = {} }) => Properties);
  const queries = alarms.flatMap((alarm) => (alarm.Metrics ?? [{ MetricStat: { Metric: alarm } }]) as Query[]);
  // A query is priced by the metrics that it finds, but as one at least.
  const priced = queries.filter(({ MetricStat, Expression }) => MetricStat || Expression?.startsWith('SELECT'));
  const own = queries.flatMap(({ MetricStat }) =>
    MetricStat?.Metric.Namespace === METRIC_NAMESPACE ? [MetricStat] : [],
  );
  const names = new Set(own.map(({ Metric: { MetricName, Dimensions } }) => JSON.stringify([MetricName, Dimensions])));
  return { alarms: alarms.length, metrics: priced.length, ownMetrics: names.size };
}

/** What the alarms of a stage cost a month, without what each account has for free, as a sentence. */
export function costOfAlarms(resources: readonly Resource[]): string {
  const { alarms, metrics, ownMetrics } = watchedBy(resources);
  const dashboards = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard').length;
  const paid = Math.max(0, dashboards - FREE_DASHBOARDS);
  return [
    `${alarms} alarms on ${metrics} metrics: ${dollars(metrics * CENTS.alarmMetric)} a month`,
    `${ownMetrics} metrics of ours that they watch: ${dollars(ownMetrics * CENTS.ownMetric)}`,
    `${dashboards} dashboards: ${dollars(paid * CENTS.dashboard)}`,
  ].join('; ');
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}
