import { setTimeout as sleep } from 'node:timers/promises';
import { parsePhone } from '../../domain/phone.ts';
import { HOTRECHARGE_PRODUCTS, HOTRECHARGE_STOCK } from './hotrecharge-products.ts';
import type { Delivery, Fake, FakeAnswer, FakeOptions, FakeRequest } from './server.ts';
import { Behaviours, Deliveries, serveFake } from './server.ts';

/**
 * HotRecharge v3 on loopback, as far as its protocol is known: login, balances, catalogue, recharge, status query. It
 * vends at every request, also twice for one reference unless `deduplicates` is set, and records each delivery, so that
 * tests can check how often each order was vended.
 */

/** What it does with a recharge: whether it delivers, what it answers, and what a status query says later. */
export interface HotrechargeBehaviour {
  readonly delivers: boolean;
  readonly answer:
    | 'success'
    | 'hang'
    | 'reset'
    | 'garbage'
    | 'empty'
    | 'other_reference'
    | 'other_amount'
    | { readonly code: number; readonly status?: number }
    | { readonly problem: string }
    | { readonly status: number };
  readonly delayMs?: number;
  /** What a status query answers; by default whether it was delivered. */
  readonly query?: 'busy' | 'not_found' | 'garbage' | { readonly code: number };
}

const refuse = (code: number): HotrechargeBehaviour => ({ delivers: false, answer: { code } });

/** By the last three digits of the target; every other number succeeds. */
export const HOTRECHARGE_SUFFIXES: Readonly<Record<string, HotrechargeBehaviour>> = {
  '901': refuse(217),
  '902': refuse(224),
  '903': refuse(210),
  '904': refuse(208),
  '910': { delivers: true, answer: 'success', delayMs: 2_000 },
  '911': { delivers: true, answer: { status: 500 } },
  '912': { delivers: false, answer: { status: 500 } },
  '913': { delivers: true, answer: 'reset' },
  '914': { delivers: false, answer: 'reset' },
  '915': { delivers: true, answer: 'hang' },
  '916': { delivers: false, answer: 'hang' },
  '917': { delivers: true, answer: 'garbage' },
  '918': { delivers: false, answer: { status: 429 } },
  '919': { delivers: true, answer: { code: 216 } },
  '920': { delivers: false, answer: { code: 704 }, query: 'busy' },
  '921': { delivers: true, answer: { code: 4 } },
  '922': { delivers: true, answer: { code: 704 } },
  '923': { delivers: false, answer: 'garbage' },
  '924': { delivers: true, answer: { code: 4 }, query: { code: 4 } },
  '925': { delivers: false, answer: { problem: 'Target' } },
  '926': { delivers: true, answer: 'hang', query: 'not_found' },
};

/** The only account it accepts. It is no secret, because the fake sells nothing. */
export const HOTRECHARGE_FAKE_ACCOUNT = { accessCode: 'fake@airtime.test', accessPassword: 'fake-password' };

const ACCOUNT_NAMES = { 1: 'ZWG', 2: 'ZWG Utilities', 3: 'USD', 4: 'USD Utilities' } as const;
const OPENING_BALANCE = 1_000_000;
const TOKEN_LIFE_SECONDS = 300;
/** Two, because several may come, to be entered in this order. */
const METER_TOKENS = [
  { token: '12345678901234567890', units: '40.5' },
  { token: '09876543210987654321', units: '2.0' },
];

interface Options extends FakeOptions {
  /** Whether a repeated reference is answered with "duplicate" instead of being vended again. */
  readonly deduplicates?: boolean;
  readonly now?: () => number;
}

export interface HotrechargeFake extends Fake {
  /** The requests it received, without query strings: `POST /products/recharge`. */
  requests(): readonly string[];
  script(script: Parameters<Behaviours<HotrechargeBehaviour>['script']>[0]): void;
  /** Makes every issued token invalid. */
  expireTokens(): void;
}

export async function startHotrechargeFake(options: Options = {}): Promise<HotrechargeFake> {
  const fake = new Hotrecharge(new Deliveries(options.recordFile), options);
  const server = await serveFake(options.port ?? 0, (request) => fake.answer(request));
  return {
    url: `http://127.0.0.1:${server.port}/api/v3`,
    deliveries: () => fake.record.all(),
    requests: () => fake.requests,
    script: (script) => fake.behaviours.script(script),
    expireTokens: () => fake.expireTokens(),
    reset: () => fake.reset(),
    close: () => server.close(),
  };
}

class Hotrecharge {
  readonly record: Deliveries;
  readonly behaviours = new Behaviours<HotrechargeBehaviour>();
  readonly requests: string[] = [];
  readonly #deduplicates: boolean;
  readonly #now: () => number;
  /** By token: when it expires, and its refresh token. */
  readonly #tokens = new Map<string, { until: number; refreshToken: string }>();
  readonly #behaviourOf = new Map<string, HotrechargeBehaviour>();
  #spent: { [account: number]: number } = {};
  #serial = 0;

  constructor(record: Deliveries, { deduplicates = false, now = Date.now }: Options) {
    this.record = record;
    this.#deduplicates = deduplicates;
    this.#now = now;
    for (const { productId, amount } of record.all()) this.#spend(productOf(Number(productId)), Number(amount));
  }

  expireTokens(): void {
    this.#tokens.clear();
  }

  reset(): void {
    this.behaviours.clear();
    this.requests.length = 0;
    this.expireTokens();
    this.#behaviourOf.clear();
    this.#spent = {};
  }

  async answer(request: FakeRequest): Promise<FakeAnswer> {
    const path = request.path.replace(/^\/api\/v3/, '').replace(/\?.*$/, '');
    const admin = this.#administer(request, path);
    if (admin) return admin;
    this.requests.push(`${request.method} ${path}`);
    if (path === '/identity/login') return this.#login(request);
    if (path === '/identity/refresh') return this.#refresh(request);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((this.#tokens.get(token)?.until ?? 0) <= this.#now()) return { status: 401, body: '' };
    const [, resource, kind = '', id = '', account = ''] = path.split('/');
    if (path === '/products/recharge') return this.#recharge(request);
    if (resource === 'products') return { status: 200, body: { products: productsWith(Number(kind)) } };
    if (resource === 'account') return { status: 200, body: this.#balances(Number(id)) };
    if (kind === 'stock') return this.#stock(Number(id));
    if (kind === 'transaction') return this.#query(decodeURIComponent(id));
    if (kind === 'customer') return customer(account);
    return problem(404, {});
  }

  #administer(request: FakeRequest, path: string): FakeAnswer | undefined {
    const admin = /^\/_admin\/(\w+)$/.exec(path)?.[1];
    if (admin === 'deliveries') return { status: 200, body: this.record.all() };
    if (admin === 'behaviour') {
      const { behaviour } = request.json as { behaviour?: Partial<HotrechargeBehaviour> };
      if (behaviour?.delivers === undefined || !behaviour.answer) return problem(400, { behaviour: ['Incomplete'] });
      this.behaviours.script(request.json as unknown as Parameters<Behaviours<HotrechargeBehaviour>['script']>[0]);
      return { status: 200, body: { scripted: true } };
    }
    if (admin === 'reset') {
      this.reset();
      return { status: 200, body: { reset: true } };
    }
    return undefined;
  }

  #login({ json }: FakeRequest): FakeAnswer {
    const { accessCode, accessPassword } = HOTRECHARGE_FAKE_ACCOUNT;
    if (json.AccessCode !== accessCode || json.Password !== accessPassword) {
      return { status: 401, body: { errors: ['Invalid login'] } };
    }
    return this.#newTokens();
  }

  #refresh({ json }: FakeRequest): FakeAnswer {
    const token = String(json.token);
    const isPair = this.#tokens.get(token)?.refreshToken === json.refreshToken && this.#tokens.delete(token);
    return isPair ? this.#newTokens() : { status: 401, body: { errors: ['Expired'] } };
  }

  #newTokens(): FakeAnswer {
    this.#serial += 1;
    const iat = Math.floor(this.#now() / 1000);
    const claims = JSON.stringify({ iat, exp: iat + TOKEN_LIFE_SECONDS, n: this.#serial });
    const token = `eyJhbGciOiJub25lIn0.${Buffer.from(claims).toString('base64url')}.simulated`;
    const refreshToken = `refresh-${this.#serial}`;
    this.#tokens.set(token, { until: this.#now() + TOKEN_LIFE_SECONDS * 1000, refreshToken });
    return { status: 200, body: { token, refreshToken } };
  }

  #balances(only: number) {
    const all = Object.entries(ACCOUNT_NAMES).map(([id, name]) => ({
      accountTypeId: Number(id),
      name,
      balance: Math.round((OPENING_BALANCE - (this.#spent[Number(id)] ?? 0)) * 100) / 100,
    }));
    return all.filter(({ accountTypeId }) => !only || accountTypeId === only);
  }

  #spend(product: UpstreamProduct | undefined, amount: number): void {
    if (product) this.#spent[product.accountTypeId] = (this.#spent[product.accountTypeId] ?? 0) + amount;
  }

  #stock(productId: number): FakeAnswer {
    const stock = HOTRECHARGE_STOCK[productId];
    return stock ? { status: 200, body: { stock } } : problem(400, { ProductId: ['No stock for this product'] });
  }

  async #recharge({ json }: FakeRequest): Promise<FakeAnswer> {
    const reference = String(json.AgentReference ?? '');
    const target = String(json.Target ?? '');
    const product = productOf(json.ProductId);
    if (!product) return problem(400, { ProductId: ['Unknown product'] });
    const mismatch = mismatchIn(product, target, Number(json.Amount), reference, codeIn(json.RechargeOptions));
    if (mismatch) return mismatch;
    if (this.#deduplicates && this.record.find(reference)) return refusal(216, 'Duplicate');
    const scripted = this.behaviours.pick(reference, target) ?? HOTRECHARGE_SUFFIXES[target.slice(-3)];
    const behaviour: HotrechargeBehaviour = scripted ?? { delivers: true, answer: 'success' };
    this.#behaviourOf.set(reference, behaviour);
    if (behaviour.delayMs) await sleep(behaviour.delayMs, undefined, { ref: false });
    if (behaviour.delivers) {
      const amount = Number(json.Amount);
      this.record.add({ reference, productId: String(product.productId), target, amount: String(amount) });
      this.#spend(product, amount);
    }
    return this.#answerOf(behaviour, reference, Number(json.Amount), product.metaData.TargetType === 'Meter');
  }

  #answerOf({ answer }: HotrechargeBehaviour, reference: string, amount: number, isMeter: boolean): FakeAnswer {
    if (answer === 'hang' || answer === 'reset') return answer;
    if (answer === 'garbage') return { status: 200, body: '<html>Service' };
    if (answer === 'empty') return { status: 200, body: {} };
    const success = this.#success(reference, amount, isMeter);
    if (answer === 'success') return { status: 200, body: success };
    if (answer === 'other_reference') return { status: 200, body: { ...success, agentReference: 'someone-elses' } };
    if (answer === 'other_amount') return { status: 200, body: { ...success, amount: amount + 1 } };
    if ('problem' in answer) return problem(400, { [answer.problem]: ['Refused'] });
    if ('code' in answer) {
      const isGood = answer.code === 2 || answer.code === 4;
      const message = isGood ? { ReplyMsg: 'OK', RechargeID: this.#idOf(reference) } : { ReplyMessage: 'Refused' };
      return { status: answer.status ?? (isGood ? 200 : 400), body: { ReplyCode: answer.code, ...message } };
    }
    return { status: answer.status, body: { Message: 'scripted' } };
  }

  #success(reference: string, amount: number, isMeter: boolean) {
    return {
      successful: true,
      message: 'Recharge successful',
      agentReference: reference,
      rechargeId: this.#idOf(reference),
      amount,
      discount: 5,
      balance: { balance: OPENING_BALANCE },
      ...(isMeter ? { tokens: METER_TOKENS } : {}),
    };
  }

  /** The id of its latest delivery, the same in every answer. */
  #idOf(reference: string): number {
    return 9_000_001 + this.record.all().findLastIndex((delivery) => delivery.reference === reference);
  }

  #query(reference: string): FakeAnswer {
    const { query } = this.#behaviourOf.get(reference) ?? {};
    const delivered = this.record.find(reference);
    if (query === 'garbage') return { status: 200, body: 'not json' };
    if (query === 'busy') return this.#stored(reference, { ReplyCode: '1', ReplyMsg: 'Busy' });
    if (query && typeof query === 'object') return this.#stored(reference, { ReplyCode: String(query.code) });
    if (query === 'not_found' || !delivered) return refusal(800, 'Agent reference not found');
    return this.#stored(reference, { ...storedDelivery(delivered), RechargeID: this.#idOf(reference) });
  }

  #stored(agentReference: string, data: object): FakeAnswer {
    return { status: 200, body: { agentReference, rawData: JSON.stringify(data) } };
  }
}

type UpstreamProduct = (typeof HOTRECHARGE_PRODUCTS)[number];

function productOf(id: unknown): UpstreamProduct | undefined {
  return HOTRECHARGE_PRODUCTS.find((each) => each.productId === id);
}

function productsWith(id: number): readonly UpstreamProduct[] {
  return HOTRECHARGE_PRODUCTS.filter((each) => !id || each.productId === id);
}

function storedDelivery({ amount, productId }: Delivery) {
  const isMeter = productOf(Number(productId))?.metaData.TargetType === 'Meter';
  const tokens = METER_TOKENS.map(({ token, units }) => ({ Token: token, Units: units }));
  return { ReplyCode: '2', ReplyMsg: 'Success', Amount: Number(amount), ...(isMeter ? { Tokens: tokens } : {}) };
}

/** What HotRecharge checks before it vends. */
function mismatchIn(
  product: UpstreamProduct,
  target: string,
  amount: number,
  reference: string,
  code: string | undefined,
): FakeAnswer | undefined {
  if (!/^[A-Za-z0-9-]{1,50}$/.test(reference)) return problem(400, { AgentReference: ['1 to 50 letters, digits, -'] });
  const { metaData } = product;
  if (metaData.TargetType === 'Meter') {
    if (!/^\d{11}$/.test(target)) return refusal(223, 'Invalid meter');
  } else {
    const phone = /^0\d{9}$/.test(target) ? parsePhone(target, 'ZW') : 'not_a_number';
    const isOther = typeof phone === 'object' && metaData.Network !== 'Any' && phone.network !== metaData.Network;
    if (typeof phone === 'string' || isOther) return refusal(217, 'Wrong number');
  }
  const stock = HOTRECHARGE_STOCK[product.productId];
  if (stock) {
    const needsCode = product.requiredOptions.includes('ProductCode');
    const isSold = stock.some((item) => item.value === amount && (!needsCode || item.productCode === code));
    return isSold ? undefined : refusal(209, 'No such denomination');
  }
  const isInRange = amount >= Number(metaData.MinimumRecharge) && amount <= Number(metaData.MaxRecharge);
  if (!isInRange) return refusal(222, 'Out of range');
  const steps = amount / Number(metaData.RechargeAmountIncrement);
  return Math.abs(steps - Math.round(steps)) < 1e-6 ? undefined : problem(400, { Amount: ['Not a multiple'] });
}

function codeIn(options: unknown): string | undefined {
  if (!Array.isArray(options)) return undefined;
  const option = options.find((each) => each?.Name === 'ProductCode');
  return option ? String(option.Value) : undefined;
}

function customer(meter: string): FakeAnswer {
  if (meter.endsWith('001')) return problem(404, {});
  return { status: 200, body: { customerName: 'T. Moyo\n12 Samora Machel Ave, Harare', address: '' } };
}

/** A refusal in the shape of its older API. */
function refusal(code: number, message: string): FakeAnswer {
  return { status: 400, body: { ReplyCode: code, ReplyMessage: message } };
}

function problem(status: number, errors: { [field: string]: string[] }): FakeAnswer {
  return { status, body: { type: 'about:blank', title: 'One or more validation errors occurred.', status, errors } };
}
