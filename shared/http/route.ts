import type * as z from 'zod/mini';
import type { Origin } from '../domain/act.ts';
import type { Caller } from '../domain/caller.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import type { LoggedField } from '../manifest/logged-fields.ts';
import type { OpenRoute, Route } from '../manifest/route.ts';
import type { World } from '../world.ts';
import type { Refusal } from './refusal.ts';

/** A request as the pipeline sees it, however it arrived. Header names are in lower case. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it arrived, if it is not UTF-8 and the text has lost bytes. */
  readonly bytes?: Uint8Array;
  readonly requestId: string;
  /** Where it comes from, by the connection and not by a header; absent if that is not known. */
  readonly address?: string;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a route handler receives: the caller, and input that has been checked. */
export interface Call<Params, Query, Body> {
  /** Whose data this call is about. Every read and write takes the owner from here and from nowhere else. */
  readonly owner: Owner;
  /** The key, or the person with a role, for a route where what they may do depends on the input. */
  readonly caller: Caller;
  /** Who calls, and how: what is recorded of whatever the call changes. */
  readonly origin: Origin;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Given if the body is a text of another type than JSON; it is sent unchanged. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the request's log line says of it, such as the order that it is about. */
  readonly log?: Readonly<Partial<Record<LoggedField, string>>>;
}

/** A protocol adapter: how the clients of a route authenticate, and in which form they receive a refusal. */
export interface Protocol {
  /** The authentication scheme of the `WWW-Authenticate` header. */
  readonly scheme: string;
  /** The key or the person behind an `Authorization` header; `undefined` if there is none that works here and now. */
  readCaller(world: World, request: PlainRequest): Promise<Caller | undefined>;
  /** What is wrong with the form of the headers, if anything; it must not depend on which keys exist. */
  schemeProblem?(headers: Readonly<Record<string, string>>): string | undefined;
  refuse(world: Pick<World, 'publicUrl'>, refusal: Refusal, request: PlainRequest): Answer;
}

/** One route: its line in the manifest, what it accepts, and what it does. */
export interface RouteHandler<Params = unknown, Query = unknown, Body = unknown> extends Route {
  /** The protocol of its clients, if it is not our own. */
  readonly protocol?: Protocol;
  /** The largest body in bytes; without it, as much as an order needs. */
  readonly bodyBytesMax?: number;
  /** The field of the body that an `Idempotency-Key` header stands for. */
  readonly idempotencyField?: string;
  /** Reads a body that may not be JSON; `body` checks the result. */
  readonly read?: (request: PlainRequest) => Promise<unknown>;
  readonly params?: z.ZodMiniType<Params>;
  readonly query?: z.ZodMiniType<Query>;
  readonly body?: z.ZodMiniType<Body>;
  run(world: World, call: Call<Params, Query, Body>): Promise<Answer>;
}

/** A route whose callers have no key: it authenticates and reads the request itself. */
export interface OpenRouteHandler extends OpenRoute {
  readonly protocol?: Protocol;
  /** What it reads the body with. The request log keeps no other fields. */
  readonly body?: z.ZodMiniType | undefined;
  run(world: World, request: PlainRequest, known: KnownCaller): Promise<Answer>;
}

/** Whose request it is, proven by a key, a token or a signature. */
export type LoggedCaller = Owner & { readonly keyId?: string; readonly memberId?: string };

/** Called by a route as soon as it knows whose request it is. */
export interface KnownCaller {
  proven(caller: LoggedCaller): void;
  /** It names something of theirs, which anybody may do. */
  claimed(owner: Owner): void;
}

/** A request of somebody who is known, and its answer. */
export interface Served {
  readonly caller: LoggedCaller;
  /** That it is theirs is not proven: whatever it says may be anybody's. */
  readonly isClaimed?: true;
  readonly startedAt: Instant;
  readonly ms: number;
  /** Of a refusal. */
  readonly code: string | undefined;
  readonly response: PlainResponse;
}

/** What a route reads its query and its body with. */
interface Fields {
  readonly query?: z.ZodMiniType | undefined;
  readonly body?: z.ZodMiniType | undefined;
}

export interface Exchange extends Served {
  readonly handler: Pick<Route, 'name' | 'path'> & Fields;
  readonly request: PlainRequest;
}

/** Buckets of the request log: a flood in one leaves room in the others. */
export type KeptName = 'kept_requests' | 'kept_changes' | 'kept_claims';

/** Whether there is room in the request log for one more of an owner. */
export type MayKeep = (world: World, owner: Owner, name: KeptName) => Promise<boolean>;

/** Passes a request on to the request log, if that keeps it. It never throws, and takes a bounded time. */
export type Keep = (world: World, exchange: Exchange & { readonly handler: AnyRoute }) => Promise<void>;

type AnyRoute = Pick<Route, 'name' | 'method' | 'path' | 'access'>;

/** Declares a route handler; exists for the types that it infers. */
export function route<Params, Query, Body>(
  handler: RouteHandler<Params, Query, Body>,
): RouteHandler<Params, Query, Body> {
  return handler;
}
