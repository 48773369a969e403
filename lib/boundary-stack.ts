import type { StackProps } from 'aws-cdk-lib';
import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnRole, Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { GLOBAL_REGION } from './global-stack.ts';
import type { Stage } from './stage.ts';

/** The services that roles of ours use, those of AWS's own that back up and deploy among them. */
const SERVICES = [
  'backup',
  'cloudwatch',
  'dynamodb',
  'kms',
  'lambda',
  'logs',
  's3',
  'secretsmanager',
  'ses',
  'sns',
  'sqs',
  // CDK passes names between regions in parameters.
  'ssm',
  'tag',
  'xray',
];

/** What would lift what a table, a bucket or a key denies to everybody, or end it. No role of ours has a use for it. */
const LIFTING = [
  'backup:DeleteBackupVault*',
  'backup:DeleteRecoveryPoint',
  'backup:PutBackupVault*',
  'backup:UpdateRecoveryPointLifecycle',
  'dynamodb:DeleteResourcePolicy',
  'dynamodb:DeleteTable',
  'dynamodb:PutResourcePolicy',
  'dynamodb:UpdateContinuousBackups',
  'dynamodb:UpdateTimeToLive',
  'iam:*',
  'kms:CancelKeyDeletion',
  'kms:DisableKey*',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'lambda:AddPermission',
  'lambda:UpdateFunction*',
  'logs:DeleteLog*',
  'logs:PutRetentionPolicy',
  's3:BypassGovernanceRetention',
  's3:DeleteBucket',
  's3:PutLifecycleConfiguration',
  'secretsmanager:DeleteSecret',
  'secretsmanager:PutResourcePolicy',
  'sts:AssumeRole',
];

/** In dev, whose buckets go with their stack, CDK's own function empties them, and closes them to others before. */
const LIFTING_BUCKETS = ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'];

interface BoundaryProps extends StackProps {
  readonly stage: Stage;
}

/**
 * The most that any role of a stage may do, whatever its policies say: the services that we use, in the regions of the
 * stage, and nothing that would lift the denials on the ledger. It is deployed before all other stacks.
 */
export class BoundaryStack extends Stack {
  readonly #policy: IManagedPolicy;

  constructor(scope: Construct, id: string, props: BoundaryProps) {
    super(scope, id, props);
    const { stage } = props;
    // An account has one of a name in all regions, and after the loss of a region a stage is there twice.
    const managedPolicyName = `airtime-${stage.name}-boundary-${stage.region}`;
    const regions = [...new Set([stage.region, GLOBAL_REGION, ...(stage.backupRegion ? [stage.backupRegion] : [])])];
    const lifting = stage.deletionProtection ? [...LIFTING, ...LIFTING_BUCKETS] : LIFTING;
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName,
      description: 'The most that a role of this stage may do',
      statements: [
        new PolicyStatement({
          actions: SERVICES.map((service) => `${service}:*`),
          resources: ['*'],
          conditions: { StringEquals: { 'aws:RequestedRegion': regions } },
        }),
        new PolicyStatement({ effect: Effect.DENY, actions: lifting, resources: ['*'] }),
      ],
    });
    for (const finding of [...SERVICES.map((service) => `Action::${service}:*`), 'Resource::*']) {
      Validations.of(policy).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`,
        reason: 'A boundary grants nothing. What a role may do is in policies of its own.',
      });
    }
    // By its name: a reference would tie it to the one region of its stack.
    this.#policy = ManagedPolicy.fromManagedPolicyName(this, 'Named', managedPolicyName);
  }

  /**
   * Bounds every role below a scope. CDK makes roles of its own, for names that cross regions, after all aspects were
   * applied; what validates comes later still, and last before templates are written.
   */
  bound(scope: IConstruct): void {
    scope.node.addValidation({
      validate: () => {
        for (const each of scope.node.findAll()) {
          if (CfnResource.isCfnResource(each) && each.cfnResourceType === CfnRole.CFN_RESOURCE_TYPE_NAME) {
            each.addPropertyOverride('PermissionsBoundary', this.#policy.managedPolicyArn);
          }
        }
        return [];
      },
    });
  }
}
