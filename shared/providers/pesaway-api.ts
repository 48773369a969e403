import * as z from 'zod/mini';
import { defined } from '../domain/defined.ts';
import type { Region } from '../domain/region.ts';
import type { Instant } from '../domain/time.ts';
import { MINUTE, plus, SECOND } from '../domain/time.ts';
import type { Http, HttpAnswer, HttpRequest } from '../outbound-http.ts';
import { LOGIN_REFUSALS, LoginRefused, parse } from './upstream-answer.ts';

/** PesaWay's HTTP API: our credentials, one token per region, and the region in every call. */

export interface PesawayCredentials {
  /** Up to and including `/api/v1`. */
  readonly baseUrl: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly merchantCode: string;
  /** Present if PesaWay signs the callbacks of this merchant; an unsigned callback is then ignored. */
  readonly callbackSecret?: string;
}

export interface ApiDependencies {
  readonly http: Http;
  /** `isFresh` reads the secret itself, and not a copy that this process kept. */
  readonly credentials: (isFresh?: boolean) => Promise<PesawayCredentials>;
  readonly now: () => Instant;
}

const QUERY_TIMEOUT_MS = 20 * SECOND;
const TOKEN_LIFE_MS = 5 * MINUTE;
const TOKEN_MARGIN_MS = 30 * SECOND;
/** The latest time that a `Date` can represent. */
const INSTANT_MS_MAX = 8.64e15;

const text = z.union([z.string(), z.number()]);
const login = z.looseObject({
  data: z.optional(z.nullable(z.looseObject({ token: z.optional(z.string()) }))),
  access_token: z.optional(z.string()),
  expires_at: z.optional(z.nullable(text)),
});

/** Keeps one token per region, and renews it once before it expires, however many calls need it at once. */
export class Api {
  readonly #deps: ApiDependencies;
  readonly #tokens = new Map<Region, { token: string; until: Instant }>();
  readonly #renewals = new Map<Region, Promise<string>>();

  constructor(deps: ApiDependencies) {
    this.#deps = deps;
  }

  credentials(): Promise<PesawayCredentials> {
    return this.#deps.credentials();
  }

  now(): Instant {
    return this.#deps.now();
  }

  async token(region: Region): Promise<string> {
    const kept = this.#tokens.get(region);
    if (kept && kept.until > this.#deps.now()) return kept.token;
    const renewal = this.#renewals.get(region) ?? this.#renew(region).finally(() => this.#renewals.delete(region));
    this.#renewals.set(region, renewal);
    return renewal;
  }

  forgetToken(region: Region): void {
    this.#tokens.delete(region);
  }

  /** A POST that needs nothing more than a token: our secret is not read when it is made. */
  async preparePost(region: Region, path: string, body: unknown): Promise<PreparedCall> {
    const { baseUrl } = await this.credentials();
    const text = JSON.stringify(body);
    return (token, timeoutMs) =>
      this.#deps.http(requestTo('POST', baseUrl + path, { region, token, body: text, timeoutMs }));
  }

  /** A call that sells nothing: repeated once with a new token if the old one is refused. */
  async call(region: Region, method: 'GET' | 'POST', path: string, body?: unknown): Promise<HttpAnswer> {
    const once = async () =>
      this.#exchange(region, method, path, QUERY_TIMEOUT_MS, { body, token: await this.token(region) });
    const answer = await once();
    if (answer.status !== 401) return answer;
    this.forgetToken(region);
    return once();
  }

  async #renew(region: Region): Promise<string> {
    const first = await this.#tryLogin(region, await this.credentials());
    // The secret may have been changed since this process read it.
    const isRefused = LOGIN_REFUSALS.has(first.status);
    const answer = isRefused ? await this.#tryLogin(region, await this.#deps.credentials(true)) : first;
    if (LOGIN_REFUSALS.has(answer.status)) throw new LoginRefused(`login refused with ${answer.status}`);
    if (answer.status >= 300) throw new Error(`login answered ${answer.status}`);
    const said = parse(answer.body, login);
    const token = said?.access_token ?? said?.data?.token;
    if (!token) throw new Error('login gave no token');
    const fallback = plus(this.#deps.now(), TOKEN_LIFE_MS);
    const until = plus(instantOf(said?.expires_at) ?? fallback, -TOKEN_MARGIN_MS);
    this.#tokens.set(region, { token, until });
    return token;
  }

  #tryLogin(region: Region, { consumerKey, consumerSecret }: PesawayCredentials): Promise<HttpAnswer> {
    const body = { consumer_key: consumerKey, consumer_secret: consumerSecret, grant_type: 'client_credentials' };
    return this.#exchange(region, 'POST', '/token/', QUERY_TIMEOUT_MS, { body });
  }

  async #exchange(
    region: Region,
    method: 'GET' | 'POST',
    path: string,
    timeoutMs: number,
    { body, token }: { body?: unknown; token?: string },
  ): Promise<HttpAnswer> {
    const { baseUrl } = await this.credentials();
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.#deps.http(requestTo(method, baseUrl + path, { region, token, body: text, timeoutMs }));
  }
}

/** Makes a call of which everything but the token is ready. */
export type PreparedCall = (token: string, timeoutMs: number) => Promise<HttpAnswer>;

interface RequestParts {
  readonly region: Region;
  readonly token: string | undefined;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

function requestTo(method: 'GET' | 'POST', url: string, { region, token, body, timeoutMs }: RequestParts): HttpRequest {
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      'x-region': region,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...defined({ body }),
    timeoutMs,
  };
}

/** Reads seconds or milliseconds since 1970, or a date. */
function instantOf(value: string | number | null | undefined): Instant | undefined {
  const said = textOf(value);
  if (said === undefined) return undefined;
  const number = Number(said);
  const ms = Number.isFinite(number) ? (number < 1e11 ? number * SECOND : number) : Date.parse(said);
  return Math.abs(ms) <= INSTANT_MS_MAX ? new Date(ms).toISOString() : undefined;
}

/** The value of a field as a text, whatever its type; `undefined` if it is empty. */
export function textOf(value: string | number | null | undefined): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
