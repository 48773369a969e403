import type { Stack } from 'aws-cdk-lib';
import { CfnResource, CustomResourceProviderBase, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Stage } from './stage.ts';

/** What is left of a stage whose stacks are deleted: nothing of dev, all data of the others (docs/deploying.md). */

/** CloudFormation deletes no bucket with files in it. Where none is kept, a function of CDK's empties each. */
export function bucketRemoval({ removal }: Stage): Pick<BucketProps, 'removalPolicy' | 'autoDeleteObjects'> {
  return { removalPolicy: removal, autoDeleteObjects: removal === RemovalPolicy.DESTROY };
}

/** That function, once a stack has a bucket that it empties. */
export function emptierOf(stack: Stack): CustomResourceProviderBase | undefined {
  const found = stack.node.tryFindChild('Custom::S3AutoDeleteObjectsCustomResourceProvider');
  return found instanceof CustomResourceProviderBase ? found : undefined;
}

/** AWS deletes a key after seven days at the earliest; until then it costs nothing and can be had back. */
export function keyRemoval({ removal }: Stage) {
  return { removalPolicy: removal, ...(removal === RemovalPolicy.DESTROY ? { pendingWindow: Duration.days(7) } : {}) };
}

/**
 * Gives CDK's own functions of a stack a log like all others. Otherwise Lambda makes one that no stack has: it would be
 * kept for ever, and be left behind. Some of these functions are added last of all, so it is done after that.
 */
export function ownLogs(stack: Stack, stage: Stage): void {
  stack.node.addValidation({
    validate() {
      for (const each of stack.node.children) if (each instanceof CustomResourceProviderBase) ownLog(each, stage);
      return [];
    },
  });
}

function ownLog(provider: CustomResourceProviderBase, stage: Stage): void {
  const [role, handler] = ['Role', 'Handler'].map((id) => provider.node.findChild(id));
  if (!(CfnResource.isCfnResource(role) && CfnResource.isCfnResource(handler))) {
    throw new Error(`${provider.node.path} is not made as CDK made such functions before`);
  }
  const log = new LogGroup(provider, 'Log', { retention: stage.logRetention, removalPolicy: stage.removal });
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  provider.addToRolePolicy({ Effect: 'Allow', Action: actions, Resource: log.logGroupArn });
  // AWS's policy for functions would let it make one again after this one was deleted.
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  handler.addPropertyOverride('LoggingConfig', { LogGroup: log.logGroupName });
}
