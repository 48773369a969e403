import type { Chance } from '../../simulation/chance.ts';
import { Clock } from '../../simulation/clock.ts';
import { LATENCY_MS } from './slow-db.ts';

/**
 * A deployed stage as quotas and servers: a discrete simulation in which each order takes what it takes of the gateway,
 * of Lambda's concurrency, of its wallet, of partitions and of its provider. It does not run the code; what an order
 * takes comes from the counts of `npm run bench`, and the quotas come from `lib/stage.ts` and the manifest.
 */

/** What AWS allows, or what the stage sets. */
export interface Limits {
  /** API Gateway's requests per second and burst. */
  readonly gatewayRate: number;
  readonly gatewayBurst: number;
  /** Concurrent executions of create-order. */
  readonly createConcurrency: number;
  /** Calls in flight of one provider's dispatchers, and of the webhook senders. */
  readonly dispatchSlots: number;
  readonly webhookSlots: number;
  /** How many orders a second we send the provider: `keep-pace.ts`. */
  readonly pacePerSecond: number;
  /** Units per second of one partition; and of a whole table, which starts at 4,000 and doubles with its use. */
  readonly partitionUnits: number;
  readonly tableUnits: number;
  /** What one wallet can accept in a second: measured, or a partition of its ledger. */
  readonly walletPerSecond: number;
  /** Partitions of the due index for one provider. */
  readonly dueShards: number;
}

/** What an order takes. */
export interface Load {
  readonly wallets: number;
  /** Share of the orders whose caller waits for the outcome. */
  readonly waitingShare: number;
  /** Median of a provider's answer; one answer in a hundred takes four times as long. */
  readonly providerMs: number;
  /** Share of the calls that end after a minute without an answer. */
  readonly hangingShare: number;
  /** Whether nothing answers at all, and for how long a sender waits then. */
  readonly isDown: boolean;
  /** What the provider itself takes in a second. */
  readonly providerPerSecond: number;
  /** Write units of an order in the orders table itself. */
  readonly tableUnits: number;
  /** Write units of an order in the due index, and of new orders in a merchant's list. */
  readonly dueUnits: number;
  readonly listUnits: number;
}

/** What may give first. */
export const CAUSES = [
  'API Gateway',
  'create-order concurrency',
  'one wallet',
  'a merchant list partition',
  'a due index partition',
  'the orders table',
  'dispatch slots',
  'our pace for the provider',
  'the provider itself',
  'webhook slots',
] as const;
export type Cause = (typeof CAUSES)[number];

export interface Outcome {
  /** Orders a second that were meant to come. */
  readonly rate: number;
  readonly offered: number;
  readonly refused: number;
  /** By what, each request once. */
  readonly refusals: ReadonlyMap<Cause, number>;
  /** How long accepted requests waited for each, in ms. */
  readonly waits: ReadonlyMap<Cause, number>;
  /** Messages that wait at the end, in seconds of the offered rate. */
  readonly dispatchBacklogSeconds: number;
  readonly webhookBacklogSeconds: number;
  /** How long a sender waits at the end until its provider may be called. */
  readonly callBacklogSeconds: number;
  readonly p99Ms: number;
}

const HANG_MS = 60_000;
const WAIT_MS_MAX = 25_000;
/** A sender's time to settle and a receiver's to answer. */
const SETTLE_MS = 35;
const WEBHOOK_MS = 130;
/** Of a request around its writes. */
const REQUEST_MS = 8;
/** For how long a request repeats what a partition or a wallet refuses. */
const PATIENCE_MS = 3_000;

/** A quota per second with a burst. */
class Bucket {
  #tokens: number;
  #at: number;
  readonly #rate: number;
  readonly #burst: number;

  constructor(rate: number, burst: number, now: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** How long to wait until so much is there; it is taken at once. */
  take(count: number, now: number, patienceMs: number): number | undefined {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) * this.#rate) / 1_000);
    this.#at = now;
    const waitMs = this.#tokens >= count ? 0 : ((count - this.#tokens) * 1_000) / this.#rate;
    if (waitMs > patienceMs) return undefined;
    this.#tokens -= count;
    return waitMs;
  }

  /** For how long what was taken is ahead of the clock. */
  aheadMs(now: number): number {
    return Math.max(0, (-this.#tokens * 1_000) / this.#rate - (now - this.#at));
  }
}

/** Servers with a queue before them. */
class Slots {
  busy = 0;
  readonly waiting: (() => void)[] = [];
  #next = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  get backlog(): number {
    return this.waiting.length - this.#next;
  }

  run(clock: Clock, ms: () => number, done: () => void): void {
    const begin = () => {
      this.busy += 1;
      clock.at(ms(), () => {
        this.busy -= 1;
        done();
        const next = this.waiting[this.#next];
        if (next && this.busy < this.#count) {
          this.#next += 1;
          next();
        }
      });
    };
    if (this.busy < this.#count) begin();
    else this.waiting.push(begin);
  }
}

export class CapacityModel {
  readonly #clock = new Clock();
  readonly #limits: Limits;
  readonly #load: Load;
  readonly #chance: Chance;
  readonly #gateway: Bucket;
  readonly #table: Bucket;
  readonly #wallets: Bucket[];
  readonly #lists: Bucket[];
  readonly #due: Bucket[];
  readonly #provider: Bucket;
  readonly #dispatch: Slots;
  readonly #webhooks: Slots;
  readonly #refusals = new Map<Cause, number>();
  readonly #waits = new Map<Cause, number>();
  readonly #latencies: number[] = [];
  #creating = 0;
  #offered = 0;

  constructor(limits: Limits, load: Load, chance: Chance) {
    const { now } = this.#clock;
    const second = (rate: number) => new Bucket(rate, rate, now);
    this.#limits = limits;
    this.#load = load;
    this.#chance = chance;
    this.#gateway = new Bucket(limits.gatewayRate, limits.gatewayBurst, now);
    this.#table = second(limits.tableUnits);
    // A wallet has no burst of its own: it is a chain.
    this.#wallets = Array.from({ length: load.wallets }, () => new Bucket(limits.walletPerSecond, 5, now));
    this.#lists = Array.from({ length: load.wallets }, () => second(limits.partitionUnits));
    this.#due = Array.from({ length: limits.dueShards }, () => second(limits.partitionUnits));
    const calls = callsPerSecond(load, limits);
    this.#provider = new Bucket(calls, Math.max(1, calls / 10), now);
    this.#dispatch = new Slots(limits.dispatchSlots);
    this.#webhooks = new Slots(limits.webhookSlots);
  }

  /** Offers so many orders a second. */
  async offer(rate: number, seconds: number): Promise<Outcome> {
    const end = this.#clock.now + seconds * 1_000;
    const gap = () => (-1_000 / rate) * Math.log(1 - this.#chance.next());
    const arrive = () => {
      if (this.#clock.now >= end) return;
      this.#order();
      this.#clock.at(gap(), arrive);
    };
    this.#clock.at(gap(), arrive);
    await this.#clock.runUntil(end);
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    return {
      rate,
      offered: this.#offered,
      refused: [...this.#refusals.values()].reduce((sum, count) => sum + count, 0),
      refusals: this.#refusals,
      waits: this.#waits,
      dispatchBacklogSeconds: this.#dispatch.backlog / rate,
      webhookBacklogSeconds: this.#webhooks.backlog / rate,
      callBacklogSeconds: this.#provider.aheadMs(this.#clock.now) / 1_000,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    };
  }

  #order(): void {
    const { now } = this.#clock;
    this.#offered += 1;
    const isBusy = this.#creating >= this.#limits.createConcurrency;
    if (isBusy || this.#gateway.take(1, now, 0) === undefined) {
      this.#refuse(isBusy ? 'create-order concurrency' : 'API Gateway');
      return;
    }
    this.#creating += 1;
    const leave = () => {
      this.#creating -= 1;
    };
    const acceptMs = this.#accept(now);
    if (typeof acceptMs !== 'number') {
      this.#refuse(acceptMs);
      this.#clock.at(PATIENCE_MS, leave);
      return;
    }
    const isWaiting = this.#chance.next() < this.#load.waitingShare;
    this.#clock.at(acceptMs, () => {
      if (!isWaiting) {
        this.#latencies.push(acceptMs);
        leave();
      }
      this.#send(now, isWaiting ? leave : undefined);
    });
  }

  /** How long accepting takes, or what has no room for it. */
  #accept(now: number): number | Cause {
    const { tableUnits, dueUnits, listUnits, wallets } = this.#load;
    const merchant = this.#chance.below(wallets);
    const shard = this.#chance.below(this.#due.length);
    const needs: [Bucket | undefined, number, Cause][] = [
      [this.#wallets[merchant], 1, 'one wallet'],
      [this.#lists[merchant], listUnits, 'a merchant list partition'],
      [this.#due[shard], dueUnits, 'a due index partition'],
      [this.#table, tableUnits, 'the orders table'],
    ];
    let waitMs = 0;
    for (const [bucket, count, cause] of needs) {
      const needed = bucket?.take(count, now, PATIENCE_MS);
      if (needed === undefined) return cause;
      if (needed > 0) this.#waits.set(cause, (this.#waits.get(cause) ?? 0) + needed);
      waitMs = Math.max(waitMs, needed);
    }
    return waitMs + REQUEST_MS + LATENCY_MS.transaction;
  }

  /** Through the queue to the provider; then the waiting caller sees it and the event goes out. */
  #send(since: number, leave: (() => void) | undefined): void {
    let isAnswered = false;
    const answer = () => {
      if (isAnswered || !leave) return;
      isAnswered = true;
      this.#latencies.push(this.#clock.now - since);
      leave();
    };
    if (leave) this.#clock.at(WAIT_MS_MAX, answer);
    this.#dispatch.run(
      this.#clock,
      () => this.#callMs(),
      () => {
        this.#clock.at(0.15 * this.#load.providerMs, answer);
        this.#webhooks.run(
          this.#clock,
          () => WEBHOOK_MS,
          () => {},
        );
      },
    );
  }

  #callMs(): number {
    const { providerMs, hangingShare, isDown } = this.#load;
    // Who is early keeps its slot until the provider may be called.
    const waitMs = this.#provider.take(1, this.#clock.now, Number.POSITIVE_INFINITY) ?? 0;
    if (isDown || this.#chance.next() < hangingShare) return waitMs + HANG_MS;
    const ms = this.#chance.next() < 0.01 ? 4 * providerMs : providerMs * (0.8 + 0.4 * this.#chance.next());
    return waitMs + SETTLE_MS + ms;
  }

  #refuse(cause: Cause): void {
    this.#refusals.set(cause, (this.#refusals.get(cause) ?? 0) + 1);
  }
}

/** At most so many requests may be refused, and so much may wait at the end. */
const REFUSED_SHARE_MAX = 0.005;
const BACKLOG_SECONDS_MAX = 1.5;
/** Senders that wait for the provider keep their slots, so no messages wait as long as slots are free. */
const CALL_BACKLOG_SECONDS_MAX = 1;
/** On average, a request that waits longer is held up by what it waits for. */
const WAIT_MS_MEAN_MAX = 250;

/** What does not hold at this rate; undefined if everything does. */
export function givesFirst(outcome: Outcome, load: Load, limits: Limits): Cause | undefined {
  const { offered, refused, refusals, dispatchBacklogSeconds, webhookBacklogSeconds, callBacklogSeconds } = outcome;
  // While nothing answers, orders are held as soon as the breaker is open: a backlog is what should be.
  const isBehind =
    dispatchBacklogSeconds > BACKLOG_SECONDS_MAX ||
    callBacklogSeconds > CALL_BACKLOG_SECONDS_MAX ||
    // A run is too short to show a little too much.
    outcome.rate > callsPerSecond(load, limits);
  if (isBehind && !load.isDown) return dispatchCause(load, limits);
  if (refused > offered * REFUSED_SHARE_MAX) {
    const [first] = most(refusals);
    // Executions that wait for something else are taken by that.
    const [waitsFor, ms = 0] = most(outcome.waits);
    const isFull = first === 'create-order concurrency' && ms > offered * WAIT_MS_MEAN_MAX;
    return isFull ? waitsFor : first;
  }
  return webhookBacklogSeconds > BACKLOG_SECONDS_MAX ? 'webhook slots' : undefined;
}

function most(counts: ReadonlyMap<Cause, number>): [Cause, number] | [] {
  return [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
}

function dispatchCause(load: Load, limits: Limits): Cause {
  const slotsPerSecond = (1_000 * limits.dispatchSlots) / meanCallMs(load);
  if (slotsPerSecond < callsPerSecond(load, limits)) return 'dispatch slots';
  return load.providerPerSecond < limits.pacePerSecond ? 'the provider itself' : 'our pace for the provider';
}

function callsPerSecond(load: Load, limits: Limits): number {
  return Math.min(load.providerPerSecond, limits.pacePerSecond);
}

function meanCallMs({ providerMs, hangingShare, isDown }: Load): number {
  return isDown ? HANG_MS : (1 - hangingShare) * (SETTLE_MS + 1.03 * providerMs) + hangingShare * HANG_MS;
}
