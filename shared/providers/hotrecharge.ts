import * as z from 'zod/mini';
import { formatAmount, parseAmount } from '../domain/money.ts';
import type { Finding, Outcome, Receipt } from '../domain/order.ts';
import { nationalForm } from '../domain/phone.ts';
import type { Instant } from '../domain/time.ts';
import { HOUR, MINUTE, plus, SECOND } from '../domain/time.ts';
import type { Http, HttpAnswer } from '../world.ts';
import { HttpFailure } from '../world.ts';
import { productsOf, stockSchema, upstreamProductSchema } from './hotrecharge-catalogue.ts';
import type { ReplyMeaning } from './hotrecharge-replies.ts';
import { FIELD_FAILURES, REPLY_CODES } from './hotrecharge-replies.ts';
import type { Float, Provider, Recharge } from './provider.ts';
import { evidence } from './provider.ts';

/**
 * HotRecharge v3: airtime, bundles and ZESA in Zimbabwe. It answers a recharge synchronously, may know a reference only
 * once, and does not promise to deduplicate: so a recharge is sent once, and whatever is not in the table of reply
 * codes as certain is unclear. Field names are its own; nothing of them leaves this file.
 */

export interface HotrechargeCredentials {
  /** Up to and including `/api/v3`. */
  readonly baseUrl: string;
  readonly accessCode: string;
  readonly accessPassword: string;
}

interface Dependencies {
  readonly http: Http;
  readonly credentials: () => Promise<HotrechargeCredentials>;
  readonly now: () => Instant;
  readonly sendTimeoutMs?: number;
}

/** The aggregator waits up to 40 s for a network; clients that give up earlier only learn less. */
const SEND_TIMEOUT_MS = 60 * SECOND;
const QUERY_TIMEOUT_MS = 20 * SECOND;
const LOOKUP_TIMEOUT_MS = 8 * SECOND;
const TOKEN_LIFE_MS = 5 * MINUTE;
const TOKEN_MARGIN_MS = 30 * SECOND;

/** Its account types; airtime and utilities are apart for tax, so all four must be watched. */
const ACCOUNTS = {
  1: { account: 'ZWG', currency: 'ZWG' },
  2: { account: 'ZWG-utilities', currency: 'ZWG' },
  3: { account: 'USD', currency: 'USD' },
  4: { account: 'USD-utilities', currency: 'USD' },
} as const;

/** Reads the secret's JSON. Throws naming the field that is missing, never a value. */
export function parseHotrechargeCredentials(text: string): HotrechargeCredentials {
  const json = parse(text, z.looseObject({}));
  // Never the parser's own error: it quotes the text.
  if (!json) throw new Error('the hotrecharge secret is not a JSON object');
  const field = (name: keyof HotrechargeCredentials) => {
    const value = json[name];
    if (typeof value !== 'string' || value === '') throw new Error(`the hotrecharge secret has no ${name}`);
    return value;
  };
  return {
    baseUrl: field('baseUrl').replace(/\/$/, ''),
    accessCode: field('accessCode'),
    accessPassword: field('accessPassword'),
  };
}

export function hotrecharge(deps: Dependencies): Provider {
  const api = new Api(deps);
  const sendTimeoutMs = deps.sendTimeoutMs ?? SEND_TIMEOUT_MS;
  return {
    name: 'hotrecharge',
    capabilities: {
      sendTimeoutMs,
      answersQueries: true,
      // Our claim until the aggregator certifies it: a reservation lapses after 30 minutes, so a reference that is
      // not known an hour after it was sent, twice, never became a recharge.
      notFoundFinalAfterMs: HOUR,
      lookGapMs: 2 * MINUTE,
      reviewAfterMs: 24 * HOUR,
    },
    send: (recharge) => send(api, recharge, sendTimeoutMs),
    query: (recharge) => query(api, recharge),
    balances: () => balances(api),
    catalogue: () => catalogue(api),
    lookup: (productId, meter) => lookup(api, productId, meter),
  };
}

async function send(api: Api, recharge: Recharge, timeoutMs: number): Promise<Outcome> {
  let token: string;
  try {
    token = await api.token();
  } catch (error) {
    // Nothing was sold yet: either we could not even log in, or the login was refused.
    if (error instanceof LoginRefused) return rejected('provider_unavailable', error.message);
    return { kind: 'unsent', evidence: evidence(`no login: ${messageOf(error)}`) };
  }
  const checked = await checkMeter(api, recharge);
  if ('kind' in checked) return checked;
  let answer: HttpAnswer;
  try {
    answer = await api.post('/products/recharge', requestBody(recharge), token, timeoutMs);
  } catch (error) {
    const isUnsent = error instanceof HttpFailure && !error.sent;
    return { kind: isUnsent ? 'unsent' : 'unclear', evidence: evidence(messageOf(error)) };
  }
  // A token it does not take is checked before anything else, so the recharge was not begun.
  if (answer.status === 401) {
    api.forgetToken();
    return { kind: 'unsent', evidence: evidence(`401 ${answer.body}`) };
  }
  const outcome = readReply(recharge, answer);
  return 'receipt' in outcome ? { ...outcome, receipt: { ...outcome.receipt, ...checked } } : outcome;
}

/** Electricity is only bought for a meter whose holder the provider has named; nothing is sold by asking. */
async function checkMeter(api: Api, recharge: Recharge): Promise<Outcome | Pick<Receipt, 'holder'>> {
  if (recharge.kind !== 'zesa') return {};
  try {
    const holder = await lookup(api, recharge.providerProductId, recharge.msisdn);
    return holder ? { holder } : rejected('invalid_target', 'the provider does not know this meter');
  } catch (error) {
    return { kind: 'unsent', evidence: evidence(`no answer about the meter: ${messageOf(error)}`) };
  }
}

/** The one place that knows how a recharge is put: also a bundle's code and an electricity purchase. */
function requestBody(recharge: Recharge): Record<string, unknown> {
  const isPhone = recharge.kind !== 'zesa';
  return {
    AgentReference: recharge.reference,
    ProductId: Number(recharge.providerProductId),
    Target: isPhone ? nationalForm(recharge) : recharge.msisdn,
    Amount: Number(formatAmount(recharge.amountMinor, recharge.currency)),
    ...(recharge.customSms === undefined ? {} : { CustomerSMS: recharge.customSms }),
    ...(recharge.providerProductCode === undefined
      ? {}
      : { RechargeOptions: [{ Name: 'ProductCode', Value: recharge.providerProductCode }] }),
  };
}

const text = z.union([z.string(), z.number()]);
const reply = z.looseObject({
  successful: z.optional(z.boolean()),
  message: z.optional(z.nullable(z.string())),
  ReplyCode: z.optional(text),
  replyCode: z.optional(text),
  ReplyMsg: z.optional(z.nullable(z.string())),
  ReplyMessage: z.optional(z.nullable(z.string())),
  rechargeId: z.optional(text),
  RechargeID: z.optional(text),
  AgentReference: z.optional(z.nullable(z.string())),
  agentReference: z.optional(z.nullable(z.string())),
  amount: z.optional(text),
  Amount: z.optional(text),
  discount: z.optional(text),
  Discount: z.optional(text),
  errors: z.optional(z.union([z.record(z.string(), z.array(z.string())), z.array(z.string())])),
  Tokens: z.optional(z.nullable(z.array(z.looseObject({ Token: z.string(), Units: z.optional(text) })))),
  tokens: z.optional(z.nullable(z.array(z.looseObject({ token: z.string(), units: z.optional(text) })))),
});
type Reply = z.infer<typeof reply>;

function readReply(recharge: Recharge, answer: HttpAnswer): Outcome {
  const body = parse(answer.body, reply);
  const said = evidence(`${answer.status} ${maskTokens(answer.body)}`);
  if (!body || answer.status >= 500 || answer.status === 429) return { kind: 'unclear', evidence: said };
  const code = body.ReplyCode ?? body.replyCode;
  if (code !== undefined) return meaningOf(recharge, body, REPLY_CODES[Number(code)], said);
  if (answer.status === 200)
    return meaningOf(recharge, body, body.successful === true ? REPLY_CODES[2] : undefined, said);
  if (answer.status === 400 && body.errors && !Array.isArray(body.errors)) {
    const [field = ''] = Object.keys(body.errors);
    return rejected(FIELD_FAILURES[field.toLowerCase()] ?? 'product_unavailable', said);
  }
  return { kind: 'unclear', evidence: said };
}

/** A success or a pending answer counts only if it speaks of what was asked; what is in no table is unclear. */
function meaningOf(recharge: Recharge, body: Reply, meaning: ReplyMeaning | undefined, said: string): Outcome {
  if (!meaning || meaning.outcome === 'unclear') return { kind: 'unclear', evidence: said };
  if (meaning.outcome === 'rejected') {
    // For electricity the aggregator folds its own time-outs into "network refused": never certain.
    if (recharge.kind === 'zesa' && meaning.failure === 'network_refused') return { kind: 'unclear', evidence: said };
    return rejected(meaning.failure, said);
  }
  const flaw = flawOf(recharge, body);
  if (flaw) return { kind: 'unclear', evidence: evidence(`${flaw}: ${said}`) };
  return { kind: meaning.outcome, receipt: receiptOf(recharge, body), evidence: said };
}

function flawOf(recharge: Recharge, body: Reply): string | undefined {
  const reference = body.AgentReference ?? body.agentReference;
  if (reference && reference !== recharge.reference) return 'an answer to another reference';
  const amount = body.amount ?? body.Amount;
  if (amount !== undefined && Number(amount) !== 0 && parseAmount(amount, recharge.currency) !== recharge.amountMinor) {
    return 'an answer about another amount';
  }
  return undefined;
}

function receiptOf(recharge: Recharge, body: Reply): Receipt {
  const id = body.rechargeId ?? body.RechargeID;
  const percent = Number(body.discount ?? body.Discount ?? Number.NaN);
  const tokens = [
    ...(body.Tokens ?? []).map((each) => ({ token: each.Token, units: each.Units })),
    ...(body.tokens ?? []).map((each) => ({ token: each.token, units: each.units })),
  ];
  return {
    ...(id === undefined ? {} : { providerRef: String(id) }),
    ...(percent >= 0 && percent <= 100
      ? { costMinor: Math.round((recharge.amountMinor * (10_000 - Math.round(percent * 100))) / 10_000) }
      : {}),
    ...(recharge.kind === 'zesa'
      ? {
          tokens: tokens.map(({ token, units }) => ({
            token,
            ...(units === undefined ? {} : { units: String(units) }),
          })),
        }
      : {}),
  };
}

const stored = z.looseObject({
  agentReference: z.optional(z.nullable(z.string())),
  rawData: z.optional(z.nullable(z.string())),
});

/** The state of a recharge row, where the answer holds one instead of a reply code. */
const STATE_OUTCOMES: Readonly<Record<number, 'success' | 'in_progress'>> = {
  1: 'in_progress',
  2: 'success',
  4: 'in_progress',
};

async function query(api: Api, recharge: Recharge): Promise<Finding> {
  const path = `/query/transaction/${encodeURIComponent(recharge.reference)}`;
  let answer: HttpAnswer;
  try {
    answer = await api.call('GET', path, QUERY_TIMEOUT_MS);
  } catch (error) {
    return { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
  const said = evidence(`${answer.status} ${maskTokens(answer.body)}`);
  if (answer.status === 404) return { kind: 'not_found', evidence: said };
  const outer = parse(answer.body, stored);
  const body = parse(outer?.rawData || answer.body, reply);
  if (!body || answer.status >= 500 || answer.status === 429) return { kind: 'unclear', evidence: said };
  const about = outer?.agentReference;
  if (about && about !== recharge.reference) return { kind: 'unclear', evidence: said };
  const code = Number(body.ReplyCode ?? body.replyCode ?? (body.successful === true ? 2 : Number.NaN));
  if (code === 800) return { kind: 'not_found', evidence: said };
  if (STATE_OUTCOMES[code] === 'in_progress') return { kind: 'in_progress', evidence: said };
  const outcome = meaningOf(recharge, body, REPLY_CODES[code], said);
  if (outcome.kind === 'accepted') return { kind: 'in_progress', evidence: said };
  return outcome.kind === 'unsent' ? { kind: 'unclear', evidence: said } : outcome;
}

const balance = z.looseObject({ accountTypeId: z.int(), balance: z.number() });

async function balances(api: Api): Promise<Float[]> {
  const answer = await api.get('/account/balance/0', z.union([z.array(balance), balance]));
  return [answer].flat().flatMap(({ accountTypeId, balance }) => {
    const account = ACCOUNTS[accountTypeId as keyof typeof ACCOUNTS];
    if (!account) return [];
    const minor = parseAmount(balance.toFixed(2), account.currency);
    return typeof minor === 'number' ? [{ ...account, balanceMinor: minor }] : [];
  });
}

async function catalogue(api: Api) {
  const { products } = await api.get('/products/0', z.looseObject({ products: z.array(upstreamProductSchema) }));
  const found = [];
  for (const product of products) {
    const hasStock = product.metaData.StockQuery?.toLowerCase() === 'true';
    const stock = hasStock ? (await api.get(`/query/stock/${product.productId}`, stockSchema)).stock : [];
    found.push(...productsOf(product, hasStock ? stock : undefined));
  }
  return found;
}

const holder = z.looseObject({
  customerName: z.optional(z.nullable(z.string())),
  accountName: z.optional(z.nullable(z.string())),
  address: z.optional(z.nullable(z.string())),
});

async function lookup(api: Api, productId: string, meter: string) {
  const path = `/query/customer/${productId}/${encodeURIComponent(meter)}`;
  const answer = await api.call('GET', path, LOOKUP_TIMEOUT_MS);
  if (answer.status === 404 || answer.status === 400) return undefined;
  const body = answer.status === 200 ? parse(answer.body, holder) : undefined;
  if (!body) throw new Error(`no answer about the meter: ${answer.status}`);
  // Name and address are known to come joined by a newline, with the address field empty.
  const [name = '', ...rest] = (body.customerName ?? body.accountName ?? '').split('\n');
  const address = body.address || rest.join(', ');
  return name ? { name: name.trim(), ...(address ? { address: address.trim() } : {}) } : undefined;
}

class LoginRefused extends Error {}

const tokens = z.looseObject({ token: z.string(), refreshToken: z.optional(z.nullable(z.string())) });

/** Its HTTP interface: one token for all calls, renewed before it ends, however many ask for it at once. */
class Api {
  readonly #deps: Dependencies;
  #pair: { token: string; refreshToken?: string | null | undefined; until: Instant } | undefined;
  #renewal: Promise<string> | undefined;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async token(): Promise<string> {
    if (this.#pair && this.#pair.until > this.#deps.now()) return this.#pair.token;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  forgetToken(): void {
    this.#pair = undefined;
  }

  async post(path: string, body: unknown, token: string | undefined, timeoutMs: number): Promise<HttpAnswer> {
    return this.#exchange('POST', path, token, timeoutMs, JSON.stringify(body));
  }

  /** A call that sells nothing: repeated once with a new token when the old one is refused. */
  async call(method: 'GET', path: string, timeoutMs: number): Promise<HttpAnswer> {
    const answer = await this.#exchange(method, path, await this.token(), timeoutMs);
    if (answer.status !== 401) return answer;
    this.forgetToken();
    return this.#exchange(method, path, await this.token(), timeoutMs);
  }

  async get<T>(path: string, schema: z.ZodMiniType<T>): Promise<T> {
    const answer = await this.call('GET', path, QUERY_TIMEOUT_MS);
    const body = answer.status === 200 ? parse(answer.body, schema) : undefined;
    if (body === undefined) throw new Error(`hotrecharge: ${path} answered ${answer.status} ${evidence(answer.body)}`);
    return body;
  }

  async #renew(): Promise<string> {
    const before = this.#pair;
    this.#pair = undefined;
    const refreshed = before?.refreshToken
      ? await this.post(
          '/identity/refresh',
          { token: before.token, refreshToken: before.refreshToken },
          undefined,
          QUERY_TIMEOUT_MS,
        )
      : undefined;
    if (refreshed?.status === 200) return this.#keep(refreshed);
    const { accessCode, accessPassword } = await this.#deps.credentials();
    const body = { AccessCode: accessCode, Password: accessPassword };
    const answer = await this.post('/identity/login', body, undefined, QUERY_TIMEOUT_MS);
    if (answer.status >= 500 || answer.status === 429) throw new Error(`login answered ${answer.status}`);
    if (answer.status !== 200) throw new LoginRefused(`login refused with ${answer.status}`);
    return this.#keep(answer);
  }

  #keep(answer: HttpAnswer): string {
    const pair = parse(answer.body, tokens);
    if (!pair) throw new Error('login gave no token');
    const life = lifeOf(pair.token) ?? TOKEN_LIFE_MS;
    const until = plus(this.#deps.now(), life - TOKEN_MARGIN_MS);
    this.#pair = { token: pair.token, refreshToken: pair.refreshToken, until };
    return pair.token;
  }

  async #exchange(method: 'GET' | 'POST', path: string, token: string | undefined, timeoutMs: number, body?: string) {
    const { baseUrl } = await this.#deps.credentials();
    return this.#deps.http({
      method,
      url: baseUrl + path,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
    });
  }
}

/** How long a token says it lives, from its own dates, so that clocks need not agree. */
function lifeOf(token: string): number | undefined {
  const claims = parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    z.looseObject({ exp: z.number(), iat: z.number() }),
  );
  return claims && claims.exp > claims.iat ? (claims.exp - claims.iat) * SECOND : undefined;
}

function rejected(failure: Extract<Outcome, { kind: 'rejected' }>['failure'], said: string): Outcome {
  return { kind: 'rejected', failure, evidence: evidence(said) };
}

function parse<T>(body: string, schema: z.ZodMiniType<T>): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(body));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

/** A prepaid token is money: only its last four digits may be kept as evidence. */
function maskTokens(body: string): string {
  return body.replace(/\d{16}(\d{4})/g, '****************$1');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
