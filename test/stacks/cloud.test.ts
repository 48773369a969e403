import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Severity } from '../../lib/alarm.ts';
import { constructId } from '../../lib/entry-function.ts';
import { slotsOf, UNRESERVED_MIN } from '../../lib/stage-problems.ts';
import type { Access, QueueName, SecretName } from '../../shared/manifest/access.ts';
import {
  environment,
  FILE_DAYS,
  mayCallProviders,
  needsProvidersOn,
  QUEUES,
  SECRETS,
} from '../../shared/manifest/access.ts';
import { LOGGED_FIELDS } from '../../shared/manifest/logged-fields.ts';
import { MEMORY_MB } from '../../shared/manifest/memory.ts';
import { LOG_METRICS, METRICS } from '../../shared/manifest/metrics.ts';
import { OPERATOR } from '../../shared/manifest/operator.ts';
import { REFRESH_HOURS, REFRESH_REPEAT_SECONDS, TOKEN_MINUTES } from '../../shared/manifest/people.ts';
import { READS } from '../../shared/manifest/reads.ts';
import type { OpenRoute, Route } from '../../shared/manifest/route.ts';
import { AFTER_SLASH, methodsOf, readsKeys, readsPeople } from '../../shared/manifest/route.ts';
import { NOT_FOUND_ACCESS, NOT_FOUND_FUNCTION, openRoutes, routes } from '../../shared/manifest/routes.ts';
import type { TableName, TableShape } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Worker } from '../../shared/manifest/workers.ts';
import { workers } from '../../shared/manifest/workers.ts';
import { WRITES } from '../../shared/manifest/writes.ts';
import { ALARM_CASES, Feed } from './alarm-cases.ts';
import { costOfAlarms } from './alarm-costs.ts';
import { isOn } from './alarm-engine.ts';
import type { Cloud, Resource } from './cloud.ts';
import { clouds, dev, live } from './sample-clouds.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';
import './site-tests.ts';
import './tables-tests.ts';

/**
 * The templates are what the manifest says: expectations are read from it, or from the runbook. `site-tests.ts` and
 * `tables-tests.ts` have tests of the same templates, and run in this file, so that they are synthesized once.
 */

const endpoints: readonly (Route | OpenRoute)[] = [...Object.values(routes), ...Object.values(openRoutes)];
const allWorkers: readonly Worker[] = Object.values(workers);
const functions: readonly { name: string; access: Access }[] = [
  ...endpoints,
  ...allWorkers,
  { name: NOT_FOUND_FUNCTION, access: NOT_FOUND_ACCESS },
];
/** Functions that read keys of callers. */
const readers = new Set([...endpoints.filter(readsKeys).map(({ name }) => name), NOT_FOUND_FUNCTION]);
/** Functions that check tokens of people. */
const signedIn = new Set(endpoints.filter(readsPeople).map(({ name }) => name));
const tableNames = Object.keys(tables) as TableName[];
const queueNames = Object.keys(QUEUES) as QueueName[];

/** Workers may share the code of one file. */
const fileOf = (name: string) => allWorkers.find((worker) => worker.name === name)?.file ?? name;
const readsOf = (name: string) => READS[fileOf(name)] ?? {};
const writesOf = (name: string) => WRITES[fileOf(name)] ?? {};
const statementsOf = (name: string) => live.statementsOf(live.one('AWS::IAM::Role', `${constructId(name)}/Role`));
const functionOf = (name: string) => live.one('AWS::Lambda::Function', `${constructId(name)}/Function`);
const queueOf = (name: QueueName) => live.one('AWS::SQS::Queue', `${constructId(name)}Queue/Queue`);
const memoryOf = (name: string) => functionOf(name).properties.MemorySize;
const sorted = (texts: Iterable<string>) => [...texts].toSorted();

/** X-Ray has no resources to name. */
const TRACING = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *'];

/** Everything a function is allowed, as `action on resource`. */
function allowed(name: string): string[] {
  return statementsOf(name).flatMap(({ effect, actions, resources }) =>
    (effect === 'Allow' ? actions : []).flatMap((action) => resources.map((resource) => `${action} on ${resource}`)),
  );
}

/** The workers that a worker starts through the queues it writes to, directly or through others. */
function reachable(from: Worker, found = new Set<Worker>()): Set<Worker> {
  for (const worker of allWorkers) {
    const isNext = worker.queue !== undefined && (from.access.queues ?? []).includes(worker.queue);
    if (isNext && !found.has(worker)) reachable(worker, found.add(worker));
  }
  return found;
}

function loopsAllowed(cloud: Cloud): string[] {
  const allowing = cloud.all('AWS::Lambda::Function').filter(({ properties }) => properties.RecursiveLoop === 'Allow');
  return allowing.map(({ path }) => path);
}

const reserving = Object.values(SAMPLE_STAGES).filter(({ name }) => name !== 'dev');

/** The reserved concurrency of each function that has one, by its path. */
function reservedIn(cloud: Cloud): Map<string, number> {
  const all = cloud.all('AWS::Lambda::Function').map(({ path, properties }) => {
    return [path, properties.ReservedConcurrentExecutions] as const;
  });
  return new Map(all.filter((each): each is [string, number] => each[1] !== undefined));
}

function variablesOf(lambda: Resource): Record<string, unknown> {
  return (lambda.properties.Environment as { Variables: Record<string, unknown> }).Variables;
}

it('a function has the memory that the manifest gives it: little where it waits for a provider', () => {
  const given = [...endpoints, ...allWorkers].map(({ name, memoryMb = MEMORY_MB }) => [name, memoryMb] as const);
  expect(given.map(([name]) => [name, memoryOf(name)])).toEqual(given);
  const waiting = ['create-order', 'dispatch-hotrecharge', 'dispatch-pesaway', 'dispatch-sandbox', 'canary-order'];
  expect(given.filter(([, memoryMb]) => memoryMb < MEMORY_MB).map(([name]) => name)).toEqual(waiting);
});

it('a function logs JSON, and in live Lambda itself writes no lines for what went well', () => {
  for (const { properties } of live.all('AWS::Lambda::Function')) {
    expect(properties.LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'INFO',
      SystemLogLevel: 'WARN',
    });
  }
  for (const { properties } of dev.all('AWS::Lambda::Function')) {
    expect(properties.LoggingConfig).toMatchObject({ ApplicationLogLevel: 'DEBUG', SystemLogLevel: 'INFO' });
  }
});

it('a function is traced in live, and in no other stage', () => {
  for (const { name } of functions) {
    expect(functionOf(name).properties.TracingConfig).toEqual({ Mode: 'Active' });
    expect(allowed(name)).toEqual(expect.arrayContaining(TRACING));
  }
  for (const cloud of [dev, clouds.staging]) {
    for (const { properties } of cloud.all('AWS::Lambda::Function')) expect(properties.TracingConfig).toBeUndefined();
  }
});

describe('a function', () => {
  it('exists for every route, worker and unknown path, and for nothing else', () => {
    const paths = live.all('AWS::Lambda::Function').map(({ path }) => path);
    expect(sorted(paths)).toEqual(sorted(functions.map(({ name }) => `${constructId(name)}/Function`)));
  });

  it.each(functions)('$name may read and write the tables of its access, and no others', ({ name, access }) => {
    const grants = allowed(name).filter((grant) => grant.startsWith('dynamodb:'));
    // Others share its bundle, and have other tables.
    const own = Object.entries(readsOf(name)).filter(([table]) => access.tables?.[table as TableName]);
    const reads = own.flatMap(([table, how]) => {
      const arn = `${constructId(table)}.Arn`;
      const shape: TableShape = tables[table as TableName];
      const isIndex = (read: string) => shape.indexes.some((index) => index.name === read);
      return how.map((read) =>
        isIndex(read) ? `dynamodb:Query on ${arn}/index/${read}` : `dynamodb:${read} on ${arn}`,
      );
    });
    const isRead = (grant: string) => /^dynamodb:(GetItem|BatchGetItem|Query|Scan) on /.test(grant);
    expect(sorted(grants.filter(isRead))).toEqual(sorted(reads));
    const readable = Object.entries(access.tables ?? {}).filter(([, mode]) => mode === 'read' || mode === 'scan');
    expect(Object.keys(readsOf(name))).toEqual(expect.arrayContaining(readable.map(([table]) => table)));
    const writes = grants.filter((grant) => !isRead(grant));
    const written = Object.entries(access.tables ?? {}).filter(([, mode]) => mode === 'write' || mode === 'append');
    const expected = written.flatMap(([table]) =>
      (writesOf(name)[table as TableName] ?? []).map((write) => `dynamodb:${write} on ${constructId(table)}.Arn`),
    );
    // Who reads keys notes their use.
    const notes = readers.has(name) ? ['dynamodb:UpdateItem on Merchants.Arn'] : [];
    expect(sorted(writes)).toEqual(sorted([...expected, ...notes]));
  });

  it.each(functions)('$name may send to the queues and read the secrets of its access only', ({ name, access }) => {
    const grants = allowed(name);
    expect(sorted(grants.filter((grant) => grant.startsWith('sqs:SendMessage')))).toEqual(
      sorted((access.queues ?? []).map((queue) => `sqs:SendMessage on ${constructId(queue)}Queue/Queue.Arn`)),
    );
    expect(sorted(grants.filter((grant) => grant.startsWith('secretsmanager:')))).toEqual(
      sorted((access.secrets ?? []).map((secret) => `secretsmanager:GetSecretValue on ${constructId(secret)}Secret`)),
    );
  });

  it.each(functions)(
    '$name may read and write files if its access says so, and list them to find out that one is missing',
    ({ name, access: { files, heads } }) => {
      type Mode = NonNullable<typeof files> | 'sign' | undefined;
      const reads = (mode: Mode) => mode !== undefined && mode !== 'upload';
      const writes = (mode: Mode) => mode !== undefined && mode !== 'read';
      const inBucket = (bucket: string, mode: Mode) => [
        ...(reads(mode) ? [`s3:GetObject on ${bucket}.Arn/*`, `s3:ListBucket on ${bucket}.Arn`] : []),
        ...(writes(mode) ? [`s3:PutObject on ${bucket}.Arn/*`] : []),
      ];
      const expected = [...inBucket('Files', files), ...inBucket('Heads', heads)];
      expect(sorted(allowed(name).filter((grant) => grant.startsWith('s3:')))).toEqual(sorted(expected));
      const keyUses = statementsOf(name).filter(({ via }) => via === `s3.${SAMPLE_STAGES.live.region}.amazonaws.com`);
      const uses = (mode: Mode) => [
        ...(reads(mode) ? ['kms:Decrypt'] : []),
        ...(writes(mode) ? ['kms:GenerateDataKey'] : []),
      ];
      expect(sorted(keyUses.flatMap(({ actions }) => actions))).toEqual(sorted([...uses(files), ...uses(heads)]));
    },
  );

  it.each(functions)('$name may use the key of heads if its access says so', ({ name, access: { heads } }) => {
    const read = ['kms:GetPublicKey on HeadsKey.Arn'];
    const expected = { none: [], read, sign: [...read, 'kms:Sign on HeadsKey.Arn'] }[heads ?? 'none'];
    expect(sorted(allowed(name).filter((grant) => grant.endsWith(' on HeadsKey.Arn')))).toEqual(expected);
  });

  it.each(functions)('$name may send mail, in our name alone, if its access says so', ({ name, access: { mail } }) => {
    const sends = statementsOf(name).filter(({ actions }) => actions.some((action) => action.startsWith('ses:')));
    const expected = {
      effect: 'Allow',
      actions: ['ses:SendEmail'],
      resources: [expect.stringMatching(/MailIdentity/)],
    };
    expect(sends).toEqual(mail === true ? [expect.objectContaining(expected)] : []);
  });

  it.each(functions)('$name may do nothing beyond its access, its logs and its own queue', ({ name }) => {
    const consumed = allWorkers.find((worker) => worker.name === name)?.queue;
    const others = allowed(name)
      .filter(
        (grant) => !/^(dynamodb:|sqs:SendMessage |secretsmanager:|s3:|ses:|kms:\w+ on (Heads)?Key\.Arn$)/.test(grant),
      )
      .filter((grant) => !TRACING.includes(grant))
      .toSorted();
    const log = `${constructId(name)}/Log.Arn`;
    const messages = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action}`);
    expect(others).toEqual([
      `logs:CreateLogStream on ${log}`,
      `logs:PutLogEvents on ${log}`,
      ...(consumed ? messages.map((action) => `${action} on ${constructId(consumed)}Queue/Queue.Arn`) : []),
    ]);
  });

  it.each(functions)(
    '$name has the names of its resources in its environment, and no secret of theirs',
    ({ name, access }) => {
      const named = Object.entries(variablesOf(functionOf(name))).filter(([key]) => !/^POWERTOOLS_/.test(key));
      const isWorker = allWorkers.some((worker) => worker.name === name);
      expect(Object.fromEntries(named.map(([key, value]) => [key, live.text(value)]))).toEqual({
        ...Object.fromEntries(
          Object.keys(access.tables ?? {}).map((table) => [environment.table(table as TableName), constructId(table)]),
        ),
        ...Object.fromEntries(
          (access.queues ?? []).map((queue) => [environment.queueUrl(queue), `${constructId(queue)}Queue/Queue`]),
        ),
        ...Object.fromEntries(
          (access.secrets ?? []).map((secret) => [environment.secretArn(secret), `${constructId(secret)}Secret`]),
        ),
        ...(access.files ? { [environment.filesBucket]: 'Files' } : {}),
        ...(access.tables?.audit === 'append' ? { [environment.auditDays]: String(SAMPLE_STAGES.live.auditDays) } : {}),
        ...(access.tables?.erasures ? { [environment.retentionDays]: String(SAMPLE_STAGES.live.retentionDays) } : {}),
        ...(needsProvidersOn(access) ? { [environment.providersOn]: 'hotrecharge,pesaway,sandbox' } : {}),
        ...(access.heads ? { [environment.headsBucket]: 'Heads', [environment.headsKeyArn]: 'HeadsKey.Arn' } : {}),
        ...(access.mail ? { [environment.mailFrom]: SAMPLE_STAGES.live.mailFrom } : {}),
        ...(signedIn.has(name)
          ? { [environment.people]: expect.stringContaining('"clientId":"People/Dashboard"') }
          : {}),
        PUBLIC_URL: 'https://airtime.example.com',
        // What proves that CloudFront sent a request is the one secret there, and no template has it.
        ...(isWorker
          ? {}
          : {
              DEBUG: 'false',
              CLOSES_API: 'true',
              ORIGIN_SECRET: '1:{{resolve:secretsmanager:OriginSecret:SecretString:::}}',
            }),
      });
    },
  );

  it('calls providers at the pace of the accounts of its stage', () => {
    const paced = (cloud: Cloud) =>
      cloud
        .all('AWS::Lambda::Function')
        .filter((lambda) => variablesOf(lambda)[environment.callRates] !== undefined)
        .map(({ path }) => path.split('/')[0] ?? '');
    const callers = functions.filter(({ access }) => mayCallProviders(access)).map(({ name }) => constructId(name));
    expect(paced(dev).toSorted()).toEqual(callers.toSorted());
    expect(paced(live)).toEqual([]);
  });

  it('runs as Node 24 on arm64 under a role of its own without managed policies', () => {
    const lambdas = live.all('AWS::Lambda::Function');
    for (const { properties } of lambdas) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    }
    expect(new Set(lambdas.map(({ properties }) => live.text(properties.Role))).size).toBe(lambdas.length);
    const roles = live
      .all('AWS::IAM::Role')
      .filter(({ stack, path }) => stack !== 'Recovery' && path !== 'Canary/Role');
    for (const { properties } of roles) expect(properties.ManagedPolicyArns).toBeUndefined();
  });

  it('runs as long as its worker may, and a route ends before API Gateway times out', () => {
    for (const { name, timeoutSeconds } of allWorkers) expect(functionOf(name).properties.Timeout).toBe(timeoutSeconds);
    for (const { name } of endpoints) expect(functionOf(name).properties.Timeout).toBeLessThan(30);
  });
});

describe('permissions', () => {
  it('of whoever reads keys let it note the hour of their use, and change nothing else of an item', () => {
    const updating = live.all('AWS::IAM::Policy').flatMap(({ properties }) => {
      const { Statement } = properties.PolicyDocument as { Statement: Record<string, unknown>[] };
      return Statement.filter(({ Action }) => [Action].flat().includes('dynamodb:UpdateItem'));
    });
    const onMerchants = updating.filter(({ Resource }) => live.text(Resource) === 'Merchants.Arn');
    expect(onMerchants).toHaveLength(readers.size);
    for (const statement of onMerchants) {
      expect([statement.Action, statement.Condition]).toEqual([
        'dynamodb:UpdateItem',
        {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'usedAt'] },
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['key#*'] },
        },
      ]);
    }
  });

  const ofFunctions = live.all('AWS::IAM::Policy').filter(({ stack }) => stack !== 'Recovery' && stack !== 'Operator');
  const all = ofFunctions.flatMap(({ properties }) => live.statementsIn(properties.PolicyDocument));
  const statements = all.filter(({ effect }) => effect === 'Allow');
  const inTransaction = { 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };

  it('hold no wildcard, neither in actions nor in resources, but for the objects of the buckets', () => {
    const others = statements.filter(({ actions }) => !actions.every((action) => action.startsWith('xray:')));
    const named = others.flatMap(({ actions, resources }) => [...actions, ...resources]);
    expect(new Set(named.filter((each) => each.includes('*')))).toEqual(new Set(['Files.Arn/*', 'Heads.Arn/*']));
  });

  /** A row of a line is gone once it is posted; the job that erases old data visits every merchant. */
  const BEYOND: Readonly<Record<string, readonly string[]>> = {
    lines: ['dynamodb:BatchWriteItem'],
    merchants: ['dynamodb:Scan'],
  };

  it('allow no scans but of merchants, no deletes but of rows of a line, and of the ledger no updates', () => {
    const actionsOn = (table: string) =>
      statements.flatMap(({ actions, resources }) =>
        resources.some((each) => each === table || each.startsWith(`${table}/`)) ? actions : [],
      );
    for (const name of tableNames) {
      const grants = actionsOn(`${constructId(name)}.Arn`);
      const beyond = new Set(grants.filter((action) => /Delete|Scan|BatchWrite|PartiQL/.test(action)));
      expect([...beyond]).toEqual(BEYOND[name] ?? []);
    }
    expect(new Set(actionsOn('Ledger.Arn'))).toEqual(
      new Set(['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem']),
    );
  });

  it('allow an entry to be put in a transaction only', () => {
    const onLedger = statements.filter(({ resources }) => resources.includes('Ledger.Arn'));
    const putting = onLedger.filter(({ actions }) => actions.includes('dynamodb:PutItem'));
    const writers = functions.filter(({ access }) => access.tables?.ledger === 'write');
    expect(putting.map(({ enclosing }) => enclosing)).toEqual(writers.map(() => inTransaction));
  });

  it('deny PartiQL to every function with a table, whatever else it is allowed', () => {
    for (const { name, access } of functions) {
      const denied = statementsOf(name).filter(({ effect }) => effect === 'Deny');
      const partiql = { effect: 'Deny', actions: ['dynamodb:PartiQL*'], resources: ['*'] };
      expect([name, denied]).toEqual([name, access.tables ? [partiql] : []]);
    }
  });

  it.each(['ledger', 'audit'] as const)(
    'deny everybody each way to change an entry of %s that IAM can tell from an append',
    (name) => {
      const { PolicyDocument } = live.one('AWS::DynamoDB::Table', constructId(name)).properties.ResourcePolicy as {
        PolicyDocument: { Statement: { Principal: unknown }[] };
      };
      expect(live.statementsIn(PolicyDocument)).toEqual([
        {
          effect: 'Deny',
          actions: [
            'dynamodb:BatchWriteItem',
            'dynamodb:DeleteItem',
            'dynamodb:PartiQL*',
            'dynamodb:UpdateItem',
            ...(name === 'audit' ? [] : ['dynamodb:UpdateTimeToLive']),
          ],
          resources: ['*'],
        },
        {
          effect: 'Deny',
          actions: ['dynamodb:PutItem'],
          resources: ['*'],
          enclosing: { 'ForAllValues:StringNotEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
        },
      ]);
      expect(PolicyDocument.Statement.map(({ Principal }) => Principal)).toEqual([{ AWS: '*' }, { AWS: '*' }]);
    },
  );

  it('let one function sign heads, and it writes nothing else; whoever writes entries cannot', () => {
    const signers = functions.filter(({ access }) => access.heads === 'sign');
    expect(signers.map(({ name }) => name)).toEqual(['sign-heads']);
    for (const { access } of signers) {
      expect(Object.values(access.tables ?? {})).not.toContain('write');
      expect([access.queues, access.secrets, access.files, access.egress]).toEqual(Array(4).fill(undefined));
    }
    const onHeads = (action: string) =>
      statements.filter(({ actions, resources }) => actions.includes(action) && /^Heads/.test(resources.join()));
    expect([onHeads('kms:Sign').length, onHeads('s3:PutObject').length]).toEqual([1, 1]);
  });

  it('let functions put entries of the audit log, and only one of them read it', () => {
    const onAudit = functions.flatMap(({ name }) => allowed(name).filter((grant) => grant.endsWith(' on Audit.Arn')));
    expect(new Set(onAudit.map((grant) => grant.split(' on ')[0]))).toEqual(
      new Set(['dynamodb:PutItem', 'dynamodb:Query']),
    );
    expect(onAudit.filter((grant) => grant.startsWith('dynamodb:Query'))).toHaveLength(1);
  });

  it('allow use of the key only through the service that encrypts with it', () => {
    const uses = statements.filter(
      ({ actions, resources }) => actions.some((action) => action.startsWith('kms:')) && resources.includes('Key.Arn'),
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const { via } of uses) expect(via).toMatch(/^(dynamodb|secretsmanager|s3)\.af-south-1\.amazonaws\.com$/);
  });
});

/** With what copies the site and passes names between regions. */
const allOf = ({ resources, copier }: Cloud) => [...resources, ...copier];
const rolesOf = (cloud: Cloud) => allOf(cloud).filter(({ type }) => type === 'AWS::IAM::Role');

describe('the boundary', () => {
  const { properties: boundary } = live.one('AWS::IAM::ManagedPolicy', 'Policy');
  const [most, lifting] = (boundary.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement;
  const services = new Set([most?.Action].flat().map((action) => String(action).replace(':*', '')));
  const isLifting = (action: string) =>
    [lifting?.Action].flat().some((each) => new RegExp(`^${String(each).replaceAll('*', '.*')}$`).test(action));

  it.each(Object.values(clouds))("is on every role of a stage, CDK's own among them", (cloud) => {
    const [name] = cloud.all('AWS::IAM::ManagedPolicy').map(({ properties }) => properties.ManagedPolicyName);
    for (const { path, properties } of rolesOf(cloud)) {
      const arn = cloud.text(properties.PermissionsBoundary);
      expect([path, arn.endsWith(`:policy/${name}`)]).toEqual([path, true]);
    }
    for (const [stack, first] of cloud.dependencies) {
      expect([stack, first.includes('Boundary')]).toEqual([stack, stack !== 'Boundary']);
    }
  });

  it.each(Object.values(clouds))('and all that has a name once in an account has the region in it', (cloud) => {
    const kinds = /^AWS::(IAM::|CloudFront::|CloudWatch::Dashboard|Logs::Delivery)/;
    const region = cloud === live ? 'af-south-1' : 'eu-west-1';
    const names = allOf(cloud)
      .filter(({ type }) => kinds.test(type))
      .flatMap((each) => namesIn(each.properties).map((name) => `${each.type} ${name}`));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !name.includes(region))).toEqual([]);
  });

  /** Names that we or CDK chose; CloudFormation's own have an ending at random. */
  function namesIn(properties: Record<string, unknown>): string[] {
    const parts = Object.entries(properties).filter(([field]) => /Config$/.test(field));
    const inside = parts.flatMap(([, value]) => Object.entries(value as object));
    return [...Object.entries(properties), ...inside].flatMap(([field, value]) =>
      /^(Name|RoleName|ManagedPolicyName|DashboardName)$/.test(field) ? [live.text(value)] : [],
    );
  }

  it('allows the services that roles use and no others, in the regions of the stage', () => {
    const own = allOf(live).flatMap(({ type, properties }) => {
      if (type === 'AWS::IAM::Policy') return live.statementsIn(properties.PolicyDocument);
      const { Policies = [] } = properties as { Policies?: { PolicyDocument: unknown }[] };
      return type === 'AWS::IAM::Role' ? Policies.flatMap((each) => live.statementsIn(each.PolicyDocument)) : [];
    });
    const used = own.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);
    const ofAws = ['backup', 'tag', 'cloudwatch', 'lambda', 'sns', 'xray'];
    expect(services).toEqual(new Set([...used.map((action) => action.split(':')[0]), ...ofAws]));
    expect(most?.Condition).toEqual({
      StringEquals: { 'aws:RequestedRegion': ['af-south-1', 'us-east-1', 'eu-west-1'] },
    });
    expect(used.filter(isLifting)).toEqual([]);
  });

  it('lets no role lift what the ledger and the heads deny, nor end what is kept', () => {
    expect(lifting).toMatchObject({ Effect: 'Deny', Resource: '*' });
    expect(
      [
        'dynamodb:DeleteResourcePolicy',
        'dynamodb:PutResourcePolicy',
        'dynamodb:DeleteTable',
        's3:PutBucketPolicy',
        's3:DeleteBucketPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:PutKeyPolicy',
        'iam:DeleteRolePermissionsBoundary',
        'sts:AssumeRole',
      ].filter((action) => !isLifting(action)),
    ).toEqual([]);
  });
});

describe('operators', () => {
  const { properties: role } = live.one('AWS::IAM::Role', 'OperatorRole');
  const grants = live.statementsOf(live.one('AWS::IAM::Role', 'OperatorRole'));
  const mayDo = (pattern: RegExp) =>
    sorted(
      grants.flatMap(({ effect, actions, resources }) =>
        effect === 'Allow' ? actions.flatMap((action) => resources.map((each) => `${action} on ${each}`)) : [],
      ),
    ).filter((grant) => pattern.test(grant));

  it('take their role for an hour, with a second factor and under their own name', () => {
    expect(role.MaxSessionDuration).toBe(3_600);
    const { Statement } = role.AssumeRolePolicyDocument as { Statement: Record<string, unknown>[] };
    expect(Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: expect.anything() },
        Condition: {
          Bool: { 'aws:MultiFactorAuthPresent': 'true' },
          NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
          StringEquals: { 'sts:RoleSessionName': '${aws:username}' },
        },
      },
    ]);
    expect(live.outputs().get('OperatorRoleArn')).toBe('OperatorRole.Arn');
  });

  it('may do in tables what the code of their commands does, and append to the ledger in transactions only', () => {
    const uses = [...Object.entries(READS.operator ?? {}), ...Object.entries(WRITES.operator ?? {})];
    const expected = uses.flatMap(([table, how]) => {
      const shape: TableShape = tables[table as TableName];
      const arn = `${constructId(table)}.Arn`;
      return how.map((each) => {
        const isIndex = shape.indexes.some(({ name }) => name === each);
        return isIndex ? `dynamodb:Query on ${arn}/index/${each}` : `dynamodb:${each} on ${arn}`;
      });
    });
    expect(mayDo(/^dynamodb:/)).toEqual(sorted(expected));
    const putting = grants.filter(
      ({ actions, resources }) =>
        actions.includes('dynamodb:PutItem') && /^(Ledger|Audit)\.Arn$/.test(resources.join()),
    );
    const inTransaction = { 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };
    expect(putting.map(({ enclosing }) => enclosing)).toEqual([inTransaction, inTransaction]);
    expect(mayDo(/:(Update|Delete|BatchWrite)\w+ on (Ledger|Audit)/)).toEqual([]);
  });

  it('may use what their line of the manifest says, and change the secrets of our own that are rotated', () => {
    const rotated = OPERATOR.rotates.map((name) => `secretsmanager:PutSecretValue on ${constructId(name)}Secret`);
    const read = (OPERATOR.secrets ?? []).map((name) => `secretsmanager:GetSecretValue on ${constructId(name)}Secret`);
    const queues = (OPERATOR.queues ?? []).map((name) => `sqs:SendMessage on ${constructId(name)}Queue/Queue.Arn`);
    const heads = ['kms:GetPublicKey on HeadsKey.Arn', 's3:GetObject on Heads.Arn/*', 's3:ListBucket on Heads.Arn'];
    expect(mayDo(/^(?!dynamodb:|kms:\w+ on Key)/)).toEqual(sorted([...rotated, ...read, ...queues, ...heads]));
  });
});

/** What CloudFormation has no tags for. */
const UNTAGGED = [
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::Backup::BackupSelection',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::Cognito::ManagedLoginBranding',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::Route53::RecordSet',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
];

it('whatever can have tags has those by which a bill is divided', () => {
  const bare = allOf(live).filter(({ properties }) => {
    const [, tags] = Object.entries(properties).find(([name]) => /^\w*Tags$/.test(name)) ?? [];
    const keys = Array.isArray(tags) ? tags.map(({ Key }) => Key) : Object.keys(tags ?? {});
    return !['app', 'component', 'stage'].every((key) => keys.includes(key));
  });
  // What passes names between regions has those of its stack, which CloudFormation gives it.
  const own = bare.filter(({ path, type }) => !/^(Custom::|Exports)/.test(path) && !type.startsWith('Custom::'));
  expect(sorted(new Set(own.map(({ type }) => type)))).toEqual(UNTAGGED);
  for (const [stack, tags] of live.tags) {
    expect(tags).toEqual({ app: 'airtime', stage: 'live', component: stack.toLowerCase() });
  }
});
/** Of a bucket's policy: who may or may not do what, and when. */
function policyOf(cloud: Cloud, bucket: string): unknown[][] {
  const { PolicyDocument } = cloud.one('AWS::S3::BucketPolicy', `${bucket}/Policy`).properties;
  const { Statement } = PolicyDocument as { Statement: Record<string, unknown>[] };
  return Statement.map((each) => [each.Effect, (each.Principal as { AWS: unknown }).AWS, each.Action, each.Condition]);
}

/** Where buckets are emptied before they are deleted, what the function that does it may do. */
function emptiedOf(cloud: Cloud): unknown[][] {
  const role = cloud.copier.find(({ stack, type }) => stack === 'Data' && type === 'AWS::IAM::Role');
  const actions = ['s3:DeleteObject*', 's3:GetBucket*', 's3:List*', 's3:PutBucketPolicy'];
  return role ? [['Allow', { 'Fn::GetAtt': [role.id, 'Arn'] }, actions, undefined]] : [];
}

describe('data', () => {
  it.each(tableNames)('table %s has the keys and indexes that the local engine gives it', (name) => {
    const shape: TableShape = tables[name];
    const { properties } = live.one('AWS::DynamoDB::Table', constructId(name));
    const keys = (of: Pick<TableShape, 'partition' | 'sort'>) => [
      { AttributeName: of.partition.name, KeyType: 'HASH' },
      ...(of.sort ? [{ AttributeName: of.sort.name, KeyType: 'RANGE' }] : []),
    ];
    expect(properties.KeySchema).toEqual(keys(shape));
    expect(properties.GlobalSecondaryIndexes ?? []).toEqual(
      shape.indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keys(index),
        Projection:
          index.includes.length > 0
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: index.includes }
            : { ProjectionType: 'KEYS_ONLY' },
      })),
    );
  });

  it.each(Object.values(clouds))('is encrypted with our key, can be restored, and costs nothing idle', (cloud) => {
    expect(cloud.one('AWS::KMS::Key', 'Key').properties.EnableKeyRotation).toBe(true);
    expect(cloud.all('AWS::DynamoDB::Table')).toHaveLength(tableNames.length);
    for (const { properties } of cloud.all('AWS::DynamoDB::Table')) {
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      });
      expect(cloud.text((properties.SSESpecification as Record<string, unknown>).KMSMasterKeyId)).toBe('Key.Arn');
    }
    expect(cloud.all('AWS::SecretsManager::Secret')).toHaveLength(SECRETS.length + 1);
    for (const { properties } of cloud.all('AWS::SecretsManager::Secret')) {
      expect(properties.SecretString).toBeUndefined();
      expect(cloud.text(properties.KmsKeyId)).toBe('Key.Arn');
    }
  });

  it.each(Object.values(clouds))(
    'keeps files for days in one bucket that is encrypted with our key and not public',
    (cloud) => {
      const exports = cloud === dev ? [] : ['LedgerExports'];
      const buckets = ['Contents', 'Files', 'Heads', ...exports];
      expect(sorted(cloud.all('AWS::S3::Bucket').map(({ path }) => path))).toEqual(buckets);
      const { properties } = cloud.one('AWS::S3::Bucket', 'Files');
      expect(properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
          ],
        },
      });
      expect(JSON.stringify(properties.BucketEncryption)).toContain(cloud.one('AWS::KMS::Key', 'Key').id);
      expect(properties.VersioningConfiguration).toBeUndefined();
      const abort = { DaysAfterInitiation: 1 };
      expect(properties.LifecycleConfiguration).toEqual({
        Rules: [{ Status: 'Enabled', ExpirationInDays: FILE_DAYS, AbortIncompleteMultipartUpload: abort }],
      });
      const page = SAMPLE_STAGES[cloud === dev ? 'dev' : cloud === live ? 'live' : 'staging'].domain;
      expect(properties.CorsConfiguration).toEqual({
        CorsRules: [{ AllowedMethods: ['PUT'], AllowedOrigins: [page ? `https://${page.name}` : '*'], MaxAge: 3_600 }],
      });
      expect(policyOf(cloud, 'Files')).toEqual([
        ['Deny', '*', 's3:*', { Bool: { 'aws:SecureTransport': 'false' } }],
        ...emptiedOf(cloud),
      ]);
    },
  );

  it.each(Object.values(SAMPLE_STAGES))(
    'keeps heads in a bucket in which nobody replaces or deletes one, locked in live alone',
    ({ name, headsLockedFor }) => {
      const cloud = clouds[name];
      const { properties } = cloud.one('AWS::S3::Bucket', 'Heads');
      const { properties: files } = cloud.one('AWS::S3::Bucket', 'Files');
      expect(properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      for (const each of ['PublicAccessBlockConfiguration', 'OwnershipControls', 'BucketEncryption']) {
        expect(properties[each]).toEqual(files[each]);
      }
      expect(properties.LifecycleConfiguration).toBeUndefined();
      expect(headsLockedFor?.toDays()).toBe(name === 'live' ? 730 : undefined);
      const lock = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 730 } };
      expect(properties.ObjectLockConfiguration).toEqual(
        name === 'live' ? { ObjectLockEnabled: 'Enabled', Rule: lock } : undefined,
      );
      const [emptied] = emptiedOf(cloud);
      // In dev, so that it can be torn down, one function of CDK's is excepted: at no other time it deletes anything.
      const unless = emptied && { ArnNotEquals: { 'aws:PrincipalArn': emptied[1] } };
      expect(policyOf(cloud, 'Heads')).toEqual([
        ['Deny', '*', 's3:*', { Bool: { 'aws:SecureTransport': 'false' } }],
        ...emptiedOf(cloud),
        ['Deny', '*', ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObjectRetention'], unless],
        ['Deny', '*', 's3:PutObject', { Null: { 's3:if-none-match': 'true' } }],
      ]);
    },
  );

  it('has a key for heads that signs and does nothing else, and that anybody can check', () => {
    const { properties } = live.one('AWS::KMS::Key', 'HeadsKey');
    expect(properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  });

  it.each(Object.values(SAMPLE_STAGES))(
    'is protected against deletion in $name as that stage says',
    ({ name, ...stage }) => {
      const expected = stage.deletionProtection ? ['RetainExceptOnCreate', 'Retain'] : ['Delete', 'Delete'];
      expect(stage.deletionProtection).toBe(name !== 'dev');
      const types =
        /^AWS::(DynamoDB::Table|KMS::Key|SecretsManager::Secret|S3::Bucket|Logs::LogGroup|Cognito::UserPool)$/;
      const all = [...clouds[name].resources, ...clouds[name].copier].filter(({ type }) => types.test(type));
      for (const { path, deletionPolicy, replacePolicy } of all) {
        expect([path, deletionPolicy, replacePolicy]).toEqual([path, ...expected]);
      }
      for (const { properties } of clouds[name].all('AWS::DynamoDB::Table')) {
        expect(properties.DeletionProtectionEnabled).toBe(stage.deletionProtection);
      }
      const { properties } = clouds[name].one('AWS::Cognito::UserPool', 'People');
      expect(properties.DeletionProtection).toBe(stage.deletionProtection ? 'ACTIVE' : 'INACTIVE');
    },
  );

  describe('of dev', () => {
    const all = [...dev.resources, ...dev.copier];
    const of = (type: string) => all.filter((each) => each.type === `AWS::${type}`);

    it('is not kept: no resource of any stack outlives it, and no stack is protected', () => {
      const kept = all.filter((each) => /Retain|Snapshot/.test(`${each.deletionPolicy} ${each.replacePolicy}`));
      expect(kept.map(({ path }) => path)).toEqual([]);
      expect(dev.protectedStacks).toEqual([]);
    });

    it('is all that goes by one command: elsewhere the guide names the stacks that are protected', () => {
      const [, named = ''] = /^for stack in ([\w ]+);/m.exec(readFileSync('docs/deploying.md', 'utf8')) ?? [];
      expect(sorted([...named.split(' '), 'BackupCopy'])).toEqual(sorted(live.protectedStacks));
    });

    it('is of types of which something is kept only as the guide says', () => {
      // CloudFormation keeps what such types are unless a template says otherwise, or deletes none that is not empty.
      const kept = /^AWS::(RDS|Redshift|Neptune|DocDB|ElastiCache|EC2::Volume|ECR|Backup|EFS|OpenSearch)/;
      expect(all.filter(({ type }) => kept.test(type)).map(({ path }) => path)).toEqual([]);
      for (const { properties } of of('KMS::Key')) expect(properties.PendingWindowInDays).toBe(7);
    });

    it('has no bucket that is not emptied', () => {
      const emptied = dev.copier.filter(({ type }) => type === 'Custom::S3AutoDeleteObjects');
      const names = emptied.map(({ stack, properties }) => `${stack}/${dev.text(properties.BucketName)}`);
      const buckets = of('S3::Bucket').map(({ stack, path }) => `${stack}/${path}`);
      expect(buckets).toHaveLength(3);
      expect(sorted(names)).toEqual(sorted(buckets));
      for (const { properties } of of('S3::Bucket')) {
        expect(properties.Tags).toContainEqual({ Key: 'aws-cdk:auto-delete-objects', Value: 'true' });
      }
    });

    it.each(['dev', 'live'] as const)('or of another stage has no function that makes a log by itself: %s', (name) => {
      const cloud = clouds[name];
      const made = [...cloud.resources, ...cloud.copier];
      const known = new Set(made.filter(({ type }) => type === 'AWS::Logs::LogGroup').map((each) => each.id));
      const lambdas = made.filter(({ type }) => type === 'AWS::Lambda::Function');
      for (const { path, properties } of lambdas) {
        const { LogGroup } = (properties.LoggingConfig ?? {}) as { LogGroup?: { Ref?: string } };
        expect([path, known.has(LogGroup?.Ref ?? '')]).toEqual([path, true]);
      }
      const roles = made.filter(({ type }) => type === 'AWS::IAM::Role' || type === 'AWS::IAM::Policy');
      expect(JSON.stringify(roles)).not.toMatch(/CreateLogGroup|AWSLambdaBasicExecutionRole/);
      for (const { properties } of made.filter(({ type }) => type === 'AWS::Logs::LogGroup')) {
        expect(properties.RetentionInDays).toBeGreaterThan(0);
      }
    });
  });

  it('is in its own stack, as the site and backups are: the others can be deleted and created again', () => {
    const stateful = /^AWS::(DynamoDB|KMS|SecretsManager|SNS|S3|Cognito)::(Table|Key|Secret|Topic|Bucket|UserPool)$/;
    const found = live.resources.filter(({ type }) => stateful.test(type));
    const stacks = ['Data', 'People', 'Site', 'Recovery', 'BackupCopy'];
    expect(new Set(found.map(({ stack }) => stack))).toEqual(new Set(stacks));
  });
});

describe('people', () => {
  const poolOf = (cloud: Cloud) => cloud.one('AWS::Cognito::UserPool', 'People').properties;

  it('sign up with a verified mail address and a long password, and in live have a second factor, which is no SMS', () => {
    expect(poolOf(live)).toMatchObject({
      UserPoolTier: 'ESSENTIALS',
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true, RequireSymbols: true } },
      MfaConfiguration: 'ON',
    });
    for (const cloud of Object.values(clouds)) expect(poolOf(cloud).EnabledMfas).toEqual(['SOFTWARE_TOKEN_MFA']);
    for (const cloud of [dev, clouds.staging]) expect(poolOf(cloud).MfaConfiguration).toBe('OPTIONAL');
  });

  it('come back to the dashboard alone, whose tokens are short and whose refresh tokens are good for one use', () => {
    const { properties } = live.one('AWS::Cognito::UserPoolClient', 'People/Dashboard');
    expect(properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: ['https://airtime.example.com/app/signed-in'],
      LogoutURLs: ['https://airtime.example.com/app/signed-out'],
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      AccessTokenValidity: TOKEN_MINUTES,
      RefreshTokenValidity: REFRESH_HOURS * 60,
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: REFRESH_REPEAT_SECONDS },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
      WriteAttributes: ['email'],
    });
    const [callback] = dev.one('AWS::Cognito::UserPoolClient', 'People/Dashboard').properties.CallbackURLs as unknown[];
    expect(dev.text(callback)).toBe('https://Distribution.DomainName/app/signed-in');
  });

  it('see the pages of managed login, under a name that no other account can have', () => {
    const { properties } = live.one('AWS::Cognito::UserPoolDomain', 'Domain');
    expect(properties).toMatchObject({ Domain: 'airtime-live-444455556666', ManagedLoginVersion: 2 });
    const branded = live.all('AWS::Cognito::ManagedLoginBranding').map((each) => live.text(each.properties.ClientId));
    expect(branded).toEqual(['People/Dashboard']);
    expect(dev.text(dev.one('AWS::Cognito::UserPoolDomain', 'Domain').properties.Domain)).toBe(
      'airtime-dev-AWS::AccountId',
    );
  });

  it('get mail from the domain once the stage says so, and until then from Cognito', () => {
    expect(poolOf(live).EmailConfiguration).toMatchObject({
      EmailSendingAccount: 'DEVELOPER',
      From: 'Airtime <no-reply@airtime.example.com>',
    });
    for (const cloud of [dev, clouds.staging]) expect(poolOf(cloud).EmailConfiguration).toBeUndefined();
    const identities = Object.entries(clouds).map(([name, cloud]) => [
      name,
      cloud.all('AWS::SES::EmailIdentity').length,
    ]);
    expect(Object.fromEntries(identities)).toEqual({ live: 1, dev: 0, staging: 1 });
    // The records that prove the domain: in its zone, or as outputs for whoever has it.
    const records = live.all('AWS::Route53::RecordSet').filter(({ stack }) => stack === 'People');
    expect(records.map(({ properties }) => properties.Type)).toEqual(['CNAME', 'CNAME', 'CNAME']);
    const printed = [...clouds.staging.outputs()].filter(([name]) => name.startsWith('MailRecord'));
    expect(printed.map(([, text]) => text)).toEqual(Array(3).fill(expect.stringMatching(/^MailIdentity\S* CNAME /)));
  });
});

describe('the API', () => {
  it('has fewer routes than AWS allows', () => {
    // "Routes per API" is 300, and is raised only where AWS is asked to.
    expect(live.all('AWS::ApiGatewayV2::Route').length).toBeLessThan(300);
  });

  it('serves each route with and without a trailing slash by its own function, and $default by not-found', () => {
    const keys = new Map(
      live.all('AWS::ApiGatewayV2::Route').map(({ properties }) => {
        const integration = live.text(properties.Target).split('/').slice(1).join('/');
        const target = live.one('AWS::ApiGatewayV2::Integration', integration).properties.IntegrationUri;
        // In live requests go by an alias of the function.
        const alias = live.all('AWS::Lambda::Alias').find(({ path }) => path === live.text(target));
        const served = alias ? `${live.text(alias.properties.FunctionName)}.Arn` : live.text(target);
        return [String(properties.RouteKey), served] as const;
      }),
    );
    const expected = endpoints.flatMap((endpoint) => {
      const { name, path } = endpoint;
      const target = `${constructId(name)}/Function.Arn`;
      return methodsOf(endpoint).flatMap(
        (method) =>
          [
            [`${method} ${path}`, target],
            [`${method} ${path}/{${AFTER_SLASH}+}`, target],
          ] as const,
      );
    });
    expect(keys).toEqual(
      new Map([...expected, ['$default', `${constructId(NOT_FOUND_FUNCTION)}/Function.Arn`] as const]),
    );
  });

  it.each(Object.values(SAMPLE_STAGES))('is throttled in $name as that stage says', ({ name, throttle }) => {
    expect(
      clouds[name].all('AWS::ApiGatewayV2::Stage').map(({ properties }) => properties.DefaultRouteSettings),
    ).toEqual([{ ThrottlingRateLimit: throttle.rate, ThrottlingBurstLimit: throttle.burst }]);
  });

  it('logs every request without its path, which may contain a phone number or a callback token', () => {
    const stage = live.one('AWS::ApiGatewayV2::Stage', 'Api/DefaultStage');
    const { DestinationArn, Format } = stage.properties.AccessLogSettings as Record<string, unknown>;
    expect(live.text(DestinationArn)).toBe('AccessLog.Arn');
    expect(Object.values(JSON.parse(String(Format)))).toEqual(
      expect.arrayContaining(['$context.requestId', '$context.routeKey', '$context.status']),
    );
    expect(String(Format)).not.toMatch(/context\.path|authori[sz]/i);
  });

  it('stays below the limit of 500 resources per stack', () => {
    const sizes = Object.groupBy(live.resources, ({ stack }) => stack);
    for (const resources of Object.values(sizes)) expect(resources?.length).toBeLessThan(450);
  });
});

describe('workers', () => {
  it.each(queueNames)('queue %s has one worker, and only the failed messages of a batch come back', (name) => {
    const worker = allWorkers.filter(({ queue }) => queue === name);
    expect(worker).toHaveLength(1);
    const sources = live
      .all('AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => live.text(properties.EventSourceArn) === `${queueOf(name).path}.Arn`);
    expect(sources.map(({ properties: { Tags: _tags, ...properties } }) => properties)).toEqual([
      {
        BatchSize: QUEUES[name].batchSize,
        EventSourceArn: expect.anything(),
        FunctionName: { Ref: functionOf(worker[0]?.name ?? '').id },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: QUEUES[name].concurrencyMax },
      },
    ]);
  });

  it.each(queueNames)(
    'queue %s has a dead-letter queue, and a visibility timeout of six times that of its worker',
    (name) => {
      const { properties } = queueOf(name);
      const { deadLetterTargetArn, maxReceiveCount } = properties.RedrivePolicy as Record<string, unknown>;
      expect(live.text(deadLetterTargetArn)).toBe(`${constructId(name)}Queue/DeadLetters.Arn`);
      expect(maxReceiveCount).toBe(QUEUES[name].receivesMax);
      const worker = allWorkers.find(({ queue }) => queue === name);
      expect(properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * (worker?.timeoutSeconds ?? Infinity));
    },
  );

  it('every queue is encrypted, refuses plain HTTP, and has alarms', () => {
    const queues = live.all('AWS::SQS::Queue');
    expect(queues).toHaveLength(2 * queueNames.length);
    for (const { properties } of queues) expect(properties.SqsManagedSseEnabled).toBe(true);
    const policies = live
      .all('AWS::SQS::QueuePolicy')
      .map(({ properties }) => JSON.stringify(properties.PolicyDocument));
    expect(policies.filter((policy) => policy.includes('"aws:SecureTransport":"false"'))).toHaveLength(queues.length);
    const watched = live.all('AWS::CloudWatch::Alarm').flatMap(metricsOf);
    for (const metric of ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage']) {
      expect(watched.filter(({ MetricName }) => MetricName === metric)).toHaveLength(queueNames.length);
    }
  });

  it('a function that writes to the queue it reads may recurse, and no other may', () => {
    const feedItself = live.all('AWS::Lambda::EventSourceMapping').flatMap(({ properties }) => {
      const queue = live.text(properties.EventSourceArn);
      const { path } = live.one('AWS::Lambda::Function', live.text(properties.FunctionName));
      const role = live.one('AWS::IAM::Role', path.replace('/Function', '/Role'));
      const sends = live.statementsOf(role).filter(({ actions }) => actions.includes('sqs:SendMessage'));
      return sends.some(({ resources }) => resources.includes(queue)) ? [path] : [];
    });
    expect(feedItself).toEqual(['DispatchSandbox/Function', 'RunBulk/Function']);
    for (const cloud of Object.values(clouds)) expect(sorted(loopsAllowed(cloud))).toEqual(sorted(feedItself));
  });

  it('every function in a cycle of queues may recurse, and no other may', () => {
    // A schedule begins a new chain, so a worker that only a schedule starts is in no cycle.
    const inCycle = allWorkers.filter((worker) => reachable(worker).has(worker));
    expect(sorted(loopsAllowed(live))).toEqual(sorted(inCycle.map(({ name }) => `${constructId(name)}/Function`)));
  });

  it.each(Object.values(clouds))(
    'no queue has a higher maximum concurrency than is reserved for its worker',
    (cloud) => {
      for (const { properties } of cloud.all('AWS::Lambda::EventSourceMapping')) {
        const { MaximumConcurrency } = properties.ScalingConfig as { MaximumConcurrency: number };
        const { path } = cloud.one('AWS::Lambda::Function', cloud.text(properties.FunctionName));
        expect(MaximumConcurrency).toBeLessThanOrEqual(reservedIn(cloud).get(path) ?? Infinity);
      }
    },
  );

  it.each(reserving)(
    'the functions that complete accepted orders have reserved concurrency in $name, and create-order is capped',
    (stage) => {
      const settles = allWorkers.filter(({ name, queue }) => queue !== undefined || name === workers.reconcile.name);
      const callbacks = [openRoutes.receiveCallback, openRoutes.receivePayment];
      expect(sorted(reservedIn(clouds[stage.name]).keys())).toEqual(
        sorted([...settles, ...callbacks, routes.createOrder].map(({ name }) => `${constructId(name)}/Function`)),
      );
    },
  );

  it.each(reserving)(
    'a schedule has concurrency left in $name beside the maximum of its queue',
    ({ name, ...stage }) => {
      for (const worker of allWorkers) {
        const reserved = reservedIn(clouds[name]).get(`${constructId(worker.name)}/Function`) ?? Infinity;
        const needed = slotsOf(worker, stage.concurrency.consumersMax);
        expect([worker.name, reserved]).toEqual([worker.name, Math.max(reserved, needed)]);
      }
    },
  );

  it.each(reserving)('the reservations in $name leave what AWS requires to be unreserved', ({ name, concurrency }) => {
    const reserved = [...reservedIn(clouds[name]).values()].reduce((sum, each) => sum + each, 0);
    expect(reserved + UNRESERVED_MIN).toBeLessThanOrEqual(concurrency.quota);
  });

  it('a development account, whose quota is below what must stay unreserved, reserves nothing', () => {
    expect(SAMPLE_STAGES.dev.concurrency.quota).toBeLessThan(UNRESERVED_MIN);
    expect([...reservedIn(dev)]).toEqual([]);
  });

  it('the queues of a development account cannot use up its quota', () => {
    for (const { properties } of dev.all('AWS::Lambda::EventSourceMapping')) {
      expect(properties.ScalingConfig).toEqual({ MaximumConcurrency: SAMPLE_STAGES.dev.concurrency.consumersMax });
    }
  });

  it('schedules run as often as the manifest says, and a run is given up when the next one is due', () => {
    const schedules = live.all('AWS::Events::Rule').filter(({ properties }) => properties.ScheduleExpression);
    const rules = schedules.map(({ properties }) => {
      const [target] = properties.Targets as { Arn: unknown }[];
      return [live.text(target?.Arn), properties.ScheduleExpression];
    });
    const scheduled = allWorkers.filter(({ everyMinutes }) => everyMinutes !== undefined);
    const rate = (minutes = 0) => (minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute']);
    const spell = ([count, unit]: (string | number)[]) => `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
    expect(Object.fromEntries(rules)).toEqual(
      Object.fromEntries(
        scheduled.map(({ name, everyMinutes }) => [`${constructId(name)}/Function.Arn`, spell(rate(everyMinutes))]),
      ),
    );
    const ages = scheduled.map(({ name, everyMinutes = 0 }) => [`${constructId(name)}/Function`, 60 * everyMinutes]);
    const kept = live.all('AWS::Lambda::EventInvokeConfig').map(({ properties }) => {
      expect(properties.MaximumRetryAttempts).toBe(0);
      return [live.text(properties.FunctionName), properties.MaximumEventAgeInSeconds];
    });
    expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(ages));
    const targets = schedules.flatMap(
      ({ properties }) => properties.Targets as { Arn: unknown; RetryPolicy: object }[],
    );
    const policies = targets.map(({ Arn, RetryPolicy }) => [live.text(Arn).replace('.Arn', ''), RetryPolicy]);
    expect(Object.fromEntries(policies)).toEqual(
      Object.fromEntries(ages.map(([name, age]) => [name, { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: 2 }])),
    );
  });

  it('the canary orders every five minutes in staging and live, and is not there in dev', () => {
    const there = Object.entries(clouds).filter(([, cloud]) => {
      const rule = cloud.all('AWS::Events::Rule').find(({ path }) => path === 'CanaryOrderSchedule');
      expect(rule?.properties.ScheduleExpression ?? 'rate(5 minutes)').toBe('rate(5 minutes)');
      const parts = [...cloud.all('AWS::Lambda::Function'), ...cloud.all('AWS::CloudWatch::Alarm')];
      const own = parts.map(({ path }) => path).filter((path) => /^Canary(Order|Fails)\//.test(path));
      expect(own).toHaveLength(rule ? 2 : 0);
      return rule !== undefined;
    });
    expect(there.map(([name]) => name).toSorted()).toEqual(['live', 'staging']);
  });

  it('unknown orders and undelivered webhooks are processed every two minutes, as documented', () => {
    const rules = live.all('AWS::Events::Rule');
    for (const { name } of [workers.reconcile, workers.webhookSender]) {
      const rule = rules.find(({ path }) => path === `${constructId(name)}Schedule`);
      expect(rule?.properties.ScheduleExpression).toBe('rate(2 minutes)');
    }
  });
});

/** So that what functions write can be read here. */
const LINES_TO_CONSOLE = { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' };

const topicOf: Readonly<Record<Severity, string>> = { high: 'HighAlarms', medium: 'MediumAlarms' };

function severityOf(description: unknown): Severity {
  return String(description).startsWith('[high]') ? 'high' : 'medium';
}

/** The metrics that an alarm is on. */
function metricsOf({ properties }: Resource): Record<string, unknown>[] {
  const queries = (properties.Metrics ?? []) as { MetricStat?: { Metric: Record<string, unknown> } }[];
  const inMath = queries.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
  return properties.MetricName ? [properties] : inMath;
}

/** What the policy of a topic or a key allows CloudWatch. */
function grantsOfCloudWatch(cloud: Cloud, { properties }: Resource): Record<string, unknown>[] {
  const { Statement } = (properties.PolicyDocument ?? properties.KeyPolicy) as { Statement: Record<string, unknown>[] };
  return Statement.filter((each) => JSON.stringify(each.Principal).includes('cloudwatch')).map(({ Sid, ...each }) => ({
    ...each,
    Resource: cloud.text(each.Resource),
  }));
}

describe('operations', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  const alarms = live.all('AWS::CloudWatch::Alarm').filter(({ path }) => path !== 'CanaryErrors');
  const headingsUnder = (part: string) => {
    const [, text = ''] = runbook.split(`\n## ${part}\n`);
    return [...(text.split('\n## ')[0] ?? '').matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? '');
  };

  it('every alarm has a name, a severity and a heading in the runbook, and every heading has an alarm', () => {
    const described = alarms.map(({ properties }) => String(properties.AlarmDescription));
    const notifying = ({ properties }: Resource) => properties.EventPattern && properties.Targets;
    const events = live.all('AWS::Events::Rule').filter(notifying);
    described.push(...events.map(({ properties }) => String(properties.Description)));
    const headings = described.map((text) => /^\[(?:high|medium)\] docs\/runbook\.md: (.+)$/.exec(text)?.[1]);
    expect(sorted(new Set(headings.map(String)))).toEqual(sorted(headingsUnder('Alarms')));
    const names = alarms.map(({ properties }) => properties.AlarmName);
    expect(names.every((name) => typeof name === 'string')).toBe(true);
    expect(new Set(names).size).toBe(alarms.length);
  });

  it('the runbook has the procedures that its alarms refer to', () => {
    expect(headingsUnder('Procedures')).toEqual(
      expect.arrayContaining(['Prove the ledger', 'Drain the dead letters', 'A key leaked']),
    );
  });

  it('every alarm notifies the topic of its severity, and no other, when it starts and when it ends', () => {
    for (const { properties } of alarms) {
      const topic = topicOf[severityOf(properties.AlarmDescription)];
      const notified = [properties.AlarmActions, properties.OKActions].map((each) => [each].flat());
      expect(notified.map((each) => each.map((topicArn) => live.text(topicArn)))).toEqual([[topic], [topic]]);
    }
  });

  it.each(Object.values(clouds))('CloudWatch may publish to either topic, for alarms of this account only', (cloud) => {
    const account = Object.values(SAMPLE_STAGES).find(({ name }) => clouds[name] === cloud)?.account;
    const ours = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': account ?? { Ref: 'AWS::AccountId' } } },
    };
    for (const topic of Object.values(topicOf)) {
      expect(grantsOfCloudWatch(cloud, cloud.one('AWS::SNS::TopicPolicy', `${topic}/Policy`))).toEqual([
        { ...ours, Action: 'sns:Publish', Resource: topic },
      ]);
      // Of their own: a topic under the key of the data could not tell that this key is disabled.
      expect(cloud.text(cloud.one('AWS::SNS::Topic', topic).properties.KmsMasterKeyId)).toBe('AlarmsKey.Arn');
    }
    expect(grantsOfCloudWatch(cloud, cloud.one('AWS::KMS::Key', 'AlarmsKey'))).toEqual([
      { ...ours, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
    ]);
  });

  it.each(alarms.map((alarm) => [String(alarm.properties.AlarmName), alarm] as const))(
    '%s reaches a person: its topic takes it, its key too, and somebody is subscribed',
    (_name, { properties }) => {
      const severity = severityOf(properties.AlarmDescription);
      const path = live.text([properties.AlarmActions].flat()[0]);
      const topic = live.one('AWS::SNS::Topic', path);
      const policies = live
        .all('AWS::SNS::TopicPolicy')
        .filter((policy) => [policy.properties.Topics].flat().some((each) => live.text(each) === topic.path));
      expect(policies.flatMap((policy) => grantsOfCloudWatch(live, policy))).toMatchObject([{ Action: 'sns:Publish' }]);
      const keyPath = live.text(topic.properties.KmsMasterKeyId).replace(/\.Arn$/, '');
      expect(grantsOfCloudWatch(live, live.one('AWS::KMS::Key', keyPath))).toMatchObject([{ Effect: 'Allow' }]);
      const subscribed = live
        .all('AWS::SNS::Subscription')
        .filter((each) => live.text(each.properties.TopicArn) === topic.path)
        .map((each) => each.properties.Endpoint);
      expect(subscribed).toEqual(SAMPLE_STAGES.live.alarms[severity]);
      expect(subscribed.length).toBeGreaterThan(0);
    },
  );

  it('a pager is called and a mailbox is written to; a stage without addresses has no subscription', () => {
    const subscriptions = live.all('AWS::SNS::Subscription').map(({ properties: { Protocol, Endpoint } }) => {
      return [Protocol, Endpoint];
    });
    expect(sorted(subscriptions.map(String))).toEqual([
      'email,ops@example.com',
      'https,https://pager.example.com/airtime',
    ]);
    expect(dev.all('AWS::SNS::Subscription')).toEqual([]);
  });

  it.each(Object.values(SAMPLE_STAGES))('$name warns when four fifths of what is not reserved is in use', (stage) => {
    const { quota } = stage.concurrency;
    const reserved = [...reservedIn(clouds[stage.name]).values()].reduce((sum, each) => sum + each, 0);
    const found = clouds[stage.name].one('AWS::CloudWatch::Alarm', 'ConcurrencyRunsOut/Alarm').properties;
    expect(found).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'ClaimedAccountConcurrency' });
    expect(found.Dimensions).toBeUndefined();
    expect(found.Threshold).toBeLessThan(quota);
    expect(Math.abs(Number(found.Threshold) - (0.2 * reserved + 0.8 * quota))).toBeLessThan(1);
  });

  it.each(Object.values(SAMPLE_STAGES))('a month of $name has a budget, and its mail goes to a mailbox', (stage) => {
    const budget = clouds[stage.name].one('AWS::Budgets::Budget', 'Budget').properties;
    expect(budget.Budget).toMatchObject({ BudgetLimit: { Amount: stage.budgetDollars, Unit: 'USD' } });
    const notified = (budget.NotificationsWithSubscribers ?? []) as { Subscribers: { Address: string }[] }[];
    const addresses = notified.flatMap(({ Subscribers }) => Subscribers.map(({ Address }) => Address));
    expect(addresses).toEqual([1, 2, 3].flatMap(() => stage.alarms.medium));
  });

  it.each(Object.values(SAMPLE_STAGES))('a day of $name that costs three times its share is mailed', (stage) => {
    const { properties } = clouds[stage.name].one('AWS::Budgets::Budget', 'Budget/Surge');
    const day = { BudgetLimit: { Amount: Math.ceil(stage.budgetDollars / 10), Unit: 'USD' }, TimeUnit: 'DAILY' };
    expect(properties.Budget).toMatchObject(day);
    const notified = (properties.NotificationsWithSubscribers ?? []) as {
      Notification: object;
      Subscribers: object[];
    }[];
    const subscribers = stage.alarms.medium.map((Address) => ({ SubscriptionType: 'EMAIL', Address }));
    const notification = { NotificationType: 'ACTUAL', Threshold: 100, ComparisonOperator: 'GREATER_THAN' };
    const expected = [{ Notification: expect.objectContaining(notification), Subscribers: subscribers }];
    expect(notified).toEqual(stage.alarms.medium.length > 0 ? expected : []);
  });

  it.each(Object.values(SAMPLE_STAGES))(
    'what AWS finds odd in the costs of $name is mailed, where it looks',
    (stage) => {
      const found = clouds[stage.name].all('AWS::CE::AnomalySubscription').map(({ properties }) => properties);
      const Subscribers = stage.alarms.medium.map((Address) => ({ Type: 'EMAIL', Address }));
      const expected = { MonitorArnList: [stage.anomalyMonitorArn], Frequency: 'DAILY', Subscribers };
      expect(found).toEqual(stage.anomalyMonitorArn ? [expect.objectContaining(expected)] : []);
      for (const { ThresholdExpression } of found) {
        const { Dimensions } = JSON.parse(String(ThresholdExpression));
        expect(Dimensions).toMatchObject({ Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE', Values: ['34'] });
      }
    },
  );

  it('a provider has alarms where it is on, and none where it is off', () => {
    const of = (cloud: Cloud, provider: string) =>
      cloud.all('AWS::CloudWatch::Alarm').filter((alarm) => JSON.stringify(metricsOf(alarm)).includes(`"${provider}"`))
        .length;
    expect([of(live, 'hotrecharge'), of(live, 'pesaway')]).toEqual([7, 7]);
    expect([of(dev, 'hotrecharge'), of(dev, 'pesaway')]).toEqual([0, 7]);
  });

  it('every metric that the code publishes has an alarm', () => {
    const watched = new Set(alarms.flatMap(metricsOf).map(({ MetricName }) => MetricName));
    const counted = Object.values(LOG_METRICS).map(({ name }) => name);
    // How long the canary's steps take is looked at on a dashboard only.
    expect([...Object.values(METRICS), ...counted].filter((name) => !watched.has(name))).toEqual([
      METRICS.canarySeconds,
    ]);
    const dashboards = JSON.stringify(live.all('AWS::CloudWatch::Dashboard').map(({ properties }) => properties));
    for (const name of [METRICS.canarySeconds, METRICS.canarySuccess]) expect(dashboards).toContain(name);
  });

  it('every alarm has a case that makes it fire, and every case an alarm', () => {
    const paths = alarms.map(({ path }) => path.replace(/\/Alarm$/, ''));
    expect(sorted(Object.keys(ALARM_CASES))).toEqual(sorted(paths));
  });

  it.each(Object.entries(ALARM_CASES))(
    '%s fires on what it is for, at its topic, and is silent otherwise',
    async (path, cases) => {
      const { properties } = live.one('AWS::CloudWatch::Alarm', `${path}/Alarm`);
      Object.assign(process.env, variablesOf(functionOf('reconcile')), LINES_TO_CONSOLE);
      /** Whom CloudWatch notifies of these data, whatever it makes of a metric that has none. */
      const notified = async (fill: (feed: Feed) => Promise<void> | void) => {
        const feed = new Feed(live);
        await fill(feed);
        const text = (value: unknown) => live.text(value);
        const [one, other] = [true, false].map((fillsEmpty) => isOn(properties, feed.points, { text, fillsEmpty }));
        expect(one).toBe(other);
        return one ? [properties.AlarmActions].flat().map(text) : [];
      };
      const topic = topicOf[severityOf(properties.AlarmDescription)];
      for (const fill of cases.bad) expect(await notified(fill)).toEqual([topic]);
      for (const fill of cases.good) expect(await notified(fill)).toEqual([]);
    },
  );

  it('the dashboards of a stage are those that are free, and search for resources of their own stage', () => {
    const dashboards = live.all('AWS::CloudWatch::Dashboard');
    expect(dashboards).toHaveLength(3);
    const bodies = dashboards.map(({ properties }) => live.text(properties.DashboardBody));
    for (const title of ['Orders and payments', 'Providers', 'API', 'Workers', 'What is paid for']) {
      expect(bodies.filter((body) => body.includes(`## ${title}"`))).toHaveLength(1);
    }
    const searches = bodies.flatMap((body) => body.match(/SEARCH\([^)]+/g) ?? []);
    expect(searches.length).toBeGreaterThan(8);
    for (const search of searches) expect(search).toContain('Airtime-live');
  });

  it('five queries of logs are saved, and ask for fields that lines have', () => {
    const queries = live.all('AWS::Logs::QueryDefinition');
    expect(queries).toHaveLength(5);
    for (const { properties } of queries) {
      const groups = (properties.LogGroupNames as unknown[]).map((each) => live.text(each));
      const isOfRequests = groups.includes('AccessLog');
      expect(groups).toEqual(isOfRequests ? ['AccessLog'] : allWorkers.map(({ name }) => `${constructId(name)}/Log`));
      const known: readonly string[] = isOfRequests
        ? ['requestId', 'ip', 'route', 'status', 'ms']
        : ['level', 'message', ...LOGGED_FIELDS];
      const named = String(properties.QueryString).matchAll(
        /(?:by|fields|filter|and|pct\() ?([a-zA-Z]\w*(?:, [@\w]+)*)/g,
      );
      const fields = [...named].flatMap(([, list = '']) => list.split(', ')).filter((each) => /^[a-zA-Z]/.test(each));
      expect(fields.length).toBeGreaterThan(0);
      expect(fields.filter((field) => !known.includes(field))).toEqual([]);
    }
  });

  it('what alarms cost a month is printed by synth, and is less than one for each function was', () => {
    const resources = live.resources.map(({ type, properties }) => ({ Type: type, Properties: properties }));
    const [, count, metrics, dollars] =
      /^(\d+) alarms on (\d+) metrics: \$([\d.]+) a month/.exec(costOfAlarms(resources)) ?? [];
    // And the one that takes back a new version.
    expect(Number(count)).toBe(alarms.length + 1);
    expect(Number(dollars)).toBeCloseTo(Number(metrics) * 0.1);
    expect(Number(dollars)).toBeLessThan(9);
  });

  it('a worker publishes its runs under its own name', () => {
    for (const { name, file } of allWorkers.filter((each) => each.everyMinutes !== undefined && !each.isCanary)) {
      expect(readFileSync(`functions/workers/${file}.ts`, 'utf8')).toContain(`worker({ schedule: '${name}',`);
    }
  });

  it('whoever is woken is notified of a key that is disabled or is to be deleted, under another key', () => {
    const { properties } = live.one('AWS::Events::Rule', 'KeyTakenAway');
    expect(properties.EventPattern).toMatchObject({
      source: ['aws.kms'],
      detail: { eventName: ['DisableKey', 'ScheduleKeyDeletion'] },
    });
    const [target] = properties.Targets as { Arn: unknown }[];
    expect(live.text(target?.Arn)).toBe('HighAlarms');
    for (const document of [
      live.one('AWS::SNS::TopicPolicy', 'HighAlarms/Policy').properties.PolicyDocument,
      live.one('AWS::KMS::Key', 'AlarmsKey').properties.KeyPolicy,
    ]) {
      const { Statement } = document as { Statement: { Principal: { Service?: string }; Condition?: unknown }[] };
      // AWS says that EventBridge fills in nothing that a condition could ask for: with one nobody would be woken.
      const statements = Statement.filter(({ Principal }) => Principal.Service === 'events.amazonaws.com');
      expect(statements.map(({ Condition }) => Condition)).toEqual([undefined]);
    }
  });

  it.each(Object.values(SAMPLE_STAGES))('every log in $name has the retention and the key of that stage', (stage) => {
    const cloud = clouds[stage.name];
    const logs = cloud.all('AWS::Logs::LogGroup').filter(({ stack }) => stack !== 'EdgeLog');
    // Only where there is a canary it has one, too.
    expect(logs).toHaveLength(functions.length + (stage.canaryOrders ? 1 : 0));
    for (const { path, properties } of logs) {
      const { accessLogRetention, logRetention, encryptsLogs } = stage;
      expect(properties.RetentionInDays).toBe(path === 'AccessLog' ? accessLogRetention : logRetention);
      expect(cloud.text(properties.KmsKeyId ?? '')).toBe(encryptsLogs ? 'Key.Arn' : '');
    }
    const policy = JSON.stringify(cloud.one('AWS::KMS::Key', 'Key').properties.KeyPolicy);
    expect(policy.includes('kms:EncryptionContext:aws:logs:arn')).toBe(stage.encryptsLogs);
    for (const { path, properties } of cloud.all('AWS::Lambda::Function')) {
      const { LogGroup } = properties.LoggingConfig as { LogGroup: unknown };
      expect(cloud.text(LogGroup)).toBe(path.replace('/Function', '/Log'));
    }
  });

  it.each(Object.keys(clouds) as (keyof typeof clouds)[])('every finding of cdk-nag in %s is acknowledged', (name) => {
    const { violations, suppressedViolations } = clouds[name].report;
    expect(violations).toEqual([]);
    const answered = new Set(suppressedViolations.map(({ ruleName }) => ruleName));
    const isCopier = (rule: string) => /^AwsSolutions-(L1|IAM5\[(Action::s3:|Resource::(arn:|<(?!Ledger))))/.test(rule);
    // A boundary names services; what roles may do is in their policies, which have no wildcard.
    const isBoundary = (rule: string) => /^AwsSolutions-IAM5\[Action::\w+:\*\]$/.test(rule);
    expect(sorted(answered).filter((rule) => !isCopier(rule) && !isBoundary(rule))).toEqual([
      'AwsSolutions-APIG4',
      'AwsSolutions-CFR1',
      ...(name === 'dev' ? ['AwsSolutions-CFR2'] : []),
      'AwsSolutions-CFR3',
      ...(name === 'dev' ? ['AwsSolutions-CFR4'] : []),
      ...(name === 'live' ? [] : ['AwsSolutions-COG2']),
      'AwsSolutions-COG8',
      ...(name === 'dev' ? [] : [expect.stringMatching(/^AwsSolutions-IAM4\[.*BackupServiceRolePolicyForBackup\]$/)]),
      ...(name === 'live' ? [expect.stringMatching(/^AwsSolutions-IAM4\[.*CodeDeployRoleForLambdaLimited\]$/)] : []),
      'AwsSolutions-IAM5[Resource::*]',
      ...(name === 'dev'
        ? []
        : [expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<LedgerExports\w+\.Arn>\/ledger\/\*\]$/)]),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::\S+Files\w+\/\*\]$/),
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::\S+Heads\w+\/\*\]$/),
      'AwsSolutions-S1',
      'AwsSolutions-SMG4',
    ]);
    for (const { reason } of suppressedViolations) expect(reason.length).toBeGreaterThan(40);
  });

  it('the public address is the domain where there is one, so that it stays when the distribution is replaced', () => {
    const urls = Object.entries(clouds).map(([name, cloud]) => [name, cloud.outputs().get('PublicUrl')]);
    expect(Object.fromEntries(urls)).toEqual({
      live: 'https://airtime.example.com',
      staging: 'https://staging.example.com',
      dev: 'https://Distribution.DomainName',
    });
    expect(clouds.staging.outputs().get('DomainRecord')).toBe('staging.example.com CNAME Distribution.DomainName');
    expect(clouds.staging.all('AWS::Route53::RecordSet')).toEqual([]);
  });

  it('every output that the page on deploying names is one', () => {
    const page = readFileSync('docs/deploying.md', 'utf8');
    expect(page).toContain(`\n${dev.outputs().get('FirstKey')}\n`);
    const named = [...page.matchAll(/[`<]([A-Z]\w+(?:Arn|Url|Table|Bucket))[`>]/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((name) => !live.outputs().has(name))).toEqual([]);
  });

  it('the outputs name every resource that the operator command and the runbook use', () => {
    const names = [...live.outputs().keys()];
    expect(sorted(names)).toEqual(
      sorted([
        'ApiUrl',
        'FirstKey',
        'AuditDays',
        'ProvidersOn',
        'HeadsBucket',
        'HeadsKeyArn',
        'PublicUrl',
        'SignInUrl',
        'UserPoolId',
        'BackupVault',
        'LedgerExportsBucket',
        'OperatorRoleArn',
        ...tableNames.map((name) => `${constructId(name)}Table`),
        ...SECRETS.map((name: SecretName) => `${constructId(name)}SecretArn`),
        ...queueNames.flatMap((name) => [`${constructId(name)}QueueUrl`, `${constructId(name)}DeadLettersUrl`]),
      ]),
    );
  });
});

describe('recovery', () => {
  const kept = Object.values(SAMPLE_STAGES).filter(({ backups }) => backups !== undefined);

  it('has a stack where a stage has backups, and a second region where one is named', () => {
    expect(kept.map(({ name }) => name)).toEqual(['staging', 'live']);
    expect(dev.all('AWS::Backup::BackupPlan')).toEqual([]);
    expect(clouds.staging.resources.filter(({ stack }) => stack === 'BackupCopy')).toEqual([]);
    expect(live.dependencies.get('Recovery')).toContain('BackupCopy');
  });

  it.each(kept)('backs up every table of $name each day, for as long as the stage says', ({ name, ...stage }) => {
    const cloud = clouds[name];
    const { Resources } = cloud.one('AWS::Backup::BackupSelection', 'Plan/Tables').properties.BackupSelection as {
      Resources: unknown[];
    };
    const arns = tableNames.map((each) => `${constructId(each)}.Arn`);
    expect(sorted(Resources.map((each) => cloud.text(each)))).toEqual(sorted(arns));
    const { BackupPlanRule } = cloud.one('AWS::Backup::BackupPlan', 'Plan').properties.BackupPlan as {
      BackupPlanRule: Record<string, unknown>[];
    };
    const Lifecycle = { DeleteAfterDays: stage.backups?.keptFor.toDays() };
    expect(BackupPlanRule).toEqual([expect.objectContaining({ ScheduleExpression: 'cron(0 1 * * ? *)', Lifecycle })]);
    const copies = (BackupPlanRule[0]?.CopyActions ?? []) as { DestinationBackupVaultArn: unknown }[];
    expect(copies).toEqual(copies.map((each) => ({ ...each, Lifecycle })));
    expect(copies.map((each) => cloud.text(each.DestinationBackupVaultArn).split(':').slice(-4))).toEqual([
      ...(stage.backupRegion ? [[stage.backupRegion, stage.account, 'backup-vault', `airtime-${name}-copies`]] : []),
      ...(stage.backupVaultArn ? [stage.backupVaultArn.split(':').slice(-4)] : []),
    ]);
  });

  it('lets the account of a second vault read what it copies, and no other account anything', () => {
    const vaultKey = live.resources.find(({ stack, path }) => stack === 'Recovery' && path === 'VaultKey');
    const policy = vaultKey?.properties.KeyPolicy as { Statement: Record<string, unknown>[] } | undefined;
    const shared = (policy?.Statement ?? []).filter(({ Principal }) =>
      JSON.stringify(Principal).includes('777788889999'),
    );
    expect(shared.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [expect.arrayContaining(['kms:Decrypt', 'kms:DescribeKey']), undefined],
      ['kms:CreateGrant', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }],
    ]);
    const elsewhere = live.resources.filter((each) => JSON.stringify(each.properties).includes('777788889999'));
    expect(elsewhere.map(({ path }) => path)).toEqual(['VaultKey', 'Plan']);
  });

  it.each(kept)('encrypts vaults of $name with keys of their own, and locks them in live alone', ({ name }) => {
    const vaults = clouds[name].all('AWS::Backup::BackupVault');
    expect(vaults.map(({ stack }) => stack)).toEqual(name === 'live' ? ['BackupCopy', 'Recovery'] : ['Recovery']);
    for (const { properties, deletionPolicy } of vaults) {
      expect(clouds[name].text(properties.EncryptionKeyArn)).toBe('VaultKey.Arn');
      expect(deletionPolicy).toBe('RetainExceptOnCreate');
      expect(properties.LockConfiguration).toEqual(
        name === 'live' ? { MinRetentionDays: 35, ChangeableForDays: 3 } : undefined,
      );
    }
  });

  it.each(kept)('exports the ledger of $name each day into a bucket that is locked in live alone', ({ name }) => {
    const cloud = clouds[name];
    const schedule = cloud.one('AWS::Scheduler::Schedule', 'LedgerExport').properties;
    const { Arn, Input, RoleArn } = schedule.Target as Record<string, unknown>;
    expect(cloud.text(Arn)).toMatch(/:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime$/);
    expect(JSON.parse(cloud.text(Input))).toEqual({
      TableArn: 'Ledger.Arn',
      S3Bucket: 'LedgerExports',
      S3Prefix: 'ledger',
      S3SseAlgorithm: 'AES256',
      ExportFormat: 'DYNAMODB_JSON',
    });
    expect(cloud.text(RoleArn)).toBe('ExportRole.Arn');
    const statements = cloud.statementsOf(cloud.one('AWS::IAM::Role', 'ExportRole'));
    expect(statements.map(({ actions, resources }) => [actions, resources])).toEqual([
      [['dynamodb:ExportTableToPointInTime'], ['Ledger.Arn']],
      [['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'], ['LedgerExports.Arn/ledger/*']],
    ]);
    const { properties } = cloud.one('AWS::S3::Bucket', 'LedgerExports');
    const lock = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 35 } };
    expect(properties.ObjectLockConfiguration).toEqual(
      name === 'live' ? { ObjectLockEnabled: 'Enabled', Rule: lock } : undefined,
    );
    expect(JSON.stringify(properties.BucketEncryption)).toContain('AES256');
    // Where an export ends, S3 says so, and the rule of the alarm matches.
    expect(properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    const { EventPattern } = cloud.one('AWS::Events::Rule', 'LedgerExported').properties;
    expect(EventPattern).toMatchObject({ detail: { object: { key: [{ suffix: '/manifest-summary.json' }] } } });
    expect(cloud.text((EventPattern as { detail: { bucket: { name: [unknown] } } }).detail.bucket.name[0])).toBe(
      'LedgerExports',
    );
  });
});

describe('a new version', () => {
  it('is tried in live on every endpoint, on no worker, and in no other stage', () => {
    const aliases = live.all('AWS::Lambda::Alias').map(({ properties }) => live.text(properties.FunctionName));
    const tried = [...endpoints.map(({ name }) => name), NOT_FOUND_FUNCTION];
    expect(sorted(aliases)).toEqual(sorted(tried.map((name) => `${constructId(name)}/Function`)));
    for (const cloud of [dev, clouds.staging]) {
      for (const type of ['Lambda::Alias', 'Lambda::Version', 'CodeDeploy::DeploymentGroup']) {
        expect(cloud.all(`AWS::${type}`)).toEqual([]);
      }
    }
  });

  it('is taken back when the API answers 5xx, and its requests may call its function', () => {
    const groups = live.all('AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(live.all('AWS::Lambda::Alias').length);
    for (const { properties } of groups) {
      expect(properties).toMatchObject({
        AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      });
      const { Alarms } = properties.AlarmConfiguration as { Alarms: { Name: unknown }[] };
      expect(Alarms.map(({ Name }) => live.text(Name))).toEqual(['CanaryErrors']);
    }
    const errors = live.one('AWS::CloudWatch::Alarm', 'CanaryErrors').properties;
    expect(errors).toMatchObject({ Namespace: 'AWS/ApiGateway', MetricName: '5xx', Period: 60, Threshold: 3 });
    const allowed = new Set(
      live.all('AWS::Lambda::Permission').map(({ properties }) => live.text(properties.FunctionName)),
    );
    for (const { path } of live.all('AWS::Lambda::Alias')) expect(allowed).toContain(path);
  });
});
