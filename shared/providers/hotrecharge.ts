import * as z from 'zod/mini';
import type { Product } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import { messageOf } from '../domain/message-of.ts';
import { formatAmount, parseAmount } from '../domain/money.ts';
import type { FailureCode, Finding, Outcome, Receipt } from '../domain/order.ts';
import { nationalForm } from '../domain/phone.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, HOUR, MINUTE, plus, SECOND } from '../domain/time.ts';
import type { HttpAnswer } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import type { ApiDependencies, HotrechargeCredentials, PreparedCall } from './hotrecharge-api.ts';
import { Api, QUERY_TIMEOUT_MS } from './hotrecharge-api.ts';
import { hasStock, isSold, productsOf, readProducts, stockSchema, withOwnIds } from './hotrecharge-catalogue.ts';
import type { ReplyMeaning } from './hotrecharge-replies.ts';
import { FIELD_FAILURES, IN_PROGRESS, NOT_FOUND, REPLY_CODES } from './hotrecharge-replies.ts';
import type { PrefundedBalance, Preparation, Provider, Recharge } from './provider.ts';
import { evidence, NotSetUp } from './provider.ts';
import { isUnset, LoginRefused, parse, refusesUs, rejected } from './upstream-answer.ts';

/**
 * HotRecharge v3: airtime, bundles and ZESA in Zimbabwe (docs/providers.md). It answers a recharge synchronously, may
 * refuse a reference that it knows, and does not promise to deduplicate. So a recharge is sent once, and any reply that
 * the table of reply codes does not list as certain is unclear.
 */

interface Dependencies extends ApiDependencies {
  readonly sendTimeoutMs?: number;
}

/** The aggregator waits up to 40 s for a network; a client that times out earlier only learns less. */
const SEND_TIMEOUT_MS = 60 * SECOND;
const LOOKUP_TIMEOUT_MS = 8 * SECOND;

/** Its account types. Airtime and utilities are separate for tax reasons, so all four must be watched. */
const ACCOUNTS = {
  1: { account: 'ZWG', currency: 'ZWG' },
  2: { account: 'ZWG-utilities', currency: 'ZWG' },
  3: { account: 'USD', currency: 'USD' },
  4: { account: 'USD-utilities', currency: 'USD' },
} as const;

/** Reads the JSON of the secret. An error names the missing field, never a value. */
export function parseHotrechargeCredentials(text: string): HotrechargeCredentials {
  if (isUnset(text)) throw new NotSetUp('the hotrecharge secret is not set');
  const json = parse(text, z.looseObject({}));
  // Not the parser's own error, which quotes the text.
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
      // Our assumption until the aggregator confirms it: a reservation lapses after 30 minutes, so a reference that is
      // not found twice, an hour after it was sent, never became a recharge.
      notFoundFinalAfterMs: HOUR,
      queryIntervalMs: 2 * MINUTE,
      reviewAfterMs: 24 * HOUR,
      // No limit is published (docs/providers.md, 1.3).
      sendsPerSecondMax: 100,
      queriesPerSecondMax: 20,
    },
    prepare: (recharge) => prepare(api, recharge, sendTimeoutMs),
    query: (recharge) => query(api, recharge),
    paysFrom: ({ kind, currency }) => (kind === 'zesa' ? `${currency}-utilities` : currency),
    balances: () => balances(api),
    catalogue: () => catalogue(api),
    lookup: (productId, meter) => lookup(api, productId, meter),
  };
}

async function prepare(api: Api, recharge: Recharge, timeoutMs: number): Promise<Preparation> {
  let checked: Pick<Receipt, 'holder'> | undefined;
  let session: Awaited<ReturnType<Api['session']>>;
  let request: PreparedCall;
  try {
    checked = await checkMeter(api, recharge);
    session = await api.session();
    request = await api.preparePost('/products/recharge', requestBody(recharge));
  } catch (error) {
    // Nothing was requested yet: either our login was refused, or the upstream could not be reached.
    if (error instanceof LoginRefused) return refusesUs('credentials', error.message);
    return { kind: 'unsent', evidence: evidence(`nothing was sent: ${messageOf(error)}`) };
  }
  if (!checked) return rejected('invalid_target', 'the provider does not know this meter');
  const holder = checked;
  const { token, account } = session;
  return {
    kind: 'ready',
    account,
    async send() {
      const outcome = await send(api, recharge, { request, token, until: plus(api.now(), timeoutMs) });
      return 'receipt' in outcome ? { ...outcome, receipt: { ...outcome.receipt, ...holder } } : outcome;
    },
  };
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
  const outcome = readReply(recharge, answer);
  const isTokenRefused = answer.status === 401 && !hasCode(answer);
  if (isTokenRefused || outcome.kind === 'refuses_us') api.forgetToken(call.token);
  if (!isTokenRefused) return outcome;
  // A failed login is a certain failure (docs/providers.md): credentials are checked before the recharge, so it was not
  // begun, and the token may only have ended early. With a reply code the recharge was looked at.
  const said = `401 ${maskTokens(answer.body)}`;
  return isRepeat ? refusesUs('credentials', said) : sendAgain(api, recharge, call, said);
}

function hasCode({ body }: HttpAnswer): boolean {
  const said = parse(body, reply);
  return (said?.ReplyCode ?? said?.replyCode) !== undefined;
}

/** Logs in again and repeats a call that was refused before it was looked at, once, while its claim certainly holds. */
async function sendAgain(api: Api, recharge: Recharge, call: Call, said: string): Promise<Outcome> {
  let token: string;
  try {
    token = (await api.session()).token;
  } catch (error) {
    if (error instanceof LoginRefused) return refusesUs('credentials', `${error.message}, after ${said}`);
    return { kind: 'unsent', evidence: evidence(`no login after ${said}: ${messageOf(error)}`) };
  }
  // Also where this process was suspended meanwhile: its claim may have been given up.
  if (api.now() >= call.until) return { kind: 'unsent', evidence: evidence(`no time was left after ${said}`) };
  return send(api, recharge, { ...call, token }, true);
}

/** Electricity is bought only for a meter whose holder the provider has named. The look-up sells nothing. */
async function checkMeter(api: Api, recharge: Recharge): Promise<Pick<Receipt, 'holder'> | undefined> {
  if (recharge.kind !== 'zesa') return {};
  const holder = await lookup(api, recharge.providerProductId, recharge.msisdn);
  return holder && { holder };
}

/** The body of every kind of recharge: airtime, bundles and electricity. */
function requestBody(recharge: Recharge): Record<string, unknown> {
  const isPhone = recharge.kind !== 'zesa';
  const code = recharge.providerProductCode;
  return {
    AgentReference: recharge.reference,
    ProductId: Number(recharge.providerProductId),
    Target: isPhone ? nationalForm(recharge) : recharge.msisdn,
    Amount: Number(formatAmount(recharge.amountMinor, recharge.currency)),
    ...defined({ CustomerSMS: recharge.customSms }),
    ...defined({ RechargeOptions: code && [{ Name: 'ProductCode', Value: code }] }),
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
  balance: z.optional(z.nullable(z.looseObject({ balance: z.optional(z.nullable(text)) }))),
  WalletBalance: z.optional(z.nullable(text)),
  errors: z.optional(z.union([z.record(z.string(), z.array(z.string())), z.array(z.string())])),
  Tokens: z.optional(z.nullable(z.array(z.looseObject({ Token: z.string(), Units: z.optional(text) })))),
  tokens: z.optional(z.nullable(z.array(z.looseObject({ token: z.string(), units: z.optional(text) })))),
});
type Reply = z.infer<typeof reply>;

const SUCCESS = 2;

function readReply(recharge: Recharge, answer: HttpAnswer): Outcome {
  const body = parse(answer.body, reply);
  const said = evidence(`${answer.status} ${maskTokens(answer.body)}`);
  const isOk = answer.status >= 200 && answer.status < 300;
  const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  if (!body || !(isOk || isRefusal)) return { kind: 'unclear', evidence: said };
  const code = body.ReplyCode ?? body.replyCode ?? (isOk && body.successful === true ? SUCCESS : undefined);
  if (code !== undefined) {
    const meaning = REPLY_CODES[Number(code)];
    const isCertainRefusal = meaning?.outcome === 'rejected' || meaning?.outcome === 'refuses_us';
    return meaningOf(recharge, body, isOk || isCertainRefusal ? meaning : undefined, said);
  }
  const failure = answer.status === 400 ? failureOf(body) : undefined;
  return failure ? rejected(failure, said) : { kind: 'unclear', evidence: said };
}

/** The failure behind a validation error of fields that we sent. It is certain: an invalid request is never begun. */
function failureOf({ errors }: Reply): FailureCode | undefined {
  const fields = errors && !Array.isArray(errors) ? Object.keys(errors).map((name) => name.toLowerCase()) : [];
  // A refused reference may be one that is known already: the opposite of a failure.
  if (fields.length === 0 || fields.some((name) => name.includes('reference'))) return undefined;
  const failures = fields.map((name) => FIELD_FAILURES[name.replace(/^\$\.|[[.].*$/g, '')]);
  return failures.includes(undefined) ? undefined : failures[0];
}

/** An answer counts only if it is consistent and matches the request. A code that is in no table is unclear. */
function meaningOf(recharge: Recharge, body: Reply, meaning: ReplyMeaning | undefined, said: string): Outcome {
  if (!meaning || meaning.outcome === 'unclear') return { kind: 'unclear', evidence: said };
  const isRefusal = meaning.outcome === 'rejected' || meaning.outcome === 'refuses_us';
  if (body.successful === isRefusal) {
    return { kind: 'unclear', evidence: evidence(`the answer contradicts itself: ${said}`) };
  }
  if (meaning.outcome === 'rejected') {
    // For electricity the aggregator also reports its own time-outs as "network refused": never certain.
    if (recharge.kind === 'zesa' && meaning.failure === 'network_refused') return { kind: 'unclear', evidence: said };
    return rejected(meaning.failure, said);
  }
  if (meaning.outcome === 'refuses_us') return refusesUs(meaning.reason, said);
  const mismatch = mismatchIn(recharge, body);
  if (mismatch) return { kind: 'unclear', evidence: evidence(`${mismatch}: ${said}`) };
  const balanceMinor = balanceOf(recharge, body);
  return { kind: meaning.outcome, receipt: receiptOf(recharge, body), evidence: said, ...defined({ balanceMinor }) };
}

/** What is left in the account that paid, where the reply says it. */
function balanceOf({ currency }: Recharge, { balance, WalletBalance }: Reply): number | undefined {
  const minor = parseAmount(balance?.balance ?? WalletBalance ?? '', currency);
  return typeof minor === 'number' ? minor : undefined;
}

function mismatchIn(recharge: Recharge, body: Reply): string | undefined {
  const reference = body.AgentReference ?? body.agentReference;
  if (reference && reference !== recharge.reference) return 'the answer has another reference';
  const amount = body.amount ?? body.Amount;
  if (amount !== undefined && parseAmount(amount, recharge.currency) !== recharge.amountMinor) {
    return 'the answer has another amount';
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
    ...defined({ providerRef: id?.toString() }),
    ...(percent >= 0 && percent <= 100
      ? { costMinor: Math.round((recharge.amountMinor * (10_000 - Math.round(percent * 100))) / 10_000) }
      : {}),
    ...(recharge.kind === 'zesa'
      ? {
          tokens: tokens.map(({ token, units }) => ({ token, ...defined({ units: units?.toString() }) })),
        }
      : {}),
  };
}

const stored = z.looseObject({
  agentReference: z.optional(z.nullable(z.string())),
  rawData: z.optional(z.nullable(z.string())),
  ReplyCode: z.optional(text),
  replyCode: z.optional(text),
});

async function query(api: Api, recharge: Recharge): Promise<Finding> {
  const path = `/query/transaction/${encodeURIComponent(recharge.reference)}`;
  let answer: Awaited<ReturnType<Api['call']>>;
  try {
    answer = await api.call(path, QUERY_TIMEOUT_MS);
  } catch (error) {
    return { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
  const said = evidence(`${answer.status} ${maskTokens(answer.body)}`);
  const outer = parse(answer.body, stored);
  if (!outer || answer.status >= 500 || answer.status === 429) return { kind: 'unclear', evidence: said };
  if (outer.agentReference && outer.agentReference !== recharge.reference) return { kind: 'unclear', evidence: said };
  // A code next to the stored result is about the query. Only this code means that the reference is not known: a 404
  // without it comes from a proxy in front of the service, which would answer so for a delivered recharge too.
  if (Number(outer.ReplyCode ?? outer.replyCode) === NOT_FOUND) {
    const { account } = answer;
    return outer.rawData ? { kind: 'unclear', evidence: said } : { kind: 'not_found', account, evidence: said };
  }
  const body = answer.status === 200 && outer.rawData ? parse(outer.rawData, reply) : undefined;
  if (!body) return { kind: 'unclear', evidence: said };
  const code = Number(body.ReplyCode ?? body.replyCode ?? (body.successful === true ? SUCCESS : Number.NaN));
  if (IN_PROGRESS.has(code)) return { kind: 'in_progress', evidence: said };
  const outcome = meaningOf(recharge, body, REPLY_CODES[code], said);
  // A stored refusal of us is a send of which the answer was lost: certain, and nobody may send under it again.
  if (outcome.kind === 'refuses_us') return rejected('provider_unavailable', said);
  return outcome.kind === 'success' || outcome.kind === 'rejected' ? outcome : { kind: 'unclear', evidence: said };
}

const balance = z.looseObject({ accountTypeId: z.int(), balance: z.number() });

async function balances(api: Api): Promise<PrefundedBalance[]> {
  const answer = await api.get('/account/balance/0', z.union([z.array(balance), balance]));
  return [answer].flat().flatMap(({ accountTypeId, balance }) => {
    const account = ACCOUNTS[accountTypeId as keyof typeof ACCOUNTS];
    if (!account) return [];
    const minor = parseAmount(Math.abs(balance).toFixed(2), account.currency);
    return typeof minor === 'number' ? [{ ...account, balanceMinor: balance < 0 ? -minor : minor }] : [];
  });
}

async function catalogue(api: Api): Promise<Product[]> {
  const { products } = await api.get('/products/0', z.looseObject({ products: z.array(z.unknown()) }));
  const found = [];
  for (const product of readProducts(products).filter(isSold)) {
    found.push(...productsOf(product, hasStock(product) ? await stockOf(api, product.productId) : undefined));
  }
  return withOwnIds(found);
}

async function stockOf(api: Api, productId: number) {
  const path = `/query/stock/${productId}`;
  const answer = await api.call(path, QUERY_TIMEOUT_MS);
  // The upstream's answer for a product without stock.
  if (answer.status === 400) return [];
  const body = answer.status === 200 ? parse(answer.body, stockSchema) : undefined;
  if (!body) throw new Error(`hotrecharge: ${path} answered ${answer.status}`);
  return body.stock;
}

const holder = z.looseObject({
  customerName: z.optional(z.nullable(z.string())),
  accountName: z.optional(z.nullable(z.string())),
  address: z.optional(z.nullable(z.string())),
});

async function lookup(api: Api, productId: string, meter: string) {
  const path = `/query/customer/${productId}/${encodeURIComponent(meter)}`;
  const answer = await api.call(path, LOOKUP_TIMEOUT_MS);
  if (saysUnknown(answer)) return undefined;
  const body = answer.status === 200 ? parse(answer.body, holder) : undefined;
  if (!body) throw new Error(`the meter look-up answered ${answer.status}`);
  // Some answers have the name and the address joined by a newline, and an empty address field.
  const [name = '', ...rest] = (body.customerName ?? body.accountName ?? '').split('\n');
  const address = body.address || rest.join(', ');
  return name ? { name: name.trim(), ...(address ? { address: address.trim() } : {}) } : undefined;
}

const problem = z.looseObject({ title: z.string(), status: z.number() });

/** Only its documented answers count: a proxy that has lost its route answers 404 for every meter. */
function saysUnknown({ status, body }: HttpAnswer): boolean {
  if (status !== 400 && status !== 404) return false;
  const said = parse(body, reply);
  const code = said?.ReplyCode ?? said?.replyCode;
  if (code === undefined) return parse(body, problem)?.status === status;
  const meaning = REPLY_CODES[Number(code)];
  return meaning?.outcome === 'rejected' && meaning.failure === 'invalid_target';
}

/** A prepaid token is money: evidence keeps only its last four digits, also if it is written in groups of four. */
function maskTokens(body: string): string {
  return body.replace(/\d(?:[ -]?\d){15}[ -]?(\d{4})(?!\d)/g, '****************$1');
}
