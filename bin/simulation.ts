import type { SQSEvent } from 'aws-lambda';
import { createOrder } from '../functions/create-order.ts';
import { dispatch, giveUp } from '../functions/dispatch.ts';
import { reconcile } from '../functions/reconcile.ts';
import { sendDueWebhooks, sendWebhook } from '../functions/webhook-sender.ts';
import { serve } from '../shared/api/edge.ts';
import { onBatch } from '../shared/aws/worker.ts';
import type { Product } from '../shared/domain/catalogue.ts';
import { SCOPES } from '../shared/domain/key.ts';
import type { Instant } from '../shared/domain/time.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../shared/domain/time.ts';
import { adjustWallet } from '../shared/flows/adjust-wallet.ts';
import { Auditor } from '../shared/local/auditor.ts';
import { ModelDb } from '../shared/local/model-db.ts';
import { SimProvider } from '../shared/local/sim-provider.ts';
import type { Killer, Universe } from '../shared/local/sim-world.ts';
import { Chance, Clock, count, NO_STORE_FAULTS, processWorld } from '../shared/local/sim-world.ts';
import { sandbox } from '../shared/providers/sandbox.ts';
import type { QueueName } from '../shared/routes.ts';
import { QUEUES } from '../shared/routes.ts';
import { saveCatalogue } from '../shared/store/catalogue.ts';
import { createKey, createMerchant, saveWebhook } from '../shared/store/merchants.ts';
import type { OrderKey } from '../shared/store/orders.ts';
import type { QueueMessage, World } from '../shared/world.ts';

/**
 * One run: the production handlers, flows and store, on virtual time, against a model of everything around them that
 * fails by seed. After every committed write the auditor looks; at the end everything must have come to rest.
 */

export interface Run {
  readonly seed: number;
  readonly orders: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  /** Inputs and outputs at which a process could have died. */
  readonly killPoints: number;
}

interface Plan {
  readonly orders: number;
  /** Without chance faults: for crashes at chosen points. */
  readonly isCalm?: boolean;
  /** Which of the moments, in the order in which they come, kill the process they are in. */
  readonly killAt?: ReadonlySet<number>;
}

const PRODUCT: Product = {
  id: 100,
  name: 'Airtime USD',
  network: 'any',
  kind: 'airtime',
  country: 'ZW',
  currency: 'USD',
  minMinor: 10,
  maxMinor: 30_000,
  stepMinor: 1,
  denominationsMinor: [],
  targetType: 'phone',
  provider: 'hotrecharge',
  providerProductId: '100',
  available: true,
};

const STORE_FAULTS = { lostBefore: 0.004, lostAfter: 0.006, throttled: 0.004, conflict: 0.03 };
const KILL = 0.004;
/** Far longer than an index takes to follow its table: whoever trusts one must be seen to. */
const INDEX_LAG_MS = 3 * SECOND;
const BUSY_MS = 20 * MINUTE;
const VISIBILITY_MS = 12 * MINUTE;

export async function simulate(seed: number, plan: Plan): Promise<Run> {
  const simulation = new Simulation(seed, plan);
  return simulation.run();
}

class Simulation {
  readonly #seed: number;
  readonly #plan: Plan;
  readonly #clock = new Clock();
  readonly #chance: Chance;
  readonly #auditor: Auditor;
  readonly #provider: SimProvider;
  readonly #universe: Universe;
  readonly #memos = [new Map<string, unknown>(), new Map<string, unknown>(), new Map<string, unknown>()];
  #killPoints = 0;
  #isOver = false;
  #keyText = '';
  #merchantId = '';

  constructor(seed: number, plan: Plan) {
    this.#seed = seed;
    this.#plan = plan;
    this.#chance = new Chance(seed);
    this.#auditor = new Auditor(
      (reference) => this.#provider.deliveries.get(reference)?.length ?? 0,
      () => this.#clock.now,
    );
    this.#provider = new SimProvider(this.#clock, this.#chance, (reference, times) =>
      this.#auditor.onDelivery(reference, times),
    );
    const pause = (ms: number) => this.#clock.sleep(ms);
    const now = (): Instant => this.#clock.iso;
    const play = sandbox({ sleep: pause, now });
    this.#universe = {
      clock: this.#clock,
      chance: this.#chance,
      db: new ModelDb(this.#auditor.onCommit, { now: () => this.#clock.now, ms: INDEX_LAG_MS }).client,
      send: (queue, messages) => this.#enqueue(queue, messages),
      provider: (name) => (name === 'sandbox' ? play : this.#provider),
      outbound: async () => {
        await this.#clock.sleep(100);
        if (this.#universe.faults !== NO_STORE_FAULTS && this.#chance.happens(0.2)) throw new Error('no answer');
        return { status: 200, headers: {}, body: '' };
      },
      faults: NO_STORE_FAULTS,
      killer: () => false,
      counts: new Map(),
    };
  }

  async run(): Promise<Run> {
    const settled = this.#setUp();
    await this.#clock.runUntil(this.#clock.now + MINUTE);
    await settled;
    this.#universe.faults = this.#plan.isCalm ? NO_STORE_FAULTS : STORE_FAULTS;
    this.#universe.killer = this.#killer();
    const startedAt = this.#clock.now;
    for (let n = 0; n < this.#plan.orders; n += 1) this.#client(n, this.#chance.below(this.#plan.isCalm ? 1 : BUSY_MS));
    this.#sweepEvery(2 * MINUTE, startedAt + BUSY_MS + 10 * MINUTE);
    if (!this.#plan.isCalm) this.#trouble();
    await this.#advance(startedAt + BUSY_MS + 10 * MINUTE);
    this.#universe.faults = NO_STORE_FAULTS;
    this.#universe.killer = () => false;
    this.#provider.isDown = false;
    // From here on nothing fails: everything that is owed must be done, in its time.
    this.#sweepEvery(20 * MINUTE, this.#clock.now + 2 * DAY);
    const end = this.#clock.now + 2 * DAY;
    while (this.#clock.now < end && this.#auditor.violations.length === 0 && !this.#isAtRest()) {
      await this.#advance(this.#clock.now + 2 * HOUR);
    }
    this.#isOver = true;
    // In every fourth seed nobody dies, so that no truth is lost and even a lying provider's must be put right.
    if (this.#auditor.violations.length === 0) {
      this.#auditor.atRest((reference) => this.#mayKill && this.#provider.liedAbout(reference));
    }
    return {
      seed: this.#seed,
      orders: this.#auditor.orders.size,
      counts: this.#merged(),
      violations: this.#auditor.violations,
      killPoints: this.#killPoints,
    };
  }

  get #mayKill(): boolean {
    return !this.#plan.isCalm && this.#seed % 4 !== 0;
  }

  #isAtRest(): boolean {
    return [...this.#auditor.orders.values()].every(
      (order) => order.notice === undefined && (order.dueAt === undefined || order.status === 'review'),
    );
  }

  #merged(): Map<string, number> {
    const counts = new Map(this.#universe.counts);
    for (const [name, times] of this.#provider.drawn) counts.set(`upstream: ${name}`, times);
    for (const { status } of this.#auditor.orders.values()) {
      counts.set(`ends: ${status}`, (counts.get(`ends: ${status}`) ?? 0) + 1);
    }
    return counts;
  }

  /** Minute by minute, so that a violation stops the run where it happened. */
  async #advance(end: number): Promise<void> {
    while (this.#clock.now < end && this.#auditor.violations.length === 0) {
      await this.#clock.runUntil(Math.min(end, this.#clock.now + 20 * MINUTE));
    }
  }

  async #setUp(): Promise<void> {
    const world = this.#process('operator');
    const merchant = await createMerchant(world, 'Acme');
    this.#merchantId = merchant.id;
    const request = { merchantId: merchant.id, mode: 'live', name: 'x', scopes: SCOPES } as const;
    this.#keyText = (await createKey(world, request)).text;
    await saveWebhook(world, merchant.id, { id: 'whe_1', url: 'https://merchant.example/hook', version: 1 });
    await saveCatalogue(world, 'hotrecharge', [PRODUCT]);
    // Enough for about three quarters of the orders: the rest must be refused, and stay refused.
    await this.#deposit(world, Math.max(1000, this.#plan.orders * 380));
  }

  async #deposit(world: World, amountMinor: number): Promise<void> {
    const wallet = { merchantId: this.#merchantId, mode: 'live', currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor, reason: 'Deposit', by: 'simulation' });
  }

  #process(name: string): World {
    const place = this.#chance.below(this.#memos.length);
    return processWorld(this.#universe, name, this.#memos[place]);
  }

  #killer(): Killer {
    return (name, moment) => {
      this.#killPoints += 1;
      const isChosen = this.#plan.killAt?.has(this.#killPoints) ?? false;
      const isChance = this.#mayKill && this.#chance.happens(KILL);
      if (!isChosen && !isChance) return false;
      count(this.#universe, `fault: ${name} killed ${moment} an effect`);
      this.#memos[this.#chance.below(this.#memos.length)]?.clear();
      return true;
    };
  }

  /** Outages, doubled sweeps and late deposits, by chance. */
  #trouble(): void {
    const { at } = { at: (share: number) => Math.floor(BUSY_MS * share) };
    if (this.#chance.happens(0.3)) {
      this.#clock.at(at(0.2 + 0.3 * this.#chance.next()), () => {
        count(this.#universe, 'fault: provider outage');
        this.#provider.isDown = true;
        this.#clock.at(3 * MINUTE, () => {
          this.#provider.isDown = false;
        });
      });
    }
    this.#clock.at(at(0.5), () => {
      this.#deposit(this.#process('operator'), 5_000).catch(() => undefined);
    });
  }

  /** A client that repeats what was not answered, and sometimes posts twice, or other content under one reference. */
  #client(n: number, startMs: number): void {
    const amount = (100 + this.#chance.below(900)) / 100;
    const body = { product_id: 100, target: '0772279099', amount, agent_reference: `r${n}` };
    const copies = this.#plan.isCalm || !this.#chance.happens(0.15) ? 1 : 2 + this.#chance.below(2);
    for (let copy = 0; copy < copies; copy += 1) {
      const isOther = copy > 0 && this.#chance.happens(0.2);
      const sent = isOther ? { ...body, amount: amount + 1 } : body;
      this.#clock.at(startMs + (copy === 0 ? 0 : this.#chance.below(3 * MINUTE)), () =>
        this.#post(JSON.stringify(sent), 1),
      );
    }
  }

  #post(body: string, tries: number): void {
    const prefer = this.#chance.happens(0.7) ? 'respond-async' : 'wait=20';
    const answer = serve(this.#process('api'), createOrder, {
      method: 'POST',
      path: '/api/v1/orders',
      params: {},
      query: {},
      headers: { authorization: `Api-Key ${this.#keyText}`, prefer },
      body,
      requestId: `req_${tries}`,
    });
    let isAnswered = false;
    const again = () => {
      if (isAnswered || this.#isOver || tries >= 8) return;
      isAnswered = true;
      count(this.#universe, 'client repeats');
      this.#post(body, tries + 1);
    };
    answer.then((response) => {
      count(this.#universe, `answer: ${response.status}`);
      if (response.status < 500) isAnswered = true;
      else this.#clock.at(2 * SECOND, again);
    });
    this.#clock.at(40 * SECOND, again);
  }

  /** At least once, in any order, late, or never. */
  #enqueue(queue: QueueName, messages: readonly QueueMessage[]): void {
    for (const message of messages) {
      const isCalm = this.#universe.faults === NO_STORE_FAULTS;
      if (!isCalm && this.#chance.happens(0.04)) {
        count(this.#universe, 'fault: message dropped');
        continue;
      }
      const copies = !isCalm && this.#chance.happens(0.08) ? 2 : 1;
      if (copies > 1) count(this.#universe, 'fault: message doubled');
      for (let copy = 0; copy < copies; copy += 1) {
        const isLate = !isCalm && this.#chance.happens(0.05);
        if (isLate) count(this.#universe, 'fault: message late');
        this.#clock.at(isLate ? this.#chance.below(15 * MINUTE) : 5 + this.#chance.below(50), () =>
          this.#deliver(queue, message, 1),
        );
      }
    }
  }

  #deliver(queue: QueueName, message: QueueMessage, receives: number): void {
    if (this.#isOver) return;
    const isWebhook = queue === 'webhooks';
    const world = this.#process(isWebhook ? 'webhook-sender' : 'dispatch');
    const work = isWebhook ? { onMessage: sendWebhook } : { onMessage: dispatch, onLastFailure: giveUp };
    const record = {
      messageId: 'm',
      body: JSON.stringify(message.body),
      attributes: { ApproximateReceiveCount: String(receives) },
    };
    let isDone = false;
    onBatch<OrderKey>(world, work, { Records: [record] } as unknown as SQSEvent).then(({ batchItemFailures }) => {
      isDone = batchItemFailures.length === 0;
    });
    this.#clock.at(VISIBILITY_MS, () => {
      const isLost = this.#mayKill && this.#chance.happens(0.3);
      if (!isDone && !isLost && receives < QUEUES[queue].attemptsMax) this.#deliver(queue, message, receives + 1);
    });
  }

  #sweepEvery(gapMs: number, until: number): void {
    const sweep = () => {
      if (this.#isOver || this.#clock.now > until) return;
      const copies = !this.#plan.isCalm && this.#chance.happens(0.2) ? 2 : 1;
      if (copies > 1) count(this.#universe, 'fault: two sweeps at once');
      for (let copy = 0; copy < copies; copy += 1) {
        reconcile(this.#process('reconcile')).catch(() => undefined);
        sendDueWebhooks(this.#process('webhook-sender')).catch(() => undefined);
      }
      this.#clock.at(gapMs, sweep);
    };
    this.#clock.at(gapMs, sweep);
  }
}
