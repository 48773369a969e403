import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { defined } from '../domain/defined.ts';
import { keyOfAuthorization, modeOfKey } from '../domain/key.ts';
import { keepRequest } from '../http/keep-request.ts';
import { mayKeep } from '../http/limits.ts';
import { isKept, serve, serveNotFound, serveOpen, serveTimeout } from '../http/pipeline.ts';
import type { Keep, OpenRouteHandler, PlainRequest, PlainResponse, RouteHandler } from '../http/route.ts';
import { AFTER_SLASH } from '../manifest/route.ts';
import type { World } from '../world.ts';
import { compressed } from './compress.ts';
import { keepNotFound } from './keep-not-found.ts';
import { powertools } from './powertools.ts';
import { cameByOrigin, senderOf } from './sender.ts';
import { unlessUnchanged } from './unchanged.ts';
import { awsWorld } from './world.ts';

/** Kept back of a function's time, in ms, so that a request that takes too long still gets an answer of ours. */
const ANSWER_MS = 1_000;

/** As API Gateway says it: no merchant is given this address, so no refusal of ours has to explain itself. */
const CLOSED: APIGatewayProxyStructuredResultV2 = {
  statusCode: 403,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify({ message: 'Forbidden' }),
};

/** Before anything is read or logged: whoever passes CloudFront by costs one short invocation. */
function isClosedTo({ headers }: APIGatewayProxyEventV2): boolean {
  return process.env.CLOSES_API === 'true' && !cameByOrigin(headers);
}

class OutOfTime extends Error {}

/** Turns a route into a Lambda handler. It translates events, nothing else; importing it has no side effects. */
export function lambda<Params, Query, Body>(route: RouteHandler<Params, Query, Body>) {
  return apiHandler(route, (request) => serve(awsWorld(), route, request, keep), keepIfOfKey);
}

/** What is accepted is a record of its own, so an order waits for no log and loads nothing of it. */
export async function keep(...[world, exchange]: Parameters<Keep>): Promise<void> {
  if (isKept(exchange)) await keepRequest(world, exchange, mayKeep);
}

/** The same for a route without a key; `keep` where it may know whose a request is. */
export function lambdaOpen(route: OpenRouteHandler, keep?: Keep) {
  return apiHandler(route, (request) => serveOpen(awsWorld(), route, request, keep));
}

/**
 * The handler of every path that is no route. It logs nothing, so it has no middleware, and waits for nothing unless a
 * request carries what may be a key: then it is kept, if the key works.
 */
export function lambdaNotFound() {
  return middy(async (event: APIGatewayProxyEventV2, _context: Context) =>
    isClosedTo(event) ? CLOSED : toResult(await answerNotFound(toRequest(event), keepIfOfKey), event),
  );
}

type KeepNotFound = (request: PlainRequest, response: PlainResponse) => Promise<void>;

async function answerNotFound(request: PlainRequest, keepIt?: KeepNotFound): Promise<PlainResponse> {
  const response = serveNotFound(publicAddress(), request);
  await keepIt?.(request, response);
  return response;
}

/** What is no key by its form is not looked up. */
async function keepIfOfKey(request: PlainRequest, response: PlainResponse): Promise<void> {
  const { authorization = '' } = request.headers;
  if (response.status < 400 || modeOfKey(keyOfAuthorization(authorization)) === undefined) return;
  await keepNotFound(request, response);
}

/** All that an unknown path needs of the World: so the function that answers it loads no clients. */
function publicAddress(): Pick<World, 'publicUrl'> {
  return defined({ publicUrl: process.env.PUBLIC_URL });
}

/** What `timeoutEarlyResponse` returns cannot depend on the request, but an error handler sees the event. */
function apiHandler(
  route: Pick<OpenRouteHandler, 'name' | 'protocol'>,
  serveRequest: (request: PlainRequest) => Promise<PlainResponse>,
  keepIt?: KeepNotFound,
) {
  const handler = async (event: APIGatewayProxyEventV2, _context: Context) => {
    const request = toRequest(event);
    if (isClosedTo(event)) return CLOSED;
    return toShortResult(
      request.params[AFTER_SLASH] ? await answerNotFound(request, keepIt) : await serveRequest(request),
      event,
    );
  };
  const timeoutEarlyResponse = () => {
    throw new OutOfTime();
  };
  return middy(handler, { timeoutEarlyInMillis: ANSWER_MS, timeoutEarlyResponse })
    .onError(({ event, error }) =>
      error instanceof OutOfTime ? toResult(serveTimeout(awsWorld(), route, toRequest(event)), event) : undefined,
    )
    .use(powertools());
}

function toRequest(event: APIGatewayProxyEventV2): PlainRequest {
  const body = event.body ?? '';
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    params: compact(event.pathParameters),
    query: compact(event.queryStringParameters),
    ...senderOf(compact(event.headers), event.requestContext.http.sourceIp),
    ...(event.isBase64Encoded ? decoded(Buffer.from(body, 'base64')) : { body }),
    requestId: `req_${event.requestContext.requestId}`,
  };
}

/** Decoding what is not UTF-8 loses bytes, so such a body is kept as bytes too. */
function decoded(bytes: Buffer): Pick<PlainRequest, 'body' | 'bytes'> {
  const body = bytes.toString('utf8');
  return Buffer.from(body).equals(bytes) ? { body } : { body, bytes };
}

/** HEAD is answered like GET, without the body. */
function toResult(
  { status, headers, body }: PlainResponse,
  { requestContext: { http } }: APIGatewayProxyEventV2,
): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { ...headers }, body: http.method === 'HEAD' ? '' : body };
}

/** The same, without a body for who has it, compressed where it is long. What unknown paths are answered never is. */
function toShortResult(answer: PlainResponse, event: APIGatewayProxyEventV2): APIGatewayProxyStructuredResultV2 {
  const { method } = event.requestContext.http;
  const response = unlessUnchanged(answer, method, event.headers['if-none-match']);
  const { headers, bytes } = compressed(response, method, event.headers['accept-encoding']);
  const result = { ...toResult(response, event), headers };
  return bytes ? { ...result, body: bytes.toString('base64'), isBase64Encoded: true } : result;
}

function compact(values: Record<string, string | undefined> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
