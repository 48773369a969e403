import type { Instant } from '../../shared/domain/time.ts';

/**
 * Virtual time and seeded chance. Everything that happens in a simulation is an event with a time; the order of events,
 * every id and every fault come from one seed, so the same seed is the same run.
 */

/**
 * A seeded source of chance: small, fast, and the same everywhere. Each actor has a fork of its own: leaving one
 * out changes nothing about what the others meet.
 */
export class Chance {
  /** Whose chance it is; with the number of draws it names each draw. */
  readonly name: string;
  draws = 0;
  readonly #seed: number;
  /** Odd, and each stream's own: streams of one step would be one stream entered at different places. */
  readonly #step: number;
  #state: number;

  constructor(seed: number, name = '') {
    this.name = name;
    this.#seed = seed;
    this.#step = hash(name) | 1;
    this.#state = (Math.imul(seed, 2_654_435_761) ^ hash(`${seed}/${name}`)) >>> 0 || 1;
  }

  fork(name: string): Chance {
    return new Chance(this.#seed, name);
  }

  /** In [0, 1). */
  next(): number {
    this.draws += 1;
    this.#state = (this.#state + this.#step) >>> 0;
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

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) value = Math.imul(value ^ text.charCodeAt(place), 0x01000193);
  return value;
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
  #iso: Instant = '';
  #isoOf = -1;
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
    if (this.#isoOf !== this.now) this.#iso = new Date(this.now).toISOString();
    this.#isoOf = this.now;
    return this.#iso;
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
