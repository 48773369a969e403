import type { Mode } from '../domain/ledger.ts';

interface Limits<T> {
  readonly atOnce: number;
  /** Absent: until everything is done. */
  readonly isTimeLeft?: () => boolean;
  readonly onFailure: (error: unknown, item: T) => void | Promise<void>;
}

/**
 * Slots for work, so that one kind of it does not take those of another. A slot is free as soon as its work ends, and
 * the next begins in it while there is time. What fails is reported and does not stop the rest.
 */
export class WorkPool<T> {
  begun = 0;
  failed = 0;
  readonly #work: (item: T) => Promise<unknown>;
  readonly #limits: Limits<T>;
  readonly #waiting: T[] = [];
  readonly #running = new Set<Promise<void>>();
  #next = 0;
  #busy = 0;

  constructor(work: (item: T) => Promise<unknown>, limits: Limits<T>) {
    this.#work = work;
    this.#limits = limits;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (this.#busy >= this.#limits.atOnce) return;
    this.#busy += 1;
    const slot = this.#fillSlot();
    this.#running.add(slot);
    slot.finally(() => this.#running.delete(slot));
  }

  /** Resolves when everything is done that was added and could begin. */
  async isDone(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #fillSlot(): Promise<void> {
    const { isTimeLeft = () => true } = this.#limits;
    while (this.#next < this.#waiting.length && isTimeLeft()) {
      const item = this.#waiting[this.#next] as T;
      this.#next += 1;
      this.begun += 1;
      await this.#attempt(item);
    }
    this.#busy -= 1;
  }

  async #attempt(item: T): Promise<void> {
    try {
      await this.#work(item);
    } catch (error) {
      this.failed += 1;
      await this.#limits.onFailure(error, item);
    }
  }
}

/** Works through a list in a pool of its own. Answers how many items were begun, and how many of them failed. */
export async function workThrough<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  limits: Limits<T>,
): Promise<{ done: number; failed: number }> {
  const pool = new WorkPool(work, limits);
  for (const item of items) pool.add(item);
  await pool.isDone();
  return { done: pool.begun, failed: pool.failed };
}

/**
 * What a sweep does in each mode, side by side and each with slots of its own, so that no number of test items delays a
 * live one. A failure in one mode does not stop the other.
 */
export async function inEachMode(sweep: (mode: Mode) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled((['live', 'test'] as const).map(sweep));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
