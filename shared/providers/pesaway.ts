import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Product } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { RefusalReason } from '../domain/health.ts';
import { messageOf } from '../domain/message-of.ts';
import { formatAmount, parseAmount } from '../domain/money.ts';
import type { Finding, Outcome } from '../domain/order.ts';
import type { Region } from '../domain/region.ts';
import { REGIONS } from '../domain/region.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, HOUR, MINUTE, plus, SECOND } from '../domain/time.ts';
import type { HttpAnswer } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import type { ApiDependencies, PesawayCredentials, PreparedCall } from './pesaway-api.ts';
import { Api, textOf } from './pesaway-api.ts';
import type {
  CallbackMessage,
  CallbackReading,
  PrefundedBalance,
  Preparation,
  Provider,
  Recharge,
} from './provider.ts';
import { evidence, NotSetUp } from './provider.ts';
import { isUnset, LoginRefused, parse, refusesUs } from './upstream-answer.ts';

/**
 * PesaWay: airtime in Kenya, Uganda and Tanzania (docs/providers.md). It only accepts a send; the result comes by a
 * callback or a status query. It does not promise to deduplicate, and does not document whether its query finds
 * airtime. So a send is made once, and "not found" is never proof.
 */

interface Dependencies extends ApiDependencies {
  readonly sendTimeoutMs?: number;
}

const SEND_TIMEOUT_MS = 45 * SECOND;

/**
 * Its refusals of us, by class of code: who may not call has begun nothing. 401.001 is in PesaWay's own list, which is
 * cut off after it; 403 is from a client, and what its class means (docs/providers.md, 3.2). No code is documented that
 * refuses an order, nor which one says that our prepaid balance is empty. So any other is unclear: it moves no money.
 */
const REFUSALS_OF_US: Readonly<Record<string, RefusalReason>> = { '401': 'credentials', '403': 'suspended' };

/** The result code of its documented failure. Another code than 0 is a failure only in a callback, which is final. */
const RESULT_FAILED = '2001';

/** Reads the JSON of the secret. An error names the missing field, never a value. */
export function parsePesawayCredentials(text: string): PesawayCredentials {
  if (isUnset(text)) throw new NotSetUp('the pesaway secret is not set');
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
      // No limit is published (docs/providers.md, 3.1).
      sendsPerSecondMax: 50,
      queriesPerSecondMax: 10,
    },
    prepare: (recharge) => prepare(api, recharge, sendTimeoutMs),
    query: (recharge) => query(api, recharge),
    paysFrom: ({ currency }) => currency,
    balances: () => balances(api),
    // Without credentials none of it can be sold, though the list needs none.
    catalogue: () => api.credentials().then(() => PESAWAY_NETWORKS.map(toProduct)),
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
    return {
      kind: 'ready',
      send: () => send(api, recharge, { request, token, until: plus(api.now(), timeoutMs) }),
    };
  } catch (error) {
    if (error instanceof LoginRefused) return refusesUs('credentials', error.message);
    return { kind: 'unsent', evidence: evidence(`no login: ${messageOf(error)}`) };
  }
}

interface Call {
  readonly request: PreparedCall;
  readonly token: string;
  readonly until: Instant;
}

async function send(api: Api, recharge: Recharge, call: Call, isRepeat = false): Promise<Outcome> {
  let answer: HttpAnswer;
  try {
    answer = await call.request(call.token, Math.max(1, elapsed(api.now(), call.until)));
  } catch (error) {
    const isUnsent = error instanceof HttpFailure && !error.sent;
    return { kind: isUnsent ? 'unsent' : 'unclear', evidence: evidence(messageOf(error)) };
  }
  const outcome = readAcceptance(recharge, answer);
  if (answer.status === 401 || outcome.kind === 'refuses_us') api.forgetToken(regionOf(recharge));
  // Its documented refusal of the caller: the request was not begun, and the token may only have ended early.
  const isTokenRefused = answer.status === 401 && outcome.kind === 'refuses_us';
  return isTokenRefused && !isRepeat ? sendAgain(api, recharge, call, outcome.evidence) : outcome;
}

/** Logs in again and repeats a call that was refused before it was looked at, once, while its claim certainly holds. */
async function sendAgain(api: Api, recharge: Recharge, call: Call, said: string): Promise<Outcome> {
  let token: string;
  try {
    token = await api.token(regionOf(recharge));
  } catch (error) {
    if (error instanceof LoginRefused) return refusesUs('credentials', `${error.message}, after ${said}`);
    return { kind: 'unsent', evidence: evidence(`no login after ${said}: ${messageOf(error)}`) };
  }
  // Also where this process was suspended meanwhile: its claim may have been given up.
  if (api.now() >= call.until) return { kind: 'unsent', evidence: evidence(`no time was left after ${said}`) };
  return send(api, recharge, { ...call, token }, true);
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

/** Accepted does not mean delivered. What no table names proves nothing. */
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
  // An answer whose status and code are of two classes contradicts itself. Its codes contain a dot: one without comes
  // from a proxy in front of it.
  const isConsistent = body.code.startsWith(`${answer.status}.`);
  const reason = isConsistent ? REFUSALS_OF_US[answer.status] : undefined;
  return reason ? refusesUs(reason, said) : { kind: 'unclear', evidence: said };
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

/** It documents no code for "not found": these are its own texts about an order, as clients saw them. Never proof. */
const NOT_FOUND = /^not found\b|\b(transaction|reference)\b.{0,200}\bnot found\b/i;
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
  const words = refused?.code.startsWith(`${answer.status}.`) ? refused.ResponseDescription : body?.ResultDesc;
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

function regionOf({ country }: Recharge): Region {
  const region = (Object.keys(REGIONS) as Region[]).find((each) => REGIONS[each].country === country);
  if (!region) throw new Error(`pesaway does not sell in ${country}`);
  return region;
}

function digitsOf({ msisdn }: Recharge): string {
  return msisdn.replace(/^\+/, '');
}
