import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { bundle } from '../../bin/bundle.ts';
import { constructId } from '../../lib/entry-function.ts';
import type { HttpHandler } from '../../shared/local/api-gateway.ts';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { startEngine } from '../../shared/local/engine.ts';
import { LOCAL_CREDENTIALS } from '../../shared/local/environment.ts';
import { startFiles } from '../../shared/local/files.ts';
import { startKms } from '../../shared/local/kms.ts';
import { startMail } from '../../shared/local/mail.ts';
import { startQueues } from '../../shared/local/queues.ts';
import { scheduledEvent } from '../../shared/local/schedules.ts';
import { startSecrets } from '../../shared/local/secrets.ts';
import { HOTRECHARGE_FAKE_ACCOUNT, startHotrechargeFake } from '../../shared/local/upstreams/hotrecharge.ts';
import type { PesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import { PESAWAY_FAKE_ACCOUNT, startPesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import type { PesepayFake } from '../../shared/local/upstreams/pesepay.ts';
import { PESEPAY_FAKE_ACCOUNT, startPesepayFake } from '../../shared/local/upstreams/pesepay.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { environment } from '../../shared/manifest/access.ts';
import { ORIGIN_HEADERS } from '../../shared/manifest/origin.ts';
import { Cloud, type Resource } from '../stacks/cloud.ts';
import { SAMPLE_STAGES } from '../stacks/sample-stages.ts';
import { queueName } from './calls.ts';
import { Clock } from './clock.ts';
import type { Guard } from './guard.ts';
import { startGuard } from './guard.ts';
import { Iam, OPERATOR_ROLE } from './iam.ts';
import type { RehearsedPeople } from './issuer.ts';
import { startIssuer } from './issuer.ts';
import { leaders } from './leaders.ts';
import { loadBundle } from './load-bundle.ts';

/**
 * What `cdk deploy` would make of the live stage, on the engines of this machine: its tables, queues, secrets, buckets
 * and functions, each from the templates, and functions with the bundles that are deployed. Every call of a function to
 * AWS passes a guard that knows the policies of the templates.
 *
 * Of its environment a function has what the template says, but for the addresses of services on this machine and
 * `AIRTIME_LOCAL`, without which it would call providers and merchants on loopback not at all.
 */

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const STAGE = SAMPLE_STAGES.live;

export interface RehearsedCloud {
  readonly iam: Iam;
  readonly url: string;
  /** Past the guard: for what others left, or time did. */
  readonly database: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly people: RehearsedPeople;
  readonly pesaway: PesawayFake;
  readonly pesepay: PesepayFake;
  /** The texts of mails that were taken. */
  readonly mails: readonly string[];
  /** Where the operator's commands find what the stacks say of themselves, and with what environment. */
  readonly outputsFile: string;
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  /** What functions logged as errors, and what failed. */
  readonly errors: string[];
  /** Runs a function as its schedule does. */
  onSchedule(path: string): Promise<void>;
  /** The functions that have a schedule. */
  readonly scheduled: readonly string[];
  /** Passes on all messages there are, and those that come of them. */
  drain(): Promise<void>;
  /** Takes all messages of a queue, as if they had been lost. Past the guard, as the next one. */
  lose(queue: QueueName): Promise<void>;
  send(queue: QueueName, body: object): Promise<void>;
  stop(): Promise<void>;
}

export async function rehearse(): Promise<RehearsedCloud> {
  const bundles = mkdtempSync(join(tmpdir(), 'rehearsed-'));
  await bundle(bundles);
  const cloud = new Cloud(STAGE, bundles);
  const iam = new Iam(cloud, STAGE.region);
  const clock = new Clock();
  const mails: string[] = [];
  const services = await startServices(cloud, join(bundles, 'mail'), (text) => void mails.push(text));
  const people = await startIssuer(issuerIn(cloud));
  const guard = await startGuard(iam, {
    endpoints: services.endpoints,
    identities: identitiesIn(cloud),
    onWritten: leaders(clock),
  });
  const clientOf = (path: string) => ({
    endpoint: guard.endpoint,
    region: REGION,
    credentials: { accessKeyId: path, secretAccessKey: LOCAL_CREDENTIALS.AWS_SECRET_ACCESS_KEY },
  });
  const errors: string[] = [];
  const say = (path: string) => (level: string, line: string) => {
    if (level === 'error' || line.includes('"level":"ERROR"')) errors.push(`${path} ${line}`);
  };
  const handlers = new Map<string, ReturnType<typeof loadBundle>>();
  let url = '';
  const handlerOf = (path: string) => {
    const known = handlers.get(path);
    if (known) return known;
    const lambda = cloud.one('AWS::Lambda::Function', `${path}/Function`);
    if (!startAsLambda(cloud, iam, path, lambda)) errors.push(`${path} could not write its log`);
    const handler = loadBundle(
      assetOf(cloud, lambda),
      environmentOf(cloud, lambda, { path, endpoint: guard.endpoint, url, people }),
      say(path),
    );
    handlers.set(path, handler);
    return handler;
  };
  const invoke = async (path: string, event: unknown) => {
    const { Timeout } = cloud.one('AWS::Lambda::Function', `${path}/Function`).properties;
    const endsAt = performance.now() + Number(Timeout) * 1_000;
    return handlerOf(path)(event, { functionName: path, getRemainingTimeInMillis: () => endsAt - performance.now() });
  };
  const gateway = await startApiGateway({ port: 0, ...routesOf(cloud, invoke) });
  url = `http://localhost:${gateway.port}`;
  const consumers = cloud.all('AWS::Lambda::EventSourceMapping').map(({ properties }) => ({
    path: functionPath(cloud, properties.FunctionName),
    queue: queueName(cloud.text(properties.EventSourceArn).replace(/\.Arn$/, '')),
    most: Number(properties.BatchSize),
  }));
  for (const { path, queue } of consumers) {
    iam.allows(path, { action: 'sqs:GetQueueAttributes', resource: `${queue.replace('-', '/')}.Arn`, context: {} });
  }
  const scheduled = cloud
    .all('AWS::Events::Rule')
    .filter(({ properties }) => properties.ScheduleExpression !== undefined)
    .map(({ properties }) => functionPath(cloud, (properties.Targets as { Arn: unknown }[])[0]?.Arn));
  const drain = async () => {
    for (let rounds = 0, quiet = 0; rounds < 100 && quiet < 2; rounds += 1) {
      const counts = await Promise.all(
        consumers.map((each) =>
          deliver(each, new SQSClient({ ...clientOf(each.path), useQueueUrlAsEndpoint: false }), invoke),
        ),
      );
      quiet = counts.some((count) => count > 0) ? 0 : quiet + 1;
    }
  };
  const outputsFile = join(bundles, 'outputs.json');
  const outputs = Object.fromEntries(
    [...cloud.outputs()].map(([name, text]) => [
      name,
      name.endsWith('Url') && text.includes('/') ? queueUrl(text) : text,
    ]),
  );
  writeFileSync(outputsFile, JSON.stringify({ stacks: { ...outputs, PublicUrl: url } }));
  return {
    iam,
    url,
    database: services.database,
    clock,
    guard,
    people,
    pesaway: services.pesaway,
    pesepay: services.pesepay,
    mails,
    outputsFile,
    operatorEnvironment: localVariables(OPERATOR_ROLE, guard.endpoint),
    errors,
    scheduled,
    async onSchedule(path) {
      await invoke(path, scheduledEvent(path));
    },
    drain,
    lose: (queue) => lose(services.queues, localUrl(queue)),
    async send(queue, body) {
      await services.queues.send(
        new SendMessageCommand({ QueueUrl: localUrl(queue), MessageBody: JSON.stringify(body) }),
      );
    },
    async stop() {
      await gateway.stop();
      await guard.stop();
      await people.stop();
      await services.stop();
      clock.stop();
    },
  };
}

/** What Lambda itself does with the role of a function, at its first run. */
function startAsLambda(cloud: Cloud, iam: Iam, path: string, { properties }: Resource): boolean {
  const { LogGroup } = properties.LoggingConfig as { LogGroup: unknown };
  const onLog = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => [action, `${cloud.text(LogGroup)}.Arn`]);
  const { Mode } = (properties.TracingConfig ?? {}) as { Mode?: string };
  const traced = Mode === 'Active' ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] : [];
  return [...onLog, ...traced.map((action) => [action, '*'])].every(([action = '', resource = '']) =>
    iam.allows(path, { action, resource, context: {} }),
  );
}

/** The folder of the asset that a function's code is. */
function assetOf(cloud: Cloud, { properties }: Resource): string {
  const { S3Key } = properties.Code as { S3Key: string };
  return join(cloud.directory, `asset.${S3Key.replace('.zip', '')}`);
}

/** The function that something names, by itself or by its alias, e.g. `CreateOrder`. */
function functionPath(cloud: Cloud, named: unknown): string {
  const path = cloud.text(named);
  const alias = cloud.all('AWS::Lambda::Alias').find((each) => each.path === path);
  return cloud.text(alias ? alias.properties.FunctionName : named).split('/')[0] ?? '';
}

/** E.g. of `dispatch-pesaway`. */
function localUrl(queue: QueueName): string {
  return queueUrl(`${constructId(queue)}Queue/Queue`);
}

async function lose(client: SQSClient, QueueUrl: string): Promise<void> {
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

function issuerIn(cloud: Cloud): string {
  for (const lambda of cloud.all('AWS::Lambda::Function')) {
    const { Variables } = lambda.properties.Environment as { Variables: Record<string, unknown> };
    if (Variables[environment.people] !== undefined) return cloud.text(Variables[environment.people]);
  }
  throw new Error('no function knows people');
}

/** By their domains, as policies name them. */
function identitiesIn(cloud: Cloud): Map<string, string> {
  const { region, account } = STAGE;
  return new Map(
    cloud.all('AWS::SES::EmailIdentity').map(({ path, properties }) => {
      return [cloud.text(properties.EmailIdentity), `arn:AWS::Partition:ses:${region}:${account}:identity/${path}`];
    }),
  );
}

function queueUrl(path: string): string {
  return `http://localhost/${ACCOUNT}/${queueName(path)}`;
}

function localVariables(path: string, endpoint: string): Record<string, string> {
  return {
    AIRTIME_LOCAL: '1',
    AWS_ACCESS_KEY_ID: path,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

interface Place {
  readonly path: string;
  readonly endpoint: string;
  readonly url: string;
  readonly people: RehearsedPeople;
}

/** What the template gives a function, and over it where the services are. */
function environmentOf(cloud: Cloud, { properties }: Resource, { path, endpoint, url, people }: Place) {
  const { Variables } = properties.Environment as { Variables: Record<string, unknown> };
  const own = Object.entries(Variables).map(([name, value]) => {
    const text = cloud.text(value);
    if (name === environment.people) return [name, people.settings(text)];
    return [name, name.endsWith('_QUEUE_URL') ? queueUrl(text) : text];
  });
  const local = { ...localVariables(path, endpoint), PUBLIC_URL: url, POWERTOOLS_DEV: 'true' };
  return { ...Object.fromEntries(own), ...local, POWERTOOLS_METRICS_DISABLED: 'true' };
}

/** What CloudFront sends with each request, by the template of its distribution. */
function originSecretIn(cloud: Cloud): string {
  const [distribution] = cloud.all('AWS::CloudFront::Distribution');
  if (!distribution) throw new Error('there is no distribution');
  const { Origins } = distribution.properties.DistributionConfig as {
    Origins: { OriginCustomHeaders?: { HeaderName: string; HeaderValue: unknown }[] }[];
  };
  const headers = Origins.flatMap(({ OriginCustomHeaders = [] }) => OriginCustomHeaders);
  const secret = headers.find(({ HeaderName }) => HeaderName === ORIGIN_HEADERS.secret);
  if (!secret) throw new Error('the distribution sends no secret');
  return cloud.text(secret.HeaderValue);
}

function routesOf(cloud: Cloud, invoke: (path: string, event: unknown) => Promise<unknown>) {
  const secret = originSecretIn(cloud);
  const handlerOf = (path: string): HttpHandler => {
    return (event) => {
      const headers = { ...event.headers, [ORIGIN_HEADERS.secret]: secret };
      return invoke(path, { ...event, headers }) as ReturnType<HttpHandler>;
    };
  };
  const all = cloud.all('AWS::ApiGatewayV2::Route').map(({ properties, stack }) => {
    const [, id = ''] = /integrations\/(\w+)$/.exec(cloud.text(properties.Target)) ?? [];
    const integration = cloud.resources.find(
      (each) =>
        each.stack === stack &&
        (each.id === id || each.path === cloud.text(properties.Target).replace('integrations/', '')),
    );
    if (!integration) throw new Error(`there is no integration ${cloud.text(properties.Target)}`);
    return {
      key: String(properties.RouteKey),
      handler: handlerOf(functionPath(cloud, integration.properties.IntegrationUri)),
    };
  });
  const notFound = all.find(({ key }) => key === '$default');
  if (!notFound) throw new Error('there is no default route');
  const routes = all.flatMap(({ key, handler }) => {
    const [method = '', path] = key.split(' ');
    return path === undefined ? [] : [{ method, path, handler }];
  });
  return { routes, notFound: notFound.handler };
}

/** One batch, as Lambda takes it with the permissions of the function. Answers how many messages there were. */
async function deliver(
  { path, queue, most }: { path: string; queue: string; most: number },
  client: SQSClient,
  invoke: (path: string, event: unknown) => Promise<unknown>,
): Promise<number> {
  const QueueUrl = `http://localhost/${ACCOUNT}/${queue}`;
  const names = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: Math.min(most, 10), WaitTimeSeconds: 0, ...names }),
  );
  if (Messages.length === 0) return 0;
  const Records = Messages.map(({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes = {} }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
        name,
        { dataType: 'String', stringValue: StringValue },
      ]),
    ),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
    awsRegion: REGION,
  }));
  const { batchItemFailures = [] } = ((await invoke(path, { Records })) ?? {}) as SQSBatchResponse;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const done = Messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
  const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return Messages.length;
}

async function startServices(cloud: Cloud, file: string, say: (text: string) => void) {
  const [hotrecharge, pesaway, pesepay] = await Promise.all([
    startHotrechargeFake(),
    startPesawayFake(),
    startPesepayFake(),
  ]);
  const payments = JSON.stringify({ baseUrl: pesepay.url, ...PESEPAY_FAKE_ACCOUNT });
  const given: Readonly<Record<string, string>> = {
    HotrechargeSecret: JSON.stringify({ baseUrl: hotrecharge.url, ...HOTRECHARGE_FAKE_ACCOUNT }),
    PesawaySecret: JSON.stringify({ baseUrl: pesaway.url, ...PESAWAY_FAKE_ACCOUNT }),
    PesepaySecret: payments,
    PesepaytestSecret: payments,
  };
  const texts = cloud
    .all('AWS::SecretsManager::Secret')
    .map(({ path }) => [path, given[path] ?? 'x'.repeat(64)] as const);
  const secretAccessKey = LOCAL_CREDENTIALS.AWS_SECRET_ACCESS_KEY;
  const [database, queues, files, kms, secrets, mail] = await Promise.all([
    startEngine(),
    startQueues({}),
    startFiles({ secretAccessKey }),
    startKms(),
    startSecrets(Object.fromEntries(texts)),
    startMail({ file, say }),
  ]);
  const client = { region: REGION, credentials: { accessKeyId: 'deploy', secretAccessKey } };
  const tables = new DynamoDBClient({ ...client, endpoint: database.endpoint });
  const messages = new SQSClient({ ...client, endpoint: queues.endpoint, useQueueUrlAsEndpoint: false });
  await createTables(cloud, tables);
  await createQueues(cloud, messages);
  return {
    database: DynamoDBDocumentClient.from(tables),
    queues: messages,
    pesaway,
    pesepay,
    endpoints: {
      dynamodb: database.endpoint,
      sqs: queues.endpoint,
      s3: files.endpoint,
      kms: kms.endpoint,
      secretsmanager: secrets.endpoint,
      ses: mail.endpoint,
    },
    async stop() {
      tables.destroy();
      messages.destroy();
      await Promise.all([secrets.stop(), queues.stop(), files.stop(), kms.stop(), mail.stop(), database.stop()]);
      await Promise.all([hotrecharge.close(), pesaway.close(), pesepay.close()]);
    },
  };
}

async function createTables(cloud: Cloud, client: DynamoDBClient): Promise<void> {
  for (const { path, properties } of cloud.all('AWS::DynamoDB::Table')) {
    const { KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes, TimeToLiveSpecification } =
      properties as unknown as CreateTableCommandInput & { TimeToLiveSpecification?: { AttributeName: string } };
    const indexes = GlobalSecondaryIndexes ? { GlobalSecondaryIndexes } : {};
    await client.send(
      new CreateTableCommand({ TableName: path, KeySchema, AttributeDefinitions, BillingMode, ...indexes }),
    );
    if (!TimeToLiveSpecification) continue;
    const { AttributeName } = TimeToLiveSpecification;
    const expiry = { TableName: path, TimeToLiveSpecification: { AttributeName, Enabled: true } };
    await client.send(new UpdateTimeToLiveCommand(expiry));
  }
}

/** Those of dead letters first, because the others name them. */
async function createQueues(cloud: Cloud, client: SQSClient): Promise<void> {
  const all = cloud.all('AWS::SQS::Queue').toSorted((one) => (one.properties.RedrivePolicy ? 1 : -1));
  for (const { path, properties } of all) {
    await client.send(new CreateQueueCommand({ QueueName: queueName(path) }));
    const { deadLetterTargetArn, maxReceiveCount } = (properties.RedrivePolicy ?? {}) as Record<string, unknown>;
    const dead = queueName(cloud.text(deadLetterTargetArn).replace(/\.Arn$/, ''));
    const redrive = { deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${dead}`, maxReceiveCount };
    const Attributes = {
      VisibilityTimeout: String(properties.VisibilityTimeout ?? 30),
      ...(properties.RedrivePolicy ? { RedrivePolicy: JSON.stringify(redrive) } : {}),
    };
    await client.send(
      new SetQueueAttributesCommand({ QueueUrl: `http://localhost/${ACCOUNT}/${queueName(path)}`, Attributes }),
    );
  }
}
