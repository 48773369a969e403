import * as z from 'zod/mini';
import { defined } from '../domain/defined.ts';
import { messageOf } from '../domain/message-of.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, MINUTE, plus, SECOND } from '../domain/time.ts';
import type { Http, HttpAnswer, HttpRequest } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import { LOGIN_REFUSALS, LoginRefused, parse } from './upstream-answer.ts';

/** HotRecharge's HTTP API: our credentials, one token for all calls, and one deadline for each call. */

export interface HotrechargeCredentials {
  /** Up to and including `/api/v3`. */
  readonly baseUrl: string;
  readonly accessCode: string;
  readonly accessPassword: string;
}

export interface ApiDependencies {
  readonly http: Http;
  /** `isFresh` reads the secret itself, and not a copy that this process kept. */
  readonly credentials: (isFresh?: boolean) => Promise<HotrechargeCredentials>;
  readonly now: () => Instant;
}

export const QUERY_TIMEOUT_MS = 20 * SECOND;
/** A send waits for the login before its own time-out starts; both must end before its claim expires. */
const LOGIN_TIMEOUT_MS = 8 * SECOND;
const TOKEN_LIFE_MS = 5 * MINUTE;
const TOKEN_MARGIN_MS = 30 * SECOND;

const tokens = z.looseObject({ token: z.string(), refreshToken: z.optional(z.nullable(z.string())) });
type Tokens = z.infer<typeof tokens>;

/** Keeps one token and renews it once before it expires, however many calls need it at the same time. */
export class Api {
  readonly #deps: ApiDependencies;
  #kept: { tokens: Tokens; account: string; until: Instant } | undefined;
  #renewal: Promise<Session> | undefined;

  constructor(deps: ApiDependencies) {
    this.#deps = deps;
  }

  /** Throws `LoginRefused` if the upstream refuses our credentials, and another error if it cannot be reached. */
  async session(until: Instant = this.#in(LOGIN_TIMEOUT_MS)): Promise<Session> {
    if (this.#kept && this.#kept.until > this.#deps.now()) {
      return { token: this.#kept.tokens.token, account: this.#kept.account };
    }
    this.#renewal ??= this.#renew(until).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  now(): Instant {
    return this.#deps.now();
  }

  /** Drops a token that was refused. A newer one, which another call may have fetched meanwhile, stays. */
  forgetToken(token: string): void {
    if (this.#kept?.tokens.token === token) this.#kept = undefined;
  }

  /** A POST that needs nothing more than a token: neither our secret nor anything else is read when it is made. */
  async preparePost(path: string, body: unknown): Promise<PreparedCall> {
    const url = (await this.#baseUrl()) + path;
    const text = JSON.stringify(body);
    return (token, timeoutMs) => this.#deps.http(requestTo('POST', url, token, timeoutMs, text));
  }

  /** A call that sells nothing: repeated once with a new token if the old one is refused, within one deadline. */
  async call(path: string, timeoutMs: number): Promise<HttpAnswer & { readonly account: string }> {
    const until = this.#in(timeoutMs);
    const first = await this.session(until);
    const answer = await this.#get(path, first.token, this.#left(until));
    if (answer.status !== 401) return { ...answer, account: first.account };
    this.forgetToken(first.token);
    const { token, account } = await this.session(until);
    return { ...(await this.#get(path, token, this.#left(until))), account };
  }

  async get<T>(path: string, schema: z.ZodMiniType<T>): Promise<T> {
    const answer = await this.call(path, QUERY_TIMEOUT_MS);
    const body = answer.status === 200 ? parse(answer.body, schema) : undefined;
    if (body === undefined) throw new Error(`hotrecharge: ${path} answered ${answer.status}`);
    return body;
  }

  async #renew(until: Instant): Promise<Session> {
    const before = this.#kept;
    this.#kept = undefined;
    const startedAt = this.#deps.now();
    const refreshed = before && (await this.#refresh(before.tokens, until));
    const { tokens, account } = refreshed ? { tokens: refreshed, account: before.account } : await this.#login(until);
    const life = lifeOf(tokens.token) ?? TOKEN_LIFE_MS;
    this.#kept = { tokens, account, until: plus(startedAt, life - TOKEN_MARGIN_MS) };
    return { token: tokens.token, account };
  }

  /** The next pair of tokens; `undefined` if the upstream does not refresh this one. */
  async #refresh({ token, refreshToken }: Tokens, until: Instant): Promise<Tokens | undefined> {
    if (!refreshToken) return undefined;
    try {
      // Half the time, so that a refresh that hangs leaves time for the login.
      const answer = await this.#post('/identity/refresh', { token, refreshToken }, this.#left(until) / 2);
      return answer.status === 200 ? parse(answer.body, tokens) : undefined;
    } catch {
      return undefined;
    }
  }

  /** The secret may have been changed since this process read it, so a refusal is tried once more with a fresh one. */
  async #login(until: Instant): Promise<{ tokens: Tokens; account: string }> {
    let credentials = await this.#deps.credentials();
    let answer = await this.#tryLogin(credentials, until);
    if (LOGIN_REFUSALS.has(answer.status)) {
      credentials = await this.#deps.credentials(true);
      answer = await this.#tryLogin(credentials, until);
    }
    if (LOGIN_REFUSALS.has(answer.status)) throw new LoginRefused(`login refused with ${answer.status}`);
    if (answer.status !== 200) throw new Error(`login answered ${answer.status}`);
    const pair = parse(answer.body, tokens);
    if (!pair) throw new Error('login gave no token');
    const { baseUrl, accessCode } = credentials;
    // Not by its port, which says nothing of whose account it is: that of a fake changes with every start.
    const service = baseUrl.replace(/:\d+(?=\/|$)/, '');
    return { tokens: pair, account: sha256(`${service} ${accessCode}`).slice(0, 16) };
  }

  #tryLogin({ accessCode, accessPassword }: HotrechargeCredentials, until: Instant): Promise<HttpAnswer> {
    return this.#post('/identity/login', { AccessCode: accessCode, Password: accessPassword }, this.#left(until));
  }

  async #post(path: string, body: unknown, timeoutMs: number): Promise<HttpAnswer> {
    return (await this.preparePost(path, body))(undefined, timeoutMs);
  }

  async #get(path: string, token: string, timeoutMs: number): Promise<HttpAnswer> {
    return this.#deps.http(requestTo('GET', (await this.#baseUrl()) + path, token, timeoutMs));
  }

  async #baseUrl(): Promise<string> {
    try {
      return (await this.#deps.credentials()).baseUrl;
    } catch (cause) {
      throw new HttpFailure(`no credentials: ${messageOf(cause)}`, false, cause);
    }
  }

  #in(ms: number): Instant {
    return plus(this.#deps.now(), ms);
  }

  #left(until: Instant): number {
    return Math.max(1, elapsed(this.#deps.now(), until));
  }
}

interface Session {
  readonly token: string;
  /** Which of our accounts is logged in, as a fingerprint. */
  readonly account: string;
}

/** Makes a call of which everything but the token is ready. */
export type PreparedCall = (token: string | undefined, timeoutMs: number) => Promise<HttpAnswer>;

function requestTo(
  method: 'GET' | 'POST',
  url: string,
  token: string | undefined,
  timeoutMs: number,
  body?: string,
): HttpRequest {
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...defined({ body }),
    timeoutMs,
  };
}

/** The lifetime of a token, from its own dates, so that the clocks need not agree. */
function lifeOf(token: string): number | undefined {
  const claims = parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    z.looseObject({ exp: z.number(), iat: z.number() }),
  );
  return claims && claims.exp > claims.iat ? (claims.exp - claims.iat) * SECOND : undefined;
}
