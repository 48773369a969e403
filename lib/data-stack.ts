import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { CfnStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { SecretName } from '../shared/manifest/access.ts';
import { FILE_DAYS, SECRETS } from '../shared/manifest/access.ts';
import type { TableName, TableShape } from '../shared/manifest/tables.ts';
import { tables } from '../shared/manifest/tables.ts';
import type { Stage } from './stage.ts';

interface DataStackProps extends StackProps {
  readonly stage: Stage;
  /** Who is told of alarms. */
  readonly alarmEmail?: string;
}

/**
 * What must survive every deployment: tables, files, their key, secrets, the topic people listen to, and the API's
 * address, because upstreams hold callback URLs that begin with it.
 */
export class DataStack extends Stack {
  readonly key: Key;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  readonly files: Bucket;
  readonly api: HttpApi;
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: props.stage.deletionProtection });
    const { stage } = props;
    this.key = new Key(this, 'Key', { enableKeyRotation: true, removalPolicy: stage.removal });
    this.tables = record(Object.keys(tables) as TableName[], (name) => this.#table(name, stage));
    this.secrets = record(SECRETS, (name) => this.#secret(name, stage));
    this.files = this.#files(stage);
    this.alarms = this.#alarms(props.alarmEmail);
    this.api = this.#entrance(stage);
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint });
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
      ...(name === 'ledger' ? { resourcePolicy: neverChanged() } : {}),
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
      description: name === 'signing' ? 'Signs webhooks and callback URLs' : `Credentials at ${name}, as JSON`,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'Upstreams change credentials by hand, and the signing key is versioned by the application.',
    });
    new CfnOutput(this, `${capital(name)}SecretArn`, { value: secret.secretArn });
    return secret;
  }

  /** Nobody reads or writes here but functions with access, and who has a link from one of them. */
  #files(stage: Stage): Bucket {
    const files = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: false,
      lifecycleRules: [{ expiration: Duration.days(FILE_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: stage.removal,
    });
    Validations.of(files).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'Files live for days, and every request that makes or reads one is logged by its function. S3 delivers ' +
        'access logs to no bucket that is encrypted with our key, and they would keep links that are still good.',
    });
    return files;
  }

  /**
   * Where alarms are heard. A topic with a policy of its own takes messages from no service that the policy does not
   * name, and nobody notices when CloudWatch is refused, by the topic or by the key.
   */
  #alarms(email: string | undefined): Topic {
    const alarms = new Topic(this, 'Alarms', { masterKey: this.key, enforceSSL: true });
    const ours = {
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    };
    alarms.addToResourcePolicy(
      new PolicyStatement({ ...ours, actions: ['sns:Publish'], resources: [alarms.topicArn] }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({ ...ours, actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] }),
    );
    if (email !== undefined) alarms.addSubscription(new EmailSubscription(email));
    return alarms;
  }

  /** The API with its stage and access log; its routes are stateless and belong to another stack. */
  #entrance(stage: Stage): HttpApi {
    const api = new HttpApi(this, 'Api');
    const log = new LogGroup(this, 'AccessLog', { retention: stage.logRetention, removalPolicy: stage.removal });
    const defaultStage = api.defaultStage?.node.defaultChild;
    if (!(defaultStage instanceof CfnStage)) throw new Error('an HTTP API has a default stage');
    defaultStage.accessLogSettings = {
      destinationArn: log.logGroupArn,
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

/** Denies changing and deleting items to everybody, also to an operator whose own permissions would allow it. */
function neverChanged(): PolicyDocument {
  const actions = ['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'];
  const statement = { effect: Effect.DENY, principals: [new AnyPrincipal()], actions, resources: ['*'] };
  return new PolicyDocument({ statements: [new PolicyStatement(statement)] });
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function record<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
