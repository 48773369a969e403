import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { isMail } from './stage.ts';

/**
 * A topic with its subscriptions. Because it has a policy of its own, the policy must allow CloudWatch: otherwise
 * alarms are dropped without an error.
 */
export function alarmTopic(
  scope: Construct,
  id: string,
  { key, addresses }: { key: Key; addresses: readonly string[] },
): Topic {
  const topic = new Topic(scope, id, { masterKey: key, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({ ...fromCloudWatch(scope), actions: ['sns:Publish'], resources: [topic.topicArn] }),
  );
  for (const address of addresses) {
    topic.addSubscription(isMail(address) ? new EmailSubscription(address) : new UrlSubscription(address));
  }
  return topic;
}

/**
 * The key of such topics must allow CloudWatch and EventBridge too, for the same reason. EventBridge without a
 * condition: AWS documents that policies of topics cannot have one for it, because it does not say for whose rule it
 * publishes. One with `aws:SourceAccount` would drop without an error what is said of keys that are taken away. So a
 * rule of a stranger who knows the topic may publish to it, which wakes somebody for nothing, and reads nothing.
 */
export function allowAlarms(key: Key): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      ...fromCloudWatch(key),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
  );
}

function fromCloudWatch(scope: Construct) {
  return {
    effect: Effect.ALLOW,
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  };
}
