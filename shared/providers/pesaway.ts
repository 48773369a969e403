import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Product } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import { formatAmount, parseAmount } from '../domain/money.ts';
import type { FailureCode, Finding, Outcome } from '../domain/order.ts';
import type { Region } from '../domain/region.ts';
import { REGIONS } from '../domain/region.ts';
import type { Instant } from '../domain/time.ts';
import { HOUR, MINUTE, plus, SECOND } from '../domain/time.ts';
import type { Http, HttpAnswer, HttpRequest } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import type {
  CallbackMessage,
  CallbackReading,
  PrefundedBalance,
  Preparation,
  Provider,
  Recharge,
} from './provider.ts';
import { evidence } from './provider.ts';
import { LoginRefused, messageOf, parse, rejected } from './upstream-answer.ts';

/**
 * PesaWay: airtime in Kenya, Uganda and Tanzania (docs/providers.md). It only accepts a send; the result comes by a
 * callback or a status query. It does not promise to deduplicate, and does not document whether its query finds
 * airtime. So a send is made once, and "not found" is never proof.
 */

export interface PesawayCredentials {
  /** Up to and including `/api/v1`. */
  readonly baseUrl: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly merchantCode: string;
  /** Present if PesaWay signs the callbacks of this merchant; an unsigned callback is then ignored. */
  readonly callbackSecret?: string;
}

interface Dependencies {
  readonly http: Http;
  readonly credentials: () => Promise<PesawayCredentials>;
  readonly now: () => Instant;
  readonly sendTimeoutMs?: number;
}

const SEND_TIMEOUT_MS = 45 * SECOND;
const QUERY_TIMEOUT_MS = 20 * SECOND;
const TOKEN_LIFE_MS = 5 * MINUTE;
const TOKEN_MARGIN_MS = 30 * SECOND;
/** The latest time that a `Date` can represent. */
const INSTANT_MS_MAX = 8.64e15;

/** The meaning of its refusals, by code or class of codes. PesaWay's own list is incomplete (docs/providers.md). */
const REJECTIONS: Readonly<Record<string, FailureCode>> = {
  '400.001': 'invalid_target',
  '401': 'provider_unavailable',
  '403.033': 'provider_unavailable',
};

/** Time-out, conflict, too early, throttled: a request may have started, now or earlier. Never certain. */
const UNSURE = /^4(08|09|25|29)/;

/** The result code of its documented failure. Another code than 0 is a failure only in a callback, which is final. */
const RESULT_FAILED = '2001';

/** Reads the JSON of the secret. An error names the missing field, never a value. */
export function parsePesawayCredentials(text: string): PesawayCredentials {
  const json = parse(text, z.looseObject({}));
  // Not the parser's own error, which quotes the text.
  if (!json) throw new Error('the pesaway secret is not a JSON object');
  const field = (name: keyof PesawayCredentials) => {
    const value = json[name];
    if (typeof value !== 'string' || value === '') throw new Error(`the pesaway secret has no ${name}`);
    return value;
  };
  return {
    baseUrl: field('baseUrl').replace(/\/$/, ''),
    consumerKey: field('consumerKey'),
    consumerSecret: field('consumerSecret'),
    merchantCode: field('merchantCode'),
    // An empty secret would silently accept unsigned callbacks.
    ...(json.callbackSecret == null ? {} : { callbackSecret: field('callbackSecret') }),
  };
}

/**
 * PesaWay publishes no catalogue and no limits: each network of its table is a product, with bounds so wide that
 * PesaWay itself refuses an amount. The networks have the names of `shared/domain/phone.ts`.
 */
export const PESAWAY_NETWORKS: readonly [id: number, region: Region, network: string][] = [
  [254_001, 'ke', 'Safaricom'],
  [254_002, 'ke', 'Airtel'],
  [254_003, 'ke', 'Telkom'],
  [256_001, 'ug', 'MTN'],
  [256_002, 'ug', 'Airtel'],
  [255_001, 'tz', 'Yas'],
  [255_002, 'tz', 'Vodacom'],
  [255_003, 'tz', 'Airtel'],
  [255_004, 'tz', 'Halotel'],
];
const BOUNDS: Readonly<Record<Region, readonly [min: string, max: string]>> = {
  ke: ['5', '10000'],
  ug: ['500', '500000'],
  tz: ['500', '500000'],
};

export function pesaway(deps: Dependencies): Provider {
  const api = new Api(deps);
  const sendTimeoutMs = deps.sendTimeoutMs ?? SEND_TIMEOUT_MS;
  return {
    name: 'pesaway',
    capabilities: {
      sendTimeoutMs,
      answersQueries: true,
      // Whether its query finds airtime is unverified, so "not found" proves nothing.
      notFoundFinalAfterMs: null,
      queryIntervalMs: 2 * MINUTE,
      reviewAfterMs: 24 * HOUR,
    },
    prepare: (recharge) => prepare(api, recharge, sendTimeoutMs),
    query: (recharge) => query(api, recharge),
    balances: () => balances(api),
    catalogue: async () => PESAWAY_NETWORKS.map(toProduct),
    readCallback: (message) => readCallback(api, message),
  };
}

function toProduct([id, region, network]: (typeof PESAWAY_NETWORKS)[number]): Product {
  const { country, currency } = REGIONS[region];
  const [min, max] = BOUNDS[region].map((text) => Number(parseAmount(text, currency)));
  const whole = Number(parseAmount('1', currency));
  return {
    id,
    name: `${network} ${currency}`,
    network,
    kind: 'airtime',
    country,
    currency,
    minMinor: min ?? whole,
    maxMinor: max ?? whole,
    stepMinor: whole,
    denominationsMinor: [],
    targetType: 'phone',
    provider: 'pesaway',
    providerProductId: region,
    available: true,
  };
}

async function prepare(api: Api, recharge: Recharge, timeoutMs: number): Promise<Preparation> {
  const region = regionOf(recharge);
  try {
    const token = await api.token(region);
    const request = await api.preparePost(region, '/airtime/send-airtime/', await requestBody(api, recharge));
    return { kind: 'ready', send: () => send(api, recharge, () => request(token, timeoutMs)) };
  } catch (error) {
    if (error instanceof LoginRefused) return rejected('provider_unavailable', error.message);
    return { kind: 'unsent', evidence: evidence(`no login: ${messageOf(error)}`) };
  }
}

async function send(api: Api, recharge: Recharge, call: () => Promise<HttpAnswer>): Promise<Outcome> {
  let answer: HttpAnswer;
  try {
    answer = await call();
  } catch (error) {
    const isUnsent = error instanceof HttpFailure && !error.sent;
    return { kind: isUnsent ? 'unsent' : 'unclear', evidence: evidence(messageOf(error)) };
  }
  const outcome = readAcceptance(recharge, answer);
  const isRefusedToUs = outcome.kind === 'rejected' && outcome.failure === 'provider_unavailable';
  if (answer.status === 401 || isRefusedToUs) api.forgetToken(regionOf(recharge));
  return outcome;
}

async function requestBody(api: Api, recharge: Recharge): Promise<Record<string, unknown>> {
  const { merchantCode } = await api.credentials();
  const reason = recharge.customSms ?? 'Airtime Transfer';
  return {
    ExternalReference: recharge.reference,
    Amount: Number(formatAmount(recharge.amountMinor, recharge.currency)),
    PhoneNumber: digitsOf(recharge),
    MerchantCode: merchantCode,
    Currency: recharge.currency,
    Description: reason,
    Reason: reason,
    ...defined({ ResultsUrl: recharge.callbackUrl }),
  };
}

const acceptance = z.looseObject({
  code: z.string(),
  OriginatorReference: z.optional(z.nullable(z.string())),
  TransactionID: z.optional(z.nullable(z.string())),
});

/** Accepted does not mean delivered. Rejected means that it is certain that nothing was begun. */
function readAcceptance(recharge: Recharge, answer: HttpAnswer): Outcome {
  const said = evidence(`${answer.status} ${answer.body}`);
  const body = parse(answer.body, acceptance);
  if (!body) return { kind: 'unclear', evidence: said };
  if (body.OriginatorReference && body.OriginatorReference !== recharge.reference) {
    return { kind: 'unclear', evidence: evidence(`the answer has another reference: ${said}`) };
  }
  if (answer.status < 300 && body.code.startsWith('200')) {
    const providerRef = body.TransactionID;
    return { kind: 'accepted', receipt: providerRef ? { providerRef } : {}, evidence: said };
  }
  if (!isRefusal(answer.status, body.code)) return { kind: 'unclear', evidence: said };
  return rejected(REJECTIONS[body.code] ?? REJECTIONS[body.code.slice(0, 3)] ?? 'product_unavailable', said);
}

/** PesaWay's codes contain a dot. A code without one comes from a gateway in front of it and proves nothing. */
function isRefusal(status: number, code: string): boolean {
  const isUnsure = [String(status), code].some((each) => UNSURE.test(each));
  return status >= 400 && status < 500 && /^4\d\d\.\d/.test(code) && !isUnsure;
}

const text = z.union([z.string(), z.number()]);
const result = z.looseObject({
  ResultCode: z.optional(z.nullable(text)),
  ResultDesc: z.optional(z.nullable(z.string())),
  OriginatorReference: z.optional(z.nullable(text)),
  TransactionID: z.optional(z.nullable(text)),
  TransactionAmount: z.optional(z.nullable(text)),
  PhoneNumber: z.optional(z.nullable(text)),
});
type Result = z.infer<typeof result>;

/** It documents no code for "not found": these are its own texts about an order. */
const NOT_FOUND = /^not found\b|\b(transaction|reference)\b.*\bnot found\b/i;
const refusal = z.looseObject({ code: z.string(), ResponseDescription: z.string() });

async function query(api: Api, recharge: Recharge): Promise<Finding> {
  const region = regionOf(recharge);
  let answer: HttpAnswer;
  try {
    answer = await api.call(region, 'POST', '/mobile-money/transaction-query/', {
      TransactionReference: recharge.reference,
    });
  } catch (error) {
    return { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
  const said = evidence(`${answer.status} ${answer.body}`);
  const body = answer.status === 200 ? parse(answer.body, result) : undefined;
  const named = textOf(body?.OriginatorReference);
  if (body && named === recharge.reference) return readResult(recharge, body, said);
  if (named !== undefined) return { kind: 'unclear', evidence: said };
  const refused = parse(answer.body, refusal);
  const words = refused && isRefusal(answer.status, refused.code) ? refused.ResponseDescription : body?.ResultDesc;
  return { kind: NOT_FOUND.test(words ?? '') ? 'not_found' : 'unclear', evidence: said };
}

/** An answer counts only if it has our reference and, if it has an amount, our amount. */
function readResult(recharge: Recharge, body: Result, said: string): Finding {
  const amount = body.TransactionAmount ?? undefined;
  if (amount !== undefined && parseAmount(amount, recharge.currency) !== recharge.amountMinor) {
    return { kind: 'unclear', evidence: evidence(`the answer has another amount: ${said}`) };
  }
  const code = textOf(body.ResultCode);
  if (code === '0') return { kind: 'success', receipt: receiptOf(body), evidence: said };
  if (code === RESULT_FAILED) return { kind: 'rejected', failure: 'network_refused', evidence: said };
  if (NOT_FOUND.test(body.ResultDesc ?? '')) return { kind: 'not_found', evidence: said };
  return { kind: code === undefined ? 'unclear' : 'in_progress', evidence: said };
}

async function readCallback(api: Api, { headers, body }: CallbackMessage): Promise<CallbackReading | undefined> {
  const { callbackSecret } = await api.credentials();
  if (callbackSecret !== undefined && !isSigned(body, headers.signature ?? '', callbackSecret)) return undefined;
  const message = parse(body, result);
  const reference = textOf(message?.OriginatorReference);
  if (!message || reference === undefined) return undefined;
  const msisdn = textOf(message.PhoneNumber);
  const amount = textOf(message.TransactionAmount);
  return {
    reference,
    finding: findingOf(message, evidence(body)),
    ...defined({ msisdn, amount }),
    ...receiptOf(message),
  };
}

function findingOf(message: Result, said: string): CallbackReading['finding'] {
  const code = textOf(message.ResultCode) ?? '';
  if (code === '0') return { kind: 'success', receipt: receiptOf(message), evidence: said };
  if (/^[1-9]\d*$/.test(code)) return { kind: 'rejected', failure: 'network_refused', evidence: said };
  return { kind: 'unclear', evidence: said };
}

function isSigned(body: string, signature: string, secret: string): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function receiptOf(message: Result): { providerRef?: string } {
  const providerRef = textOf(message.TransactionID);
  return defined({ providerRef });
}

/** The value of a field as a text, whatever its type; `undefined` if it is empty. */
function textOf(value: string | number | null | undefined): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

const account = z.looseObject({
  Balance: z.optional(text),
  balance: z.optional(text),
  AvailableBalance: z.optional(text),
});

async function balances(api: Api): Promise<PrefundedBalance[]> {
  return Promise.all(
    (Object.keys(REGIONS) as Region[]).map(async (region) => {
      const { currency } = REGIONS[region];
      const answer = await api.call(region, 'GET', '/account-balance/');
      const body = answer.status === 200 ? parse(answer.body, account) : undefined;
      const value = body?.AvailableBalance ?? body?.Balance ?? body?.balance;
      const balanceMinor = value === undefined ? undefined : parseAmount(value, currency);
      if (typeof balanceMinor !== 'number') throw new Error(`pesaway: no balance in ${region}: ${answer.status}`);
      return { account: currency, currency, balanceMinor };
    }),
  );
}

const login = z.looseObject({
  data: z.optional(z.nullable(z.looseObject({ token: z.optional(z.string()) }))),
  access_token: z.optional(z.string()),
  expires_at: z.optional(z.nullable(text)),
});

/** PesaWay's HTTP API: one token per region, and the region in every call. */
class Api {
  readonly #deps: Dependencies;
  readonly #tokens = new Map<Region, { token: string; until: Instant }>();
  readonly #renewals = new Map<Region, Promise<string>>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  credentials(): Promise<PesawayCredentials> {
    return this.#deps.credentials();
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
    const { consumerKey, consumerSecret } = await this.credentials();
    const body = { consumer_key: consumerKey, consumer_secret: consumerSecret, grant_type: 'client_credentials' };
    const answer = await this.#exchange(region, 'POST', '/token/', QUERY_TIMEOUT_MS, { body });
    if (answer.status >= 500 || answer.status === 429) throw new Error(`login answered ${answer.status}`);
    if (answer.status >= 300) throw new LoginRefused(`login refused with ${answer.status}`);
    const said = parse(answer.body, login);
    const token = said?.access_token ?? said?.data?.token;
    if (!token) throw new Error('login gave no token');
    const fallback = plus(this.#deps.now(), TOKEN_LIFE_MS);
    const until = plus(instantOf(said?.expires_at) ?? fallback, -TOKEN_MARGIN_MS);
    this.#tokens.set(region, { token, until });
    return token;
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
type PreparedCall = (token: string, timeoutMs: number) => Promise<HttpAnswer>;

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

function regionOf({ country }: Recharge): Region {
  const region = (Object.keys(REGIONS) as Region[]).find((each) => REGIONS[each].country === country);
  if (!region) throw new Error(`pesaway does not sell in ${country}`);
  return region;
}

function digitsOf({ msisdn }: Recharge): string {
  return msisdn.replace(/^\+/, '');
}
