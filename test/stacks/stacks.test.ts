import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle } from '../../bin/bundle.ts';
import { ApiStack } from '../../lib/api-stack.ts';
import { DataStack } from '../../lib/data-stack.ts';
import type { Stage } from '../../lib/stage.ts';
import { STAGES } from '../../lib/stage.ts';
import { WorkersStack } from '../../lib/workers-stack.ts';
import type { Access, Worker } from '../../shared/routes.ts';
import { AFTER_SLASH, openRoutes, QUEUES, routes, SECRETS, workers } from '../../shared/routes.ts';
import { tables } from '../../shared/tables.ts';

/** The cloud as it would be deployed: what each function may do, what is kept, what is watched. */

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect: string;
}

interface Synth {
  readonly data: Template;
  readonly workers: Template;
  readonly api: Template;
}

const synths = new Map<string, Synth>();
const allWorkers: readonly Worker[] = Object.values(workers);
const endpoints = [...Object.values(routes), ...Object.values(openRoutes)];

beforeAll(async () => {
  await bundle();
  for (const stage of Object.values(STAGES)) synths.set(stage.name, synthesize(stage));
}, 120_000);

function synthesize(stage: Stage): Synth {
  const app = new App();
  const data = new DataStack(app, 'Data', { stage });
  const workersStack = new WorkersStack(app, 'Workers', { stage, data });
  const api = new ApiStack(app, 'Api', { stage, data, workers: workersStack });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return {
    data: Template.fromStack(data),
    workers: Template.fromStack(workersStack),
    api: Template.fromStack(api),
  };
}

function synth(stage: Stage['name'] = 'live'): Synth {
  const found = synths.get(stage);
  if (!found) throw new Error(`${stage} was not synthesized`);
  return found;
}

/** Every statement of every role, by the construct it is for. */
function statementsOf(template: Template): [string, Statement][] {
  const policies = template.findResources('AWS::IAM::Policy');
  return Object.entries(policies).flatMap(([id, { Properties }]) =>
    (Properties.PolicyDocument.Statement as Statement[]).map((statement): [string, Statement] => [id, statement]),
  );
}

function actionsOf(statement: Statement): string[] {
  return [statement.Action].flat();
}

const READS = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];

describe('what a function may do', () => {
  const cases: [string, string, Access][] = [
    ...endpoints.map(({ name, access }): [string, string, Access] => ['api', name, access]),
    ...allWorkers.map(({ name, access }): [string, string, Access] => ['workers', name, access]),
  ];

  it.each(cases)('%s: %s is what its line in routes.ts says and nothing else', (stack, name, access) => {
    const template = stack === 'api' ? synth().api : synth().workers;
    const prefix = name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
    const own = statementsOf(template).filter(([id]) => id.startsWith(`${prefix}Role`));
    const actions = own.flatMap(([, statement]) => actionsOf(statement));
    const modes = Object.values(access.tables ?? {});
    expect(actions.includes('dynamodb:Query')).toBe(modes.length > 0);
    expect(actions.includes('dynamodb:PutItem') || actions.includes('dynamodb:UpdateItem')).toBe(
      modes.includes('write'),
    );
    expect(actions.includes('secretsmanager:GetSecretValue')).toBe((access.secrets ?? []).length > 0);
    expect(actions.includes('sqs:SendMessage')).toBe((access.queues ?? []).length > 0);
    const text = JSON.stringify(own);
    for (const table of Object.keys(tables)) {
      const isNamed = text.includes(`Data:ExportsOutputFnGetAtt${table.charAt(0).toUpperCase()}${table.slice(1)}`);
      expect([table, isNamed]).toEqual([table, table in (access.tables ?? {})]);
    }
    const variables = environmentOf(template, prefix);
    const named = Object.keys(variables).filter((variable) => /_(TABLE|QUEUE_URL|SECRET_ARN)$/.test(variable));
    const expected = modes.length + (access.queues ?? []).length + (access.secrets ?? []).length;
    expect(named).toHaveLength(expected);
  });

  it('never deletes, never scans, never changes a ledger entry, and names no table by wildcard', () => {
    for (const template of [synth().api, synth().workers]) {
      for (const [id, statement] of statementsOf(template)) {
        const actions = actionsOf(statement);
        for (const action of actions) {
          expect([id, action]).not.toEqual([id, expect.stringMatching(/Delete(Item|Table)|Scan|^dynamodb:.*\*|^\*/)]);
        }
        const resource = JSON.stringify(statement.Resource);
        if (actions.some((action) => action.startsWith('dynamodb:'))) expect(resource).not.toContain('*');
        if (actions.includes('dynamodb:UpdateItem')) expect(resource).not.toContain('Ledger');
        if (actions.some((action) => READS.includes(action))) expect(statement.Effect).toBe('Allow');
      }
    }
  });

  it('has a role of its own, Node 24 on arm64, and a log that ends', () => {
    for (const template of [synth().api, synth().workers]) {
      const functions = Object.values(template.findResources('AWS::Lambda::Function'));
      const roles = functions.map(({ Properties }) => JSON.stringify(Properties.Role));
      expect(new Set(roles).size).toBe(functions.length);
      template.allResourcesProperties('AWS::Lambda::Function', {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogGroup: Match.anyValue() },
      });
      template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
      expect(functions.every(({ Properties }) => Properties.TracingConfig === undefined)).toBe(true);
    }
  });

  it('is told names and addresses only: nothing secret is in any environment', () => {
    for (const template of [synth().api, synth().workers]) {
      for (const [id, { Properties }] of Object.entries(template.findResources('AWS::Lambda::Function'))) {
        const allowed = /^(POWERTOOLS_|PUBLIC_URL$|\w+_(TABLE|QUEUE_URL|SECRET_ARN)$)/;
        const others = Object.keys(Properties.Environment.Variables).filter((name) => !allowed.test(name));
        expect([id, others]).toEqual([id, []]);
      }
    }
  });
});

function environmentOf(template: Template, prefix: string): Record<string, unknown> {
  const found = Object.entries(template.findResources('AWS::Lambda::Function')).find(([id]) =>
    id.startsWith(`${prefix}Function`),
  );
  if (!found) throw new Error(`no function ${prefix}`);
  return found[1].Properties.Environment.Variables;
}

describe('what is kept', () => {
  it.each(Object.keys(tables))('the table %s is on demand, encrypted with our key, and can go back in time', () => {
    const { data } = synth();
    data.resourceCountIs('AWS::DynamoDB::Table', Object.keys(tables).length);
    data.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
    });
    data.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  it.each([
    ['dev', 'Delete', false],
    ['staging', 'Retain', true],
    ['live', 'Retain', true],
  ] as const)('in %s what holds data is kept by %s', (stage, policy, isProtected) => {
    const { data } = synth(stage);
    for (const type of ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret']) {
      for (const resource of Object.values(data.findResources(type))) expect(resource.DeletionPolicy).toBe(policy);
    }
    for (const { Properties } of Object.values(data.findResources('AWS::DynamoDB::Table'))) {
      expect(Properties.DeletionProtectionEnabled ?? false).toBe(isProtected);
    }
  });

  it('is indexed as the tables say', () => {
    const indexes = Object.values(synth().data.findResources('AWS::DynamoDB::Table')).flatMap(({ Properties }) =>
      (Properties.GlobalSecondaryIndexes ?? []).map((index: { IndexName: string }) => index.IndexName),
    );
    const expected = Object.values(tables).flatMap((shape) => shape.indexes.map((index) => index.name));
    expect(indexes.toSorted()).toEqual(expected.toSorted());
  });

  it('secret is made here, encrypted, and one per name', () => {
    const { data } = synth();
    data.resourceCountIs('AWS::SecretsManager::Secret', SECRETS.length);
    data.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: Match.anyValue() });
  });
});

describe('what calls what', () => {
  it('every endpoint has its path with and without a slash at the end, and the rest is answered by us', () => {
    const keys = Object.values(synth().api.findResources('AWS::ApiGatewayV2::Route')).map(
      ({ Properties }) => Properties.RouteKey,
    );
    const expected = endpoints.flatMap(({ method, path }) => [
      `${method} ${path}`,
      `${method} ${path}/{${AFTER_SLASH}+}`,
    ]);
    expect(keys.toSorted()).toEqual([...expected, '$default'].toSorted());
  });

  it('every schedule is a rate in minutes, two for the reconciler and the webhook sender', () => {
    const rates = Object.entries(synth().workers.findResources('AWS::Events::Rule')).map(([id, { Properties }]) => [
      id.replace(/Schedule.*/, ''),
      Properties.ScheduleExpression,
    ]);
    expect(Object.fromEntries(rates)).toMatchObject({
      Reconcile: 'rate(2 minutes)',
      WebhookSender: 'rate(2 minutes)',
      SyncCatalogue: 'rate(1 hour)',
    });
    expect(rates).toHaveLength(allWorkers.filter((worker) => worker.everyMinutes !== undefined).length);
  });

  it('every queue has dead letters, encryption, and six times its consumer in visibility', () => {
    const template = synth().workers;
    const queues = Object.entries(template.findResources('AWS::SQS::Queue'));
    const main = queues.filter(([, { Properties }]) => Properties.RedrivePolicy);
    expect(main).toHaveLength(Object.keys(QUEUES).length);
    expect(queues).toHaveLength(2 * Object.keys(QUEUES).length);
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    for (const worker of allWorkers.filter((each) => each.queue)) {
      const visibilities = main.map(([, { Properties }]) => Properties.VisibilityTimeout);
      expect(visibilities).toContain(6 * worker.timeoutSeconds);
    }
  });

  it('every queue is consumed with partial failures and a bound', () => {
    const template = synth().workers;
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', Object.keys(QUEUES).length);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: Match.anyValue() },
    });
  });
});

it('every alarm names a heading of the runbook, and every heading of an alarm has one', () => {
  const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## Alarm: (.+)$/gm)].map((match) => match[1]);
  const named = [synth().workers, synth().api, synth().data].flatMap((template) =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => {
      expect(Properties.AlarmName).toBeTruthy();
      expect(Properties.AlarmActions).toHaveLength(1);
      return /^\[(high|medium)\] docs\/runbook\.md: (.+)$/.exec(Properties.AlarmDescription)?.[2];
    }),
  );
  expect([...new Set(named)].toSorted()).toEqual(headings.toSorted());
});
