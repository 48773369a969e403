import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/** A log that is kept as long as the stage says and, where the stage encrypts its logs, under our key. */
export function logOf(scope: Construct, id: string, stage: Stage, key: Key, isOfRequests = false): LogGroup {
  return new LogGroup(scope, id, {
    retention: isOfRequests ? stage.accessLogRetention : stage.logRetention,
    removalPolicy: stage.removal,
    ...(stage.encryptsLogs ? { encryptionKey: key } : {}),
  });
}

/** Lets CloudWatch Logs use a key for the logs of this account: without it no log group with that key can be made. */
export function allowLogs(key: Key): void {
  const { region, account } = Stack.of(key);
  const arn = `arn:aws:logs:${region}:${account}:log-group:*`;
  key.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn } },
    }),
  );
}
