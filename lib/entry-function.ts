import type { Duration } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
import { Construct } from 'constructs';
import type { Access, QueueName, TableAccess } from '../shared/manifest/access.ts';
import { environment, mayCallProviders, needsProvidersOn } from '../shared/manifest/access.ts';
import { MEMORY_MB } from '../shared/manifest/memory.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../shared/manifest/metrics.ts';
import { READS } from '../shared/manifest/reads.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { WRITES } from '../shared/manifest/writes.ts';
import type { Resources } from './grants.ts';
import { allow, grantAccess, grantKeyUse, grantMessages, grantTables, queueOf } from './grants.ts';
import { logOf } from './log.ts';
import type { Stage } from './stage.ts';
import { providersOn } from './stage.ts';

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
    this.#grant(role, props);
    this.#name(props);
  }

  /** As far as the line of the manifest lets it. */
  #grant(role: Role, { file, access, resources, consumes, notesKeyUse }: EntryFunctionProps): void {
    if (access.tables) {
      const ofMode = <Uses extends object>(uses: Uses | undefined, ...modes: TableAccess[]) =>
        Object.fromEntries(
          Object.entries(uses ?? {}).filter(([table]) => isOneOf(modes, access.tables?.[table as TableName])),
        );
      const reads = ofMode(READS[file], 'read', 'write', 'scan');
      grantTables(role, { reads, writes: ofMode(WRITES[file], 'write', 'append') }, resources);
    }
    grantAccess(role, access, resources);
    if (notesKeyUse) grantKeyUse(role, resources);
    if (consumes) grantMessages(role, queueOf(resources, consumes));
  }

  /** Tells the function the names of what it has access to. */
  #name({ access, resources }: EntryFunctionProps): void {
    const name = (variable: string, value: string) => this.fn.addEnvironment(variable, value);
    for (const table of Object.keys(access.tables ?? {}) as TableName[]) {
      name(environment.table(table), resources.tables[table].tableName);
    }
    for (const secret of access.secrets ?? []) {
      name(environment.secretArn(secret), resources.secrets[secret].secretArn);
    }
    for (const queue of access.queues ?? []) name(environment.queueUrl(queue), queueOf(resources, queue).queueUrl);
    if (access.files) name(environment.filesBucket, resources.files.bucketName);
    if (access.mail && resources.mail) name(environment.mailFrom, resources.mail.from);
    if (access.heads) {
      name(environment.headsBucket, resources.heads.bucketName);
      name(environment.headsKeyArn, resources.headsKey.keyArn);
    }
  }
}

function isOneOf(modes: readonly TableAccess[], mode: TableAccess | undefined): boolean {
  return mode !== undefined && modes.includes(mode);
}

/** `create-order` becomes `CreateOrder`. Logical ids follow from it, so a changed name replaces the resource. */
export function constructId(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
