import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { decrypt, encrypt } from '../../providers/pesepay-cipher.ts';
import { CURRENCIES, listFor } from './pesepay-lists.ts';
import type { Choice } from './pesepay-page.ts';
import { isChoice, missingPage, PAGE_HEADERS, payPage } from './pesepay-page.ts';
import type { FakeAnswer, FakeRequest } from './server.ts';
import { Behaviours, serveFake } from './server.ts';

/**
 * Pesepay on loopback, as far as its protocol is known: initiate, check-payment, seamless payments, its two lists, the
 * page on which a customer pays, and the result callback, which it posts only to this machine. It records every
 * payment, and gives false answers when it is scripted to.
 */

/** The only account it accepts. It is no secret, because no money moves. */
export const PESEPAY_FAKE_ACCOUNT = {
  integrationKey: '5d1f1b0e-0000-4000-8000-51b0a7edc0de',
  encryptionKey: 'simulated-pesepay-encryption-key',
};
const OTHER_KEY = 'somebody-elses-encryption-key-00';

export const PESEPAY_STATUSES = [
  'INITIATED',
  'PENDING',
  'PROCESSING',
  'SUCCESS',
  'PARTIALLY_PAID',
  'FAILED',
  'DECLINED',
  'CANCELLED',
  'ERROR',
  'AUTHORIZATION_FAILED',
  'INSUFFICIENT_FUNDS',
  'TIME_OUT',
  'TERMINATED',
  'CLOSED',
  'CLOSED_PERIOD_ELAPSED',
  'SERVICE_UNAVAILABLE',
  'REVERSED',
] as const;
export type PesepayStatus = (typeof PESEPAY_STATUSES)[number];

const OPEN: readonly string[] = ['INITIATED', 'PENDING', 'PROCESSING'] satisfies PesepayStatus[];
const CHOSEN: Readonly<Record<Choice, PesepayStatus>> = {
  pay: 'SUCCESS',
  decline: 'DECLINED',
  cancel: 'CANCELLED',
  later: 'PENDING',
};
const OPEN_MS = 30 * 60_000;
/** The phone numbers of Pesepay's sandbox, for payments without a page. */
const PHONES: Readonly<Record<string, PesepayStatus>> = { '0777777777': 'SUCCESS', '0770000000': 'FAILED' };

export interface PesepayPayment {
  readonly referenceNumber: string;
  readonly merchantReference: string | null;
  /** As it is written in answers: tests may set it to anything. */
  readonly amount: unknown;
  readonly currencyCode: string;
  readonly reasonForPayment: string;
  readonly resultUrl: string;
  readonly returnUrl: string;
  readonly status: string;
  readonly createdAtMs: number;
}

/** How an answer fails. The payment exists all the same, unless the answer is a 4xx status. */
export type PesepayTrouble =
  | 'garbage'
  | 'hang'
  | 'reset'
  | 'other_reference'
  | 'other_key'
  | 'truncated'
  | 'flipped'
  | { readonly status: number; readonly message?: string };

/** How callbacks are posted. `early` is before the answer to the start; `late` is when a test releases them. */
export interface CallbackPlan {
  readonly when?: 'on_choice' | 'early' | 'late' | 'never';
  readonly times?: number;
  readonly as?: 'ours' | 'forged' | 'tampered';
}

interface PesepayFakeOptions {
  readonly port?: number;
  /** Payments are appended here before they are answered, and read back at the next start. */
  readonly recordFile?: string;
  /** Milliseconds since 1970. An open payment is closed thirty minutes after its start. */
  readonly now?: () => number;
}

type TroubleScript = Parameters<Behaviours<PesepayTrouble>['script']>[0];

export interface PesepayFake {
  /** The `baseUrl` of credentials. */
  readonly url: string;
  /** Every payment, oldest first. */
  payments(): readonly PesepayPayment[];
  /** Overwrites fields of a payment, by its own reference or the merchant's. */
  change(reference: string, fields: Partial<Pick<PesepayPayment, 'amount' | 'currencyCode'>> & StatusField): void;
  /** Failures of the next starts, or of those with one merchant reference. */
  troubleStarts(script: TroubleScript): void;
  /** Failures of the next checks, or of those of one payment. */
  troubleChecks(script: TroubleScript): void;
  planCallbacks(plan: CallbackPlan): void;
  /** Posts a callback now, true or not. Returns the statuses of the answers. */
  callBack(reference: string, lie?: Omit<CallbackPlan, 'when'> & StatusField): Promise<number[]>;
  /** Posts the callbacks that were held for a release. */
  release(): Promise<void>;
  /** The requests to its API, with decrypted bodies. */
  requests(): readonly PesepayCall[];
  /** Resets everything but the payments. */
  reset(): void;
  close(): Promise<void>;
}

interface StatusField {
  readonly status?: PesepayStatus;
}

export interface PesepayCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export async function startPesepayFake(options: PesepayFakeOptions = {}): Promise<PesepayFake> {
  const fake = new Pesepay(options);
  const server = await serveFake(options.port ?? 0, (request) => fake.answer(request));
  fake.origin = `http://127.0.0.1:${server.port}`;
  return {
    url: fake.origin + BASE_PATH,
    payments: () => fake.payments(),
    change: (reference, fields) => fake.change(reference, fields),
    troubleStarts: (script) => fake.starts.script(script),
    troubleChecks: (script) => fake.checks.script(script),
    planCallbacks: (plan) => {
      fake.plan = plan;
    },
    callBack: (reference, lie = {}) => fake.callBack(reference, lie),
    release: () => fake.release(),
    requests: () => fake.calls,
    reset: () => fake.reset(),
    close: () => server.close(),
  };
}

const BASE_PATH = '/api/payments-engine';
const PAGE_PATH = '/pay/';
const ADMIN_PATH = '/_admin/payments/';

class Pesepay {
  readonly starts = new Behaviours<PesepayTrouble>();
  readonly checks = new Behaviours<PesepayTrouble>();
  readonly calls: PesepayCall[] = [];
  origin = '';
  plan: CallbackPlan = {};
  readonly #file: string | undefined;
  readonly #now: () => number;
  readonly #payments = new Map<string, PesepayPayment>();
  #held: string[] = [];

  constructor({ recordFile, now = Date.now }: PesepayFakeOptions) {
    this.#file = recordFile;
    this.#now = now;
    if (!recordFile || !existsSync(recordFile)) return;
    for (const line of readFileSync(recordFile, 'utf8').split('\n').filter(Boolean)) {
      const payment = JSON.parse(line) as PesepayPayment;
      this.#payments.set(payment.referenceNumber, payment);
    }
  }

  payments(): PesepayPayment[] {
    for (const { referenceNumber } of [...this.#payments.values()]) this.#current(referenceNumber);
    return [...this.#payments.values()];
  }

  change(reference: string, fields: Partial<PesepayPayment>): void {
    this.#keep({ ...this.#named(reference), ...fields });
  }

  reset(): void {
    this.starts.clear();
    this.checks.clear();
    this.calls.length = 0;
    this.plan = {};
    this.#held = [];
  }

  async release(): Promise<void> {
    for (const reference of this.#held.splice(0)) await this.callBack(reference, this.plan);
  }

  async callBack(reference: string, lie: Omit<CallbackPlan, 'when'> & StatusField): Promise<number[]> {
    const payment = this.#named(reference);
    if (!isLoopback(payment.resultUrl)) return [];
    const claimed = { ...payment, status: lie.status ?? payment.status };
    const key = lie.as === 'forged' ? OTHER_KEY : PESEPAY_FAKE_ACCOUNT.encryptionKey;
    const sealed = encrypt(JSON.stringify(this.#answerOf(claimed)), key);
    const body = JSON.stringify({ payload: lie.as === 'tampered' ? flipped(sealed) : sealed });
    const statuses: number[] = [];
    for (let time = 0; time < (lie.times ?? 1); time += 1) {
      const headers = { 'content-type': 'application/json', connection: 'close' };
      const signal = AbortSignal.timeout(5_000);
      const response = await fetch(payment.resultUrl, { method: 'POST', headers, body, signal }).catch(() => undefined);
      statuses.push(response?.status ?? 0);
    }
    return statuses;
  }

  async answer({ method, path: target, headers, text }: FakeRequest): Promise<FakeAnswer> {
    const url = new URL(target, this.origin);
    if (url.pathname.startsWith(PAGE_PATH)) {
      return this.#page(method, url.pathname.slice(PAGE_PATH.length), text);
    }
    const path = url.pathname.replace(BASE_PATH, '');
    const list = listFor(path, url.searchParams.get('currencyCode') ?? '');
    if (list) return { status: 200, body: list };
    if (path.startsWith(ADMIN_PATH)) return this.#administer(path.slice(ADMIN_PATH.length), text);
    const body = text ? unsealed(text) : undefined;
    this.calls.push({ method, path: path + url.search, headers, body });
    if (headers.key !== PESEPAY_FAKE_ACCOUNT.integrationKey) return refuse(404, 'Application not found');
    if (path === '/v1/payments/check-payment') return this.#check(url.searchParams.get('referenceNumber') ?? '');
    if (method !== 'POST') return refuse(404, 'No such endpoint');
    // Pesepay answers like this when the two keys were exchanged, too (docs/providers.md).
    if (!body) return refuse(404, 'Application not found');
    if (path === '/v1/payments/initiate') return this.#start(body, 'INITIATED');
    if (path !== '/v2/payments/make-payment') return refuse(404, 'No such endpoint');
    const phone = Object.values(body.paymentMethodRequiredFields ?? {})[0];
    return this.#start(body, PHONES[String(phone)] ?? 'PENDING');
  }

  /** Overwrites fields of a payment and posts its callback. */
  async #administer(reference: string, text: string): Promise<FakeAnswer> {
    this.change(reference, JSON.parse(text));
    return { status: 200, body: { statuses: await this.callBack(reference, {}) } };
  }

  async #start(body: StartBody, status: PesepayStatus): Promise<FakeAnswer> {
    const { amountDetails, reasonForPayment, merchantReference, resultUrl, returnUrl } = body;
    const { amount, currencyCode } = amountDetails ?? {};
    if (typeof amount !== 'number' || !(amount > 0)) return refuse(400, 'amount must be greater than 0');
    if (!currencyCode || !CURRENCIES.includes(currencyCode)) return refuse(400, 'Currency is not supported');
    if (!reasonForPayment) return refuse(400, 'reasonForPayment is required');
    if (!isUrl(resultUrl) || !isUrl(returnUrl)) return refuse(400, 'resultUrl and returnUrl must be URLs');
    const trouble = this.starts.pick(merchantReference ?? '', currencyCode);
    const isRefused = typeof trouble === 'object' && trouble.status < 500;
    const payment: PesepayPayment = {
      referenceNumber: `SIM-${randomUUID()}`,
      merchantReference: merchantReference ?? null,
      amount,
      currencyCode,
      reasonForPayment,
      resultUrl,
      returnUrl,
      status,
      createdAtMs: this.#now(),
    };
    if (!isRefused) {
      this.#keep(payment);
      if (this.plan.when === 'early') await this.callBack(payment.referenceNumber, this.plan);
    }
    return troubled(this.#answerOf(payment), trouble);
  }

  #check(reference: string): FakeAnswer {
    const payment = this.#current(reference);
    const trouble = this.checks.pick(reference, payment?.merchantReference ?? '');
    if (!payment) return typeof trouble === 'object' ? troubled({}, trouble) : refuse(404, 'Transaction not found');
    return troubled(this.#answerOf(payment), trouble);
  }

  async #page(method: string, reference: string, form: string): Promise<FakeAnswer> {
    const payment = this.#current(reference);
    if (!payment) return { status: 404, body: missingPage(), headers: PAGE_HEADERS };
    const isOpen = OPEN.includes(payment.status);
    const choice = new URLSearchParams(form).get('choice');
    if (method === 'POST' && isOpen) {
      if (!isChoice(choice)) return { status: 400, body: this.#drawn(payment), headers: PAGE_HEADERS };
      this.#keep({ ...payment, status: CHOSEN[choice] });
      await this.#announce(reference);
    }
    // A payment that has ended, or a button pressed twice, changes nothing and leads back too.
    if (method === 'POST') return { status: 303, body: '', headers: { location: payment.returnUrl } };
    return { status: 200, body: this.#drawn(payment), headers: PAGE_HEADERS };
  }

  async #announce(reference: string): Promise<void> {
    if (this.plan.when === 'late') this.#held.push(reference);
    else if ((this.plan.when ?? 'on_choice') === 'on_choice') await this.callBack(reference, this.plan);
  }

  #drawn(payment: PesepayPayment): string {
    const { referenceNumber, reasonForPayment, amount, currencyCode, returnUrl, status } = payment;
    const ended = OPEN.includes(status) ? {} : { ended: `This payment is over: ${status}.` };
    const sum = typeof amount === 'number' ? amount.toFixed(2) : String(amount);
    return payPage({
      referenceNumber,
      reason: reasonForPayment,
      amount: sum,
      currency: currencyCode,
      returnUrl,
      ...ended,
    });
  }

  #named(reference: string): PesepayPayment {
    const isIt = (each: PesepayPayment) => each.merchantReference === reference;
    const payment = this.#current(reference) ?? this.payments().findLast(isIt);
    if (!payment) throw new Error(`no payment ${reference}`);
    return payment;
  }

  /** A payment as it is now: closed when its time is over. */
  #current(reference: string): PesepayPayment | undefined {
    const payment = this.#payments.get(reference);
    if (!payment || !OPEN.includes(payment.status)) return payment;
    if (this.#now() - payment.createdAtMs < OPEN_MS) return payment;
    return this.#keep({ ...payment, status: 'CLOSED_PERIOD_ELAPSED' });
  }

  #keep(payment: PesepayPayment): PesepayPayment {
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(payment)}\n`);
    this.#payments.set(payment.referenceNumber, payment);
    return payment;
  }

  #answerOf(payment: PesepayPayment): object {
    const { referenceNumber, amount, currencyCode, status, createdAtMs, ...rest } = payment;
    const withFee = (Number(amount) * 1.02).toFixed(2);
    return {
      referenceNumber,
      ...rest,
      transactionStatus: status,
      // The only known code.
      transactionStatusCode: status === 'SUCCESS' ? 304 : null,
      transactionStatusDescription: `Simulated ${status.toLowerCase()}`,
      amountDetails: {
        amount,
        currencyCode,
        totalTransactionAmount: withFee,
        customerPayableAmount: withFee,
        merchantAmount: amount,
        defaultCurrencyAmount: amount,
        defaultCurrencyCode: 'USD',
      },
      dateOfTransaction: new Date(createdAtMs).toISOString(),
      pollUrl: `${this.origin}${BASE_PATH}/v1/payments/check-payment?referenceNumber=${referenceNumber}`,
      redirectUrl: this.origin + PAGE_PATH + referenceNumber,
    };
  }
}

interface StartBody {
  readonly amountDetails?: { readonly amount?: unknown; readonly currencyCode?: string };
  readonly reasonForPayment?: string;
  readonly merchantReference?: string;
  readonly resultUrl?: string;
  readonly returnUrl?: string;
  readonly paymentMethodRequiredFields?: object;
}

function unsealed(text: string): StartBody | undefined {
  try {
    const payload = String(JSON.parse(text).payload);
    return JSON.parse(decrypt(payload, PESEPAY_FAKE_ACCOUNT.encryptionKey) ?? '');
  } catch {
    return undefined;
  }
}

function troubled(body: object, trouble: PesepayTrouble | undefined): FakeAnswer {
  if (trouble === 'hang' || trouble === 'reset') return trouble;
  if (trouble === 'garbage') return { status: 200, body: '<html>Bad gateway' };
  if (typeof trouble === 'object') return refuse(trouble.status, trouble.message ?? 'Simulated');
  const sent = trouble === 'other_reference' ? { ...body, ...SOMEONE_ELSES } : body;
  const key = trouble === 'other_key' ? OTHER_KEY : PESEPAY_FAKE_ACCOUNT.encryptionKey;
  const sealed = encrypt(JSON.stringify(sent), key);
  const payload = trouble === 'truncated' ? sealed.slice(0, sealed.length / 2) : sealed;
  return { status: 200, body: { payload: trouble === 'flipped' ? flipped(payload) : payload } };
}

const SOMEONE_ELSES = { referenceNumber: 'SIM-someone-elses', merchantReference: 'someone-elses' };

/** Flips one bit of the first block: it still decrypts, to something else. */
function flipped(payload: string): string {
  const bytes = Buffer.from(payload, 'base64');
  bytes[2] = (bytes[2] ?? 0) ^ 1;
  return bytes.toString('base64');
}

function refuse(status: number, message: string): FakeAnswer {
  return { status, body: { message } };
}

function isUrl(text: string | undefined): text is string {
  return /^https?:$/.test(URL.parse(text ?? '')?.protocol ?? '');
}

function isLoopback(url: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url);
}
