import type { OperationId, Operations } from './api.ts';
import { ANSWER_FIELDS, OPERATIONS } from './api.ts';
import { AirtimeError } from './errors.ts';
import { refusalOf } from './refusal.ts';
import { isRepeatable, nextWaitMs } from './repeats.ts';
import type { Fetch, FetchAnswer, Signal } from './web.ts';

export const VERSION = '0.1.0';

export interface AirtimeOptions {
  /** `atk_test_…` or `atk_live_…`. Without one, only what needs no key can be called, such as signed payouts. */
  readonly apiKey?: string | undefined;
  /** Where the API is, such as `http://localhost:8080`; no default, and `undefined` is refused. */
  readonly baseUrl: string | undefined;
  /** Instead of the platform's. */
  readonly fetch?: Fetch | undefined;
  /** How long one try may take, `Infinity` for any time. An order answers within 25 seconds. Default: 35,000. */
  readonly timeoutMs?: number | undefined;
  /** How many more tries a call gets that may be repeated. Default: 3. */
  readonly retries?: number | undefined;
}

export interface CallOptions {
  readonly signal?: Signal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retries?: number | undefined;
}

export interface Input<Id extends OperationId> {
  readonly path?: Operations[Id]['path'] | undefined;
  readonly query?: Operations[Id]['query'] | undefined;
  readonly body?: Operations[Id]['body'] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Makes further headers for each try, out of the bytes of the body. Then the API key is not sent. */
  readonly sign?: ((body: string) => Promise<Record<string, string>>) | undefined;
  /** What the request stands for, if it fails. */
  readonly reference?: string | undefined;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly requestId: string | undefined;
  /** Whether an earlier request did what this one asks. */
  readonly replayed: boolean;
  /** The path of the next part of a file. */
  readonly next: string | undefined;
}

interface Prepared {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly sign: Input<OperationId>['sign'];
  readonly mayRepeat: boolean;
  /** What an answer of ours has: these fields in JSON, or CSV. */
  readonly expected: readonly string[] | 'csv';
  readonly reference: string | undefined;
}

const TIMEOUT_MS = 35_000;
const RETRIES = 3;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Sends requests, and repeats those that may be repeated. */
export class Connection {
  readonly #apiKey: string | undefined;
  readonly #baseUrl: string;
  readonly #fetch: Fetch;
  readonly #timeoutMs: number;
  readonly #retries: number;

  constructor({ apiKey, baseUrl, fetch = platformFetch, timeoutMs = TIMEOUT_MS, retries = RETRIES }: AirtimeOptions) {
    if (baseUrl === undefined || !/^https?:\/\/[^/]/.test(baseUrl))
      throw new TypeError('baseUrl must begin with https:// or http://');
    if (apiKey !== undefined && !isKeyLike(apiKey)) throw new TypeError(`apiKey ${NO_KEY}`);
    this.#apiKey = apiKey;
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#fetch = fetch;
    this.#timeoutMs = checkedTimeout(timeoutMs);
    this.#retries = retries;
  }

  /** Calls an operation of the OpenAPI document. */
  async call<Id extends OperationId>(
    id: Id,
    input: Input<Id> = {},
    options: CallOptions = {},
  ): Promise<Answer<Operations[Id]['answer']>> {
    const [method, path] = OPERATIONS[id];
    const body = input.body === undefined ? undefined : JSON.stringify(input.body);
    const { headers = {}, sign, reference } = input;
    const url = this.#baseUrl + filled(path, input.path ?? {}) + queryOf(input.query ?? {});
    const mayRepeat = isRepeatable(id, input.body, headers);
    const expected = isCsv(id, input) ? 'csv' : ANSWER_FIELDS[id];
    return this.#send({ method, url, body, headers, sign, mayRepeat, expected, reference }, options);
  }

  /** Gets the next part of a file, whose path an answer named. */
  async next(path: string, options: CallOptions = {}): Promise<Answer<string>> {
    if (!path.startsWith('/')) throw new TypeError('the path of a next part begins with a slash');
    const url = this.#baseUrl + path;
    const rest = { body: undefined, headers: {}, sign: undefined, mayRepeat: true, reference: undefined };
    return this.#send({ method: 'GET', url, expected: 'csv', ...rest }, options);
  }

  /** Puts a file where an upload said, without the API key: it is another server. */
  async put(url: string, bytes: ArrayBuffer, { signal, timeoutMs = this.#timeoutMs }: CallOptions = {}): Promise<void> {
    const { answer, text } = await within(timeoutMs, signal, (stop) =>
      this.#fetch(url, { method: 'PUT', headers: {}, body: bytes, redirect: 'manual', signal: stop }),
    );
    if (answer.status >= 300 || answer.status < 200) {
      // Nothing is bought with a file: whoever is in doubt uploads it again.
      throw described(refusalOf(answer, text), { reference: undefined }, false);
    }
  }

  async #send<Body>(request: Prepared, options: CallOptions): Promise<Answer<Body>> {
    const retries = request.mayRepeat ? (options.retries ?? this.#retries) : 0;
    let isUnclear = false;
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#attempt<Body>(request, options);
      } catch (error) {
        if (!(error instanceof AirtimeError)) throw error;
        const isTryUnclear = error.unclear && request.method !== 'GET';
        isUnclear ||= isTryUnclear;
        const waitMs = tries < retries ? nextWaitMs(error, tries, isTryUnclear) : undefined;
        if (waitMs === undefined || options.signal?.aborted) throw described(error, request, isUnclear);
        await pause(waitMs, options.signal);
        if (options.signal?.aborted) throw described(aborted({ unclear: false }), request, isUnclear);
      }
    }
  }

  async #attempt<Body>(request: Prepared, { signal, timeoutMs = this.#timeoutMs }: CallOptions): Promise<Answer<Body>> {
    const { method, url, body, expected } = request;
    const headers = await this.#headersOf(request);
    const options = { method, headers, redirect: 'manual' as const, ...(body === undefined ? {} : { body }) };
    const { answer, text } = await within(timeoutMs, signal, (stop) => this.#fetch(url, { ...options, signal: stop }));
    if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer, text);
    return {
      status: answer.status,
      body: parsed(answer, text, expected),
      requestId: answer.headers.get('x-request-id') ?? undefined,
      replayed: answer.headers.get('idempotent-replayed') === 'true',
      next: /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1],
    };
  }

  async #headersOf({ body, headers, sign }: Prepared): Promise<Record<string, string>> {
    const own = {
      'user-agent': `airtime-sdk-typescript/${VERSION}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    if (sign) return { ...own, ...(await sign(body ?? '')) };
    return this.#apiKey === undefined ? own : { authorization: `Api-Key ${this.#apiKey}`, ...own };
  }
}

/** What is wrong with the text that stands where a key is printed. It is never shown: it may be most of a real one. */
export const NO_KEY =
  'is not a key: a key has letters, digits and _ only, without blanks or dots. Put in a whole one, as it was shown';

/** Whether it could be one, or a token. Anything else cannot even be sent in a header, or is a placeholder. */
export function isKeyLike(text: string): boolean {
  return /^\w+$/.test(text);
}

const platformFetch: Fetch = (url, options) => fetch(url, options);

/** An answer and its text, read in time. */
async function within(
  timeoutMs: number,
  signal: Signal | undefined,
  send: (stop: Signal) => Promise<FetchAnswer>,
): Promise<{ answer: FetchAnswer; text: string }> {
  checkedTimeout(timeoutMs);
  if (signal?.aborted) throw aborted({ unclear: false });
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  signal?.addEventListener('abort', onAbort);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop.abort();
  }, timerMs(timeoutMs));
  try {
    const answer = await send(stop.signal);
    return { answer, text: await answer.text() };
  } catch (cause) {
    if (signal?.aborted) throw aborted({ unclear: true, cause });
    throw isLate ? timedOut(timeoutMs, cause) : unconnected(cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Whether a file is asked for, where the same operation may answer JSON, too. */
function isCsv(id: OperationId, { query = {}, headers = {} }: Input<OperationId>): boolean {
  const accepted = Object.entries(headers).find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  return ANSWER_FIELDS[id].length === 0 || Reflect.get(query, 'format') === 'csv' || accepted.startsWith('text/csv');
}

/** JSON, or the text of a file. What is cut off, or not ours, is unclear, as no answer is. */
function parsed<Body>(answer: FetchAnswer, text: string, expected: Prepared['expected']): Body {
  const type = answer.headers.get('content-type') ?? '';
  if (expected === 'csv') {
    if (type.startsWith('text/csv')) return text as Body;
  } else {
    try {
      const value = /^application\/([\w.-]+\+)?json/.test(type) ? JSON.parse(text) : undefined;
      if (hasMost(value, expected)) return value as Body;
    } catch {
      // Treated like any other answer that is not ours.
    }
  }
  throw new AirtimeError({
    code: 'unclear_answer',
    message: `unclear_answer: ${answer.status} came with something that is no answer of Airtime`,
    fix: 'Check the base URL, and what is between you and it.',
    status: answer.status,
    requestId: answer.headers.get('x-request-id') ?? undefined,
    retryable: true,
    unclear: true,
  });
}

/**
 * Whether JSON is what was asked for, and no `{"ok":true}` of a proxy. Headers do not say it: a proxy takes some out and
 * has an `X-Request-Id` of its own. Most of the fields are enough: an API that is a release behind lacks the newest.
 */
function hasMost(value: unknown, fields: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return fields.filter((name) => Object.hasOwn(value, name)).length > fields.length / 2;
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    // A URL without them is the URL of something else.
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`${name} must not be empty, nor only dots`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))).toString();
  return text === '' ? '' : `?${text}`;
}

/** A timer of 0, of no number or of more than it can hold would end each try at once, and leave every order unclear. */
function checkedTimeout(timeoutMs: number): number {
  if (typeof timeoutMs === 'number' && timeoutMs > 0) return timeoutMs;
  throw new TypeError('timeoutMs must be a number above 0; Infinity waits for any time');
}

/** What a timer can hold: longer ones ring at once. */
function timerMs(ms: number): number {
  return Math.min(ms, TIMER_MS_MAX);
}

/** Waits, and no longer than until the signal. */
export async function pause(ms: number, signal: Signal | undefined): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, timerMs(ms));
    signal?.addEventListener('abort', end);
  });
}

/** The error of the last try, with what the tries before it say. */
function described(error: AirtimeError, { reference }: Pick<Prepared, 'reference'>, unclear: boolean): AirtimeError {
  const { message, cause } = error;
  return Object.assign(new AirtimeError({ ...error, message, cause, reference, unclear }), { stack: error.stack });
}

function aborted(facts: { unclear: boolean; cause?: unknown }): AirtimeError {
  return new AirtimeError({ ...facts, code: 'aborted', message: 'aborted: the call was stopped', retryable: true });
}

function timedOut(timeoutMs: number, cause: unknown): AirtimeError {
  const message = `timed_out: no answer within ${timeoutMs} ms`;
  return new AirtimeError({ code: 'timed_out', message, retryable: true, unclear: true, cause });
}

function unconnected(cause: unknown): AirtimeError {
  const message = 'connection_failed: no answer, the connection failed';
  const fix = 'Check the base URL and the network, then send the same request again.';
  return new AirtimeError({ code: 'connection_failed', message, fix, retryable: true, unclear: true, cause });
}
