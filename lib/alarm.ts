import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm as CloudWatchAlarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

interface AlarmProps {
  readonly topic: ITopic;
  readonly severity: 'high' | 'medium';
  /** The heading in docs/runbook.md that says what to do. */
  readonly runbook: string;
  readonly metric: IMetric;
  readonly threshold: number;
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
      evaluationPeriods: 1,
      comparisonOperator: props.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: props.isAlwaysPublished ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(props.topic));
    alarm.addOkAction(new SnsAction(props.topic));
  }
}

export const ALARM_PERIOD = Duration.minutes(5);
