import * as z from 'zod/mini';
import type { Origin } from '../domain/act.ts';
import type { Caller } from '../domain/caller.ts';
import { isMember } from '../domain/caller.ts';
import { defined } from '../domain/defined.ts';
import type { Owner } from '../domain/ledger.ts';
import { excerpt, withoutTrailing } from '../domain/text.ts';
import { elapsed } from '../domain/time.ts';
import { isManagement, scopesOf } from '../manifest/route.ts';
import { methodsAt } from '../manifest/routes.ts';
import { Contention, isTransient } from '../transient-error.ts';
import type { World } from '../world.ts';
import { airtimeProtocol, refuseAsProblem } from './airtime-protocol.ts';
import { hiddenFields, hideFields } from './hide-fields.ts';
import { withIdempotencyKey } from './idempotency-key.ts';
import { requireReadable } from './json.ts';
import { admitBadKey, notingLimits } from './limits.ts';
import { BODY_BYTES_MAX, check, parseBody, requireSize } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { requireScopes } from './require-scopes.ts';
import type {
  Answer,
  Keep,
  KnownCaller,
  LoggedCaller,
  OpenRouteHandler,
  PlainRequest,
  PlainResponse,
  Protocol,
  RouteHandler,
  Served,
} from './route.ts';

/**
 * The request pipeline of every route, in this order: key, scope, size, shape, the handler, and what its key may see of
 * the answer. It works on plain objects, so Lambda, `npm start`, the tests and the simulation all run the same one.
 */

const RETRY_AFTER_SECONDS = 1;
// Pure: the function for unknown paths needs none of it, and leaves the library out.
const NO_QUERY = /* @__PURE__ */ z.strictObject({});
/** For the routes that take a file as their body. */
const LARGE_UPLOAD_FIX = 'Upload a large CSV file with POST /api/v1/bulk/uploads, then send its upload_id.';

/**
 * Serves one request. Never throws: an unexpected error becomes a 500 with the request id and nothing else. Where there
 * is a request log, the answer waits until it has what it keeps.
 */
export function serve<Params, Query, Body>(
  world: World,
  handler: RouteHandler<Params, Query, Body>,
  request: PlainRequest,
  keep?: Keep,
): Promise<PlainResponse> {
  const run = async (known: KnownCaller): Promise<Answer> => {
    const caller = await authenticate(world, handler, request);
    const owner = { merchantId: caller.merchantId, mode: caller.mode };
    known.proven({ ...owner, ...(isMember(caller) ? { memberId: caller.id } : { keyId: caller.id }) });
    authorise(caller, handler);
    requireReadable({ ...request.query, ...request.params });
    const answer = await handler.run(world, {
      owner,
      caller,
      origin: originOf(caller, request),
      params: checkIfGiven(handler.params, request.params),
      query: checkQuery(handler, request.query),
      body: checkIfGiven(handler.body, handler.body && (await readInput(handler, request))),
      headers: request.headers,
    });
    return { ...answer, body: hideFields(answer.body, hiddenFields(handler, caller.scopes)) };
  };
  return respondAndLog(
    world,
    handler,
    request,
    run,
    keep && ((served) => keep(world, { ...served, handler, request })),
  );
}

/** Serves a route whose callers have no key: the same pipeline without key, scope and shape. */
export function serveOpen(
  world: World,
  handler: OpenRouteHandler,
  request: PlainRequest,
  keep?: Keep,
): Promise<PlainResponse> {
  const run = async (known: KnownCaller) => {
    requireSize(request.body, BODY_BYTES_MAX);
    requireReadable(request.params);
    return handler.run(world, request, known);
  };
  return respondAndLog(
    world,
    handler,
    request,
    run,
    keep && ((served) => keep(world, { ...served, handler, request })),
  );
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
 * slash is wrong, the caller is redirected, with the query as its route will read it.
 */
export function serveNotFound(world: Pick<World, 'publicUrl'>, request: PlainRequest): PlainResponse {
  const allowed = methodsAt(request.path).join(', ');
  if (allowed !== '') return refuse(world, methodNotAllowed(request, allowed), request);
  const withoutSlash = withoutTrailing(request.path, '/');
  if (withoutSlash !== request.path && PLAIN_PATH.test(withoutSlash)) {
    const query = new URLSearchParams(request.query).toString();
    const location = query === '' ? withoutSlash : `${withoutSlash}?${query}`;
    return { status: 308, headers: { ...standardHeaders(request), location }, body: '' };
  }
  const detail = `There is no ${request.method} ${excerpt(request.path, 200)}.`;
  return refuse(world, new Refusal('route_not_found', { detail }), request);
}

/** What a redirect may name: anything else in a path may mean another host to a browser, or end a header. */
const PLAIN_PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

function methodNotAllowed({ method, path }: PlainRequest, allow: string): Refusal {
  const detail = `There is no ${method} ${excerpt(path, 200)}; this path has ${allow}.`;
  return new Refusal('method_not_allowed', { detail, headers: { allow } });
}

type AnyRouteHandler = Pick<RouteHandler, 'bodyBytesMax' | 'read' | 'idempotencyField'>;
/** Whether the request log keeps it: what was refused or failed, and changes of settings. */
export function isKept({ handler, response }: Parameters<Keep>[1]): boolean {
  return response.status >= 400 || isManagement(handler);
}

type AnyHandler = Pick<RouteHandler | OpenRouteHandler, 'name' | 'protocol'>;

async function respondAndLog(
  world: World,
  { name, protocol }: AnyHandler,
  request: PlainRequest,
  run: (known: KnownCaller) => Promise<Answer>,
  keep?: (served: Served) => Promise<void>,
): Promise<PlainResponse> {
  const startedAt = world.now();
  let caller: LoggedCaller | undefined;
  let owner: Owner | undefined;
  const known: KnownCaller = {
    proven(of) {
      caller = of;
    },
    claimed(of) {
      owner = of;
    },
  };
  let about: Answer['log'];
  const limits: Record<string, string> = {};
  let code: string | undefined;
  let response: PlainResponse;
  try {
    const answer = await notingLimits(limits, () => run(known));
    about = answer.log;
    response = respond({ ...answer, headers: { ...limits, ...answer.headers } }, request);
  } catch (error) {
    const refusal = await countedIfBadKey(world, toRefusal(error), request);
    code = refusal.code;
    if (code === 'internal_error') world.log.error('request.failed', { route: name }, error);
    response = refuse(world, refusal, request, protocol, limits);
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
  const served = { startedAt, ms, code, response };
  if (caller && keep) await keep({ ...served, caller });
  // Not what an address sends beyond its limit.
  else if (owner && keep && UNPROVEN.has(code)) await keep({ ...served, caller: owner, isClaimed: true });
  return response;
}

/**
 * A key that is malformed, unknown, revoked, expired or used from elsewhere gets the same answer: a caller never learns
 * which keys exist, and a thief not that the key works.
 */
async function authenticate(
  world: World,
  { protocol = airtimeProtocol }: AnyHandler,
  request: PlainRequest,
): Promise<Caller> {
  const caller = await protocol.readCaller(world, request);
  if (caller) return caller;
  throw new Refusal('unauthenticated', {
    param: 'Authorization',
    ...defined({ detail: protocol.schemeProblem?.(request.headers) }),
    headers: { 'www-authenticate': protocol.scheme },
  });
}

/** Requests that do not prove whose they are. */
const UNPROVEN: ReadonlySet<string | undefined> = new Set([
  ...['unauthenticated', 'token_invalid', 'token_expired', 'signature_invalid', 'timestamp_required'],
]);

/**
 * Counts a request without a valid key or signature by its address. Beyond the limit it is asked to wait instead, and
 * its answer still says what is wrong with it. A valid key is served from any address, so nobody is locked out by who
 * shares theirs.
 */
async function countedIfBadKey(world: World, refusal: Refusal, { address }: PlainRequest): Promise<Refusal> {
  if (!UNPROVEN.has(refusal.code) || address === undefined) return refusal;
  const { refusal: limit } = await admitBadKey(world, address);
  if (!limit) return refusal;
  const { param, detail, fix } = refusal;
  return new Refusal('rate_limited', {
    ...defined({ param }),
    detail: `${detail} Too many requests from this address had no valid key or signature.`,
    fix: `${fix} It is served at once then; unchanged, it is refused again.`,
    headers: limit.headers,
  });
}

function originOf(caller: Caller, { requestId, address }: PlainRequest): Origin {
  const kind = isMember(caller) ? 'person' : 'key';
  return { by: { kind, id: caller.id }, requestId, ...defined({ address }) };
}

/** The mode comes first: a live key is refused whatever its scopes are. */
function authorise(caller: Caller, handler: Pick<RouteHandler, 'scope' | 'isTestOnly' | 'isForPeople'>): void {
  if (handler.isForPeople && !isMember(caller)) throw new Refusal('person_required');
  if (handler.isTestOnly && caller.mode !== 'test') throw new Refusal('test_key_required');
  requireScopes(caller, scopesOf(handler));
}

/**
 * A route of our own without a query refuses every parameter, as it refuses a misspelt field. Where `read` takes
 * parameters for fields, `body` refuses them.
 */
function checkQuery<Query>(
  { query, read, protocol }: Pick<RouteHandler<unknown, Query>, 'query' | 'read' | 'protocol'>,
  input: unknown,
): Query {
  if (!query && !read && !protocol) check(NO_QUERY, input);
  return checkIfGiven(query, input);
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
  protocol?: Protocol,
  limits: Readonly<Record<string, string>> = {},
): PlainResponse {
  const refuseIt = protocol?.refuse ?? refuseAsProblem;
  return respond({ ...refuseIt(world, refusal, request), headers: { ...limits, ...refusal.headers } }, request);
}

function respond({ status, body, contentType, headers }: Answer, request: PlainRequest): PlainResponse {
  return {
    status,
    headers: { ...standardHeaders(request), 'content-type': contentType ?? 'application/json', ...headers },
    body: contentType === undefined ? JSON.stringify(body) : String(body),
  };
}

/** No browser guesses another type, frames an answer, loads or runs what is in it, or comes again without TLS. */
const BROWSER_HEADERS = {
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

function standardHeaders({ requestId }: PlainRequest): Record<string, string> {
  return { 'x-request-id': requestId, 'cache-control': 'no-store', ...BROWSER_HEADERS };
}
