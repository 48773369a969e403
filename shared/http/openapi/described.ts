import { WORDS } from './words.ts';

/** The document with a description for every parameter and field, out of one table of words. */

type Json = Record<string, unknown>;

export function described<Doc extends object>(document: Doc): Doc {
  const missing: string[] = [];
  const describe = (owner: string, name: string, field: Json) => {
    const [says, example] = WORDS[`${owner}.${name}`] ?? WORDS[name] ?? [];
    if (says === undefined) missing.push(`${owner}.${name}`);
    else if (field.description === undefined) field.description = says;
    if (example !== undefined) field.examples = [example];
  };
  const { components = {}, paths = {}, webhooks = {} } = document as Record<string, Record<string, Json>>;
  for (const [id, schema] of Object.entries((components.schemas ?? {}) as Record<string, Json>)) {
    tidy(schema);
    eachProperty(schema, (name, field) => describe(id, name, field));
  }
  for (const item of [...Object.values(paths), ...Object.values(webhooks)]) {
    for (const operation of Object.values(item) as Json[]) {
      for (const parameter of (operation.parameters ?? []) as (Json & { name: string; schema: Json })[]) {
        tidy(parameter.schema);
        if (parameter.name === 'limit') parameter.schema = limitOf(parameter.schema);
        describe(String(operation.operationId), parameter.name, parameter);
        moveExample(parameter);
      }
    }
  }
  if (missing.length > 0) throw new Error(`words.ts does not say what these are: ${missing.join(', ')}`);
  return document;
}

/** A parameter has its example beside its schema. */
function moveExample(parameter: Json & { schema: Json }): void {
  const [example] = (parameter.examples as unknown[] | undefined) ?? [];
  delete parameter.examples;
  if (example !== undefined) parameter.example = example;
}

function eachProperty(schema: Json, visit: (name: string, field: Json) => void): void {
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Json>)) visit(name, field);
}

/** A text of digits to who reads the query is a number to who writes it. */
function limitOf({ default: most, pattern }: Json): Json {
  const maximum = String(pattern).includes('100') ? 100 : 31;
  return { type: 'integer', minimum: 1, maximum, default: Number(most) };
}

/** Without what only the library says: bounds of doubles, a pattern of instants, a field that nobody may send. */
function tidy(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const schema = value as Json;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format === 'date-time') delete schema.pattern;
  const properties = schema.properties as Record<string, Json> | undefined;
  for (const [name, field] of Object.entries(properties ?? {})) if ('not' in field) delete properties?.[name];
  for (const each of Object.values(schema)) tidy(each);
}
