import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { problem } from '../http/problem.ts';
import { Refusal } from '../http/refusal.ts';
import { GATEWAY_SECONDS_MAX, patternOf } from '../manifest/route.ts';
import { isApiPath } from '../manifest/site.ts';
import { within } from '../timers.ts';
import { startHttpServer } from './http-server.ts';
import { InvocationError } from './lambda.ts';
import { PEOPLE_PATH } from './people/local-people.ts';
import type { People } from './people/people.ts';

import type { Site } from './site.ts';
import { StartError } from './start-error.ts';

/**
 * API Gateway on this machine: passes HTTP requests as payload 2.0 events to the handlers that Lambda runs. What is no
 * path of the API is the site's, if there is one.
 */

export type HttpHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

export interface ApiGatewayRoute {
  readonly method: string;
  readonly path: string;
  /** Its name in the manifest, where answers are looked at. */
  readonly name?: string;
  readonly handler: HttpHandler;
}

interface Options {
  readonly port: number;
  readonly routes: readonly ApiGatewayRoute[];
  readonly notFound: HttpHandler;
  readonly site?: Site | undefined;
  /** Who signs people in, below its own path. */
  readonly people?: People;
  /** How long a handler is waited for. */
  readonly answerMsMax?: number;
  /** Called with what a route answered, once that is sent. */
  readonly onResult?: (route: string, result: APIGatewayProxyStructuredResultV2) => void;
  /** Called after every answer. */
  readonly onAnswer?: (line: { method: string; path: string; status: number; ms: number }) => void;
}

const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** What API Gateway answers when it has no answer of the function: there is no room for it, or it takes too long. */
const SERVICE_UNAVAILABLE: APIGatewayProxyStructuredResultV2 = {
  statusCode: 503,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: 'Service Unavailable' }),
};
/** How long running requests may take when the server stops. */
const DRAIN_MS = 2_000;

/** Serves on loopback until it is stopped. */
export async function startApiGateway(options: Options): Promise<{ port: number; stop(): Promise<void> }> {
  // Like in API Gateway, a literal segment takes precedence over a parameter.
  const patterns = options.routes
    .map((route) => ({ ...route, pattern: patternOf(route.path) }))
    .toSorted((one, other) => weight(one.path).localeCompare(weight(other.path)));
  const server = await startHttpServer(
    (request, response) => {
      const startedAt = Date.now();
      const { method = '', url = '' } = request;
      response.once('finish', () => {
        const path = publicPath(patterns, method, url);
        options.onAnswer?.({ method, path, status: response.statusCode, ms: Date.now() - startedAt });
      });
      return answer(patterns, options, request, response);
    },
    { port: options.port, onFailure: answerFailure },
  ).catch((error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    throw new StartError(
      isTaken ? `Port ${options.port} is taken; choose another with --port.` : `Port ${options.port}: ${error.message}`,
    );
  });
  return { port: server.port, stop: () => server.close(DRAIN_MS) };
}

function answerFailure(response: ServerResponse, error: unknown): void {
  console.error(error);
  response.writeHead(500, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem(new Refusal('internal_error'), `req_${randomUUID()}`)));
}

/** API Gateway decodes the path before it matches routes, so an encoded slash separates segments too. */
function readUrl(url = '/'): { path: string | undefined; search: string } {
  const at = url.indexOf('?');
  const search = at < 0 ? '' : url.slice(at + 1);
  try {
    return { path: decodeURIComponent(at < 0 ? url : url.slice(0, at)), search };
  } catch {
    return { path: undefined, search };
  }
}

/** The path as the console shows it, without parameters: they can be secret tokens or phone numbers. */
function publicPath(patterns: readonly Pattern[], method: string, url: string): string {
  const { path = '' } = readUrl(url);
  const route = patterns.find((each) => each.method === method && each.pattern.test(path));
  return route?.path ?? encodeURI(path).slice(0, 80);
}

function weight(path: string): string {
  return path.replace(/\{\w+\}/g, '\uffff');
}

type Pattern = ApiGatewayRoute & { pattern: RegExp };

async function answer(
  patterns: readonly Pattern[],
  { notFound, site, people, answerMsMax = 1_000 * GATEWAY_SECONDS_MAX, onResult }: Options,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (people && request.url?.startsWith(`${PEOPLE_PATH}/`)) return people(request, response);
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: 'Request Too Long' }));
    return;
  }
  const { path, search } = readUrl(request.url);
  if (path === undefined) {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: 'Bad Request' }));
    return;
  }
  if (site && !isApiPath(path)) return answerPage(site, request, response);
  const route = patterns.find((each) => each.method === request.method && each.pattern.test(path));
  const event = toEvent(request, path, search, body, route);
  const handler = route?.handler ?? notFound;
  const result = (await within(answerMsMax, answerOf(handler, event))) ?? SERVICE_UNAVAILABLE;
  response.writeHead(result.statusCode ?? 200, result.headers as Record<string, string>);
  response.end(result.isBase64Encoded ? Buffer.from(result.body ?? '', 'base64') : result.body);
  const isOurs = request.method !== 'HEAD' && result !== SERVICE_UNAVAILABLE;
  if (route?.name !== undefined && isOurs) onResult?.(route.name, result);
}

async function answerPage(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  const { status, headers, body } = await site(
    method,
    url.split('?')[0] ?? '',
    String(request.headers['accept-encoding'] ?? ''),
  );
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}

async function answerOf(handler: HttpHandler, event: APIGatewayProxyEventV2): ReturnType<HttpHandler> {
  try {
    return await handler(event);
  } catch (error) {
    if (error instanceof InvocationError) return SERVICE_UNAVAILABLE;
    throw error;
  }
}

/** A payload 2.0 event as API Gateway makes it. */
export function toEvent(
  request: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>,
  path: string,
  search: string,
  body: Buffer,
  route?: { method: string; path: string; pattern: RegExp },
): APIGatewayProxyEventV2 {
  const query: Record<string, string> = {};
  // API Gateway joins the values of a repeated name.
  for (const [name, value] of new URLSearchParams(search)) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  const params = route?.pattern.exec(path)?.groups;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  const routeKey = route ? `${route.method} ${route.path}` : '$default';
  const isText = Buffer.from(body.toString('utf8'), 'utf8').equals(body);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: search,
    headers: Object.fromEntries(headers),
    ...(search ? { queryStringParameters: query } : {}),
    ...(params ? { pathParameters: params } : {}),
    requestContext: {
      accountId: 'local',
      apiId: 'local',
      domainName: request.headers.host ?? 'localhost',
      domainPrefix: 'localhost',
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: String(request.headers['user-agent'] ?? ''),
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date().toUTCString(),
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: !isText,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk as Buffer);
  }
  return size > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks);
}
