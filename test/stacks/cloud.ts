import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { addStacks } from '../../bin/airtime.ts';
import { functionFiles } from '../../bin/bundle.ts';
import { DataStack } from '../../lib/data-stack.ts';
import { API_TIMEOUT, constructId, EntryFunction } from '../../lib/entry-function.ts';
import type { Stage } from '../../lib/stage.ts';
import { stageNamed } from '../../lib/stage.ts';
import type { Access } from '../../shared/access.ts';
import { NOT_FOUND_FUNCTION } from '../../shared/routes.ts';

/** A synthesized stage, read back as what CloudFormation will be told. Bundles are stubs: only templates matter here. */

/** Functions of no route, beside those of the table: whatever the table does not use yet is given here as it would be. */
export const SAMPLES: readonly { name: string; access: Access }[] = [
  { name: 'sample-file-reader', access: { files: 'read' } },
  { name: 'sample-file-writer', access: { files: 'write', tables: { merchants: 'read' } } },
];

type Json = Record<string, unknown>;

export interface Resource {
  /** The stack's last word: `Data`, `Workers`, `Api`. */
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  /** Where it is in the tree of constructs below its stack, e.g. `CreateOrder/Role`. */
  readonly path: string;
  readonly properties: Json;
  readonly deletionPolicy: unknown;
}

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  /** Written out, e.g. `Orders.Arn/index/due`. */
  readonly resources: readonly string[];
  /** The one service through which it is allowed to use the key. */
  readonly via?: string;
}

interface Template {
  readonly Resources: Record<string, { Type: string; Properties?: Json; Metadata?: Json; DeletionPolicy?: unknown }>;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

export class Cloud {
  readonly resources: readonly Resource[];
  readonly #templates: ReadonlyMap<string, Template>;
  /** What cdk-nag found, acknowledged or not. */
  readonly report: { violations: { ruleName: string }[]; suppressedViolations: { ruleName: string; reason: string }[] };

  constructor(stage: Stage['name']) {
    const bundles = mkdtempSync(join(tmpdir(), 'bundles-'));
    for (const file of functionFiles()) {
      mkdirSync(join(bundles, file));
      writeFileSync(join(bundles, file, 'index.js'), file);
    }
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
    const app = new App({
      context: { ...context, stage, bundles, 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true },
    });
    addStacks(app);
    addSamples(app, stageNamed(stage));
    const assembly = app.synth();
    const { pluginReports } = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8'));
    this.report = pluginReports[0];
    this.#templates = new Map(assembly.stacks.map((stack) => [stack.stackName, stack.template as Template]));
    this.resources = [...this.#templates].flatMap(([stack, template]) =>
      Object.entries(template.Resources).map(([id, resource]) => ({
        stack: stack.split('-').at(-1) ?? '',
        id,
        type: resource.Type,
        path: String(resource.Metadata?.['aws:cdk:path']).split('/').slice(1, -1).join('/'),
        properties: resource.Properties ?? {},
        deletionPolicy: resource.DeletionPolicy,
      })),
    );
  }

  all(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of a type at a path, e.g. a table `Orders`. */
  one(type: string, path: string): Resource {
    const [found, other] = this.all(type).filter((resource) => resource.path === path);
    if (!found || other) throw new Error(`there is not exactly one ${type} at ${path}`);
    return found;
  }

  /** The names of all outputs, exports left out. */
  outputs(): Map<string, string> {
    const all = [...this.#templates.values()].flatMap((template) => Object.entries(template.Outputs ?? {}));
    return new Map(all.filter(([, { Export }]) => !Export).map(([name, { Value }]) => [name, this.text(Value)]));
  }

  /** What a role may do. */
  statementsOf(role: Resource): Statement[] {
    const policies = this.all('AWS::IAM::Policy').filter(({ properties }) =>
      (properties.Roles as unknown[]).some((each) => this.text(each) === role.path),
    );
    return policies.flatMap(({ properties }) => this.statementsIn(properties.PolicyDocument));
  }

  statementsIn(document: unknown): Statement[] {
    return (document as { Statement: Json[] }).Statement.map((statement) => {
      const { StringEquals } = (statement.Condition ?? {}) as { StringEquals?: Json };
      return {
        effect: String(statement.Effect),
        actions: [statement.Action].flat().map(String),
        resources: [statement.Resource].flat().map((each) => this.text(each)),
        ...(StringEquals ? { via: this.text(StringEquals['kms:ViaService']) } : {}),
      };
    });
  }

  /** A value as text, references written as the path of what they refer to. */
  text(value: unknown): string {
    if (typeof value !== 'object' || value === null) return String(value);
    const [[name = '', argument] = []] = Object.entries(value);
    switch (name) {
      case 'Ref':
        return this.#pathOf(String(argument));
      case 'Fn::GetAtt': {
        const [id, attribute] = argument as [string, string];
        return `${this.#pathOf(id)}.${attribute}`;
      }
      case 'Fn::Join': {
        const [glue, parts] = argument as [string, unknown[]];
        return parts.map((part) => this.text(part)).join(glue);
      }
      case 'Fn::ImportValue':
        return this.#imported(this.text(argument));
      default:
        return JSON.stringify(value);
    }
  }

  #pathOf(id: string): string {
    return this.resources.find((resource) => resource.id === id)?.path ?? id;
  }

  #imported(name: string): string {
    for (const { Outputs = {} } of this.#templates.values()) {
      for (const { Value, Export } of Object.values(Outputs)) if (Export?.Name === name) return this.text(Value);
    }
    throw new Error(`nobody exports ${name}`);
  }
}

function addSamples(app: App, stage: Stage): void {
  const data = app.node.children.find((child) => child instanceof DataStack);
  if (!data) throw new Error('there is no data stack');
  const { key, tables, secrets, files, alarms, api } = data;
  const stack = new Stack(app, `Airtime-${stage.name}-Samples`);
  for (const { name, access } of SAMPLES) {
    new EntryFunction(stack, constructId(name), {
      stage,
      resources: { key, tables, secrets, files, alarms, queues: {} },
      file: NOT_FOUND_FUNCTION,
      access,
      timeout: API_TIMEOUT,
      environment: { PUBLIC_URL: api.apiEndpoint, DEBUG: String(stage.isDebug) },
    });
  }
}
