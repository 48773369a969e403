import type { ProviderName } from '../domain/catalogue.ts';
import type { Instant } from '../domain/time.ts';
import type { Provider } from '../providers/provider.ts';
import type { QueueName } from '../routes.ts';
import type { TableName } from '../tables.ts';
import type { Db, QueueMessage, World } from '../world.ts';

/**
 * A World on virtual time. Everything that happens is an event with a time; the order of events, every id and every
 * fault come from one seed, so the same seed is the same run. A process can be killed at any of its inputs and outputs:
 * whatever it awaited then never comes back.
 */

/** A seeded source of chance: small, fast, and the same everywhere. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) >>> 0 || 1;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is due runs, then all it set off, and only then does the clock move on. */
export class Clock {
  now = Date.parse('2026-01-01T00:00:00.000Z');
  #heap: Happening[] = [];
  #count = 0;

  at(delayMs: number, run: () => void): void {
    this.#count += 1;
    const happening = { at: this.now + Math.max(0, delayMs), order: this.#count, run };
    this.#heap.push(happening);
    let place = this.#heap.length - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(this.#heap[place], this.#heap[parent])) break;
      this.#swap(place, parent);
      place = parent;
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(ms, resolve));
  }

  get iso(): Instant {
    return new Date(this.now).toISOString();
  }

  /** Runs what happens until the given moment, or until nothing is left. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (!next || next.at > end) break;
      this.#pop();
      this.now = next.at;
      next.run();
      await settled();
    }
    this.now = Math.max(this.now, end);
  }

  get isIdle(): boolean {
    return this.#heap.length === 0;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      let least = place;
      if (isBefore(this.#heap[left], this.#heap[least])) least = left;
      if (isBefore(this.#heap[right], this.#heap[least])) least = right;
      if (least === place) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one && other) [this.#heap[a], this.#heap[b]] = [other, one];
  }
}

function isBefore(a: Happening | undefined, b: Happening | undefined): boolean {
  if (!a || !b) return false;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Every promise that can settle has settled: Node runs the next tick only when no promise job is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** What can go wrong between a process and the database. Probabilities per command. */
export interface StoreFaults {
  readonly lostBefore: number;
  readonly lostAfter: number;
  readonly throttled: number;
  readonly conflict: number;
}

export const NO_STORE_FAULTS: StoreFaults = { lostBefore: 0, lostAfter: 0, throttled: 0, conflict: 0 };

/** Decides, at each input or output of a process, whether it dies there. */
export type Killer = (process: string, moment: 'before' | 'after') => boolean;

export interface Universe {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly db: Db;
  readonly send: (queue: QueueName, messages: readonly QueueMessage[]) => void;
  readonly provider: (name: ProviderName) => Provider;
  readonly outbound: World['outbound'];
  faults: StoreFaults;
  killer: Killer;
  /** Counted by name, for the report. */
  readonly counts: Map<string, number>;
}

export function count(universe: Universe, name: string): void {
  universe.counts.set(name, (universe.counts.get(name) ?? 0) + 1);
}

/** The World of one process. Once killed, nothing it awaits ever answers, and nothing it does has an effect. */
export function processWorld(universe: Universe, name: string, memo = new Map<string, unknown>()): World {
  const { clock, chance } = universe;
  const life = { isOver: false };
  const never = new Promise<never>(() => {});
  const effect = async <T>(run: () => Promise<T> | T): Promise<T> => {
    if (life.isOver) return never;
    await clock.sleep(1 + chance.below(8));
    if (life.isOver) return never;
    if (universe.killer(name, 'before')) life.isOver = true;
    if (life.isOver) return never;
    const result = await run();
    if (universe.killer(name, 'after')) life.isOver = true;
    return life.isOver ? never : result;
  };
  return {
    db: { send: (command: never) => effect(() => faulty(universe, command)) } as unknown as Db,
    table: (table: TableName) => table,
    queues: {
      send: (queue, messages) => effect(() => universe.send(queue, messages)),
    },
    provider: (provider) => universe.provider(provider),
    secret: async (secret) => `simulated ${secret}`,
    outbound: (request) => effect(() => universe.outbound(request)),
    now: () => clock.iso,
    sleep: async (ms) => {
      await clock.sleep(ms);
      if (life.isOver) await never;
    },
    random: () => chance.next(),
    bytes(length) {
      return Uint8Array.from({ length }, () => chance.below(256));
    },
    log: { info() {}, warn() {}, error() {}, metric: (metric) => count(universe, `metric ${metric}`) },
    memo,
  };
}

async function faulty(universe: Universe, command: { constructor: { name: string } }): Promise<unknown> {
  const { chance, clock, faults } = universe;
  const isTransaction = command.constructor.name === 'TransactWriteCommand';
  if (chance.happens(faults.lostBefore)) throw passing(universe, 'lost before commit', 'TimeoutError');
  if (chance.happens(faults.throttled)) throw passing(universe, 'throttle', 'ThrottlingException');
  if (isTransaction && chance.happens(faults.conflict)) {
    count(universe, 'fault: transaction conflict');
    throw Object.assign(new Error('conflict'), {
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });
  }
  const answer = await (universe.db.send as (command: unknown) => Promise<unknown>)(command);
  await clock.sleep(1 + chance.below(4));
  if (chance.happens(faults.lostAfter)) throw passing(universe, 'lost after commit', 'TimeoutError');
  return answer;
}

function passing(universe: Universe, what: string, name: string): Error {
  count(universe, `fault: ${what}`);
  return Object.assign(new Error(what), { name });
}
