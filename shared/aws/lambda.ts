import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { defined } from '../domain/defined.ts';
import { serve, serveNotFound, serveOpen } from '../http/pipeline.ts';
import type { OpenRouteHandler, PlainRequest, PlainResponse, RouteHandler } from '../http/route.ts';
import { AFTER_SLASH } from '../manifest/route.ts';
import type { World } from '../world.ts';
import { awsWorld } from './world.ts';

/** Turns an endpoint into a Lambda handler: translates events, nothing else. Importing it has no side effects. */
export function lambda<Params, Query, Body>(endpoint: RouteHandler<Params, Query, Body>) {
  return middy(async (event: APIGatewayProxyEventV2, _context: Context) => {
    const request = toRequest(event);
    return toResult(
      request.params[AFTER_SLASH]
        ? serveNotFound(publicAddress(), request)
        : await serve(awsWorld(), endpoint, request),
    );
  });
}

/** The same for an endpoint without a key. */
export function lambdaOpen(endpoint: OpenRouteHandler) {
  return middy(async (event: APIGatewayProxyEventV2, _context: Context) => {
    const request = toRequest(event);
    const isOurs = !request.params[AFTER_SLASH];
    return toResult(isOurs ? await serveOpen(awsWorld(), endpoint, request) : serveNotFound(publicAddress(), request));
  });
}

/** The handler of every path that is no endpoint. */
export function lambdaNotFound() {
  return middy(async (event: APIGatewayProxyEventV2, _context: Context) =>
    toResult(serveNotFound(publicAddress(), toRequest(event))),
  );
}

/** All that an unknown path needs of the World: so the function that answers it loads no clients. */
function publicAddress(): Pick<World, 'publicUrl'> {
  return defined({ publicUrl: process.env.PUBLIC_URL });
}

function toRequest(event: APIGatewayProxyEventV2): PlainRequest {
  const body = event.body ?? '';
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    params: compact(event.pathParameters),
    query: compact(event.queryStringParameters),
    headers: compact(event.headers),
    ...(event.isBase64Encoded ? decoded(Buffer.from(body, 'base64')) : { body }),
    requestId: `req_${event.requestContext.requestId}`,
  };
}

/** What is not UTF-8 would be another text once it is read as such: its bytes are kept beside it. */
function decoded(bytes: Buffer): Pick<PlainRequest, 'body' | 'bytes'> {
  const body = bytes.toString('utf8');
  return Buffer.from(body).equals(bytes) ? { body } : { body, bytes };
}

function toResult(response: PlainResponse): APIGatewayProxyStructuredResultV2 {
  return { statusCode: response.status, headers: { ...response.headers }, body: response.body };
}

function compact(values: Record<string, string | undefined> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
