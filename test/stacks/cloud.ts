import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../../bin/airtime.ts';
import { functionNames } from '../../bin/bundle.ts';
import type { Stage } from '../../lib/stage.ts';

/** The synthesized templates of a stage. Bundles are stubs, unless it is given some: mostly templates matter alone. */

/** CDK's own rules only warn, and take half of the time. `npm run synth` prints what they find; cdk-nag still runs. */
process.env.CDK_VALIDATION = 'false';

type Json = Record<string, unknown>;

export interface Resource {
  /** The stack's last word: `Data`, `Site`, `Workers`, `Orders`. */
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  /** Where it is in the tree of constructs below its stack, e.g. `CreateOrder/Role`. */
  readonly path: string;
  readonly properties: Json;
  readonly deletionPolicy: unknown;
  readonly replacePolicy: unknown;
}

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  /** With references resolved, e.g. `Orders.Arn/index/due`. */
  readonly resources: readonly string[];
  /** The one service through which it is allowed to use the key. */
  readonly via?: string;
  /** The operation that must enclose it, as the policy puts it. */
  readonly enclosing?: unknown;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Json;
  readonly Metadata?: Json;
  readonly DeletionPolicy?: unknown;
  readonly UpdateReplacePolicy?: unknown;
}

interface Template {
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

/** What stands in for the built site. */
export const SITE_FILES = [
  '404.html',
  'docs/index.html',
  'index.html',
  'docs/errors.html',
  'docs/errors.md',
  'docs/api.html',
  'docs/assets/site.1a2b.css',
  'llms.txt',
];

/** CDK's own functions that copy the site and names between regions and empty buckets: no part of the manifest. */
const COPIER =
  /^(Deployment|Custom::(CDKBucketDeployment|CrossRegionExport|S3AutoDeleteObjects)|Exports(Reader|Writer))|AutoDelete/;

/** And for the built dashboard. */
export const DASHBOARD_FILES = ['app/index.html', 'app/assets/main.1a2b.js'];

function folderOf(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  return folder;
}

export class Cloud {
  /** Without what CDK's own functions need. */
  readonly resources: readonly Resource[];
  readonly copier: readonly Resource[];
  /** The tags that CloudFormation gives all that is in a stack and can have some, by the last word of its name. */
  readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The stacks that nobody can delete before that is lifted. */
  readonly protectedStacks: readonly string[];
  /** The stacks that are deployed before each, by the last words of their names. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly #templates: ReadonlyMap<string, Template>;
  readonly #paths: ReadonlyMap<string, string>;
  /** What cdk-nag found, acknowledged or not. */
  readonly report: { violations: { ruleName: string }[]; suppressedViolations: { ruleName: string; reason: string }[] };

  /** Where the templates are, and what is deployed with them. */
  readonly directory: string;

  constructor(stage: Stage, bundles = stubs()) {
    const site = folderOf(SITE_FILES);
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
    const app = new App({
      // Who made a construct, and the tree of them, are in no template.
      stackTraces: false,
      treeMetadata: false,
      context: {
        ...context,
        bundles,
        site,
        dashboard: folderOf(DASHBOARD_FILES),
        'aws:cdk:bundling-stacks': [],
        'aws:cdk:enable-path-metadata': true,
      },
    });
    addStacks(app, stage);
    const assembly = app.synth();
    this.directory = assembly.directory;
    const { pluginReports } = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8'));
    this.report = pluginReports[0];
    this.#templates = new Map(assembly.stacks.map((stack) => [stack.stackName, stack.template as Template]));
    this.tags = new Map(assembly.stacks.map(({ stackName, tags }) => [stackName.split('-').at(-1) ?? '', tags]));
    const guarded = assembly.stacks.filter(({ terminationProtection }) => terminationProtection);
    this.protectedStacks = guarded.map(({ stackName }) => stackName.split('-').at(-1) ?? '');
    this.dependencies = new Map(
      assembly.stacks.map((stack) => {
        const needed = stack.dependencies.map(({ id }) => id.split('-').at(-1) ?? '');
        return [stack.stackName.split('-').at(-1) ?? '', needed.filter((name) => !name.endsWith('.assets'))];
      }),
    );
    const all = [...this.#templates].flatMap(([stack, template]) =>
      Object.entries(template.Resources).map(([id, resource]) => ({
        stack: stack.split('-').at(-1) ?? '',
        id,
        type: resource.Type,
        path: String(resource.Metadata?.['aws:cdk:path']).split('/').slice(1, -1).join('/'),
        properties: resource.Properties ?? {},
        deletionPolicy: resource.DeletionPolicy,
        replacePolicy: resource.UpdateReplacePolicy,
      })),
    );
    this.resources = all.filter(({ path }) => !COPIER.test(path));
    this.copier = all.filter(({ path }) => COPIER.test(path));
    // The first of an id, as stacks may share one.
    this.#paths = new Map(this.resources.toReversed().map(({ id, path }) => [id, path]));
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

  /** The names of all outputs, without exports. */
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
      const { StringEquals, ...conditions } = (statement.Condition ?? {}) as Record<string, Json>;
      return {
        effect: String(statement.Effect),
        actions: [statement.Action].flat().map(String),
        resources: [statement.Resource].flat().map((each) => this.text(each)),
        ...(StringEquals ? { via: this.text(StringEquals['kms:ViaService']) } : {}),
        ...(Object.keys(conditions).length > 0 ? { enclosing: conditions } : {}),
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
    return this.#paths.get(id) ?? id;
  }

  #imported(name: string): string {
    for (const { Outputs = {} } of this.#templates.values()) {
      for (const { Value, Export } of Object.values(Outputs)) if (Export?.Name === name) return this.text(Value);
    }
    throw new Error(`there is no export ${name}`);
  }
}

/** A folder with the least that can be deployed as each function. */
function stubs(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  for (const file of functionNames()) {
    mkdirSync(join(folder, file));
    writeFileSync(join(folder, file, 'index.js'), file);
  }
  return folder;
}
