import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { CfnStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { SecretName } from '../shared/manifest/access.ts';
import { FILE_DAYS, OWN_KEYS, SECRETS } from '../shared/manifest/access.ts';
import type { TableName, TableShape } from '../shared/manifest/tables.ts';
import { APPENDED, tables } from '../shared/manifest/tables.ts';
import type { AlarmTopics } from './alarm.ts';
import { alarmTopic, allowAlarms } from './alarm-topic.ts';
import { canaryErrors } from './canary.ts';
import { watchKeys } from './key-events.ts';
import { allowLogs, logOf } from './log.ts';
import { countInLog } from './log-metric.ts';
import { bucketRemoval, emptierOf, keyRemoval } from './removal.ts';
import type { Stage } from './stage.ts';
import { providersOn } from './stage.ts';

/** So long a browser remembers that it may upload. */
const UPLOAD_ASKED_SECONDS = 3_600;

interface DataStackProps extends StackProps {
  readonly stage: Stage;
}

/**
 * Everything that must survive deployments: tables, files, their encryption key, secrets, the topics of alarms, and the
 * API's address, because upstreams keep callback URLs that begin with it.
 */
export class DataStack extends Stack {
  readonly key: Key;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  readonly files: Bucket;
  /** Where a browser uploads a file to. */
  readonly filesOrigin: string;
  /** Signed heads of ledgers, and the key that signs them. */
  readonly heads: Bucket;
  readonly headsKey: Key;
  readonly api: HttpApi;
  readonly accessLog: LogGroup;
  readonly alarms: AlarmTopics;
  /** Where new versions are tried first: what takes them back. */
  readonly canaryErrors: IAlarm | undefined;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: props.stage.deletionProtection });
    const { stage } = props;
    this.key = new Key(this, 'Key', { enableKeyRotation: true, ...keyRemoval(stage) });
    if (stage.encryptsLogs) allowLogs(this.key);
    this.tables = record(Object.keys(tables) as TableName[], (name) => this.#table(name, stage));
    this.secrets = record(SECRETS, (name) => this.#secret(name, stage));
    this.files = this.#files(stage);
    this.filesOrigin = `https://${this.files.bucketRegionalDomainName}`;
    this.heads = this.#heads(stage);
    // Of a kind that KMS never lets out and that anybody can check: no one who reads heads needs to be trusted.
    this.headsKey = new Key(this, 'HeadsKey', {
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      ...keyRemoval(stage),
    });
    // Not under the key of the data: topics that need it could not say that somebody disabled it.
    const key = new Key(this, 'AlarmsKey', { enableKeyRotation: true, ...keyRemoval(stage) });
    allowAlarms(key);
    this.alarms = {
      high: alarmTopic(this, 'HighAlarms', { key, addresses: stage.alarms.high }),
      medium: alarmTopic(this, 'MediumAlarms', { key, addresses: stage.alarms.medium }),
    };
    watchKeys(this, this.alarms.high);
    this.accessLog = logOf(this, 'AccessLog', stage, this.key, true);
    countInLog(this, 'RefusedKeys', this.accessLog, 'refusedKeys');
    this.api = this.#api(stage);
    if (stage.canary) this.canaryErrors = canaryErrors(this, 'CanaryErrors', this.api.apiId);
    new CfnOutput(this, 'ProvidersOn', { value: providersOn(stage) });
    new CfnOutput(this, 'AuditDays', { value: String(stage.auditDays) });
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint });
    new CfnOutput(this, 'HeadsBucket', { value: this.heads.bucketName });
    new CfnOutput(this, 'HeadsKeyArn', { value: this.headsKey.keyArn });
  }

  #table(name: TableName, stage: Stage): Table {
    const shape: TableShape = tables[name];
    const key = ({ name, type }: { name: string; type: 'S' | 'N' }) => ({
      name,
      type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER,
    });
    const id = `${capital(name)}Table`;
    const table = new Table(this, capital(name), {
      partitionKey: key(shape.partition),
      ...(shape.sort ? { sortKey: key(shape.sort) } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removal,
      ...(shape.expiry ? { timeToLiveAttribute: shape.expiry } : {}),
      ...(APPENDED.has(name) ? { resourcePolicy: appendOnly(shape) } : {}),
    });
    for (const index of shape.indexes) {
      table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: key(index.partition),
        sortKey: key(index.sort),
        ...(index.includes.length > 0
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.includes] }
          : { projectionType: ProjectionType.KEYS_ONLY }),
      });
    }
    new CfnOutput(this, id, { value: table.tableName });
    return table;
  }

  #secret(name: SecretName, stage: Stage): Secret {
    const secret = new Secret(this, `${capital(name)}Secret`, {
      encryptionKey: this.key,
      removalPolicy: stage.removal,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      description: isOwnKey(name) ? `Our random keys for the purpose ${name}` : `Credentials at ${name}, as JSON`,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'Upstreams change credentials manually, and operators rotate signing keys with an overlap.',
    });
    new CfnOutput(this, `${capital(name)}SecretArn`, { value: secret.secretArn });
    return secret;
  }

  /** Only functions with access read and write here, and holders of a link that such a function signed. */
  #files(stage: Stage): Bucket {
    const files = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: false,
      // The dashboard uploads to links, each signed by a function for one file of one size: that lets somebody in, and
      // not where a page is from. Without a domain that is chosen by CloudFront, after this bucket is there.
      cors: [
        {
          allowedMethods: [HttpMethods.PUT],
          allowedOrigins: [stage.domain ? `https://${stage.domain.name}` : '*'],
          maxAge: UPLOAD_ASKED_SECONDS,
        },
      ],
      lifecycleRules: [{ expiration: Duration.days(FILE_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      ...bucketRemoval(stage),
    });
    Validations.of(files).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'Files are kept for days, and functions log every request that writes or reads one. S3 cannot deliver access ' +
        'logs to a bucket that is encrypted with our key, and the logs would contain links that are still valid.',
    });
    return files;
  }

  /** Objects are only ever created here: nobody may replace or delete one, and in live S3 itself keeps them. */
  #heads(stage: Stage): Bucket {
    const heads = new Bucket(this, 'Heads', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: true,
      ...(stage.headsLockedFor
        ? { objectLockDefaultRetention: ObjectLockRetention.compliance(stage.headsLockedFor) }
        : {}),
      ...bucketRemoval(stage),
    });
    const denied = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: [heads.arnForObjects('*')] };
    const emptier = emptierOf(this);
    heads.addToResourcePolicy(
      new PolicyStatement({
        ...denied,
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObjectRetention'],
        ...(emptier ? { conditions: { ArnNotEquals: { 'aws:PrincipalArn': emptier.roleArn } } } : {}),
      }),
    );
    // A put without If-None-Match would be a new version over what is there.
    heads.addToResourcePolicy(
      new PolicyStatement({
        ...denied,
        actions: ['s3:PutObject'],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
    Validations.of(heads).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'One function writes here, and what is read is checked by its signature. S3 cannot deliver access logs to a ' +
        'bucket that is encrypted with our key; CloudTrail has the calls that change the bucket.',
    });
    return heads;
  }

  /** The API with its stage and access log. Its routes are stateless and belong to other stacks. */
  #api(stage: Stage): HttpApi {
    const api = new HttpApi(this, 'Api');
    const defaultStage = api.defaultStage?.node.defaultChild;
    if (!(defaultStage instanceof CfnStage)) throw new Error('an HTTP API has a default stage');
    defaultStage.accessLogSettings = {
      destinationArn: this.accessLog.logGroupArn,
      format: JSON.stringify({
        requestId: '$context.requestId',
        ip: '$context.identity.sourceIp',
        route: '$context.routeKey',
        status: '$context.status',
        ms: '$context.responseLatency',
      }),
    };
    defaultStage.defaultRouteSettings = {
      throttlingRateLimit: stage.throttle.rate,
      throttlingBurstLimit: stage.throttle.burst,
    };
    return api;
  }
}

/**
 * Denies everybody, operators included, what changes or deletes entries or may overwrite one: updates, deletes,
 * batches, which have no conditions, PartiQL, expiry, and puts outside a transaction. That a put in a transaction has a
 * condition is more than IAM can require: the signed heads show where one had none.
 */
function appendOnly({ expiry }: TableShape): PolicyDocument {
  const statement = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: ['*'] };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        ...statement,
        actions: [
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:BatchWriteItem',
          'dynamodb:PartiQL*',
          // A table whose items expire is given that by its stack.
          ...(expiry ? [] : ['dynamodb:UpdateTimeToLive']),
        ],
      }),
      new PolicyStatement({
        ...statement,
        actions: ['dynamodb:PutItem'],
        // True as well where the request has no such key, as a plain put has none.
        conditions: { 'ForAllValues:StringNotEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
      }),
    ],
  });
}

function isOwnKey(name: SecretName): boolean {
  return OWN_KEYS.some((purpose) => purpose === name);
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function record<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
