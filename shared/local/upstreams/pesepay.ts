import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decrypt, encrypt } from '../../providers/pesepay-cipher.ts';
import { CURRENCIES, listFor } from './pesepay-lists.ts';
import type { Choice } from './pesepay-page.ts';
import { isChoice, missingPage, PAGE_HEADERS, payPage } from './pesepay-page.ts';
import type { SimulatedAnswer } from './server.ts';
import { Behaviours } from './server.ts';

/**
 * Pesepay on loopback, as far as its protocol is known: initiate, check-payment, seamless payments, its two lists, the
 * page on which a customer pays, and the result callback, which it posts only to this machine. It keeps the truth about
 * every payment, and says other things when it is told to.
 */

/** The only account it lets in; not a secret, as no money moves. */
export const PESEPAY_SIMULATOR_ACCOUNT = {
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
/** The sandbox's own phone numbers, for payments without a page. */
const PHONES: Readonly<Record<string, PesepayStatus>> = { '0777777777': 'SUCCESS', '0770000000': 'FAILED' };

export interface PesepayPayment {
  readonly referenceNumber: string;
  readonly merchantReference: string | null;
  /** As it is written in answers: tests may make it anything. */
  readonly amount: unknown;
  readonly currencyCode: string;
  readonly reasonForPayment: string;
  readonly resultUrl: string;
  readonly returnUrl: string;
  readonly status: string;
  readonly createdAtMs: number;
}

/** How an answer goes wrong. After a status, or nothing at all, the payment exists unless the status is 4xx. */
export type PesepayTrouble =
  | 'garbage'
  | 'hang'
  | 'reset'
  | 'other_reference'
  | 'other_key'
  | 'truncated'
  | 'flipped'
  | { readonly status: number; readonly message?: string };

/** How callbacks are posted. `early` is before the answer that names the payment; `late` when a test releases them. */
export interface CallbackPlan {
  readonly when?: 'on_choice' | 'early' | 'late' | 'never';
  readonly times?: number;
  readonly as?: 'ours' | 'forged' | 'tampered';
}

interface PesepaySimulatorOptions {
  readonly port?: number;
  /** Payments are appended here before they are answered, and read back at the next start. */
  readonly recordFile?: string;
  /** Milliseconds since 1970. A payment that nobody finishes is closed after thirty minutes of it. */
  readonly now?: () => number;
}

type TroubleOrder = Parameters<Behaviours<PesepayTrouble>['tell']>[0];

export interface PesepaySimulator {
  /** What credentials call `baseUrl`. */
  readonly url: string;
  /** Every payment ever made, oldest first. */
  payments(): readonly PesepayPayment[];
  /** Makes a payment something else, whatever it was: by its own reference or the merchant's. */
  change(reference: string, fields: Partial<Pick<PesepayPayment, 'amount' | 'currencyCode'>> & StatusField): void;
  /** Trouble for the next starts, or for those of one merchant reference. */
  troubleStarts(order: TroubleOrder): void;
  /** Trouble for the next checks, or for those of one payment. */
  troubleChecks(order: TroubleOrder): void;
  planCallbacks(plan: CallbackPlan): void;
  /** Posts a callback now, true or not. The statuses it was answered with. */
  callBack(reference: string, lie?: Omit<CallbackPlan, 'when'> & StatusField): Promise<number[]>;
  /** Posts the callbacks that were held back. */
  release(): Promise<void>;
  /** What its API was asked, bodies decrypted. */
  requests(): readonly PesepayCall[];
  /** Forgets everything but the payments. */
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

export async function startPesepaySimulator(options: PesepaySimulatorOptions = {}): Promise<PesepaySimulator> {
  const simulation = new Simulation(options);
  const server = createServer((request, response) => simulation.serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  simulation.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: simulation.origin + BASE_PATH,
    payments: () => simulation.payments(),
    change: (reference, fields) => simulation.change(reference, fields),
    troubleStarts: (order) => simulation.starts.tell(order),
    troubleChecks: (order) => simulation.checks.tell(order),
    planCallbacks: (plan) => {
      simulation.plan = plan;
    },
    callBack: (reference, lie = {}) => simulation.callBack(reference, lie),
    release: () => simulation.release(),
    requests: () => simulation.calls,
    reset: () => simulation.reset(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const BASE_PATH = '/api/payments-engine';
const PAGE_PATH = '/pay/';
const ADMIN_PATH = '/_admin/payments/';

/** An answer of this server, which unlike other simulators sends browsers elsewhere. */
type Answer = SimulatedAnswer | { status: 303; location: string };

class Simulation {
  readonly starts = new Behaviours<PesepayTrouble>();
  readonly checks = new Behaviours<PesepayTrouble>();
  readonly calls: PesepayCall[] = [];
  origin = '';
  plan: CallbackPlan = {};
  readonly #file: string | undefined;
  readonly #now: () => number;
  readonly #payments = new Map<string, PesepayPayment>();
  #held: string[] = [];

  constructor({ recordFile, now = Date.now }: PesepaySimulatorOptions) {
    this.#file = recordFile;
    this.#now = now;
    if (!recordFile || !existsSync(recordFile)) return;
    for (const line of readFileSync(recordFile, 'utf8').split('\n').filter(Boolean)) {
      const payment = JSON.parse(line) as PesepayPayment;
      this.#payments.set(payment.referenceNumber, payment);
    }
  }

  payments(): PesepayPayment[] {
    for (const { referenceNumber } of [...this.#payments.values()]) this.#look(referenceNumber);
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
    const told = { ...payment, status: lie.status ?? payment.status };
    const key = lie.as === 'forged' ? OTHER_KEY : PESEPAY_SIMULATOR_ACCOUNT.encryptionKey;
    const sealed = encrypt(JSON.stringify(this.#answerOf(told)), key);
    const body = JSON.stringify({ payload: lie.as === 'tampered' ? flipped(sealed) : sealed });
    const statuses: number[] = [];
    for (let time = 0; time < (lie.times ?? 1); time += 1) {
      const headers = { 'content-type': 'application/json', connection: 'close' };
      const signal = AbortSignal.timeout(5_000);
      const heard = await fetch(payment.resultUrl, { method: 'POST', headers, body, signal }).catch(() => undefined);
      statuses.push(heard?.status ?? 0);
    }
    return statuses;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#answer(request, await bodyOf(request));
    } catch (error) {
      answer = { status: 500, body: { simulator: String(error) } };
    }
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    if ('location' in answer) {
      response.writeHead(answer.status, { location: answer.location }).end();
      return;
    }
    const isPage = typeof answer.body === 'string';
    response.writeHead(answer.status, isPage ? PAGE_HEADERS : { 'content-type': 'application/json' });
    response.end(isPage ? answer.body : JSON.stringify(answer.body));
  }

  async #answer(request: IncomingMessage, text: string): Promise<Answer> {
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname.startsWith(PAGE_PATH)) {
      return this.#page(request.method, url.pathname.slice(PAGE_PATH.length), text);
    }
    const path = url.pathname.replace(BASE_PATH, '');
    const list = listFor(path, url.searchParams.get('currencyCode') ?? '');
    if (list) return { status: 200, body: list };
    if (path.startsWith(ADMIN_PATH)) return this.#administer(path.slice(ADMIN_PATH.length), text);
    const body = text ? unsealed(text) : undefined;
    this.calls.push({ method: request.method ?? '', path: path + url.search, headers: request.headers, body });
    if (request.headers.key !== PESEPAY_SIMULATOR_ACCOUNT.integrationKey) return refuse(404, 'Application not found');
    if (path === '/v1/payments/check-payment') return this.#check(url.searchParams.get('referenceNumber') ?? '');
    if (request.method !== 'POST') return refuse(404, 'No such endpoint');
    // Real keys that were swapped are answered like this too (providers.md 2).
    if (!body) return refuse(404, 'Application not found');
    if (path === '/v1/payments/initiate') return this.#start(body, 'INITIATED');
    if (path !== '/v2/payments/make-payment') return refuse(404, 'No such endpoint');
    const phone = Object.values(body.paymentMethodRequiredFields ?? {})[0];
    return this.#start(body, PHONES[String(phone)] ?? 'PENDING');
  }

  /** Makes a payment what somebody at this machine wants it to be, and calls back about it. */
  async #administer(reference: string, text: string): Promise<Answer> {
    this.change(reference, JSON.parse(text));
    return { status: 200, body: { told: await this.callBack(reference, {}) } };
  }

  async #start(body: StartBody, status: PesepayStatus): Promise<Answer> {
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

  #check(reference: string): Answer {
    const payment = this.#look(reference);
    const trouble = this.checks.pick(reference, payment?.merchantReference ?? '');
    if (!payment) return typeof trouble === 'object' ? troubled({}, trouble) : refuse(404, 'Transaction not found');
    return troubled(this.#answerOf(payment), trouble);
  }

  async #page(method: string | undefined, reference: string, form: string): Promise<Answer> {
    const payment = this.#look(reference);
    if (!payment) return { status: 404, body: missingPage() };
    const isOpen = OPEN.includes(payment.status);
    const choice = new URLSearchParams(form).get('choice');
    if (method === 'POST' && isOpen) {
      if (!isChoice(choice)) return { status: 400, body: this.#drawn(payment) };
      this.#keep({ ...payment, status: CHOSEN[choice] });
      await this.#announce(reference);
    }
    // Whoever comes back to a page that is done, or presses twice, is only sent on.
    if (method === 'POST') return { status: 303, location: payment.returnUrl };
    return { status: 200, body: this.#drawn(payment) };
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
    const payment = this.#look(reference) ?? this.payments().findLast(isIt);
    if (!payment) throw new Error(`no payment ${reference}`);
    return payment;
  }

  /** A payment as it is now: closed if nobody finished it in time. */
  #look(reference: string): PesepayPayment | undefined {
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
      // The only code that is known.
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
    return JSON.parse(decrypt(payload, PESEPAY_SIMULATOR_ACCOUNT.encryptionKey) ?? '');
  } catch {
    return undefined;
  }
}

function troubled(body: object, trouble: PesepayTrouble | undefined): Answer {
  if (trouble === 'hang' || trouble === 'reset') return trouble;
  if (trouble === 'garbage') return { status: 200, body: '<html>Bad gateway' };
  if (typeof trouble === 'object') return refuse(trouble.status, trouble.message ?? 'Simulated');
  const told = trouble === 'other_reference' ? { ...body, ...SOMEONE_ELSES } : body;
  const key = trouble === 'other_key' ? OTHER_KEY : PESEPAY_SIMULATOR_ACCOUNT.encryptionKey;
  const sealed = encrypt(JSON.stringify(told), key);
  const payload = trouble === 'truncated' ? sealed.slice(0, sealed.length / 2) : sealed;
  return { status: 200, body: { payload: trouble === 'flipped' ? flipped(payload) : payload } };
}

const SOMEONE_ELSES = { referenceNumber: 'SIM-someone-elses', merchantReference: 'someone-elses' };

/** One bit of the first block turned: it still decrypts, to something else. */
function flipped(payload: string): string {
  const bytes = Buffer.from(payload, 'base64');
  bytes[2] = (bytes[2] ?? 0) ^ 1;
  return bytes.toString('base64');
}

function refuse(status: number, message: string): SimulatedAnswer {
  return { status, body: { message } };
}

function isUrl(text: string | undefined): text is string {
  return /^https?:$/.test(URL.parse(text ?? '')?.protocol ?? '');
}

function isLoopback(url: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
