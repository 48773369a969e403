import * as z from 'zod/mini';
import { assert } from '../domain/assert.ts';
import { messageOf } from '../domain/message-of.ts';
import type { Currency } from '../domain/money.ts';
import { parseAmount, toMajor } from '../domain/money.ts';
import { withoutTrailing } from '../domain/text.ts';
import { SECOND } from '../domain/time.ts';
import type { PaymentFinding, TopupFailure } from '../domain/topup.ts';
import type { Http, HttpAnswer } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import type { PaymentGateway, PaymentRequest, PaymentStart } from './payment-gateway.ts';
import { decrypt, encrypt } from './pesepay-cipher.ts';
import { evidence, NotSetUp } from './provider.ts';
import { isUnset, parse } from './upstream-answer.ts';

/**
 * Pesepay: top-ups in US dollars and Zimbabwe Gold, paid on its page (docs/providers.md). It is not known to
 * deduplicate, so each payment is started once. Its cipher does not authenticate, so only the answer to a status query
 * over HTTPS counts, and only if it names the payment of the query.
 */

export interface PesepayCredentials {
  /** Up to and including `/payments-engine`. */
  readonly baseUrl: string;
  readonly integrationKey: string;
  /** 32 ASCII characters. */
  readonly encryptionKey: string;
}

interface Dependencies {
  readonly http: Http;
  readonly credentials: () => Promise<PesepayCredentials>;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15 * SECOND;
const URL_LENGTH_MAX = 2048;

/** The spelling of currencies in requests, and the spellings in answers. The older ZWL is another currency. */
const CODES = { USD: 'USD', ZWG: 'ZiG' } as const satisfies Partial<Record<Currency, string>>;
const SPELLINGS = new Map<unknown, Currency>([
  ['USD', 'USD'],
  ['ZiG', 'ZWG'],
  ['ZWG', 'ZWG'],
]);

/** Every status with a known meaning (docs/providers.md). For any other status the payment is queried again. */
const MEANINGS = new Map<string, 'paid' | 'in_progress' | 'review' | TopupFailure>([
  ['SUCCESS', 'paid'],
  ['INITIATED', 'in_progress'],
  ['PENDING', 'in_progress'],
  ['PROCESSING', 'in_progress'],
  ['PARTIALLY_PAID', 'review'],
  ['REVERSED', 'review'],
  ['FAILED', 'gateway_error'],
  ['DECLINED', 'declined'],
  ['AUTHORIZATION_FAILED', 'declined'],
  ['INSUFFICIENT_FUNDS', 'insufficient_funds'],
  ['CANCELLED', 'cancelled'],
  ['TERMINATED', 'cancelled'],
  ['CLOSED', 'expired'],
  ['CLOSED_PERIOD_ELAPSED', 'expired'],
]);

/** Time-out, conflict, too early, throttled: a payment may have started, now or earlier. Never certain. */
const UNSURE = new Set([408, 409, 425, 429]);

/** Wrong keys get a 404 too, so the status alone proves nothing about a payment. */
const NOT_FOUND = /\b(payment|transaction|reference)\b.{0,200}\b(not found|not exist)/i;

/** Reads the JSON of the secret. An error names the invalid field, never a value. */
export function parsePesepayCredentials(text: string): PesepayCredentials {
  if (isUnset(text)) throw new NotSetUp('the pesepay secret is not set');
  const json = parse(text, z.looseObject({}));
  // Not the parser's own error, which quotes the text.
  if (!json) throw new Error('the pesepay secret is not a JSON object');
  const field = (name: keyof PesepayCredentials, isRight: (value: string) => boolean, is: string) => {
    const value = json[name];
    if (typeof value !== 'string' || value === '') throw new Error(`the pesepay secret has no ${name}`);
    if (!isRight(value)) throw new Error(`the ${name} of the pesepay secret is not ${is}`);
    return value;
  };
  return {
    baseUrl: withoutTrailing(
      field('baseUrl', (url) => safeUrl(url) !== undefined, 'an https URL'),
      '/',
    ),
    integrationKey: field('integrationKey', (key) => /^[\x21-\x7e]+$/.test(key), 'printable ASCII'),
    encryptionKey: field('encryptionKey', (key) => /^[\x21-\x7e]{32}$/.test(key), '32 printable ASCII characters'),
  };
}

export function pesepay(deps: Dependencies): PaymentGateway {
  const api = new Api(deps);
  return {
    name: 'pesepay',
    currencies: Object.keys(CODES) as (keyof typeof CODES)[],
    isOff: () =>
      deps.credentials().then(
        () => false,
        (error) => error instanceof NotSetUp,
      ),
    start: (request) => start(api, request),
    check: (gatewayRef) => check(api, gatewayRef),
  };
}

const started = z.looseObject({
  referenceNumber: z.string().check(z.regex(/^[\w.-]{1,100}$/)),
  redirectUrl: z.string(),
  merchantReference: z.optional(z.nullable(z.string())),
});

async function start(api: Api, request: PaymentRequest): Promise<PaymentStart> {
  const code = Object.hasOwn(CODES, request.currency) ? CODES[request.currency as keyof typeof CODES] : undefined;
  assert(code, `pesepay takes no ${request.currency}`);
  const reply = await api.post('/v1/payments/initiate', {
    amountDetails: { amount: toMajor(request.amountMinor, request.currency), currencyCode: code },
    reasonForPayment: request.reason,
    merchantReference: request.reference,
    transactionType: 'BASIC',
    resultUrl: request.resultUrl,
    returnUrl: request.returnUrl,
  });
  if (reply.kind === 'unsent') return { kind: 'rejected', evidence: reply.said };
  if (reply.kind === 'refused') {
    return { kind: isRefusal(reply.status) ? 'rejected' : 'unclear', evidence: reply.said };
  }
  const body = reply.kind === 'read' ? parse(reply.text, started) : undefined;
  const redirectUrl = safeUrl(body?.redirectUrl ?? '');
  if (!body || redirectUrl === undefined) return { kind: 'unclear', evidence: reply.said };
  if (body.merchantReference != null && body.merchantReference !== request.reference) {
    return { kind: 'unclear', evidence: evidence(`the answer has another reference: ${reply.said}`) };
  }
  return { kind: 'started', gatewayRef: body.referenceNumber, redirectUrl, evidence: reply.said };
}

/** The gateway answered and started nothing. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !UNSURE.has(status);
}

const checked = z.looseObject({
  referenceNumber: z.string(),
  transactionStatus: z.string(),
  amountDetails: z.optional(z.unknown()),
});

async function check(api: Api, gatewayRef: string): Promise<PaymentFinding> {
  const reply = await api.get(`/v1/payments/check-payment?referenceNumber=${encodeURIComponent(gatewayRef)}`);
  if (reply.kind === 'refused') {
    const isUnknown = reply.status === 404 && NOT_FOUND.test(reply.message);
    return { kind: isUnknown ? 'not_found' : 'unclear', evidence: reply.said };
  }
  const body = reply.kind === 'read' ? parse(reply.text, checked, amountAsWritten) : undefined;
  if (!body) return { kind: 'unclear', evidence: reply.said };
  if (body.referenceNumber !== gatewayRef) {
    return { kind: 'unclear', evidence: evidence(`the answer is about another payment: ${reply.said}`) };
  }
  const meaning = MEANINGS.get(body.transactionStatus);
  if (meaning === undefined) return { kind: 'unclear', evidence: reply.said };
  if (meaning === 'paid') return readPaid(body.amountDetails, reply.said);
  if (meaning === 'in_progress' || meaning === 'review') return { kind: meaning, evidence: reply.said };
  return { kind: 'failed', failure: meaning, evidence: reply.said };
}

const amounts = z.looseObject({ amount: z.union([z.string(), z.number()]), currencyCode: z.string() });

/** The amount paid, without fees. An amount that cannot be read is not guessed: the payment goes to manual review. */
function readPaid(amountDetails: unknown, said: string): PaymentFinding {
  const details = amounts.safeParse(amountDetails).data;
  const currency = SPELLINGS.get(details?.currencyCode);
  const amountMinor = details && currency ? parseAmount(details.amount, currency) : undefined;
  if (!currency || typeof amountMinor !== 'number' || amountMinor === 0) return { kind: 'review', evidence: said };
  return { kind: 'paid', amountMinor, currency, evidence: said };
}

/** The result of a call; `said` is its evidence. */
type Reply =
  | { readonly kind: 'unsent' | 'unanswered' | 'unreadable'; readonly said: string }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string; readonly said: string }
  | { readonly kind: 'read'; readonly text: string; readonly said: string };

const envelope = z.looseObject({ payload: z.string() });
const refusal = z.looseObject({ message: z.string() });

/** Pesepay's HTTP API: the key in a header, and every body encrypted. */
class Api {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  post(path: string, body: unknown): Promise<Reply> {
    return this.#exchange('POST', path, JSON.stringify(body));
  }

  get(path: string): Promise<Reply> {
    return this.#exchange('GET', path);
  }

  async #exchange(method: 'GET' | 'POST', path: string, text?: string): Promise<Reply> {
    let credentials: PesepayCredentials;
    try {
      credentials = await this.#deps.credentials();
    } catch (error) {
      return { kind: 'unsent', said: evidence(`no credentials: ${messageOf(error)}`) };
    }
    const { baseUrl, integrationKey, encryptionKey } = credentials;
    try {
      const answer = await this.#deps.http({
        method,
        url: baseUrl + path,
        headers: { accept: 'application/json', 'content-type': 'application/json', key: integrationKey },
        ...(text === undefined ? {} : { body: JSON.stringify({ payload: encrypt(text, encryptionKey) }) }),
        timeoutMs: this.#deps.timeoutMs ?? TIMEOUT_MS,
      });
      return read(answer, credentials);
    } catch (error) {
      const isUnsent = error instanceof HttpFailure && !error.sent;
      return { kind: isUnsent ? 'unsent' : 'unanswered', said: censored(messageOf(error), credentials) };
    }
  }
}

function read({ status, body }: HttpAnswer, credentials: PesepayCredentials): Reply {
  if (status < 200 || status >= 300) {
    const message = parse(body, refusal)?.message;
    const said = censored(`${status} ${message ?? 'without a message'}`, credentials);
    return message === undefined ? { kind: 'unreadable', said } : { kind: 'refused', status, message, said };
  }
  const payload = parse(body, envelope)?.payload;
  if (payload === undefined) return { kind: 'unreadable', said: `${status} without a payload` };
  const text = decrypt(payload, credentials.encryptionKey);
  if (text === undefined) return { kind: 'unreadable', said: `${status} with a payload that does not decrypt` };
  return { kind: 'read', text, said: censored(`${status} ${summary(text)}`, credentials) };
}

const summarised = z.looseObject({
  referenceNumber: z.optional(z.unknown()),
  amountDetails: z.optional(z.unknown()),
});

/** The facts for an operator's decision. Not the whole message, which names the customer. */
function summary(text: string): string {
  const body = parse(text, summarised, amountAsWritten);
  if (!body) return 'with a payload that is not JSON';
  const details = z.looseObject({}).safeParse(body.amountDetails).data ?? {};
  const facts = [
    `status ${printable(body.transactionStatus)} (${printable(body.transactionStatusCode)})`,
    `amount ${printable(details.amount)} ${printable(details.currencyCode)}`,
    `total ${printable(details.totalTransactionAmount)}`,
    `payment ${printable(body.referenceNumber)}`,
    `our reference ${printable(body.merchantReference)}`,
    printable(body.transactionStatusDescription),
  ];
  return facts.join(', ');
}

function printable(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
}

/** Evidence without our keys, halves of them, or anything as long as a payload. It is shortened only afterwards. */
function censored(text: string, { integrationKey, encryptionKey }: PesepayCredentials): string {
  const secrets = [integrationKey, encryptionKey, encryptionKey.slice(0, 16), encryptionKey.slice(16)];
  const open = secrets.reduce((said, secret) => said.replaceAll(secret, '(key)'), text);
  return evidence(open.replace(/[A-Za-z0-9+/]{60,}={0,2}/g, '(payload)'));
}

/** A URL that may be called or opened in a browser: https, or http to this machine. */
function safeUrl(text: string): string | undefined {
  const url = text.length <= URL_LENGTH_MAX ? URL.parse(text) : null;
  if (!url || url.username || url.password) return undefined;
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere) ? url.href : undefined;
}

/** Keeps the digits of a number that a double would round: 9.99999999999999999 is not 10. */
function amountAsWritten(name: string, value: unknown, context?: { source?: string }): unknown {
  const isPlain = name === 'amount' && typeof value === 'number' && /^-?[\d.]+$/.test(context?.source ?? '');
  return isPlain ? context?.source : value;
}
