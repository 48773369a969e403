import * as z from 'zod/mini';
import type {
  ZodOpenApiObject,
  ZodOpenApiOperationObject,
  ZodOpenApiRequestBodyObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import type { OpenRoute, Route } from '../../manifest/route.ts';
import { scopesOf } from '../../manifest/route.ts';
import { families, openRoutes, routes } from '../../manifest/routes.ts';
import { campaignParams, payoutBody } from '../campaign-fields.ts';
import { logIn } from '../pesaway-fields.ts';
import type { RouteHandler } from '../route.ts';
import { pesawayRefusal } from './answers/pesaway.ts';
import { refusal } from './answers/shared-parts.ts';
import { CONTRACTS, INTERNAL, isPesaway, refusalsOf } from './contract.ts';
import { described } from './described.ts';
import { EVENT_BODIES } from './events.ts';
import { exampleRefs, examplesOf, HEADERS, headersOf, requestHeadersOf, SECURITY, securityOf, TAGS } from './parts.ts';
import type { AnswerForm } from './schema.ts';
import { named } from './schema.ts';
import { statusOf } from './violations.ts';
import { webhookOf } from './webhooks.ts';

/** The OpenAPI document, out of what the code runs on: routes, the schemas of their input, contracts, refusals. */

export type Handlers = ReadonlyMap<string, Inputs>;
type Inputs = Pick<RouteHandler<never, never, never>, 'params' | 'query' | 'body' | 'read' | 'idempotencyField'>;

const INFO = `Prepaid airtime, data and electricity tokens for Zimbabwe, Kenya, Uganda and Tanzania.

Every request has the header \`Authorization: Api-Key atk_…\`, or \`Bearer …\` with the access token of a person.
Amounts are numbers of major units. Instants are UTC, as \`2026-05-07T08:00:00.000Z\`. A refusal is
\`application/problem+json\` with a stable \`code\` and a \`fix\`. In a body, \`null\` for an optional field is the
field left out. Each GET also answers HEAD. New fields, codes, events and values of enumerations may be added at any
time: ignore what you do not know.

A 5xx without a \`code\` comes from the gateway and does not say whether the request was accepted: send it again,
unchanged.`;

export function openApiDocument(handlers: Handlers, version: string) {
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: { title: 'Airtime', version, description: INFO, license: { name: 'All rights reserved' } },
    servers: [{ url: '/', description: 'Where this document is served.' }],
    tags: [...TAGS],
    paths: pathsOf(handlers),
    webhooks: Object.fromEntries(Object.entries(EVENT_BODIES).map(([type, body]) => [type, webhookOf(type, body)])),
    components: {
      securitySchemes: SECURITY,
      headers: HEADERS,
      examples: examplesOf(new Set([...CONTRACTS.keys()].flatMap(refusalsOf))),
      responses: sharedAnswers(),
    },
  };
  return described(createDocument(document, { override: withFiles, allowEmptySchema: { custom: true, never: true } }));
}

/** The bytes of a file are a text to who writes it into JSON. */
function withFiles({ zodSchema, jsonSchema }: { zodSchema: { _zod: { def: { type: string } } }; jsonSchema: object }) {
  if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, { type: 'string' });
}

function pathsOf(handlers: Handlers): Record<string, Record<string, ZodOpenApiOperationObject>> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [family, all] of Object.entries(families)) {
    for (const route of all) {
      if (INTERNAL.some((name) => name === route.name)) continue;
      const inputs = { ...handlers.get(route.name), ...OPEN_INPUTS[route.name] };
      const methods = 'otherMethod' in route && route.otherMethod ? [route.method, route.otherMethod] : [route.method];
      for (const method of methods) {
        const operation = operationOf(family, route, method, inputs);
        paths[route.path] = { ...paths[route.path], [method.toLowerCase()]: operation };
      }
    }
  }
  return paths;
}

/** Of routes that read the request themselves. */
const OPEN_INPUTS: Readonly<Record<string, Inputs>> = {
  'create-payout': { params: campaignParams as never, body: payoutBody as never },
  'issue-token': { body: logIn as never },
};

const OPERATION_IDS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...routes, ...openRoutes }).map(([id, { name }]) => [name, id]),
);

function operationOf(
  family: string,
  route: Route | OpenRoute,
  method: string,
  inputs: Inputs,
): ZodOpenApiOperationObject {
  const id = OPERATION_IDS.get(route.name) ?? '';
  const scopes = 'scope' in route ? scopesOf(route) : [];
  const needs = scopes.map((scope) => `\`${scope}\``).join(' and ');
  const hasBody = inputs.body !== undefined && method !== 'GET';
  // Of two methods, the one of PesaWay's documents has the plain name.
  const isOther = method !== route.method;
  return {
    operationId: isOther ? `${id}By${method.charAt(0)}${method.slice(1).toLowerCase()}` : id,
    tags: [family],
    summary: route.summary.replace(/\.$/, ''),
    description: scopes.length > 0 ? `${route.summary}\n\nNeeds the scope ${needs}.` : route.summary,
    ...(scopes.length > 0 ? { 'x-required-scopes': [...scopes] } : {}),
    security: securityOf(route.name),
    requestParams: {
      ...(inputs.params ? { path: inputs.params as never } : {}),
      ...queryOf(inputs),
      ...headerOf(route.name, hasBody ? inputs : {}),
    },
    ...(hasBody && inputs.body ? { requestBody: requestBodyOf(id, inputs.body, inputs) } : {}),
    responses: { ...answersOf(route.name), ...refusalAnswersOf(route.name) },
  };
}

/** A file may come as the body itself: then its options are in the query. */
function queryOf({ query, read, body }: Inputs) {
  if (query) return { query: query as never };
  if (!read || !body) return {};
  const { csv: _csv, ...options } = (body as unknown as z.ZodMiniObject).shape;
  const optional = Object.entries(options).map(([name, schema]) => [name, z.optional(schema as z.ZodMiniType)]);
  return { query: z.object(Object.fromEntries(optional)) };
}

function headerOf(name: string, inputs: Inputs) {
  const headers = requestHeadersOf(name, inputs.idempotencyField !== undefined);
  return Object.keys(headers).length > 0 ? { header: z.object(headers) } : {};
}

const FILE = { type: 'string', description: 'A CSV file: the header line, then one line for each row.' } as const;

function requestBodyOf(id: string, body: z.ZodMiniType, { read }: Inputs): ZodOpenApiRequestBodyObject {
  const schema = named(`${id.charAt(0).toUpperCase()}${id.slice(1)}Body`, body) as never;
  const json = { 'application/json': { schema } };
  if (!read) return { required: !body.safeParse({}).success, content: json };
  const form = {
    type: 'object' as const,
    description: 'The file, and the options as further fields.',
    properties: { file: { ...FILE, contentMediaType: 'text/csv' } },
    required: ['file'],
  };
  return {
    required: true,
    content: { ...json, 'text/csv': { schema: FILE }, 'multipart/form-data': { schema: form } } as never,
  };
}

function answersOf(name: string): ZodOpenApiResponsesObject {
  const { answers = {}, counted } = CONTRACTS.get(name) ?? {};
  const entries = Object.entries(answers).map(([status, form]) => [
    status,
    {
      description: form.says,
      headers: headersOf(form.headers, counted),
      content: contentOf(form),
    },
  ]);
  return Object.fromEntries(entries);
}

function contentOf({ body, csv }: AnswerForm) {
  return {
    ...(body ? { 'application/json': { schema: body as never } } : {}),
    ...(csv ? { 'text/csv': { schema: { type: 'string', description: 'A CSV file, or a part of one.' } } } : {}),
  } as const;
}

/** The refusals of a route, one answer for each status, with its codes. */
function refusalAnswersOf(name: string): ZodOpenApiResponsesObject {
  const entries = [...codesByStatus(name)].map(([status, codes]) => [
    String(status),
    codes.length <= SHARED_CODES_MAX
      ? { $ref: `#/components/responses/${codes.join('-')}` }
      : refusalAnswer(status, codes, isPesaway(name)),
  ]);
  return Object.fromEntries(entries);
}

/** Answers of so few codes are the same in many operations, and so are written once. */
const SHARED_CODES_MAX = 2;

function sharedAnswers(): Record<string, ZodOpenApiResponseObject> {
  const shared: Record<string, ZodOpenApiResponseObject> = {};
  for (const name of CONTRACTS.keys()) {
    for (const [status, codes] of codesByStatus(name)) {
      if (codes.length <= SHARED_CODES_MAX) shared[codes.join('-')] = refusalAnswer(status, codes, isPesaway(name));
    }
  }
  return shared;
}

function codesByStatus(name: string): ReadonlyMap<number, string[]> {
  const byStatus = new Map<number, string[]>();
  for (const code of refusalsOf(name).toSorted()) {
    const status = statusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function refusalAnswer(status: number, codes: readonly string[], ofPesaway: boolean): ZodOpenApiResponseObject {
  const [type, schema] = ofPesaway
    ? (['application/json', pesawayRefusal] as const)
    : (['application/problem+json', refusal] as const);
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    headers: headersOf(refusalHeaders(status), undefined),
    content: { [type]: { schema: schema as never, examples: exampleRefs(codes) } },
    'x-codes': [...codes],
  };
}

function refusalHeaders(status: number) {
  if (status === 401) return ['WWW-Authenticate'] as const;
  return status === 429 || status === 503 ? (['Retry-After'] as const) : [];
}
