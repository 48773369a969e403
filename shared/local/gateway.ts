import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Unusable } from './engine.ts';

/** API Gateway on this machine: turns HTTP requests into payload 2.0 events for the same handlers that Lambda runs. */

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
  readonly handler: HttpHandler;
}

interface GatewayOptions {
  readonly port: number;
  readonly routes: readonly GatewayRoute[];
  readonly notFound: HttpHandler;
  /** Told of every answer. */
  readonly onAnswer?: (line: { method: string; path: string; status: number; ms: number }) => void;
}

const BODY_BYTES_MAX = 10 * 1024 * 1024;

/** Serves on loopback until stopped. A taken port is told in one sentence. */
export async function startGateway(options: GatewayOptions): Promise<{ port: number; stop(): Promise<void> }> {
  const patterns = options.routes.map((route) => ({ ...route, pattern: patternOf(route.path) }));
  const server = createServer((request, response) => {
    const startedAt = Date.now();
    response.once('finish', () => {
      const { method = '', url = '' } = request;
      options.onAnswer?.({ method, path: url, status: response.statusCode, ms: Date.now() - startedAt });
    });
    answer(patterns, options.notFound, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'Internal Server Error' }));
    });
  });
  await listen(server, options.port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const sentence = isTaken
        ? `Port ${port} is taken; choose another with --port.`
        : `Port ${port}: ${error.message}`;
      reject(new Unusable(sentence));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

type Pattern = GatewayRoute & { pattern: RegExp };

async function answer(
  patterns: readonly Pattern[],
  notFound: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: 'Request Too Long' }));
    return;
  }
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const route = patterns.find((each) => each.method === request.method && each.pattern.test(path));
  const event = toEvent(request, path, search, body, route);
  const result = await (route?.handler ?? notFound)(event, {} as Context);
  response.writeHead(result.statusCode ?? 200, result.headers as Record<string, string>);
  response.end(result.isBase64Encoded ? Buffer.from(result.body ?? '', 'base64') : result.body);
}

/** A payload 2.0 event as API Gateway makes it. */
export function toEvent(
  request: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>,
  path: string,
  search: string,
  body: Buffer,
  route?: { method: string; path: string; pattern: RegExp },
): APIGatewayProxyEventV2 {
  const query = Object.fromEntries(new URLSearchParams(search));
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
    ...(params ? { pathParameters: decode(params) } : {}),
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

/** `{name}` matches one segment; a slash at the end is tolerated. */
export function patternOf(path: string): RegExp {
  const pattern = path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${pattern}/?$`);
}

function decode(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        return [name, value];
      }
    }),
  );
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
