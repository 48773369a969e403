import { serveOpen } from '../../shared/http/pipeline.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import type { World } from '../../shared/world.ts';
import type { Reply } from './call.ts';
import { keptContract } from './contract.ts';

interface Input {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly address?: string;
}

let requests = 0;

/** Calls an open route of JSON through the edge. */
export async function callOpen(world: World, route: OpenRouteHandler, input: Input = {}): Promise<Reply> {
  requests += 1;
  const { headers = {}, body = '', address } = input;
  const response = await serveOpen(world, route, {
    ...{ method: route.method, path: route.path, params: {}, query: {}, headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    requestId: `req_open${requests}`,
    ...(address === undefined ? {} : { address }),
  });
  keptContract(route.name, response);
  return {
    status: response.status,
    headers: response.headers,
    json: JSON.parse(response.body),
    text: response.body,
  };
}
