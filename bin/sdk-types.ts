import type { ApiDocument, Media, Operation, Parameter, Schema } from './site/reference/document.ts';
import { callsOf, nameOf, Schemas } from './site/reference/document.ts';

/**
 * Makes the types of the TypeScript SDK out of the OpenAPI document. A generator of our own, because those on offer
 * close every enumeration: a merchant's `switch` would then be exhaustive today and wrong after our next release.
 */

/** What a request carries has exactly the values that we take; what an answer has may get new ones. */
type Direction = 'request' | 'answer';

const HEAD = `/* Made by \`npm run docs\` from docs/openapi.json. Change the code that the document is made from. */

/** Values that are known today. New ones may be added at any time: have a branch for those you do not know. */
export type Open<Known extends string> = Known | (string & {});
`;

export function sdkTypes(document: ApiDocument): string {
  const schemas = document.components?.schemas ?? {};
  const ofUnions = new Set(Object.values(schemas).flatMap(({ anyOf = [] }) => anyOf.flatMap(({ $ref = '' }) => $ref)));
  const declared = Object.entries(schemas).map(([name, schema]) => {
    const isOfUnion = ofUnions.has(`#/components/schemas/${name}`);
    return declaration(name, schema, name.endsWith('Body') ? 'request' : 'answer', isOfUnion);
  });
  const operations = callsOf(document.paths);
  const typed = operations.map(({ operation }) => operationType(operation));
  const places = operations.map(
    ({ path, method, operation }) => `  ${operation.operationId}: ['${method}', '${path}'],`,
  );
  const all = new Schemas(document);
  const fields = operations.map(({ operation }) => {
    const names = requiredOf(mainSchema(Object.assign({}, ...answersOf(operation))), all).map(literal);
    return `  ${operation.operationId}: [${names.join(', ')}],`;
  });
  return [
    HEAD,
    ...declared,
    `/** What each operation takes and answers. */\nexport interface Operations {\n${typed.join('\n')}\n}\n`,
    'export type OperationId = keyof Operations;\n',
    '/** The method and the path of each operation. */',
    `export const OPERATIONS = {\n${places.join('\n')}`,
    '} as const satisfies Record<OperationId, readonly [string, string]>;\n',
    '/** The fields that are always in the JSON of an answer; none where there is only CSV. */',
    `export const ANSWER_FIELDS: Record<OperationId, readonly string[]> = {\n${fields.join('\n')}\n};\n`,
  ].join('\n');
}

function declaration(name: string, schema: Schema, direction: Direction, isOfUnion: boolean): string {
  const comment = commentOf(schema.description, '');
  if (schema.properties && schema.type === 'object') {
    return `${comment}export interface ${name} ${objectType(schema, direction, '', isOfUnion)}\n`;
  }
  return `${comment}export type ${name} = ${typeOf(schema, direction, '')};\n`;
}

function operationType({ operationId, description, parameters = [], requestBody, responses }: Operation): string {
  const among = (place: Parameter['in']) => parameters.filter((parameter) => parameter.in === place);
  const answer = new Set(answersOf({ responses }).map((content) => typeOf(mainSchema(content), 'answer', '    ')));
  const parts = [
    `    path: ${parametersType(among('path'))};`,
    `    query: ${parametersType(among('query'))};`,
    `    body: ${requestBody ? bodyType(requestBody) : 'undefined'};`,
    `    answer: ${[...answer].join(' | ')};`,
  ];
  return `${commentOf(description, '  ')}  ${operationId}: {\n${parts.join('\n')}\n  };`;
}

function answersOf({ responses }: Pick<Operation, 'responses'>): Readonly<Record<string, Media>>[] {
  return Object.entries(responses).flatMap(([status, { content }]) => (status < '300' && content ? [content] : []));
}

/** Of several forms, what all have. */
function requiredOf(schema: Schema, schemas: Schemas): readonly string[] {
  const { anyOf, required = [] } = schemas.resolve(schema);
  const [first = [], ...others] = (anyOf ?? []).map((each) => requiredOf(each, schemas));
  return anyOf ? first.filter((name) => others.every((names) => names.includes(name))) : required;
}

function bodyType({ required, content }: NonNullable<Operation['requestBody']>): string {
  return typeOf(mainSchema(content), 'request', '    ') + (required ? '' : ' | undefined');
}

function mainSchema(content: Readonly<Record<string, Media>>): Schema {
  const [first] = Object.values(content);
  return content['application/json']?.schema ?? first?.schema ?? {};
}

function parametersType(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return 'Record<never, never>';
  const properties = Object.fromEntries(
    parameters.map(({ name, schema, description }) => [name, { ...schema, ...(description ? { description } : {}) }]),
  );
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  return objectType({ properties, required }, 'request', '    ', false);
}

function typeOf(schema: Schema, direction: Direction, indent: string, isClosed = false): string {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) {
    const known = schema.enum.map(literal).join(' | ');
    return direction === 'request' || isClosed || schema.enum.length === 1 ? known : `Open<${known}>`;
  }
  if (schema.anyOf) return unique(schema.anyOf.map((each) => typeOf(each, direction, indent, isClosed)));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.length === 0 ? 'unknown' : unique(types.map((type) => simpleType(type, schema, direction, indent)));
}

function simpleType(type: string, schema: Schema, direction: Direction, indent: string): string {
  switch (type) {
    case 'integer':
      return 'number';
    case 'array': {
      const item = typeOf(schema.items ?? {}, direction, indent);
      return /[ |]/.test(item) ? `Array<${item}>` : `${item}[]`;
    }
    case 'object':
      return objectType(schema, direction, indent, false);
    default:
      return type;
  }
}

function objectType(schema: Schema, direction: Direction, indent: string, isOfUnion: boolean): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const further = additionalProperties && typeof additionalProperties === 'object';
  const value = further ? typeOf(additionalProperties, direction, indent) : '';
  const entries = Object.entries(properties);
  if (entries.length === 0) return further ? `Record<string, ${value}>` : 'Record<string, unknown>';
  const lines = entries.map(([name, property]) => {
    const isRequired = required.includes(name);
    const type = typeOf(property, direction, `${indent}  `, isOfUnion && name === 'type');
    const orNothing = !isRequired && direction === 'request' ? ' | undefined' : '';
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
    const comment = commentOf(property.description, `${indent}  `);
    return `${comment}${indent}  ${key}${isRequired ? '' : '?'}: ${type}${orNothing};`;
  });
  if (further) lines.push(`${indent}  [name: string]: ${value};`);
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function unique(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function commentOf(text: string | undefined, indent: string): string {
  if (!text) return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
