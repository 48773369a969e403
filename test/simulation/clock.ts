import type { Instant } from '../../shared/domain/time.ts';

interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Virtual time. Everything in a simulation is an event with a time. The clock runs the next event, then everything
 * that it set off, and only then moves on; events of one time run in the order in which they were scheduled.
 */
export class Clock {
  now = Date.parse('2026-01-01T00:00:00.000Z');
  /** A binary heap, the next event first. */
  #heap: ScheduledEvent[] = [];
  #iso: Instant = '';
  #isoOf = -1;
  #count = 0;

  at(delayMs: number, run: () => void): void {
    this.#count += 1;
    this.#heap.push({ at: this.now + Math.max(0, delayMs), order: this.#count, run });
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

  /** Runs every event up to the given moment. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (!next || next.at > end) break;
      this.#pop();
      this.now = next.at;
      next.run();
      await promisesSettled();
    }
    this.now = Math.max(this.now, end);
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

function isBefore(a: ScheduledEvent | undefined, b: ScheduledEvent | undefined): boolean {
  if (!a || !b) return false;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Resolves when every promise that can settle has settled: Node runs the next tick when no promise job is left. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
