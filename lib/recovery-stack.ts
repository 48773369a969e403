import type { StackProps } from 'aws-cdk-lib';
import { Arn, ArnFormat, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule as RuleSchedule } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { Universal } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import { Alarm } from './alarm.ts';
import type { DataStack } from './data-stack.ts';
import { bucketRemoval, keyRemoval } from './removal.ts';
import type { Backups, Stage } from './stage.ts';

interface BackupProps extends StackProps {
  readonly stage: Stage;
  readonly backups: Backups;
}

/** As long as a lock can still be taken off. AWS asks for three days or more. */
const LOCK_CHANGEABLE_FOR = Duration.days(3);
/** Of the night where we sell: backups first, then the export. */
const BACKUP_HOUR = '1';
const EXPORT_HOUR = '3';
/** How old the last backup or whole export may be: a day, and as long as one may take more than the one before. */
const NIGHTLY_HOURS_MAX = 30;
const NIGHTLY_PERIODS = 5;

/** What is there after the worst day: a vault with daily backups of all tables, and daily exports of the ledger. */
export class RecoveryStack extends Stack {
  constructor(scope: Construct, id: string, props: BackupProps & { readonly data: DataStack }) {
    super(scope, id, { ...props, terminationProtection: props.stage.deletionProtection });
    const { stage, backups, data } = props;
    const { vault, encryptionKey } = vaultOf(this, stage, backups, `airtime-${stage.name}`);
    if (stage.backupVaultArn) shareKey(encryptionKey, stage.backupVaultArn);
    const plan = new BackupPlan(this, 'Plan', { backupVault: vault });
    plan.addRule(
      new BackupPlanRule({
        ruleName: 'Daily',
        scheduleExpression: RuleSchedule.cron({ hour: BACKUP_HOUR, minute: '0' }),
        deleteAfter: backups.keptFor,
        copyActions: this.#copies(stage).map((destinationBackupVault) => ({
          destinationBackupVault,
          deleteAfter: backups.keptFor,
        })),
      }),
    );
    const selection = plan.addSelection('Tables', {
      resources: Object.values(data.tables).map((table) => BackupResource.fromDynamoDbTable(table)),
    });
    const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup';
    Validations.of(selection).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM4[Policy::${policy}]`,
      reason: 'AWS says that its service needs this policy of its own, and changes it with what the service does.',
    });
    this.#watchBackups(data);
    this.#exports(stage, backups, data);
    new CfnOutput(this, 'BackupVault', { value: vault.backupVaultName });
  }

  /** Of all backups in the account, which has those of this stage alone. A plan that stands still fails nothing. */
  #watchBackups(data: DataStack): void {
    const alarm = { topic: data.alarms, severity: 'medium', runbook: 'Backups fail' } as const;
    const failed = new Rule(this, 'BackupFailed', {
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'] },
      },
    });
    new Alarm(this, 'BackupsFail', { ...alarm, metric: countOf(failed, Duration.hours(1)), threshold: 1 });
    const made = new Rule(this, 'BackupMade', {
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Backup Job State Change'],
        detail: { state: ['COMPLETED'] },
      },
    });
    new Alarm(this, 'NoBackup', { ...alarm, ...everyNight(made) });
  }

  /** The vaults of the second region and of the second account, where there are such. */
  #copies(stage: Stage): IBackupVault[] {
    const own = (region: string) =>
      this.formatArn({
        service: 'backup',
        region,
        resource: 'backup-vault',
        resourceName: copyVaultName(stage),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const arns = {
      Copies: stage.backupRegion && own(stage.backupRegion),
      CopiesElsewhere: stage.backupVaultArn,
    };
    return Object.entries(arns).flatMap(([id, arn]) => (arn ? [BackupVault.fromBackupVaultArn(this, id, arn)] : []));
  }

  /**
   * Every day the whole ledger, so that one export says everything, and a day without one is no gap. It is the one copy
   * that does not depend on our key.
   */
  #exports(stage: Stage, { keptFor, isLocked }: Backups, data: DataStack): void {
    const bucket = new Bucket(this, 'LedgerExports', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      ...(isLocked ? { objectLockDefaultRetention: ObjectLockRetention.compliance(keptFor) } : {}),
      lifecycleRules: [
        {
          expiration: keptFor,
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      ...bucketRemoval(stage),
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'DynamoDB alone writes here, once a day; CloudTrail has the calls that change the bucket.',
    });
    const group = new ScheduleGroup(this, 'Schedules', { removalPolicy: stage.removal });
    this.#schedule(group, bucket, data.tables.ledger);
    new Alarm(this, 'LedgerNotExported', {
      topic: data.alarms,
      severity: 'medium',
      runbook: 'The ledger is not exported',
      metric: new Metric({
        namespace: 'AWS/Scheduler',
        metricName: 'TargetErrorCount',
        statistic: 'Sum',
        period: Duration.hours(1),
        dimensionsMap: { ScheduleGroup: group.scheduleGroupName },
      }),
      threshold: 1,
    });
    this.#watchEnds(bucket, data);
    new CfnOutput(this, 'LedgerExportsBucket', { value: bucket.bucketName });
  }

  /** AWS tells nobody that an export failed which was started: what is missed is the file that ends a whole one. */
  #watchEnds(bucket: Bucket, data: DataStack): void {
    // What the library makes of this option is a function with a role, where the bucket has a property.
    (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    const ended = new Rule(this, 'LedgerExported', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ suffix: '/manifest-summary.json' }] } },
      },
    });
    new Alarm(this, 'NoLedgerExport', {
      topic: data.alarms,
      severity: 'medium',
      runbook: 'The ledger is not exported',
      ...everyNight(ended),
    });
  }

  #schedule(scheduleGroup: ScheduleGroup, bucket: Bucket, ledger: Table): void {
    const role = new Role(this, 'ExportRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const exported = 'ledger';
    const target = new Universal({
      service: 'dynamodb',
      action: 'exportTableToPointInTime',
      role,
      // Without a time it is the table of now.
      input: ScheduleTargetInput.fromObject({
        TableArn: ledger.tableArn,
        S3Bucket: bucket.bucketName,
        S3Prefix: exported,
        S3SseAlgorithm: 'AES256',
        ExportFormat: 'DYNAMODB_JSON',
      }),
      maxEventAge: Duration.hours(6),
      retryAttempts: 5,
      policyStatements: [
        new PolicyStatement({ actions: ['dynamodb:ExportTableToPointInTime'], resources: [ledger.tableArn] }),
        new PolicyStatement({
          actions: ['s3:PutObject', 's3:PutObjectAcl', 's3:AbortMultipartUpload'],
          resources: [bucket.arnForObjects(`${exported}/*`)],
        }),
      ],
    });
    const schedule = ScheduleExpression.cron({ hour: EXPORT_HOUR, minute: '0' });
    new Schedule(this, 'LedgerExport', { scheduleGroup, schedule, target });
    const id = this.getLogicalId(bucket.node.defaultChild as CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${id}.Arn>/${exported}/*]`,
      reason: 'DynamoDB chooses the names of the files of an export, and the bucket holds nothing else.',
    });
  }
}

/** How often a rule matched. It has no target: that it matched is counted all the same. */
function countOf({ ruleName }: Rule, period: Duration): Metric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'MatchedEvents',
    statistic: 'Sum',
    period,
    dimensionsMap: { RuleName: ruleName },
  });
}

/** An alarm on what a rule should have matched last night. */
function everyNight(rule: Rule) {
  return {
    metric: countOf(rule, Duration.hours(NIGHTLY_HOURS_MAX / NIGHTLY_PERIODS)),
    threshold: 1,
    periods: NIGHTLY_PERIODS,
    below: true,
    // In the first day of a stage there is none yet.
    isAlwaysPublished: true,
  } as const;
}

/** The vault in the second region, with a key of that region: whoever loses the first one has both. */
export class BackupCopyStack extends Stack {
  constructor(scope: Construct, id: string, props: BackupProps) {
    super(scope, id, { ...props, terminationProtection: props.stage.deletionProtection });
    vaultOf(this, props.stage, props.backups, copyVaultName(props.stage));
  }
}

/** The other account encrypts copies under its own key, and has to read them for that. */
function shareKey(key: Key, vaultArn: string): void {
  const principals = [new AccountPrincipal(Arn.split(vaultArn, ArnFormat.COLON_RESOURCE_NAME).account)];
  const statement = { effect: Effect.ALLOW, principals, resources: ['*'] };
  const actions = ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
  key.addToResourcePolicy(new PolicyStatement({ ...statement, actions }));
  key.addToResourcePolicy(
    new PolicyStatement({
      ...statement,
      actions: ['kms:CreateGrant'],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  );
}

/**
 * The first region names the vault of the second one, which it cannot refer to. It is not called as the first one is:
 * a stage that moves to the second region has a vault of its own there, beside these copies.
 */
function copyVaultName({ name }: Stage): string {
  return `airtime-${name}-copies`;
}

function vaultOf(scope: Stack, stage: Stage, { keptFor, isLocked }: Backups, backupVaultName: string) {
  const encryptionKey = new Key(scope, 'VaultKey', { enableKeyRotation: true, ...keyRemoval(stage) });
  const vault = new BackupVault(scope, 'Vault', {
    backupVaultName,
    encryptionKey,
    ...(isLocked ? { lockConfiguration: { minRetention: keptFor, changeableFor: LOCK_CHANGEABLE_FOR } } : {}),
    removalPolicy: stage.removal,
  });
  return { vault, encryptionKey };
}
