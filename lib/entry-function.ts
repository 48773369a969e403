import type { Duration } from 'aws-cdk-lib';
import { Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Access, QueueName, SecretName, TableAccess } from '../shared/manifest/access.ts';
import { environment, mayCallProviders, needsProvidersOn } from '../shared/manifest/access.ts';
import { MEMORY_MB } from '../shared/manifest/memory.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../shared/manifest/metrics.ts';
import { READS } from '../shared/manifest/reads.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { tables } from '../shared/manifest/tables.ts';
import { WRITES } from '../shared/manifest/writes.ts';
import { logOf } from './log.ts';
import type { Stage } from './stage.ts';
import { providersOn } from './stage.ts';

/** The resources that functions can have access to. */
export interface Resources {
  readonly key: Key;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  readonly queues: Readonly<Partial<Record<QueueName, Queue>>>;
  readonly files: Bucket;
  readonly heads: Bucket;
  readonly headsKey: Key;
}

interface EntryFunctionProps {
  readonly stage: Stage;
  readonly resources: Resources;
  /** Its name in the manifest. */
  readonly name: string;
  /** The folder of its bundle. */
  readonly file: string;
  readonly access: Access;
  readonly timeout: Duration;
  /** The queue whose messages it receives. */
  readonly consumes?: QueueName | undefined;
  /** Whether it may write to that queue: AWS stops other functions that do after 16 rounds. */
  readonly mayRecurse?: boolean | undefined;
  /** `MEMORY_MB` by default. */
  readonly memoryMb?: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it notes the hour in which a key is used. */
  readonly notesKeyUse?: boolean;
}

/**
 * The ledger is append-only by permission, as far as IAM can say so: no function may update or delete an entry. Every
 * entry is posted with the item that it is for, so its puts are granted in transactions only; that a put has a
 * condition cannot be required. The key has a list of values, and none in a plain put.
 */
const IN_TRANSACTION = { 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };

/** Tables whose items are only ever put, in transactions. */
const APPENDED: ReadonlySet<TableName> = new Set(['ledger', 'audit']);

const DECRYPT = ['kms:Decrypt', 'kms:DescribeKey'];
const ENCRYPT = ['kms:Encrypt', 'kms:GenerateDataKey'];

/**
 * A Lambda function with a role of its own. Its permissions and the environment variables that name its resources come
 * from the same line of the manifest.
 */
export class EntryFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: EntryFunctionProps) {
    super(scope, id);
    const { stage } = props;
    const reserved = stage.concurrency.reserved[props.name];
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.log = logOf(this, 'Log', stage, props.resources.key);
    allow(role, ['logs:CreateLogStream', 'logs:PutLogEvents'], [this.log.logGroupArn]);
    if (stage.tracing) {
      Validations.of(role).acknowledge({
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason: 'Tracing is on, and X-Ray permissions can only be given for the resource *.',
      });
    }
    this.fn = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(`${this.node.tryGetContext('bundles') ?? 'dist'}/${props.file}`),
      handler: 'index.handler',
      memorySize: props.memoryMb ?? MEMORY_MB,
      timeout: props.timeout,
      role,
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[stage.logLevel],
      systemLogLevelV2: SystemLogLevel[stage.systemLogLevel],
      tracing: stage.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      ...(props.mayRecurse ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      environment: {
        POWERTOOLS_LOG_LEVEL: stage.logLevel,
        POWERTOOLS_SERVICE_NAME: METRIC_SERVICE,
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
        ...(props.access.tables?.audit === 'append' ? { [environment.auditDays]: String(stage.auditDays) } : {}),
        ...(props.access.tables?.erasures ? { [environment.retentionDays]: String(stage.retentionDays) } : {}),
        ...(needsProvidersOn(props.access) ? { [environment.providersOn]: providersOn(stage) } : {}),
        ...(mayCallProviders(props.access) && stage.callRates
          ? { [environment.callRates]: JSON.stringify(stage.callRates) }
          : {}),
        ...props.environment,
      },
    });
    this.#grantTables(role, props);
    this.#grant(role, props.access, props.resources);
    if (props.notesKeyUse) this.#grantKeyUse(role, props.resources);
  }

  #grantTables(role: Role, { file, access, resources }: EntryFunctionProps): void {
    for (const [name, mode] of Object.entries(access.tables ?? {}) as [TableName, TableAccess][]) {
      const { tableArn, tableName } = resources.tables[name];
      if (mode !== 'append') this.#grantReads(role, name, { reads: READS[file]?.[name] ?? [], tableArn });
      const writes = mode === 'write' || mode === 'append' ? (WRITES[file]?.[name] ?? []) : [];
      const onlyIn = APPENDED.has(name) ? IN_TRANSACTION : undefined;
      if (writes.length > 0) allow(role, writes.map(actionOf), [tableArn], onlyIn);
      this.fn.addEnvironment(environment.table(name), tableName);
    }
  }

  /** What the code of the function reads, and how: a query of an index is no query of its table. */
  #grantReads(role: Role, name: TableName, { reads, tableArn }: { reads: readonly string[]; tableArn: string }): void {
    const isIndex = (read: string) => tables[name].indexes.some((index) => index.name === read);
    const actions = reads.filter((read) => !isIndex(read)).map(actionOf);
    const indexes = reads.filter(isIndex).map((index) => `${tableArn}/index/${index}`);
    if (actions.length > 0) allow(role, actions, [tableArn]);
    if (indexes.length > 0) allow(role, ['dynamodb:Query'], indexes);
  }

  #grant(role: Role, access: Access, resources: Resources): void {
    const { key } = resources;
    for (const name of access.secrets ?? []) {
      const secret = resources.secrets[name];
      allow(role, ['secretsmanager:GetSecretValue'], [secret.secretArn]);
      this.fn.addEnvironment(environment.secretArn(name), secret.secretArn);
    }
    if (access.tables) {
      allow(role, DECRYPT, [key.keyArn], this.#onlyVia('dynamodb'));
      // No statement of ours is PartiQL, and its writes are permissions of their own.
      role.addToPolicy(new PolicyStatement({ effect: Effect.DENY, actions: ['dynamodb:PartiQL*'], resources: ['*'] }));
    }
    if (access.secrets?.length) allow(role, DECRYPT, [key.keyArn], this.#onlyVia('secretsmanager'));
    if (Object.values(access.tables ?? {}).some((mode) => mode !== 'read')) {
      allow(role, ENCRYPT, [key.keyArn], this.#onlyVia('dynamodb'));
    }
    for (const name of access.queues ?? []) {
      const queue = resources.queues[name];
      if (!queue) throw new Error(`there is no queue ${name}`);
      allow(role, ['sqs:SendMessage'], [queue.queueArn]);
      this.fn.addEnvironment(environment.queueUrl(name), queue.queueUrl);
    }
    if (access.files) {
      this.#grantObjects(role, resources.files, key, access.files === 'write');
      this.fn.addEnvironment(environment.filesBucket, resources.files.bucketName);
    }
    if (access.heads) this.#grantHeads(role, access.heads, resources);
  }

  /** Of a key nothing else can be changed with it: neither its scopes nor its end. */
  #grantKeyUse(role: Role, { tables: { merchants }, key }: Resources): void {
    allow(role, ['dynamodb:UpdateItem'], [merchants.tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'usedAt'] },
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['key#*'] },
    });
    allow(role, ENCRYPT, [key.keyArn], this.#onlyVia('dynamodb'));
  }

  #grantHeads(role: Role, mode: 'read' | 'sign', { heads, headsKey, key }: Resources): void {
    this.#grantObjects(role, heads, key, mode === 'sign');
    allow(role, ['kms:GetPublicKey'], [headsKey.keyArn]);
    if (mode === 'sign') allow(role, ['kms:Sign'], [headsKey.keyArn]);
    this.fn.addEnvironment(environment.headsBucket, heads.bucketName);
    this.fn.addEnvironment(environment.headsKeyArn, headsKey.keyArn);
  }

  #grantObjects(role: Role, objects: Bucket, key: Key, mayWrite: boolean): void {
    const object = objects.arnForObjects('*');
    allow(role, ['s3:GetObject'], [object]);
    // Without it S3 answers 403 for a missing file, which then looks like a missing permission.
    allow(role, ['s3:ListBucket'], [objects.bucketArn]);
    allow(role, ['kms:Decrypt'], [key.keyArn], this.#onlyVia('s3'));
    if (mayWrite) {
      allow(role, ['s3:PutObject'], [object]);
      allow(role, ['kms:GenerateDataKey'], [key.keyArn], this.#onlyVia('s3'));
    }
    // The finding's id contains the export by which this stack imports the bucket.
    const { 'Fn::ImportValue': bucket } = Stack.of(this).resolve(Stack.of(objects).exportValue(objects.bucketArn));
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${bucket}/*]`,
      reason: 'The names of files are not known at deployment, and the bucket holds nothing else.',
    });
  }

  /** The key may be used only through the service that encrypted the data. */
  #onlyVia(service: 'dynamodb' | 'secretsmanager' | 's3') {
    return { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` } };
  }
}

function actionOf(name: string): string {
  return `dynamodb:${name}`;
}

function allow(
  role: Role,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, Record<string, string | string[]>>,
): void {
  const statement = { effect: Effect.ALLOW, actions: [...actions], resources: [...resources] };
  role.addToPolicy(new PolicyStatement(conditions ? { ...statement, conditions } : statement));
}

/** `create-order` becomes `CreateOrder`. Logical ids follow from it, so a changed name replaces the resource. */
export function constructId(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
