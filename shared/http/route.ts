import type * as z from 'zod/mini';
import type { Key } from '../domain/key.ts';
import type { Owner } from '../domain/ledger.ts';
import type { OpenRoute, Route } from '../manifest/route.ts';
import type { World } from '../world.ts';
import type { Refusal } from './refusal.ts';

/** A request as every door sees it, whatever carried it here. Header names are lower-case. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came, where the text does not tell: it is not UTF-8. */
  readonly bytes?: Uint8Array;
  readonly requestId: string;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a handler is given: who calls, and input that has been checked. */
export interface Call<Params, Query, Body> {
  /** Whose data this is about. Every read and write takes it from here and from nowhere else. */
  readonly owner: Owner;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Given where the body is a text of another kind than JSON, and is sent as it is. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How callers of an endpoint show who they are, and in which form they are told no. Most come through our own. */
export interface Protocol {
  /** What a caller without a key is told to send: the `WWW-Authenticate` header. */
  readonly scheme: string;
  /** The active key that an `Authorization` header stands for, if it does. */
  readKey(world: World, authorization: string): Promise<Key | undefined>;
  refuse(refusal: Refusal, request: PlainRequest): Answer;
}

/** One endpoint: its line in `routes.ts`, what it accepts, and what it does. */
export interface RouteHandler<Params = unknown, Query = unknown, Body = unknown> extends Route {
  readonly door?: Protocol;
  /** How much of a body it takes, in bytes; an endpoint that does not say takes what an order needs. */
  readonly bodyBytesMax?: number;
  /** Makes what `body` checks of a request that may be no JSON. */
  readonly read?: (request: PlainRequest) => Promise<unknown>;
  readonly params?: z.ZodMiniType<Params>;
  readonly query?: z.ZodMiniType<Query>;
  readonly body?: z.ZodMiniType<Body>;
  run(world: World, call: Call<Params, Query, Body>): Promise<Answer>;
}

/** An endpoint that reads the request itself, because no key stands for its caller. */
export interface OpenRouteHandler extends OpenRoute {
  readonly door?: Protocol;
  run(world: World, request: PlainRequest): Promise<Answer>;
}

/** Declares an endpoint; exists for the types it infers. */
export function route<Params, Query, Body>(
  endpoint: RouteHandler<Params, Query, Body>,
): RouteHandler<Params, Query, Body> {
  return endpoint;
}
