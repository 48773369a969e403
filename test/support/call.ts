import { serve } from '../../shared/http/pipeline.ts';
import type { PlainResponse, RouteHandler } from '../../shared/http/route.ts';
import type { World } from '../../shared/world.ts';
import { keptContract } from './contract.ts';

interface Input {
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field, as a client's code would
  readonly json: any;
  readonly text: string;
}

let requests = 0;

/** Calls an endpoint through the edge, as Lambda and `npm start` do. */
export async function call<P, Q, B>(world: World, endpoint: RouteHandler<P, Q, B>, input: Input): Promise<Reply> {
  requests += 1;
  const { body = '' } = input;
  const response: PlainResponse = await serve(world, endpoint, {
    method: endpoint.method,
    path: endpoint.path,
    params: input.params ?? {},
    query: input.query ?? {},
    headers: input.headers ?? {},
    ...bodyOf(body),
    requestId: `req_${requests}`,
  });
  keptContract(endpoint.name, response);
  return { status: response.status, headers: response.headers, json: parsed(response.body), text: response.body };
}

/** Bytes arrive as they do on Lambda: as the text that UTF-8 makes of them, and as they are. */
function bodyOf(body: unknown) {
  if (body instanceof Uint8Array) return { body: Buffer.from(body).toString('utf8'), bytes: body };
  return { body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** What is no JSON is looked at as text. */
function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
