/**
 * The clock of all that runs in this process: functions, fakes and queues. It can be moved on, as if nobody had done
 * anything meanwhile, and be held, so that no machine is too slow for what has little time. Timers keep their own time.
 */

const RealDate = Date;
/** Whoever holds it may never let it go. */
const HELD_MS_MAX = 5_000;

export class Clock {
  #aheadMs = 0;
  readonly #holders = new Set<symbol>();
  #heldAt = 0;

  constructor() {
    const now = () => this.#now();
    globalThis.Date = new Proxy(RealDate, {
      construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [now()], made),
      apply: () => new RealDate(now()).toString(),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });
  }

  pass(ms: number): void {
    this.#aheadMs += ms;
    this.#heldAt += ms;
  }

  /** Stops it, until all who hold it let it go. */
  hold(): () => void {
    const holder = Symbol('a holder');
    if (this.#holders.size === 0) this.#heldAt = this.#now();
    this.#holders.add(holder);
    const release = () => {
      clearTimeout(timer);
      if (this.#holders.delete(holder) && this.#holders.size === 0) this.#aheadMs = this.#heldAt - RealDate.now();
    };
    const timer = setTimeout(release, HELD_MS_MAX);
    return release;
  }

  stop(): void {
    globalThis.Date = RealDate;
  }

  #now(): number {
    return this.#holders.size > 0 ? this.#heldAt : RealDate.now() + this.#aheadMs;
  }
}
