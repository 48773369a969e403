import type * as z from 'zod/mini';
import type { Key } from '../domain/key.ts';
import { elapsed } from '../domain/time.ts';
import { scopesOf } from '../manifest/route.ts';
import { readActiveKey } from '../store/merchants.ts';
import { Contention, isPassing } from '../store/write.ts';
import type { World } from '../world.ts';
import { parseJson } from './json.ts';
import { problem, REFUSALS, Refusal } from './refusal.ts';
import type { Answer, OpenRouteHandler, PlainRequest, PlainResponse, Protocol, RouteHandler } from './route.ts';

/**
 * The door that every endpoint shares, in this order: key, scope, size, shape, then the endpoint itself. It works on
 * plain objects, so Lambda, `npm start`, the tests and the simulator all come through it.
 */

const BODY_BYTES_MAX = 16 * 1024;
const RETRY_AFTER_SECONDS = 1;

/** Serves one request. Never throws: an unexpected error becomes a 500 with the request id and nothing else. */
export async function serve<Params, Query, Body>(
  world: World,
  endpoint: RouteHandler<Params, Query, Body>,
  request: PlainRequest,
): Promise<PlainResponse> {
  const startedAt = world.now();
  let key: Key | undefined;
  let response: PlainResponse;
  let code: string | undefined;
  try {
    key = await authenticate(world, request, endpoint.door);
    authorise(key, endpoint);
    const answer = await endpoint.run(world, {
      owner: { merchantId: key.merchantId, mode: key.mode },
      params: shape(endpoint.params, request.params),
      query: shape(endpoint.query, request.query),
      body: shape(endpoint.body, endpoint.body ? await readInput(endpoint, request) : undefined),
      headers: request.headers,
    });
    response = respond(answer, request.requestId);
  } catch (error) {
    const refusal = toRefusal(error);
    code = refusal.code;
    if (refusal.code === 'internal_error') world.log.error('request.failed', { route: endpoint.name }, error);
    response = refuse(refusal, request, endpoint.door);
  }
  world.log.info('request.served', {
    route: endpoint.name,
    status: response.status,
    code,
    ms: elapsed(startedAt, world.now()),
    merchantId: key?.merchantId,
    mode: key?.mode,
    requestId: request.requestId,
  });
  return response;
}

/** Serves an endpoint whose caller proves itself without a key: the same door, less the key. */
export async function serveOpen(
  world: World,
  endpoint: OpenRouteHandler,
  request: PlainRequest,
): Promise<PlainResponse> {
  let response: PlainResponse;
  try {
    if (Buffer.byteLength(request.body) > BODY_BYTES_MAX) throw new Refusal('body_too_large');
    response = respond(await endpoint.run(world, request), request.requestId);
  } catch (error) {
    const refusal = toRefusal(error);
    if (refusal.code === 'internal_error') world.log.error('request.failed', { route: endpoint.name }, error);
    response = refuse(refusal, request, endpoint.door);
  }
  const { requestId } = request;
  world.log.info('request.served', { route: endpoint.name, status: response.status, requestId });
  return response;
}

/** The answer to a path that is no endpoint of ours; one that may be, but for its slash, is sent to the right place. */
export function serveNotFound(request: PlainRequest): PlainResponse {
  const withoutSlash = request.path.replace(/\/+$/, '');
  if (withoutSlash !== '' && withoutSlash !== request.path && !withoutSlash.startsWith('//')) {
    return { status: 308, headers: { ...standardHeaders(request.requestId), location: withoutSlash }, body: '' };
  }
  const detail = `There is no ${request.method} ${request.path.slice(0, 200)}.`;
  return refuse(new Refusal('route_not_found', { detail }), request);
}

/**
 * The answer to a request that its function has no time left for. What the request began may still take effect, so the
 * caller is told to repeat it, and not that nothing happened.
 */
export function serveTimeout(
  world: World,
  endpoint: Pick<OpenRouteHandler, 'name' | 'door'>,
  request: PlainRequest,
): PlainResponse {
  const detail = 'The request took too long and was stopped. It may still take effect.';
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  const response = refuse(new Refusal('busy', { detail, headers }), request, endpoint.door);
  const { requestId } = request;
  world.log.error('request.timed_out', { route: endpoint.name, status: response.status, requestId });
  return response;
}

/** A missing, malformed, unknown or revoked key is the same answer: a caller learns nothing about which keys exist. */
async function authenticate(world: World, { headers }: PlainRequest, door: Protocol = OWN_DOOR): Promise<Key> {
  const key = await door.readKey(world, headers.authorization?.trim() ?? '');
  if (key) return key;
  throw new Refusal('unauthenticated', { param: 'Authorization', headers: { 'www-authenticate': door.scheme } });
}

const OWN_DOOR: Protocol = {
  scheme: 'Api-Key',
  readKey: (world, authorization) => readActiveKey(world, /^Api-Key +(\S+)$/i.exec(authorization)?.[1] ?? ''),
  refuse: (refusal, { requestId }) => ({
    status: REFUSALS[refusal.code].status,
    contentType: 'application/problem+json',
    body: JSON.stringify(problem(refusal, requestId)),
  }),
};

function authorise(key: Key, endpoint: Pick<RouteHandler, 'scope'>): void {
  const missing = scopesOf(endpoint).filter((scope) => !key.scopes.includes(scope));
  if (missing.length === 0) return;
  const named = `${missing.length === 1 ? 'scope' : 'scopes'} ${missing.join(' and ')}`;
  throw new Refusal('scope_missing', { detail: `This key does not have the ${named}.` });
}

/** A body read by its schema, for an endpoint that is handed the request as it came. */
export function readBody<T>(schema: z.ZodMiniType<T>, body: string): T {
  if (Buffer.byteLength(body) > BODY_BYTES_MAX) throw new Refusal('body_too_large');
  return shape(schema, parseBody(body));
}

async function readInput(
  { bodyBytesMax = BODY_BYTES_MAX, read }: Pick<RouteHandler, 'bodyBytesMax' | 'read'>,
  request: PlainRequest,
): Promise<unknown> {
  if (Buffer.byteLength(request.body) > bodyBytesMax) throw new Refusal('body_too_large');
  return read ? read(request) : parseBody(request.body);
}

/** No body at all is an empty object: what is missing is told by name, and where nothing is needed nothing is. */
function parseBody(body: string): unknown {
  return body === '' ? {} : parseJson(body);
}

/** Checks input against its schema; strict, so that a misspelt field is told instead of ignored. */
function shape<T>(schema: z.ZodMiniType<T> | undefined, input: unknown): T {
  if (!schema) return undefined as T;
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw issue ? explain(issue, input) : new Refusal('invalid_request');
}

function explain(issue: z.core.$ZodIssue, input: unknown): Refusal {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const [first = ''] = issue.keys;
    const param = path ? `${path}.${first}` : first;
    return new Refusal('invalid_request', { param, detail: `${param} is not a field here; check its spelling.` });
  }
  if (path === '') return new Refusal('invalid_request', { detail: 'The body must be one JSON object.' });
  const isTypeWrong = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  const isMissing = isTypeWrong && valueAt(input, issue.path) === undefined;
  const detail = isMissing ? `${path} is missing.` : `${path} ${issue.message}`;
  return new Refusal('invalid_request', { param: path, detail });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name], input);
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Contention || isPassing(error)) {
    return new Refusal('busy', { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) }, cause: error });
  }
  return new Refusal('internal_error', { cause: error });
}

function respond(answer: Answer, requestId: string): PlainResponse {
  return {
    status: answer.status,
    headers: {
      ...standardHeaders(requestId),
      'content-type': answer.contentType ?? 'application/json',
      ...answer.headers,
    },
    body: answer.contentType === undefined ? JSON.stringify(answer.body) : String(answer.body),
  };
}

function refuse(refusal: Refusal, request: PlainRequest, door: Protocol = OWN_DOOR): PlainResponse {
  return respond({ ...door.refuse(refusal, request), headers: refusal.headers }, request.requestId);
}

function standardHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, 'cache-control': 'no-store' };
}
