import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** As an alarm is described. */
const KEY_EVENT = '[high] docs/runbook.md: A key was taken away';

/** The calls after which a key decrypts nothing. */
const KEY_CALLS = ['DisableKey', 'ScheduleKeyDeletion'];

/**
 * Says at once that somebody took a key of the account away: no metric does, and every request fails minutes later.
 * The account needs a trail in CloudTrail, else there are no such events.
 */
export function watchKeys(scope: Construct, topic: ITopic): void {
  const [call, by] = ['eventName', 'userIdentity.arn'].map((field) => EventField.fromPath(`$.detail.${field}`));
  const message = `${KEY_EVENT}. ${call} by ${by} at ${EventField.time}`;
  new Rule(scope, 'KeyTakenAway', {
    description: KEY_EVENT,
    eventPattern: {
      source: ['aws.kms'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: { eventSource: ['kms.amazonaws.com'], eventName: KEY_CALLS },
    },
    targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(message) })],
  });
}
