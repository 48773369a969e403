import * as z from 'zod/mini';

/**
 * Schemas of answers: what a merchant may rely on. No function imports them, because an answer is made by a view and
 * not checked on its way: tests and `npm start` check it, and the document is made from them.
 */

/** A schema with a name of its own in the document. */
export function named<Schema extends z.ZodMiniType>(id: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { id });
  return schema;
}

/** The named schema of a view's answers. Where the two disagree, it does not compile, and the type names the field. */
export function viewOf<View>() {
  return <Schema extends z.ZodMiniType>(
    id: string,
    schema: Schema,
    ..._drift: [Drift<View, z.output<Schema>>] extends [never] ? [] : [drift: Drift<View, z.output<Schema>>]
  ): Schema => named(id, schema);
}

/** The fields that only one of both has, or the view's type where a field has another one in the schema. */
type Drift<View, Shape> =
  | Lacking<View, Shape>
  | Lacking<Shape, View>
  | (View extends Fixed<Shape> ? never : { readonly noAnswerOfTheSchema: View });

type Plain = string | number | boolean | null | undefined;
type KeysOf<T> = T extends unknown ? keyof T : never;
type FieldOf<T, Name> = T extends unknown ? (Name extends keyof T ? T[Name] : never) : never;
type ObjectsOf<T> = T extends Plain | readonly unknown[] ? never : T;
type ElementsOf<T> = T extends readonly (infer Element)[] ? Element : never;

/** The names of fields, at any depth, that the first type has and the second lacks. */
type Lacking<One, Other> = unknown extends One
  ? never
  : LackingFields<ObjectsOf<One>, ObjectsOf<Other>> | LackingElements<ElementsOf<One>, ElementsOf<Other>>;
type LackingElements<One, Other> = [One] extends [never] ? never : Lacking<One, Other>;
type LackingFields<One, Other> = [One] extends [never]
  ? never
  : string extends KeysOf<One> | KeysOf<Other>
    ? never
    : {
        [Name in KeysOf<One> & string]: Name extends KeysOf<Other>
          ? Lacking<FieldOf<One, Name>, FieldOf<Other, Name>>
          : Name;
      }[KeysOf<One> & string];

type Fixed<T> = unknown extends T
  ? T
  : T extends Plain
    ? T
    : T extends readonly (infer Element)[]
      ? readonly Fixed<Element>[]
      : { readonly [Name in keyof T]: Fixed<T[Name]> };

/** An answer of an operation: its body by its schema, or a CSV, or both; and the headers that only some have. */
export interface AnswerForm {
  readonly says: string;
  readonly body?: z.ZodMiniType;
  readonly csv?: true;
  readonly headers?: readonly HeaderName[];
}

/** What one route answers. */
export interface Contract {
  readonly answers: Readonly<Record<number, AnswerForm>>;
  /** The codes of its refusals beside those of every route; in PesaWay's protocol all, as its clients get them. */
  readonly refusals?: readonly string[];
  /** Whether requests count against a limit of their own, of which the answers say how much is left. */
  readonly counted?: true;
}

export type HeaderName =
  | 'Location'
  | 'Idempotent-Replayed'
  | 'Link'
  | 'Content-Disposition'
  | 'RateLimit'
  | 'RateLimit-Policy'
  | 'Retry-After'
  | 'WWW-Authenticate'
  | 'X-Request-Id';

/** The codes of a route that takes a body. */
export const BODY = ['malformed_json', 'body_too_large'] as const;
/** That of a route that takes a cursor. */
export const CURSOR = ['invalid_cursor'] as const;
/** Those of a route that spends. */
export const SPENDS = ['account_frozen', 'account_not_live'] as const;
