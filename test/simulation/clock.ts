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
  readonly #heap: ScheduledEvent[] = [];
  #iso: Instant = '';
  #isoOf = -1;
  #count = 0;

  at(delayMs: number, run: () => void): void {
    this.#count += 1;
    const heap = this.#heap;
    const event = { at: this.now + Math.max(0, delayMs), order: this.#count, run };
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(event, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = event;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(ms, resolve));
  }

  within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.sleep(ms).then(() => undefined)]);
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

  /** Takes the next event out: its place goes to the lesser of those below, and so on, and the last place to the last. */
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      let [least, event] = [left, heap[left]];
      const right = heap[left + 1];
      if (event && right && isBefore(right, event)) [least, event] = [left + 1, right];
      if (!event || !isBefore(event, last)) break;
      heap[place] = event;
      place = least;
    }
    heap[place] = last;
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Resolves when every promise that can settle has settled: Node runs the next tick when no promise job is left. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
