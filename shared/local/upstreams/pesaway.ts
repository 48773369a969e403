import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Country } from '../../domain/phone.ts';
import { FAILING_TEST_NUMBER, parsePhone } from '../../domain/phone.ts';
import { isRegion, REGIONS } from '../../domain/region.ts';
import type { Delivery, Fake, FakeAnswer, FakeOptions, FakeRequest } from './server.ts';
import { Behaviours, Deliveries, serveFake } from './server.ts';

/**
 * PesaWay on loopback, as far as its protocol is known: token, send-airtime, transaction query, balance, and the result
 * callback, which it posts only to this machine. It vends at every request and records each delivery.
 */

export interface PesawayBehaviour {
  readonly delivers: boolean;
  readonly answer:
    | 'accepted'
    | 'hang'
    | 'reset'
    | 'garbage'
    | 'other_reference'
    | { readonly status: number; readonly code?: string };
  /** Callbacks, in this order. They may be false: `success` without a delivery. */
  readonly callbacks: readonly ('success' | 'failed' | 'other_reference' | 'other_amount' | 'forged')[];
  /** Whether callbacks are posted before the answer, after it, or when a test releases them. */
  readonly when?: 'before' | 'after' | 'on_release';
  readonly delayMs?: number;
  readonly query?: 'success' | 'failed' | 'pending' | 'not_found' | 'garbage';
}

const delivered: PesawayBehaviour = { delivers: true, answer: 'accepted', callbacks: ['success'] };
const refused: PesawayBehaviour = { delivers: false, answer: 'accepted', callbacks: ['failed'], query: 'failed' };

/** By the last three digits of the target; every other number is delivered. */
export const PESAWAY_SUFFIXES: Readonly<Record<string, PesawayBehaviour>> = {
  '901': refused,
  '902': { delivers: false, answer: { status: 400, code: '400.001' }, callbacks: [], query: 'failed' },
  '910': { ...delivered, delayMs: 2_000 },
  '911': { delivers: true, answer: { status: 500 }, callbacks: [] },
  '912': { delivers: false, answer: { status: 500 }, callbacks: [], query: 'failed' },
  '913': { delivers: true, answer: 'reset', callbacks: [] },
  '914': { delivers: false, answer: 'reset', callbacks: [], query: 'not_found' },
  '915': { delivers: true, answer: 'hang', callbacks: [] },
  '916': { delivers: false, answer: 'hang', callbacks: [], query: 'not_found' },
  '917': { delivers: true, answer: 'garbage', callbacks: [] },
  '918': { delivers: false, answer: { status: 429, code: '429.001' }, callbacks: [], query: 'not_found' },
  '921': { ...delivered, callbacks: [] },
  '922': { ...refused, callbacks: [] },
  '923': { delivers: false, answer: 'accepted', callbacks: [], query: 'pending' },
  '924': { ...delivered, when: 'before' },
};

/** The only account it accepts. It is no secret, because the fake sells nothing. */
export const PESAWAY_FAKE_ACCOUNT = {
  consumerKey: 'fake-key',
  consumerSecret: 'fake-secret',
  merchantCode: '44444',
  callbackSecret: 'simulated-callbacks',
};

const OPENING_BALANCE = 10_000_000;
const TOKEN_LIFE_MS = 3_600_000;

interface PesawayFakeOptions extends FakeOptions {
  /** The delay of callbacks after the answer. */
  readonly callbackDelayMs?: number;
  /** Whether callbacks are signed. PesaWay signs them only for merchants that have it enabled. */
  readonly sign?: boolean;
}

export interface PesawayFake extends Fake {
  requests(): readonly FakeRequest[];
  script(script: Parameters<Behaviours<PesawayBehaviour>['script']>[0]): void;
  /** Answers the token call in its older shape. */
  useOldTokens(): void;
  /** Makes every issued token invalid. */
  expireTokens(): void;
  /** Posts the callbacks that were held for a release. */
  release(): Promise<void>;
  /** Resolves when every scheduled callback was posted. */
  settled(): Promise<void>;
}

export async function startPesawayFake(options: PesawayFakeOptions = {}): Promise<PesawayFake> {
  const fake = new Pesaway(new Deliveries(options.recordFile), options);
  const server = await serveFake(options.port ?? 0, (request) => fake.answer(request));
  return {
    url: `http://127.0.0.1:${server.port}/api/v1`,
    deliveries: () => fake.record.all(),
    requests: () => fake.requests,
    script: (script) => fake.behaviours.script(script),
    useOldTokens: () => {
      fake.hasOldTokens = true;
    },
    expireTokens: () => fake.tokens.clear(),
    release: () => fake.release(),
    settled: () => fake.settled(),
    reset: () => fake.reset(),
    close: () => server.close(),
  };
}

interface Sent {
  readonly reference: string;
  readonly phone: string;
  readonly amount: number;
  readonly currency: string;
  readonly transactionId: string;
  readonly url: string;
  readonly behaviour: PesawayBehaviour;
}

class Pesaway {
  readonly record: Deliveries;
  readonly behaviours = new Behaviours<PesawayBehaviour>();
  readonly requests: FakeRequest[] = [];
  readonly tokens = new Map<string, number>();
  hasOldTokens = false;
  readonly #options: PesawayFakeOptions;
  readonly #sent = new Map<string, Sent>();
  readonly #waiting: Sent[] = [];
  readonly #posting = new Set<Promise<void>>();
  #serial = 0;

  constructor(record: Deliveries, options: PesawayFakeOptions) {
    this.record = record;
    this.#options = options;
  }

  reset(): void {
    this.behaviours.clear();
    this.requests.length = 0;
    this.tokens.clear();
    this.hasOldTokens = false;
    this.#sent.clear();
    this.#waiting.length = 0;
  }

  async answer(request: FakeRequest): Promise<FakeAnswer> {
    const path = request.path.replace(/^\/api\/v1/, '').replace(/\?.*$/, '');
    if (path.startsWith('/_admin/')) return this.#administer(request, path.slice(8));
    this.requests.push(request);
    const named = String(request.headers['x-region'] ?? '');
    if (!isRegion(named)) return refuse(400, '400.002', 'X-Region is missing');
    const region = REGIONS[named];
    if (path === '/token/') return this.#token(request);
    const until = this.tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '') ?? 0;
    if (until < Date.now()) return refuse(401, '401.001', 'Bad credentials');
    if (path === '/airtime/send-airtime/') return this.#send(request, region);
    if (path === '/mobile-money/transaction-query/')
      return this.#query(String(request.json.TransactionReference ?? ''));
    if (path === '/account-balance/') return { status: 200, body: { Balance: this.#balance(region.currency) } };
    return refuse(404, '404.001', 'No such endpoint');
  }

  async release(): Promise<void> {
    await Promise.all(this.#waiting.splice(0).map((sent) => this.#post(sent)));
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#posting);
  }

  async #administer(request: FakeRequest, action: string): Promise<FakeAnswer> {
    if (action === 'deliveries') return { status: 200, body: this.record.all() };
    if (action === 'behaviour') {
      this.behaviours.script(request.json as unknown as Parameters<Behaviours<PesawayBehaviour>['script']>[0]);
      return { status: 200, body: { scripted: true } };
    }
    if (action === 'callbacks/release') {
      await this.release();
      return { status: 200, body: { released: true } };
    }
    if (action === 'tokens/old') {
      this.hasOldTokens = true;
      return { status: 200, body: { scripted: true } };
    }
    if (action === 'tokens/expire') {
      this.tokens.clear();
      return { status: 200, body: { expired: true } };
    }
    if (action === 'reset') {
      this.reset();
      return { status: 200, body: { reset: true } };
    }
    return refuse(404, '404.001', 'No such action');
  }

  #token({ json }: FakeRequest): FakeAnswer {
    const { consumerKey, consumerSecret } = PESAWAY_FAKE_ACCOUNT;
    if (json.consumer_key !== consumerKey || json.consumer_secret !== consumerSecret) {
      return refuse(401, '401.001', 'Bad credentials');
    }
    this.#serial += 1;
    const token = `simulated-${this.#serial}`;
    const until = Date.now() + TOKEN_LIFE_MS;
    this.tokens.set(token, until);
    if (this.hasOldTokens) return { status: 200, body: { data: { token } } };
    const expires_at = new Date(until).toISOString();
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_at } };
  }

  async #send({ json }: FakeRequest, region: { country: Country; currency: string }): Promise<FakeAnswer> {
    const reference = String(json.ExternalReference ?? '');
    const phone = String(json.PhoneNumber ?? '');
    const isKnown = phone === FAILING_TEST_NUMBER || typeof parsePhone(`+${phone}`, region.country) !== 'string';
    if (!reference || !isKnown || !(Number(json.Amount) > 0)) return refuse(400, '400.001', 'Invalid request');
    if (json.Currency !== region.currency) return refuse(400, '400.003', 'Currency is not of the region');
    const scripted = this.behaviours.pick(reference, phone) ?? PESAWAY_SUFFIXES[phone.slice(-3)];
    const behaviour = phone === FAILING_TEST_NUMBER ? refused : (scripted ?? delivered);
    this.#serial += 1;
    const transactionId = `PHY${String(this.#serial).padStart(9, '0')}`;
    const amount = Number(json.Amount);
    const url = String(json.ResultsUrl ?? '');
    const sent: Sent = { reference, phone, amount, currency: region.currency, transactionId, url, behaviour };
    this.#sent.set(reference, sent);
    if (behaviour.delayMs) await sleep(behaviour.delayMs, undefined, { ref: false });
    if (behaviour.delivers) {
      this.record.add({ reference, productId: region.currency, target: phone, amount: String(amount) });
    }
    await this.#schedule(sent);
    return answerOf(sent);
  }

  async #schedule(sent: Sent): Promise<void> {
    const { when = 'after' } = sent.behaviour;
    if (when === 'on_release') this.#waiting.push(sent);
    else if (when === 'before') await this.#post(sent);
    else {
      const posting = sleep(this.#options.callbackDelayMs ?? 20).then(() => this.#post(sent));
      this.#posting.add(posting);
      posting.finally(() => this.#posting.delete(posting));
    }
  }

  async #post(sent: Sent): Promise<void> {
    if (!/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(sent.url)) return;
    for (const kind of sent.behaviour.callbacks) {
      const body = JSON.stringify(resultOf(sent, kind, this.#balance(sent.currency)));
      const secret = kind === 'forged' ? 'guessed' : PESAWAY_FAKE_ACCOUNT.callbackSecret;
      const signature = createHmac('sha256', secret).update(body).digest('base64');
      const headers = { 'content-type': 'application/json', connection: 'close' };
      const signed = this.#options.sign === false ? headers : { ...headers, signature };
      await fetch(sent.url, { method: 'POST', headers: signed, body }).catch(() => undefined);
    }
  }

  #query(reference: string): FakeAnswer {
    const sent = this.#sent.get(reference);
    const delivery = this.record.find(reference);
    const said = sent?.behaviour.query ?? (delivery ? 'success' : sent ? 'pending' : 'not_found');
    if (said === 'not_found') return refuse(404, '404.002', 'Transaction not found');
    if (said === 'garbage') return { status: 200, body: '<html>' };
    const facts = { reference, ...storedFacts(delivery, sent) };
    const code = { success: 0, failed: 2001, pending: 1032 }[said];
    return { status: 200, body: { ResultCode: code, ResultDesc: said, ...facts.fields } };
  }

  #balance(currency: string): string {
    const own = this.record.all().filter((each) => each.productId === currency);
    return (OPENING_BALANCE - own.reduce((sum, each) => sum + Number(each.amount), 0)).toFixed(2);
  }
}

function storedFacts(delivery: Delivery | undefined, sent: Sent | undefined) {
  const reference = delivery?.reference ?? sent?.reference;
  const amount = Number(delivery?.amount ?? sent?.amount ?? 0).toFixed(2);
  const transactionId = sent?.transactionId;
  const fields = { OriginatorReference: reference, TransactionAmount: amount };
  return { fields: transactionId ? { ...fields, TransactionID: transactionId } : fields };
}

function answerOf({ behaviour: { answer }, reference, transactionId }: Sent): FakeAnswer {
  if (answer === 'hang' || answer === 'reset') return answer;
  if (answer === 'garbage') return { status: 200, body: '<html>Bad gateway' };
  if (typeof answer === 'object') return refuse(answer.status, answer.code ?? '500.001', 'Simulated');
  return {
    status: 200,
    body: {
      code: '200.001',
      OriginatorReference: answer === 'other_reference' ? 'someone-elses' : reference,
      TransactionID: transactionId,
      ResponseDescription: 'Success. Request accepted for processing',
    },
  };
}

function resultOf(sent: Sent, kind: PesawayBehaviour['callbacks'][number], balance: string) {
  const common = {
    OriginatorReference: kind === 'other_reference' ? 'someone-elses' : sent.reference,
    TransactionID: sent.transactionId,
    TransactionAmount: (kind === 'other_amount' ? sent.amount + 1 : sent.amount).toFixed(2),
  };
  if (kind === 'failed') {
    return { ResultCode: 2001, ResultDesc: 'Transaction failed', ...common, TransactionReceipt: null };
  }
  return {
    ResultCode: 0,
    ResultDesc: 'The airtime request is processed successfully.',
    ...common,
    PhoneNumber: sent.phone,
    AccountAvailableFunds: balance,
    TransactionCompletedDateTime: new Date().toISOString().replace('T', ' ').replace('Z', '000+00:00'),
  };
}

function refuse(status: number, code: string, ResponseDescription: string): FakeAnswer {
  return { status, body: { code, ResponseDescription } };
}
