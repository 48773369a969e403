/** As much of an OpenAPI document as the reference shows. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: unknown }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface Header {
  readonly description?: string;
  readonly schema?: Schema;
}

export interface Answer {
  readonly $ref?: string;
  readonly description: string;
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, Header>>;
  readonly 'x-codes'?: readonly string[];
}

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-required-scopes'?: readonly string[];
}

/** Whether only a person who signed in may call it, and no key. */
export function isForPeople({ security = [] }: Operation): boolean {
  return security.length > 0 && security.every((scheme) => 'person' in scheme);
}

type PathItem = Readonly<Record<string, Operation>>;

export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly webhooks?: Readonly<Record<string, PathItem>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly responses?: Readonly<Record<string, Answer>>;
    readonly headers?: Readonly<Record<string, Header>>;
  };
}

/** An operation with its place. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function callsOf(items: ApiDocument['paths'] = {}): Call[] {
  return Object.entries(items).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

/** The answers of an operation by their status, those that several operations share as themselves. */
export function answersOf({ responses }: Operation, { components }: ApiDocument): [status: string, Answer][] {
  return Object.entries(responses).map(([status, answer]) => {
    if (answer.$ref === undefined) return [status, answer];
    const shared = components?.responses?.[nameOf(answer.$ref)];
    if (!shared) throw new Error(`the document has no ${answer.$ref}`);
    return [status, shared];
  });
}

export const nameOf = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);

/** The schemas of a document, and which of them get a place of their own because several others show them. */
export class Schemas {
  readonly #all: Readonly<Record<string, Schema>>;
  readonly objects: ReadonlySet<string>;

  constructor(document: ApiDocument) {
    this.#all = document.components?.schemas ?? {};
    const uses = new Map<string, number>();
    for (const [, ref = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      uses.set(ref, (uses.get(ref) ?? 0) + 1);
    }
    const isShared = (name: string) => (uses.get(name) ?? 0) > 1 && hasFields(this.resolve(this.named(name)));
    this.objects = new Set(Object.keys(this.#all).filter(isShared));
  }

  named(name: string): Schema {
    return this.#all[name] ?? {};
  }

  /** The schema itself where there is a reference to it, and the parts of an `allOf` as one. */
  resolve(schema: Schema): Schema {
    if (schema.$ref !== undefined) return this.resolve(this.named(nameOf(schema.$ref)));
    if (!schema.allOf) return schema;
    const parts = schema.allOf.map((part) => this.resolve(part));
    return {
      ...Object.assign({}, ...parts),
      ...schema,
      properties: Object.assign({}, ...parts.map(({ properties }) => properties), schema.properties),
      required: [...parts.flatMap(({ required = [] }) => required), ...(schema.required ?? [])],
    };
  }
}

export function hasFields({ properties, anyOf, oneOf }: Schema): boolean {
  return Object.keys(properties ?? {}).length > 0 || [...(anyOf ?? []), ...(oneOf ?? [])].some(hasFields);
}

/** What a value may be instead of `null`, and whether it may be that. */
export function choicesOf(schema: Schema): { readonly choices: readonly Schema[]; readonly isNullable: boolean } {
  const all = schema.anyOf ?? schema.oneOf;
  if (all) {
    const choices = all.filter(({ type }) => type !== 'null');
    return { choices, isNullable: choices.length < all.length };
  }
  if (!Array.isArray(schema.type)) return { choices: [schema], isNullable: false };
  const types = (schema.type as readonly string[]).filter((type) => type !== 'null');
  return { choices: types.map((type) => ({ ...schema, type })), isNullable: types.length < schema.type.length };
}
