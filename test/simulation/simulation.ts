import type { SQSEvent } from 'aws-lambda';
import { receiveCallback } from '../../functions/orders/receive-callback.ts';
import { receivePayment } from '../../functions/wallet/receive-payment.ts';
import { dispatch, giveUp } from '../../functions/workers/dispatch.ts';
import { reconcile } from '../../functions/workers/reconcile.ts';
import { advanceBatches, runBulk } from '../../functions/workers/run-bulk.ts';
import { sendDue, sendEvents } from '../../functions/workers/webhook-sender.ts';
import { onBatch } from '../../shared/aws/worker.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { isPayout } from '../../shared/domain/payout.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import type { CallbackMessage } from '../../shared/providers/provider.ts';
import { sandbox } from '../../shared/providers/sandbox.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import { saveEndpoint } from '../../shared/store/endpoints.ts';
import { createKey, createMerchant } from '../../shared/store/merchants.ts';
import type { QueueMessage, World } from '../../shared/world.ts';
import { Auditor } from './auditor.ts';
import type { FaultFreeFile } from './batch-actors.ts';
import { sendFaultFreeFile, sendFile } from './batch-actors.ts';
import { Chance, Clock } from './clock.ts';
import type { Account, Actors } from './merchant-actors.ts';
import { decideByHand, payIn, placeOrders, readWhenQuiescent, readWhileWritten, rotateKey } from './merchant-actors.ts';
import { ModelDb } from './model-db.ts';
import { SimGateway } from './payment-gateway.ts';
import { SimProvider } from './provider.ts';
import { SAMPLE_PRODUCT } from './sample-product.ts';
import type { Survey } from './survey-actors.ts';
import { answerSurvey, manageSurvey, openSurvey, readSurveyWhenQuiescent } from './survey-actors.ts';
import type { SimulationContext } from './world.ts';
import { Faults, processWorld } from './world.ts';

/**
 * One run: the production handlers, flows and store, on virtual time, against a model of everything around them that
 * fails by seed. After every committed write the auditor looks; at the end everything must have come to rest.
 */

export interface Run {
  readonly seed: number;
  readonly orders: number;
  /** How many of the orders are rows of batches. */
  readonly rows: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  /** Inputs and outputs at which a process could have died. */
  readonly killPoints: number;
  /** Everything that went wrong, each by a name that `Plan.only` takes. */
  readonly faults: readonly string[];
  /** What happened, line by line; empty unless asked for. */
  readonly trace: readonly string[];
}

export interface Plan {
  readonly orders: number;
  /** Without chance faults: for crashes at chosen points. */
  readonly isFaultFree?: boolean;
  /** Which of the moments, in the order in which they come, kill the process they are in. */
  readonly killAt?: ReadonlySet<number>;
  /** Which of the clients order; absent: all. */
  readonly clients?: ReadonlySet<number>;
  /** Only these of the faults happen; absent: all that chance draws. */
  readonly only?: ReadonlySet<string>;
  /** One small batch in place of the orders of a calm run. */
  readonly file?: FaultFreeFile;
  readonly isTraced?: boolean;
}

/** Far longer than an index takes to follow its table: whoever trusts one must be seen to. */
const INDEX_LAG_MS = 3 * SECOND;
const BUSY_MS = 20 * MINUTE;
/** For so many orders one respondent of a survey. */
const SURVEY_SHARE = 5;
const VISIBILITY_MS = 12 * MINUTE;
const CALLBACK_TRIES_MAX = 3;
/** Among so many clients one sends a file too. */
const FILE_EVERY = 50;
/** A row that nobody knows the truth of is decided by hand after a day or two, and may then be sent again. */
const REST_MS_MAX = 8 * DAY;
const POISON = ['not JSON', 'null', '{}', '{"merchantId":"mer_none","mode":"live","agentReference":"none"}'];

export async function simulate(seed: number, plan: Plan): Promise<Run> {
  const simulation = new Simulation(seed, plan);
  return simulation.run();
}

function workOf(queue: QueueName) {
  if (queue === 'webhooks') return { onMessage: sendEvents };
  return queue === 'bulk' ? { onMessage: runBulk } : { onMessage: dispatch, onLastFailure: giveUp };
}

class Simulation {
  readonly #seed: number;
  readonly #plan: Plan;
  readonly #clock = new Clock();
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #auditor: Auditor;
  readonly #upstream: SimProvider;
  readonly #gateway: SimGateway;
  readonly #context: SimulationContext;
  readonly #actors: Actors;
  readonly #accounts: Account[] = [];
  readonly #memos = [new Map<string, unknown>(), new Map<string, unknown>(), new Map<string, unknown>()];
  readonly #trace: string[] = [];
  #survey: Survey | undefined;
  #killPoints = 0;
  /** Programs that still want something of a file that they sent. */
  #openFiles = 0;
  #mayKill = false;
  #isOver = false;

  constructor(seed: number, plan: Plan) {
    this.#seed = seed;
    this.#plan = plan;
    this.#chance = new Chance(seed);
    const clock = this.#clock;
    const tell = (line: string) => {
      if (plan.isTraced) this.#trace.push(`${clock.iso.slice(5, 23).replace('T', ' ')}  ${line}`);
    };
    this.#faults = new Faults(plan.only, tell);
    // In every fourth seed nobody dies, so that no truth is lost and even a lying upstream's must be put right.
    this.#faults.isDeadly = seed % 4 !== 0;
    const around = { clock, chance: this.#chance, faults: this.#faults, tell };
    this.#upstream = new SimProvider({
      ...around,
      onDelivery: (reference, times) => this.#auditor.onDelivery(reference, times),
      callBack: (url, message) => this.#callBack(url, message, 1),
    });
    this.#gateway = new SimGateway({ ...around, callBack: (url) => this.#tellPayment(url, 1) });
    this.#auditor = new Auditor({
      clock,
      faults: this.#faults,
      upstream: this.#upstream,
      gateway: this.#gateway,
      tell,
    });
    const play = sandbox({ sleep: (ms) => clock.sleep(ms), now: () => clock.iso });
    this.#context = {
      ...around,
      db: new ModelDb(this.#auditor.onCommit, { now: () => clock.now, ms: INDEX_LAG_MS }).client,
      send: (queue, messages, by) => this.#enqueue(queue, messages, by),
      provider: (name) => (name === 'sandbox' ? play : this.#upstream),
      outbound: (request) => this.#receive(request),
      payments: this.#gateway,
      isKilledHere: () => {
        if (this.#mayKill) this.#killPoints += 1;
        return this.#mayKill && (plan.killAt?.has(this.#killPoints) ?? false);
      },
    };
    this.#actors = {
      ...around,
      auditor: this.#auditor,
      upstream: this.#upstream,
      accounts: this.#accounts,
      contents: new Map(),
      process: (name) => this.#process(name),
      isOver: () => this.#isOver,
      violate: (what) => this.#auditor.violations.push(what),
    };
  }

  async run(): Promise<Run> {
    const settled = this.#setUp();
    await this.#clock.runUntil(this.#clock.now + MINUTE);
    await settled;
    await this.#beBusy();
    await this.#comeToRest();
    this.#isOver = true;
    return {
      seed: this.#seed,
      orders: [...this.#auditor.orders.values()].filter((order) => !isPayout(order)).length,
      rows: [...this.#auditor.orders.values()].filter((order) => order.batchId !== undefined).length,
      counts: this.#counts(),
      violations: this.#auditor.violations,
      killPoints: this.#killPoints,
      faults: this.#faults.fired,
      trace: this.#trace,
    };
  }

  async #setUp(): Promise<void> {
    const world = this.#process('operator');
    // Enough for about three quarters of the orders and files: the rest must be refused, and stay refused.
    const funds = Math.max(1000, this.#plan.orders * 325);
    const [acme, bolt] = [await createMerchant(world, 'Acme'), await createMerchant(world, 'Bolt')];
    await saveCatalogue(world, 'hotrecharge', [SAMPLE_PRODUCT]);
    await this.#open(world, acme.id, 'live', funds);
    await this.#open(world, bolt.id, 'live', funds / 8);
    await this.#open(world, acme.id, 'test', funds / 8);
    const [payer] = this.#accounts;
    if (payer && !this.#plan.isFaultFree)
      this.#survey = await openSurvey(world, payer, this.#plan.orders / SURVEY_SHARE);
  }

  async #open(world: World, merchantId: string, mode: Mode, fundsMinor: number): Promise<void> {
    const { key, text } = await createKey(world, { merchantId, mode, name: 'x', scopes: SCOPES });
    const account = { merchantId, mode, key: { id: key.id, text } };
    this.#accounts.push(account);
    await saveEndpoint(world, {
      id: `whe_${merchantId}_${mode}`,
      merchantId,
      mode,
      url: 'https://merchant.example/hook',
      events: [],
      secretVersion: 1,
      retiring: [],
      createdAt: world.now(),
      revision: 1,
    });
    await this.#deposit(world, account, Math.ceil(fundsMinor));
  }

  async #deposit(world: World, { merchantId, mode }: Account, amountMinor: number): Promise<void> {
    const wallet = { merchantId, mode, currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor, reason: 'Deposit', by: 'simulation' });
  }

  async #beBusy(): Promise<void> {
    const { orders, isFaultFree, clients, file } = this.#plan;
    this.#faults.isOn = !isFaultFree;
    this.#mayKill = true;
    const end = this.#clock.now + BUSY_MS + 10 * MINUTE;
    for (let n = 0; n < orders; n += 1) {
      if (clients?.has(n) ?? true) placeOrders(this.#actors, n, isFaultFree ? 1 : BUSY_MS);
      if (this.#survey && n % SURVEY_SHARE === 0 && (clients?.has(n) ?? true)) {
        answerSurvey(this.#actors, this.#survey, n, BUSY_MS);
      }
      if (!isFaultFree && n % 10 === 0 && (clients?.has(n) ?? true)) payIn(this.#actors, n, BUSY_MS);
      if (!isFaultFree && n % FILE_EVERY === 7 && (clients?.has(n) ?? true))
        this.#await(sendFile(this.#actors, n, BUSY_MS));
    }
    if (this.#survey) manageSurvey(this.#actors, this.#survey, BUSY_MS);
    if (file) this.#await(sendFaultFreeFile(this.#actors, file));
    this.#sweepEvery(2 * MINUTE, end);
    if (!isFaultFree) this.#trouble();
    await this.#advance(end);
    this.#faults.isOn = false;
    this.#mayKill = false;
    this.#upstream.isDown = false;
  }

  #await(wish: Promise<void>): void {
    this.#openFiles += 1;
    wish.finally(() => {
      this.#openFiles -= 1;
    });
  }

  /** From here on nothing fails: everything that is owed must be done, in its time. */
  async #comeToRest(): Promise<void> {
    const end = this.#clock.now + REST_MS_MAX;
    this.#sweepEvery(30 * MINUTE, end);
    // In every second seed single orders stay in review; a row never does, because a batch must end.
    decideByHand(this.#actors, end, this.#seed % 2 === 0 ? undefined : (order) => order.batchId !== undefined);
    while (this.#clock.now < end && this.#auditor.violations.length === 0 && !this.#isQuiescent()) {
      await this.#advance(this.#clock.now + 2 * HOUR);
    }
    if (this.#auditor.violations.length > 0) return;
    this.#auditor.whenQuiescent((reference) => this.#isForgivable && this.#upstream.liedAbout(reference));
    if (this.#plan.isFaultFree) return;
    readWhenQuiescent(this.#actors);
    if (this.#survey) readSurveyWhenQuiescent(this.#actors, this.#survey);
    await this.#advance(this.#clock.now + HOUR);
  }

  get #isForgivable(): boolean {
    return this.#faults.isDeadly && !this.#plan.isFaultFree;
  }

  #isQuiescent(): boolean {
    const isDone = [...this.#auditor.orders.values()].every(
      (order) => order.outbox === undefined && (order.dueAt === undefined || order.status === 'review'),
    );
    if (this.#openFiles > 0 || this.#auditor.bulk.owesBatches) return false;
    return isDone && !this.#auditor.owesDeliveries && !this.#auditor.owesTopups && this.#gateway.owedNews === 0;
  }

  #counts(): Map<string, number> {
    const { counts } = this.#faults;
    for (const order of this.#auditor.orders.values()) {
      this.#faults.count(`ends: ${order.status}`);
      if (order.batchId !== undefined) this.#faults.count(`rows: ${order.status}`);
      if (isPayout(order)) this.#faults.count(`payouts: ${order.status}`);
      const name = `${order.merchantId} ${order.mode} ${order.agentReference}`;
      if (order.batchId !== undefined && this.#actors.contents.has(name)) {
        this.#faults.count('row: before a single order');
      }
    }
    for (let n = this.#auditor.bulk.taken; n > 0; n -= 1) this.#faults.count('row: after another order');
    for (const { status } of this.#auditor.bulk.batches.values()) this.#faults.count(`batches: ${status}`);
    for (const { status } of this.#auditor.topups.values()) this.#faults.count(`top-ups: ${status}`);
    return counts;
  }

  /** Part by part, so that a violation stops the run about where it happened. */
  async #advance(end: number): Promise<void> {
    while (this.#clock.now < end && this.#auditor.violations.length === 0) {
      await this.#clock.runUntil(Math.min(end, this.#clock.now + 5 * MINUTE));
    }
  }

  /** One of the containers that are up, with what it remembers; `name` says what it is started for. */
  #process(name: string): World {
    const memo = this.#memos[this.#chance.fork(`place of ${name}`).below(this.#memos.length)];
    return processWorld(this.#context, name, memo);
  }

  /** Outages, keys that change, deposits that come late, and somebody who reads while all is written. */
  #trouble(): void {
    const chance = this.#chance.fork('trouble');
    const [first] = this.#accounts;
    if (!first) return;
    if (this.#faults.happens(chance, 'provider outage')) {
      this.#clock.at(BUSY_MS * (0.2 + 0.3 * chance.next()), () => {
        this.#upstream.isDown = true;
        this.#clock.at(3 * MINUTE, () => {
          this.#upstream.isDown = false;
        });
      });
    }
    if (this.#faults.happens(chance, 'key rotated in flight')) {
      this.#clock.at(BUSY_MS * chance.next(), () => {
        rotateKey(this.#actors, first).catch(() => undefined);
      });
    }
    this.#clock.at(BUSY_MS / 2, () => {
      this.#deposit(this.#process('operator, again'), first, 5_000).catch(() => undefined);
      readWhileWritten(this.#actors, first);
    });
  }

  /** A merchant's endpoint. It may take an event and its answer be lost: then it hears it again. */
  async #receive({ body = '', headers = {} }: HttpRequest): Promise<HttpAnswer> {
    const id = headers['webhook-id'] ?? '';
    const merchant = this.#chance.fork(`merchant hears ${id} at ${this.#clock.now}`);
    await this.#clock.sleep(50 + merchant.below(100));
    if (this.#faults.happens(merchant, 'merchant does not answer')) throw new HttpFailure('no answer', false);
    if (this.#faults.happens(merchant, 'merchant is in trouble')) return { status: 500, headers: {}, body: '' };
    this.#auditor.onHeard(id, body);
    if (this.#faults.happens(merchant, "merchant's answer lost")) throw new HttpFailure('cut off', true);
    return { status: 200, headers: {}, body: '' };
  }

  /** At least once, in any order, late, or never. */
  #enqueue(queue: QueueName, messages: readonly QueueMessage[], by: Chance): void {
    for (const message of messages) {
      if (this.#faults.happens(by, 'message dropped')) continue;
      const copies = this.#faults.happens(by, 'message doubled') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const lateMs = this.#faults.happens(by, 'message late') ? by.below(15 * MINUTE) : 5 + by.below(50);
        const waitMs = this.#faults.happens(by, 'message days late') ? by.below(2 * DAY) : lateMs;
        const name = `${queue} message of ${by.name}, draw ${by.draws}`;
        this.#clock.at(waitMs, () => this.#deliver(queue, message, name, 1));
      }
    }
  }

  #deliver(queue: QueueName, message: QueueMessage, name: string, receives: number): void {
    if (this.#isOver) return;
    if (queue === 'bulk') this.#auditor.bulk.onMessage(message.body);
    const chance = this.#chance.fork(`${name} receive ${receives}`);
    const world = this.#process(`${name}, receive ${receives}`);
    const isPoisoned = this.#faults.happens(chance, 'poison beside a message');
    const records = [
      { messageId: 'ours', body: JSON.stringify(message.body) },
      ...(isPoisoned ? [{ messageId: 'poison', body: chance.pick(POISON) }] : []),
    ].map((record) => ({ ...record, attributes: { ApproximateReceiveCount: String(receives) } }));
    let isDone = false;
    onBatch<never>(world, workOf(queue), { Records: records } as unknown as SQSEvent).then(({ batchItemFailures }) => {
      const failed = batchItemFailures.map((each) => each.itemIdentifier);
      isDone = !failed.includes('ours');
      if (isPoisoned && queue !== 'webhooks' && !failed.includes('poison')) {
        this.#auditor.violations.push('a poisonous message was taken as done');
      }
    });
    this.#clock.at(VISIBILITY_MS, () => {
      if (isDone || receives >= QUEUES[queue].attemptsMax) return;
      if (this.#faults.isDeadly && this.#faults.happens(chance, 'message failed for good')) return;
      this.#deliver(queue, message, name, receives + 1);
    });
  }

  /** An upstream's call; what is not answered well is repeated a few times. */
  #callBack(url: string, message: CallbackMessage, tries: number): void {
    if (this.#isOver) return;
    const [provider = '', token = ''] = url.split('/').slice(-2);
    const name = `callback ${token.slice(-12)} of ${message.body.length} at ${this.#clock.now}`;
    const answer = serveOpen(this.#process(name), receiveCallback, {
      method: 'POST',
      path: `/callbacks/${provider}/${token}`,
      params: { provider, token },
      query: {},
      headers: message.headers,
      body: message.body,
      requestId: 'req_simulated',
    });
    let isTaken = false;
    answer.then(({ status }) => {
      this.#faults.count(`callback answered: ${status}`);
      isTaken = status < 500;
    });
    this.#clock.at(5 * MINUTE, () => {
      if (!isTaken && tries < CALLBACK_TRIES_MAX) this.#callBack(url, message, tries + 1);
    });
  }

  /** The payment gateway's word that there is news; it repeats what is not answered well. */
  #tellPayment(url: string, tries: number): void {
    if (this.#isOver) return;
    const token = url.split('/').at(-1) ?? '';
    const answer = serveOpen(this.#process(`news of ${token.slice(0, 28)} at ${this.#clock.now}`), receivePayment, {
      method: 'POST',
      path: `/payments/result/${token}`,
      params: { token },
      query: {},
      headers: {},
      body: '{"payload":"whatever"}',
      requestId: 'req_simulated',
    });
    let isTaken = false;
    answer.then(({ status }) => {
      isTaken = status < 500;
    });
    this.#clock.at(5 * MINUTE, () => {
      if (!isTaken && tries < CALLBACK_TRIES_MAX) this.#tellPayment(url, tries + 1);
    });
  }

  #sweepEvery(gapMs: number, until: number): void {
    const sweep = () => {
      const { now } = this.#clock;
      if (this.#isOver || now > until) return;
      const copies = this.#faults.happens(this.#chance.fork(`sweep at ${now}`), 'two sweeps at once') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        reconcile(this.#process(`reconcile ${copy} at ${now}`)).catch(() => undefined);
        sendDue(this.#process(`webhook sweep ${copy} at ${now}`)).catch(() => undefined);
        advanceBatches(this.#process(`bulk sweep ${copy} at ${now}`)).catch(() => undefined);
      }
      this.#clock.at(gapMs, sweep);
    };
    this.#clock.at(gapMs, sweep);
  }
}
