import type { Cloud } from '../stacks/cloud.ts';

/**
 * Decides what IAM would, from the policies of the templates. As there: what no statement allows is denied, and a
 * statement that denies wins. Resources are named as `Cloud` names them, e.g. `Orders.Arn/index/due`.
 *
 * Left out: statements that hold for a call through another service (`kms:ViaService`), because the calls of DynamoDB,
 * S3 and Secrets Manager to KMS do not pass here; and bucket policies.
 */

export interface Call {
  readonly action: string;
  readonly resource: string;
  /** The values of condition keys that the call has. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

type Test = (values: readonly string[], wanted: readonly string[]) => boolean;

const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (values, wanted) => values.length > 0 && values.every((value) => wanted.includes(value)),
  'ForAnyValue:StringEquals': (values, wanted) => values.some((value) => wanted.includes(value)),
  // These are true where the call has no such key.
  'ForAllValues:StringEquals': (values, wanted) => values.every((value) => wanted.includes(value)),
  'ForAllValues:StringNotEquals': (values, wanted) => values.every((value) => !wanted.includes(value)),
  'ForAllValues:StringLike': (values, wanted) => values.every((value) => wanted.some((like) => matches(like, value))),
};

const KEYS: ReadonlySet<string> = new Set([
  'aws:RequestedRegion',
  'dynamodb:EnclosingOperation',
  'dynamodb:Attributes',
  'dynamodb:LeadingKeys',
  'ses:FromAddress',
]);

/** The role of operators, as a principal. */
export const OPERATOR_ROLE = 'OperatorRole';

export class Iam {
  /** By the path of a function, e.g. `CreateOrder`, and that of the operators' role. */
  readonly #roles: ReadonlyMap<string, readonly Statement[]>;
  /** By the resource that has them. */
  readonly #resourcePolicies: ReadonlyMap<string, readonly Statement[]>;
  /** The most that any role may do. */
  readonly #boundary: readonly Statement[];
  readonly #region: readonly string[];
  readonly #used = new Set<string>();
  readonly denials: string[] = [];

  constructor(cloud: Cloud, region: string) {
    const functions = new Set(cloud.all('AWS::Lambda::Function').map(({ path }) => path.split('/')[0] ?? ''));
    const principals = functions.add(OPERATOR_ROLE);
    this.#region = [region];
    this.#boundary = cloud.all('AWS::IAM::ManagedPolicy').flatMap(({ properties }) => {
      return statementsIn(cloud, properties.PolicyDocument);
    });
    const policies = cloud.all('AWS::IAM::Policy').map(({ path, properties }) => {
      const statements = statementsIn(cloud, properties.PolicyDocument).filter((each) => !isThroughService(each));
      return [path.split('/')[0] ?? '', statements] as const;
    });
    // Others are roles of AWS's own services.
    this.#roles = new Map(policies.filter(([path]) => principals.has(path)));
    const tables = cloud.all('AWS::DynamoDB::Table').filter(({ properties }) => properties.ResourcePolicy);
    this.#resourcePolicies = new Map(
      tables.map(({ path, properties }) => {
        const { PolicyDocument } = properties.ResourcePolicy as { PolicyDocument: unknown };
        return [`${path}.Arn`, statementsIn(cloud, PolicyDocument)];
      }),
    );
  }

  /** Whether a role may do this; who has none of these may do what no resource denies to everybody. */
  allows(principal: string, { action, resource, context }: Call): boolean {
    const call = { action, resource, context: { ...context, 'aws:RequestedRegion': this.#region } };
    const own = this.#roles.get(principal);
    const onResource = this.#resourcePolicies.get(call.resource) ?? [];
    const applying = [...(own ?? []), ...onResource].filter((statement) => applies(statement, call));
    const bounding = own ? this.#boundary.filter((statement) => applies(statement, call)) : [];
    const isDenied = [...applying, ...bounding].some(({ effect }) => effect === 'Deny');
    const isAllowed = own === undefined || [applying, bounding].every((each) => each.some(isAllowing));
    if (isDenied || !isAllowed) {
      this.denials.push(`${principal}: ${call.action} on ${call.resource}`);
      return false;
    }
    for (const { actions, resources } of applying) {
      for (const action of actions.filter((each) => matches(each, call.action))) {
        const resource = resources.find((each) => matches(each, call.resource));
        this.#used.add(`${principal}: ${action} on ${resource}`);
      }
    }
    return true;
  }

  /** What functions were granted, and what of it they have not done. */
  grants(): { all: string[]; unused: string[] } {
    const all = [...this.#roles].flatMap(([principal, statements]) =>
      statements.flatMap(({ effect, actions, resources }) =>
        effect === 'Allow'
          ? actions.flatMap((action) => resources.map((resource) => `${principal}: ${action} on ${resource}`))
          : [],
      ),
    );
    const distinct = [...new Set(all)].toSorted();
    return { all: distinct, unused: distinct.filter((grant) => !this.#used.has(grant)) };
  }
}

function isAllowing({ effect }: Statement): boolean {
  return effect === 'Allow';
}

function applies({ actions, resources, conditions }: Statement, { action, resource, context }: Call): boolean {
  return (
    actions.some((each) => matches(each, action)) &&
    resources.some((each) => matches(each, resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => testOf(operator, key)(context[key] ?? [], wanted)),
    )
  );
}

/** A condition that is not understood is no condition that holds. */
function testOf(operator: string, key: string): Test {
  const test = OPERATORS[operator];
  if (!test || !KEYS.has(key)) throw new Error(`a policy has a condition ${operator} on ${key}`);
  return test;
}

function isThroughService({ conditions }: Statement): boolean {
  return conditions.StringEquals?.['kms:ViaService'] !== undefined;
}

function statementsIn(cloud: Cloud, document: unknown): Statement[] {
  const { Statement: statements } = document as { Statement: Record<string, unknown>[] };
  return statements.map(({ Effect, Action, Resource, Condition = {} }) => ({
    effect: String(Effect),
    actions: [Action].flat().map(String),
    resources: [Resource].flat().map((each) => cloud.text(each)),
    conditions: mapped(Condition as Record<string, object>, (keys) =>
      mapped(keys as Record<string, unknown>, (wanted) => [wanted].flat().map((each) => cloud.text(each))),
    ),
  }));
}

function mapped<Value, Other>(values: Record<string, Value>, map: (value: Value) => Other): Record<string, Other> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

/** `*` stands for any text. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (rest.length > 0) throw new Error(`a policy has two stars in ${pattern}`);
  return text.length >= first.length + last.length && text.startsWith(first) && text.endsWith(last);
}
