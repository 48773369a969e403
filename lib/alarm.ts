import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  Alarm as CloudWatchAlarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../shared/manifest/metrics.ts';

/** `high` wakes somebody; `medium` is read in the course of the day. */
export type Severity = 'high' | 'medium';

/** Where alarms are sent, by how severe they are. */
export type AlarmTopics = Readonly<Record<Severity, ITopic>>;

interface AlarmProps {
  /** Its severity says which. */
  readonly topic: AlarmTopics;
  readonly severity: Severity;
  /** The heading in docs/runbook.md that says what to do. */
  readonly runbook: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** How many periods in a row must be bad; one by default. */
  readonly periods?: number;
  /** Alarms below the threshold, instead of at or above it. */
  readonly below?: boolean;
  /** For a metric that is always published, missing data is an alarm. For others it is not: idle is healthy. */
  readonly isAlwaysPublished?: boolean;
}

/** An alarm whose description gives its severity and the runbook section that says what to do. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const alarm = new CloudWatchAlarm(this, 'Alarm', {
      alarmName: this.node.path.replaceAll('/', '-'),
      alarmDescription: `[${props.severity}] docs/runbook.md: ${props.runbook}`,
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: props.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: props.isAlwaysPublished ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(props.topic[props.severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

export const ALARM_PERIOD = Duration.minutes(5);

/** A metric that our functions publish. */
export function ownMetric(name: string, statistic: string, dimensions = {}, period = ALARM_PERIOD): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    statistic,
    period,
    dimensionsMap: { service: METRIC_SERVICE, ...dimensions },
  });
}

/**
 * One number out of several metrics, so that what belongs together is one alarm. One that has no data counts as 0.
 * CloudWatch takes ten at most.
 */
export function together(how: 'SUM' | 'MAX', metrics: readonly IMetric[], period = ALARM_PERIOD): IMetric {
  const named = Object.fromEntries(metrics.map((metric, n) => [`m${n}`, metric]));
  const filled = Object.keys(named).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: `${how}([${filled.join(', ')}])`, usingMetrics: named, period });
}
