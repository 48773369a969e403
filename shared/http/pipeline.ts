import type * as z from 'zod/mini';
import { defined } from '../domain/defined.ts';
import type { Key } from '../domain/key.ts';
import type { Owner } from '../domain/ledger.ts';
import { excerpt } from '../domain/text.ts';
import { elapsed } from '../domain/time.ts';
import { scopesOf } from '../manifest/route.ts';
import { methodsAt } from '../manifest/routes.ts';
import { Contention, isTransient } from '../transient-error.ts';
import type { World } from '../world.ts';
import { airtimeProtocol } from './airtime-protocol.ts';
import { withIdempotencyKey } from './idempotency-key.ts';
import { requireReadable } from './json.ts';
import { admitBadKey } from './limits.ts';
import { BODY_BYTES_MAX, check, parseBody, requireSize } from './read-body.ts';
import { Refusal } from './refusal.ts';
import type { Answer, OpenRouteHandler, PlainRequest, PlainResponse, RouteHandler } from './route.ts';

/**
 * The request pipeline of every route, in this order: key, scope, size, shape, then the handler. It works on plain
 * objects, so Lambda, `npm start`, the tests and the simulation all run the same one.
 */

const RETRY_AFTER_SECONDS = 1;
/** For the routes that take a file as their body. */
const LARGE_UPLOAD_FIX = 'Upload a large CSV file with POST /api/v1/bulk/uploads, then send its upload_id.';

/** Serves one request. Never throws: an unexpected error becomes a 500 with the request id and nothing else. */
export function serve<Params, Query, Body>(
  world: World,
  handler: RouteHandler<Params, Query, Body>,
  request: PlainRequest,
): Promise<PlainResponse> {
  return respondAndLog(world, handler, request, async (logCaller) => {
    const key = await authenticate(world, handler, request);
    const owner = { merchantId: key.merchantId, mode: key.mode };
    logCaller(owner);
    authorise(key, handler);
    requireReadable({ ...request.query, ...request.params });
    return handler.run(world, {
      owner,
      params: checkIfGiven(handler.params, request.params),
      query: checkIfGiven(handler.query, request.query),
      body: checkIfGiven(handler.body, handler.body && (await readInput(handler, request))),
      headers: request.headers,
    });
  });
}

/** Serves a route whose callers have no key: the same pipeline without key, scope and shape. */
export function serveOpen(world: World, handler: OpenRouteHandler, request: PlainRequest): Promise<PlainResponse> {
  return respondAndLog(world, handler, request, async () => {
    requireSize(request.body, BODY_BYTES_MAX);
    requireReadable(request.params);
    return handler.run(world, request);
  });
}

/**
 * Answers a request that its function has no time left for. What the request began may still take effect, so the answer
 * asks the caller to repeat it, and does not claim that nothing happened.
 */
export function serveTimeout(world: World, { name, protocol }: AnyHandler, request: PlainRequest): PlainResponse {
  const detail = 'The request took too long and was stopped. It may still take effect.';
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  const response = refuse(world, new Refusal('busy', { detail, headers }), request, protocol);
  world.log.error('request.timed_out', { route: name, status: response.status, requestId: request.requestId });
  return response;
}

/**
 * Answers a method and path that are no route. If the path has other methods, they are named; if only its trailing
 * slash is wrong, the caller is redirected.
 */
export function serveNotFound(world: Pick<World, 'publicUrl'>, request: PlainRequest): PlainResponse {
  const allowed = methodsAt(request.path).join(', ');
  if (allowed !== '') return refuse(world, methodNotAllowed(request, allowed), request);
  const withoutSlash = request.path.replace(/\/+$/, '');
  if (withoutSlash !== '' && withoutSlash !== request.path && !withoutSlash.startsWith('//')) {
    return { status: 308, headers: { ...standardHeaders(request), location: withoutSlash }, body: '' };
  }
  const detail = `There is no ${request.method} ${excerpt(request.path, 200)}.`;
  return refuse(world, new Refusal('route_not_found', { detail }), request);
}

function methodNotAllowed({ method, path }: PlainRequest, allow: string): Refusal {
  const detail = `There is no ${method} ${path.slice(0, 200)}; this path has ${allow}.`;
  return new Refusal('method_not_allowed', { detail, headers: { allow } });
}

type AnyRouteHandler = Pick<RouteHandler, 'bodyBytesMax' | 'read' | 'idempotencyField'>;
type AnyHandler = Pick<RouteHandler | OpenRouteHandler, 'name' | 'protocol'>;

async function respondAndLog(
  world: World,
  { name, protocol }: AnyHandler,
  request: PlainRequest,
  run: (logCaller: (owner: Owner) => void) => Promise<Answer>,
): Promise<PlainResponse> {
  const startedAt = world.now();
  let caller: Partial<Owner> = {};
  let about: Answer['log'];
  let code: string | undefined;
  let response: PlainResponse;
  try {
    const answer = await run((owner) => {
      caller = owner;
    });
    about = answer.log;
    response = respond(answer, request);
  } catch (error) {
    const refusal = await countedIfBadKey(world, toRefusal(error), request);
    code = refusal.code;
    if (code === 'internal_error') world.log.error('request.failed', { route: name }, error);
    response = refuse(world, refusal, request, protocol);
  }
  const { status } = response;
  const ms = elapsed(startedAt, world.now());
  world.log.info('request.served', {
    route: name,
    status,
    code,
    ms,
    ...caller,
    ...about,
    requestId: request.requestId,
  });
  return response;
}

/** A malformed, unknown or revoked key gets the same answer: a caller never learns which keys exist. */
async function authenticate(
  world: World,
  { protocol = airtimeProtocol }: AnyHandler,
  { headers }: PlainRequest,
): Promise<Key> {
  const key = await protocol.readKey(world, headers.authorization?.trim() ?? '');
  if (key) return key;
  throw new Refusal('unauthenticated', {
    param: 'Authorization',
    ...defined({ detail: protocol.schemeProblem?.(headers) }),
    headers: { 'www-authenticate': protocol.scheme },
  });
}

/**
 * Counts a request without a valid key by its address. Beyond the limit it is asked to wait instead; a valid key
 * is served from any address, so nobody is locked out by who shares theirs.
 */
async function countedIfBadKey(world: World, refusal: Refusal, { address }: PlainRequest): Promise<Refusal> {
  if (refusal.code !== 'unauthenticated' || address === undefined) return refusal;
  return (await admitBadKey(world, address)).refusal ?? refusal;
}

function authorise(key: Key, handler: Pick<RouteHandler, 'scope'>): void {
  const missing = scopesOf(handler).filter((scope) => !key.scopes.includes(scope));
  if (missing.length === 0) return;
  const named = `${missing.length === 1 ? 'scope' : 'scopes'} ${missing.join(' and ')}`;
  throw new Refusal('scope_missing', { detail: `This key does not have the ${named}.` });
}

function checkIfGiven<T>(schema: z.ZodMiniType<T> | undefined, input: unknown): T {
  return schema ? check(schema, input) : (undefined as T);
}

async function readInput(
  { bodyBytesMax = BODY_BYTES_MAX, read, idempotencyField }: AnyRouteHandler,
  request: PlainRequest,
): Promise<unknown> {
  requireSize(request.body, bodyBytesMax, read && LARGE_UPLOAD_FIX);
  const input = await (read ? read(request) : parseBody(request.body));
  return idempotencyField === undefined ? input : withIdempotencyKey(input, idempotencyField, request.headers);
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Contention || isTransient(error)) {
    return new Refusal('busy', { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) }, cause: error });
  }
  return new Refusal('internal_error', { cause: error });
}

function refuse(
  world: Pick<World, 'publicUrl'>,
  refusal: Refusal,
  request: PlainRequest,
  protocol = airtimeProtocol,
): PlainResponse {
  return respond({ ...protocol.refuse(world, refusal, request), headers: refusal.headers }, request);
}

function respond({ status, body, contentType, headers }: Answer, request: PlainRequest): PlainResponse {
  return {
    status,
    headers: { ...standardHeaders(request), 'content-type': contentType ?? 'application/json', ...headers },
    body: contentType === undefined ? JSON.stringify(body) : String(body),
  };
}

function standardHeaders({ requestId }: PlainRequest): Record<string, string> {
  return { 'x-request-id': requestId, 'cache-control': 'no-store' };
}
