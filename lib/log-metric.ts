import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { LOG_METRICS, METRIC_NAMESPACE } from '../shared/manifest/metrics.ts';
import { ALARM_PERIOD } from './alarm.ts';

type LogMetricName = keyof typeof LOG_METRICS;

/** Counts in a log the lines that a metric of the manifest is about. */
export function countInLog(scope: Construct, id: string, logGroup: ILogGroup, metric: LogMetricName): void {
  const { name, where, ...rest } = LOG_METRICS[metric];
  const terms = Object.entries(where).map(([field, text]) => FilterPattern.stringValue(`$.${field}`, '=', text));
  new MetricFilter(scope, id, {
    logGroup,
    filterPattern: FilterPattern.all(...terms),
    metricNamespace: METRIC_NAMESPACE,
    metricName: name,
    metricValue: '1',
    ...('by' in rest ? { dimensions: { [rest.by]: `$.${rest.by}` } } : {}),
  });
}

/** How many such lines there were in a period. */
export function logMetric(
  metric: LogMetricName,
  dimensionsMap: Record<string, string> = {},
  period = ALARM_PERIOD,
): Metric {
  const metricName = LOG_METRICS[metric].name;
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, statistic: 'Sum', period, dimensionsMap });
}
