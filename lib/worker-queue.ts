import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopics } from './alarm.ts';
import { ALARM_PERIOD, Alarm } from './alarm.ts';

interface WorkerQueueProps {
  readonly receivesMax: number;
  readonly visibilityTimeout: Duration;
  readonly alarms: AlarmTopics;
}

/** A queue, its dead-letter queue, and an alarm for each. */
export class WorkerQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkerQueueProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: props.visibilityTimeout,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.receivesMax },
    });
    new Alarm(this, 'DeadLettersPresent', {
      topic: props.alarms,
      severity: 'high',
      runbook: 'Dead letters',
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: 1,
    });
    new Alarm(this, 'OldMessages', {
      topic: props.alarms,
      severity: 'medium',
      runbook: 'Old messages',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: Duration.minutes(15).toSeconds(),
    });
  }
}
