import { receiveCallback } from '../../functions/orders/receive-callback.ts';
import { receivePayment } from '../../functions/wallet/receive-payment.ts';
import { reconcile } from '../../functions/workers/reconcile.ts';
import { advanceBatches } from '../../functions/workers/run-bulk.ts';
import { verifyLedgers } from '../../functions/workers/verify-ledgers.ts';
import { sendDue } from '../../functions/workers/webhook-sender.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { isPayout } from '../../shared/domain/payout.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { sandbox } from '../../shared/providers/sandbox.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import { saveEndpoint } from '../../shared/store/endpoints.ts';
import { createMerchant } from '../../shared/store/merchants.ts';
import type { World } from '../../shared/world.ts';
import { createKey } from '../support/create-key.ts';
import type { Account, Actors } from './actors.ts';
import { invoke } from './actors.ts';
import { Auditor } from './auditor.ts';
import type { FaultFreeFile } from './batch-actors.ts';
import { sendFaultFreeFile, sendFile } from './batch-actors.ts';
import { Chance } from './chance.ts';
import { Clock } from './clock.ts';
import type { Fault } from './faults.ts';
import { Faults } from './faults.ts';
import { isIdle, isVerificationIdle, onlyReading } from './idle-sweeps.ts';
import { payIn, placeOrders, rotateKey } from './merchant-actors.ts';
import { ModelDb } from './model-db.ts';
import { deposit, depositMeanwhile, freezeForAWhile, resolveReviews } from './operator-actors.ts';
import { OverlappingDb } from './overlapping-db.ts';
import { eraseMeanwhile } from './privacy-actors.ts';
import { readSurveyWhenQuiescent, readWhenQuiescent, readWhileWritten } from './reader-actors.ts';
import { SAMPLE_PRODUCT } from './sample-product.ts';
import type { Limited } from './simulated-lambda.ts';
import { SimulatedLambda, THROTTLED_PAUSE_MS } from './simulated-lambda.ts';
import { SimulatedPaymentGateway } from './simulated-payment-gateway.ts';
import type { Trouble } from './simulated-provider.ts';
import { SimulatedProvider } from './simulated-provider.ts';
import { SimulatedQueues } from './simulated-queues.ts';
import type { Life, ProcessContext } from './simulated-world.ts';
import { simulatedWorld } from './simulated-world.ts';
import { WORDS } from './simulation-context.ts';
import type { Survey } from './survey-actors.ts';
import { answerSurvey, manageSurvey, openSurvey } from './survey-actors.ts';
import type { Sweep } from './sweep-auditor.ts';

/**
 * Deterministic simulation: the production handlers, flows and store run unchanged on virtual time, in a world that
 * fails by seed. One seed always gives the same run. Where to look:
 *
 * - Which faults exist: `faults.ts`. What the upstreams do: `simulated-provider.ts`, `simulated-payment-gateway.ts`.
 * - Which invariants are checked: `auditor.ts`, `batch-auditor.ts`, `campaign-auditor.ts`, after every committed write
 *   and at the end; `sweep-auditor.ts`, at the end of every sweep, and `progress-auditor.ts`, before every sweep once the
 *   faults have ended; `reader-actors.ts` checks what the API lists.
 * - Who acts: `merchant-actors.ts`, `batch-actors.ts`, `survey-actors.ts`, `operator-actors.ts`, `reader-actors.ts`.
 * - What production code runs on: `simulated-world.ts` (one process), `simulated-lambda.ts`, `simulated-queues.ts`,
 *   `model-db.ts` with `expressions.ts` and `overlapping-db.ts` (DynamoDB), `clock.ts`, `chance.ts`.
 * - Which sweeps are left out once nothing fails, because nothing is due: `idle-sweeps.ts`.
 * - How it is run: `cli.ts`, `run-seeds.ts`, `crash-points.ts`; `shrink.ts` reduces a failing run. `planted-bugs.ts` has
 *   the bugs that the simulation must catch, and `proof.ts` writes `docs/proof.md`.
 */

export interface Plan {
  readonly orders: number;
  /** Without faults of chance: for crashes at chosen points. */
  readonly isFaultFree?: boolean;
  /** The points, counted from 1, that kill the process which reaches them. */
  readonly killAt?: ReadonlySet<number>;
  /** Only these clients act; absent: all. */
  readonly clients?: ReadonlySet<number>;
  /** Only these faults happen; absent: all that chance draws. */
  readonly only?: ReadonlySet<string>;
  /** A fault-free run sends this small batch. */
  readonly file?: FaultFreeFile;
  readonly isTraced?: boolean;
  /** Sweeps run also when nothing is due. */
  readonly runsIdleSweeps?: boolean;
  /** With the faults that are switched off. */
  readonly hasAll?: boolean;
}

export interface Run {
  readonly seed: number;
  readonly orders: number;
  /** How many of the orders are rows of batches. */
  readonly rows: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  /** Inputs and outputs at which a process could have died. */
  readonly killPoints: number;
  /** The longest time from the acceptance of a batch until one of its rows was claimed first. */
  readonly slowestClaimMs: number;
  /** Every fault that happened, by a name that `Plan.only` takes. */
  readonly faults: readonly string[];
  /** What happened, line by line. Empty unless the plan asks for it. */
  readonly trace: readonly string[];
}

export async function simulate(seed: number, plan: Plan): Promise<Run> {
  return new Simulation(seed, plan).run();
}

/** Far longer than real indexes lag, so that code which trusts an index too much is caught. */
const INDEX_LAG_MS = 3 * SECOND;
/** The actors start within this time; faults go on a little longer. */
const ACTIVE_MS = 20 * MINUTE;
const FAULTY_MS = ACTIVE_MS + 10 * MINUTE;
/** The time between two sweeps once nothing fails. */
const QUIET_SWEEP_MS = 20 * MINUTE;
/** One sweep in so many, and the first, also runs when nothing is due: it must not find anything. */
const IDLE_SWEEP_EVERY = 12;
/** Ledgers are verified once an hour, by a sweep. */
const VERIFIED_WITHIN_MS = 2 * HOUR;
/** Operators resolve a row without evidence after a day or two, and the merchant may then retry it. */
const QUIESCENT_AFTER_MS_MAX = 8 * DAY;
/** One client in so many is a respondent, a payer, or sends a file too. */
const RESPONDENT_EVERY = 5;
const PAYER_EVERY = 10;
const FILE_EVERY = 50;
const CALLBACK_TRIES_MAX = 3;
const ENDPOINT_DOWN_MS = 8 * MINUTE;
/** The part of endpoints that fail now and then. */
const INTERMITTENT = 0.2;
/** Just within the time that an attempt may take. */
const SLOW_MS = 9 * SECOND;
/** What a database answers to a text that it cannot store. */
const UNWRITABLE = 'SerializationException';

/** Of so many seeds one runs in an account whose quota is that of a new one. */
const SMALL_EVERY = 8;
const SMALL_AT = 5;

/** What befalls the whole upstream, and for how long. One outage is longer than "not found" takes to be proof. */
const TROUBLES: readonly (readonly [Fault, Trouble, number])[] = [
  ['provider outage', 'down', 3 * MINUTE],
  ['provider outage past the horizon', 'down', 2 * HOUR],
  ['provider hangs', 'hangs', 6 * MINUTE],
  ['provider refuses our login', 'refuses our login', 4 * MINUTE],
  ['provider forgets what it delivered', 'forgets', 3 * HOUR],
];
/** Two gaps between probes, and the sweeps that find what is due after them. */
const DELIVERED_WITHIN_MS = 3 * HOUR;

function urlOf(merchantId: string, mode: Mode): string {
  return `https://merchant.example/${merchantId}/${mode}`;
}

function endpointIdOf(url: string): string {
  return `whe_${url.split('/').slice(-2).join('_')}`;
}

class Simulation {
  readonly #seed: number;
  readonly #plan: Plan;
  readonly #clock = new Clock();
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #auditor: Auditor;
  readonly #model: ModelDb;
  readonly #upstream: SimulatedProvider;
  readonly #gateway: SimulatedPaymentGateway;
  readonly #processContext: ProcessContext;
  /** The URLs that nobody answers at the moment. */
  readonly #merchantsDown = new Set<string>();
  /** Those that fail three times in ten. */
  readonly #intermittent = new Set<string>();
  readonly #actors: Actors & { hotMs?: number };
  readonly #accounts: Account[] = [];
  /** What each of three containers remembers from one process to the next. */
  readonly #memos = [new Map<string, unknown>(), new Map<string, unknown>(), new Map<string, unknown>()];
  readonly #trace: string[] = [];
  #survey: Survey | undefined;
  #killPoints = 0;
  /** When the faults ended. */
  #faultFreeSince = Number.POSITIVE_INFINITY;
  /** Outages may last beyond the other faults. */
  #troublesEndAt = 0;
  #countsKillPoints = false;
  /** Programs that are not done with the file they sent. */
  #openFiles = 0;
  #isOver = false;

  constructor(seed: number, plan: Plan) {
    this.#seed = seed;
    this.#plan = plan;
    this.#chance = new Chance(seed);
    const clock = this.#clock;
    const trace = (line: string) => {
      if (plan.isTraced) this.#trace.push(`${clock.iso.slice(5, 23).replace('T', ' ')}  ${line}`);
    };
    this.#faults = new Faults(plan.only, trace);
    // In every fourth seed no process dies: no answer is lost with one, and every order must end right.
    this.#faults.mayKill = seed % 4 !== 0 || plan.killAt !== undefined;
    this.#faults.hasAll = plan.hasAll ?? false;
    const context = { clock, chance: this.#chance, faults: this.#faults, trace };
    this.#upstream = new SimulatedProvider({
      ...context,
      onVend: (reference, times) => this.#auditor.onVend(reference, times),
      onAnswer: (reference, kind) => this.#auditor.onAnswer(reference, kind),
      onReuse: (reference) => this.#auditor.onReuse(reference),
      callBack: (url, { headers, body }) => {
        const [provider = '', token = ''] = url.split('/').slice(-2);
        const name = `callback ${token.slice(-12)} of ${body.length}`;
        this.#callBack(receiveCallback, name, { params: { provider, token }, headers, body });
      },
    });
    this.#gateway = new SimulatedPaymentGateway({
      ...context,
      callBack: (url) => {
        const token = url.split('/').at(-1) ?? '';
        const request = { params: { token }, headers: {}, body: '{"payload":"whatever"}' };
        this.#callBack(receivePayment, `news of ${token.slice(0, 28)}`, request);
      },
    });
    this.#auditor = new Auditor({
      ...context,
      upstream: this.#upstream,
      gateway: this.#gateway,
      indexLagMs: INDEX_LAG_MS,
    });
    this.#model = new ModelDb(this.#auditor.onCommit, { now: () => clock.now, ms: INDEX_LAG_MS });
    const report = (violation: string) => void this.#auditor.violations.push(violation);
    this.#actors = {
      ...context,
      auditor: this.#auditor,
      upstream: this.#upstream,
      accounts: this.#accounts,
      contents: new Map(),
      lambda: new SimulatedLambda(
        { ...context, process: (name, life) => this.#process(name, life), report },
        seed % SMALL_EVERY === SMALL_AT ? 'dev' : 'live',
      ),
      process: (name) => this.#process(name),
      isOver: () => this.#isOver,
      report,
    };
    this.#processContext = this.#createProcessContext();
  }

  #createProcessContext(): ProcessContext {
    const { clock, chance, faults, trace } = this.#actors;
    const queues = new SimulatedQueues(this.#actors);
    const sandboxProvider = sandbox({ sleep: (ms) => clock.sleep(ms), now: () => clock.iso });
    return {
      clock,
      chance,
      faults,
      trace,
      db: this.#createDb(),
      send: (queue, messages, by) => queues.send(queue, messages, by),
      provider: (name) => (name === 'sandbox' ? sandboxProvider : this.#upstream),
      outbound: (request, process) => this.#receiveWebhook(request, process),
      payments: this.#gateway,
      isKilledHere: () => {
        if (!this.#countsKillPoints) return false;
        this.#killPoints += 1;
        return this.#plan.killAt?.has(this.#killPoints) ?? false;
      },
    };
  }

  /** The database. A text that it cannot store is a violation, whatever the writer does about the error. */
  #createDb(): World['db'] {
    const model = this.#model;
    const send = async (command: Parameters<ModelDb['execute']>[0]) => {
      try {
        return model.execute(command);
      } catch (error) {
        if (error instanceof Error && error.name === UNWRITABLE)
          this.#auditor.violations.push(`${command.constructor.name}: ${error.message}`);
        throw error;
      }
    };
    const db = { send } as unknown as World['db'];
    const onConflict = () => this.#faults.follows('transactions overlap');
    return new OverlappingDb(db, this.#clock, { onConflict }).client;
  }

  async run(): Promise<Run> {
    const setUp = this.#setUp();
    await this.#clock.runUntil(this.#clock.now + MINUTE);
    await setUp;
    await this.#runWithFaults();
    await this.#runUntilQuiescent();
    if (this.#auditor.violations.length === 0) await this.#checkWhenQuiescent();
    this.#isOver = true;
    const orders = [...this.#auditor.orders.values()];
    return {
      seed: this.#seed,
      orders: orders.filter((order) => !isPayout(order)).length,
      rows: orders.filter((order) => order.batchId !== undefined).length,
      counts: this.#counts(),
      violations: this.#auditor.violations,
      killPoints: this.#killPoints,
      slowestClaimMs: this.#auditor.batchAuditor.slowestClaimMs,
      faults: this.#faults.fired,
      trace: this.#trace,
    };
  }

  async #setUp(): Promise<void> {
    const world = this.#process('operator');
    // Enough for about three quarters of the orders and files: the others must be refused, and stay refused.
    const funds = Math.max(1000, this.#plan.orders * 325);
    const [acme, bolt] = [await createMerchant(world, 'Acme'), await createMerchant(world, 'Bolt')];
    await saveCatalogue(world, 'hotrecharge', [SAMPLE_PRODUCT]);
    const payer = await this.#openAccount(world, acme.id, 'live', funds);
    await this.#openAccount(world, bolt.id, 'live', funds / 8);
    await this.#openAccount(world, acme.id, 'test', funds / 8);
    if (!this.#plan.isFaultFree) this.#survey = await openSurvey(world, payer, this.#plan.orders / RESPONDENT_EVERY);
  }

  async #openAccount(world: World, merchantId: string, mode: Mode, fundsMinor: number): Promise<Account> {
    const { key, text } = await createKey(world, { merchantId, mode, name: 'x', scopes: SCOPES });
    const account = { merchantId, mode, key: { id: key.id, text } };
    this.#accounts.push(account);
    await saveEndpoint(world, {
      id: `whe_${merchantId}_${mode}`,
      merchantId,
      mode,
      url: urlOf(merchantId, mode),
      events: [],
      secretVersion: 1,
      retiring: [],
      createdAt: world.now(),
      revision: 1,
    });
    const money = { reason: 'First deposit', amountMinor: Math.ceil(fundsMinor), currency: 'USD' } as const;
    await deposit(this.#actors, world, account, money);
    return account;
  }

  /** The first half hour: all actors act, and everything may fail. */
  async #runWithFaults(): Promise<void> {
    const { isFaultFree, file } = this.#plan;
    this.#faults.isOn = !isFaultFree;
    this.#countsKillPoints = true;
    const end = this.#clock.now + FAULTY_MS;
    if (!isFaultFree) freezeForAWhile(this.#actors, ACTIVE_MS);
    this.#startClients();
    if (!isFaultFree) depositMeanwhile(this.#actors, ACTIVE_MS);
    if (!isFaultFree) eraseMeanwhile(this.#actors, end);
    if (this.#survey) manageSurvey(this.#actors, this.#survey, ACTIVE_MS);
    if (file) this.#trackFile(sendFaultFreeFile(this.#actors, file));
    this.#sweepEvery(2 * MINUTE, end);
    if (!isFaultFree) this.#scheduleDisruptions();
    await this.#advance(end);
    this.#faults.isOn = false;
    this.#faultFreeSince = Math.max(this.#clock.now, this.#troublesEndAt);
    this.#countsKillPoints = false;
  }

  #startClients(): void {
    const { orders, isFaultFree, clients } = this.#plan;
    const chance = this.#chance.fork('hot wallet');
    if (this.#faults.happens(chance, 'hot wallet')) this.#actors.hotMs = chance.below(ACTIVE_MS);
    for (let n = 0; n < orders; n += 1) {
      if (clients && !clients.has(n)) continue;
      placeOrders(this.#actors, n, isFaultFree ? 1 : ACTIVE_MS);
      if (isFaultFree) continue;
      if (this.#survey && n % RESPONDENT_EVERY === 0) answerSurvey(this.#actors, this.#survey, n, ACTIVE_MS);
      if (n % PAYER_EVERY === 0) payIn(this.#actors, n, ACTIVE_MS);
      if (n % FILE_EVERY === 7) this.#trackFile(sendFile(this.#actors, n, ACTIVE_MS));
    }
  }

  #trackFile(sending: Promise<void>): void {
    this.#openFiles += 1;
    sending.finally(() => {
      this.#openFiles -= 1;
    });
  }

  /** From here on nothing fails: everything that is pending must be completed in time. */
  async #runUntilQuiescent(): Promise<void> {
    const since = this.#clock.now;
    const end = since + QUIESCENT_AFTER_MS_MAX;
    this.#sweepEvery(QUIET_SWEEP_MS, end);
    this.#requireDeliveries(new Set(this.#auditor.pendingDeliveries));
    // In every second seed single orders stay in review. Rows never do, because a batch must end.
    const resolvesAll = this.#seed % 2 === 0;
    resolveReviews(this.#actors, end, (order) => resolvesAll || order.batchId !== undefined);
    while (this.#clock.now < end && this.#auditor.violations.length === 0 && !this.#isQuiescent()) {
      await this.#advance(this.#clock.now + 2 * HOUR);
      this.#auditor.checkProgress(since, QUIET_SWEEP_MS);
    }
  }

  /** From now on endpoints answer, so whatever waits for them must be delivered soon, and not one event a sweep. */
  #requireDeliveries(waiting: ReadonlySet<string>): void {
    this.#clock.at(DELIVERED_WITHIN_MS, () => {
      for (const id of this.#auditor.pendingDeliveries) {
        if (waiting.has(id)) this.#auditor.violations.push(`${id} still waits for an endpoint that answers`);
      }
    });
  }

  #isQuiescent(): boolean {
    const { hasPendingOrders, pendingDeliveries, hasPendingTopups, batchAuditor } = this.#auditor;
    if (this.#openFiles > 0 || this.#gateway.pendingNotifications > 0) return false;
    return !hasPendingOrders && pendingDeliveries.size === 0 && !hasPendingTopups && !batchAuditor.hasPendingBatches;
  }

  async #checkWhenQuiescent(): Promise<void> {
    const written = this.#auditor.ledgerEnds();
    await this.#advance(this.#clock.now + VERIFIED_WITHIN_MS);
    this.#auditor.requireVerified(written);
    // Where processes may die, the truth about an order can be lost with the only process that knew it.
    const isExcusable = this.#faults.mayKill && !this.#plan.isFaultFree;
    this.#auditor.whenQuiescent((reference) => isExcusable && this.#upstream.reportedFalseFailure(reference));
    if (this.#plan.isFaultFree) return;
    readWhenQuiescent(this.#actors);
    if (this.#survey) readSurveyWhenQuiescent(this.#actors, this.#survey);
    await this.#advance(this.#clock.now + HOUR);
  }

  #counts(): Map<string, number> {
    const { orders, topups, batchAuditor } = this.#auditor;
    const count = (name: string) => this.#faults.count(name);
    for (const order of orders.values()) {
      count(`orders: ${order.status}`);
      if (isPayout(order)) count(`payouts: ${order.status}`);
      if (order.batchId === undefined) continue;
      count(`rows: ${order.status}`);
      const name = `${order.merchantId} ${order.mode} ${order.agentReference}`;
      if (this.#actors.contents.has(name)) count('reference: used by a row before a single order');
    }
    for (let n = batchAuditor.takenReferences; n > 0; n -= 1) count('reference: used by another order before a row');
    for (const { status } of batchAuditor.batches.values()) count(`batches: ${status}`);
    for (const { status } of topups.values()) count(`top-ups: ${status}`);
    return this.#faults.counts;
  }

  /** In short parts, so that a run stops soon after a violation. */
  async #advance(end: number): Promise<void> {
    while (this.#clock.now < end && this.#auditor.violations.length === 0) {
      await this.#clock.runUntil(Math.min(end, this.#clock.now + 5 * MINUTE));
    }
  }

  /** A process in one of the containers, with what that container remembers. */
  #process(name: string, life?: Life): World {
    const memo = this.#memos[this.#chance.fork(`place of ${name}`).below(this.#memos.length)];
    return simulatedWorld(this.#processContext, name, memo, life);
  }

  /** An outage, a rotated key, a late deposit, and a reader of the lists while they grow. */
  #scheduleDisruptions(): void {
    const chance = this.#chance.fork('trouble');
    const [first] = this.#accounts;
    if (!first) return;
    for (const [fault, trouble, lastsMs] of TROUBLES) {
      if (this.#faults.happens(chance, fault)) this.#trouble(trouble, ACTIVE_MS * (0.2 + 0.3 * chance.next()), lastsMs);
    }
    for (const { merchantId, mode } of this.#accounts) {
      const own = this.#chance.fork(`server of ${merchantId} ${mode}`);
      const url = urlOf(merchantId, mode);
      if (own.happens(INTERMITTENT)) this.#intermittent.add(url);
      if (!this.#faults.happens(own, 'endpoint down for minutes')) continue;
      const startMs = ACTIVE_MS * own.next();
      const endMs = own.happens(0.5) ? startMs + ENDPOINT_DOWN_MS : FAULTY_MS - own.below(5 * MINUTE);
      this.#clock.at(startMs, () => this.#merchantsDown.add(url));
      this.#clock.at(endMs, () => this.#merchantsDown.delete(url));
    }
    if (this.#faults.happens(chance, 'key rotated in flight')) {
      this.#clock.at(ACTIVE_MS * chance.next(), () => {
        rotateKey(this.#actors, first).catch(() => undefined);
      });
    }
    this.#clock.at(ACTIVE_MS / 2, () => {
      const money = { reason: 'Late deposit', amountMinor: 5_000, currency: 'USD' } as const;
      deposit(this.#actors, this.#process('operator, again'), first, money).catch(() => undefined);
      readWhileWritten(this.#actors, first);
    });
  }

  #trouble(trouble: Trouble, startMs: number, lastsMs: number): void {
    this.#troublesEndAt = Math.max(this.#troublesEndAt, this.#clock.now + startMs + lastsMs);
    this.#clock.at(startMs, () => this.#upstream.troubles.add(trouble));
    this.#clock.at(startMs + lastsMs, () => this.#upstream.troubles.delete(trouble));
  }

  /** The webhook endpoint of a merchant. If the answer to an event is lost, the event comes again. */
  async #receiveWebhook({ url, body = '', headers = {} }: HttpRequest, process: string): Promise<HttpAnswer> {
    const id = headers['webhook-id'] ?? '';
    const { webhookAuditor } = this.#auditor;
    webhookAuditor.onPost(process, id, endpointIdOf(url));
    const merchant = this.#chance.fork(`merchant receives ${id} at ${this.#clock.now}`);
    const isSlow = this.#faults.happens(merchant, 'merchant answers slowly');
    await this.#clock.sleep(isSlow ? SLOW_MS : 50 + merchant.below(100));
    if (this.#merchantsDown.has(url)) throw new HttpFailure('connection refused', false);
    if (this.#faults.happens(merchant, 'merchant does not answer')) throw new HttpFailure('no answer', false);
    const isIntermittent = this.#intermittent.has(url);
    const fails = isIntermittent && this.#faults.happens(merchant, 'intermittent endpoint fails');
    if (fails || this.#faults.happens(merchant, 'merchant answers 500')) {
      const body = this.#faults.happens(merchant, 'emoji in an answer') ? WORDS : '';
      return { status: 500, headers: {}, body };
    }
    this.#auditor.onEvent(id, body);
    const isLost = this.#faults.happens(merchant, "merchant's answer lost");
    webhookAuditor.onHeard(process, id, !isLost);
    if (isLost) throw new HttpFailure('connection cut', true);
    return { status: 200, headers: {}, body: WORDS };
  }

  /** A callback of an upstream or the payment gateway. The caller repeats it a few times after a 5xx or no answer. */
  #callBack(
    route: OpenRouteHandler,
    name: string,
    request: { params: Record<string, string>; headers: Record<string, string>; body: string },
    tries = 1,
  ): void {
    if (this.#isOver) return;
    let isAccepted = false;
    const { path } = route;
    invoke(this.#actors, route.name, `${name} at ${this.#clock.now}`, (world) =>
      serveOpen(world, route, { method: 'POST', path, query: {}, requestId: 'req_simulated', ...request }),
    ).then(({ status }) => {
      this.#faults.count(`${route.name} answered: ${status}`);
      isAccepted = status < 500;
    });
    this.#clock.at(5 * MINUTE, () => {
      if (!isAccepted && tries < CALLBACK_TRIES_MAX) this.#callBack(route, name, request, tries + 1);
    });
  }

  #sweepEvery(gapMs: number, until: number): void {
    let count = 0;
    const sweep = () => {
      const { now } = this.#clock;
      if (this.#isOver || now > until) return;
      if (!this.#faults.isOn) this.#auditor.progressAuditor.onSweep(now, gapMs, this.#faultFreeSince);
      // While there are faults each sweep runs. Later the first does, and some of those that have nothing to do.
      const mayBeLeftOut = !this.#faults.isOn && count % IDLE_SWEEP_EVERY > 0 && !this.#plan.runsIdleSweeps;
      const copies = this.#faults.happens(this.#chance.fork(`sweep at ${now}`), 'two sweeps at once') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.#sweep('reconcile', workers.reconcile, `${copy} at ${now}`, reconcile, mayBeLeftOut);
        this.#sweep('webhook sweep', workers.webhookSender, `${copy} at ${now}`, sendDue, mayBeLeftOut);
        this.#sweep('bulk sweep', workers.runBulk, `${copy} at ${now}`, advanceBatches, mayBeLeftOut);
        this.#verify(`verification ${copy} at ${now}`, mayBeLeftOut);
      }
      count += 1;
      this.#clock.at(gapMs, sweep);
    };
    this.#clock.at(gapMs, sweep);
  }

  #sweep(
    sweep: Sweep,
    worker: Limited,
    name: string,
    run: (world: World) => Promise<void>,
    mayBeLeftOut: boolean,
  ): void {
    const process = `${sweep} ${name}`;
    const isAllIdle = () => !this.#faults.isOn && isIdle(this.#model, sweep, this.#clock.now);
    if (isAllIdle() && mayBeLeftOut) return;
    // Before it begins, because its clock may be wrong from the start.
    this.#faults.watch(process);
    const report = (effect: string) => this.#actors.report(`${process} has nothing to do, and it does ${effect}`);
    this.#schedule(worker, process, async (world) => {
      const end = this.#auditor.sweepAuditor.begin(sweep, process);
      await run(isAllIdle() ? onlyReading(world, report) : world).then(
        () => end(true),
        () => end(false),
      );
    });
  }

  /** A run that is throttled is tried again, as Lambda does. */
  #schedule(worker: Limited, process: string, run: (world: World) => Promise<unknown>): void {
    if (this.#isOver) return;
    const invocation = this.#actors.lambda.begin(worker, process);
    if (invocation) invocation.until(run(invocation.world)).catch(() => undefined);
    else this.#clock.at(THROTTLED_PAUSE_MS, () => this.#schedule(worker, process, run));
  }

  #verify(process: string, mayBeLeftOut: boolean): void {
    // Its inputs and outputs are no points at which a crash of an order or a batch is tried.
    if (this.#plan.isFaultFree && this.#countsKillPoints) return;
    const isNeeded = this.#auditor.hasUnverifiedEntries && !isVerificationIdle(this.#model, this.#clock.now);
    if (isNeeded || !mayBeLeftOut) this.#schedule(workers.verifyLedgers, process, verifyLedgers);
  }
}
