import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { Concurrency } from '../manifest/concurrency.ts';
import { within } from '../timers.ts';
import { invoke } from './crashes.ts';

/** Lambda on this machine: what it limits is limited here by the same numbers. */

/** An invocation without a result: it was not begun, or was cut. */
export class InvocationError extends Error {
  readonly kind: 'throttled' | 'timed out';

  constructor(kind: InvocationError['kind'], name: string) {
    super(`${name} was ${kind === 'throttled' ? 'throttled' : 'cut at its timeout'}`);
    this.kind = kind;
  }
}

/** What counts against the account's quota without a reservation. */
const UNRESERVED = 'unreserved';

/** The invocations that run: no more of a function than it has reserved, and of all others than the quota leaves. */
export class RunningInvocations {
  readonly #concurrency: Pick<Concurrency, 'quota' | 'reserved'>;
  readonly #running = new Map<string, number>();

  constructor(concurrency: Pick<Concurrency, 'quota' | 'reserved'>) {
    this.#concurrency = concurrency;
  }

  /** False if the invocation is throttled: then it must not run. */
  begin(name: string): boolean {
    const { quota, reserved } = this.#concurrency;
    const left = () => quota - Object.values(reserved).reduce((sum, each) => sum + each, 0);
    const running = this.#running.get(this.#pool(name)) ?? 0;
    if (running >= (reserved[name] ?? left())) return false;
    this.#running.set(this.#pool(name), running + 1);
    return true;
  }

  end(name: string): void {
    const pool = this.#pool(name);
    this.#running.set(pool, (this.#running.get(pool) ?? 0) - 1);
  }

  #pool(name: string): string {
    return this.#concurrency.reserved[name] === undefined ? UNRESERVED : name;
  }
}

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

export class LocalLambda {
  readonly #running: RunningInvocations;

  constructor(concurrency: Pick<Concurrency, 'quota' | 'reserved'>) {
    this.#running = new RunningInvocations(concurrency);
  }

  /** A function to invoke. It rejects with an `InvocationError` when there is no room for it, or no time left. */
  function<Event, Result>(
    { name, timeoutSeconds }: { name: string; timeoutSeconds: number },
    handler: Handler<Event, Result>,
  ): (event: Event) => Promise<Result> {
    return async (event) => {
      if (!this.#running.begin(name)) throw new InvocationError('throttled', name);
      const ms = 1_000 * timeoutSeconds;
      const endsAt = Date.now() + ms;
      const context = { functionName: name, getRemainingTimeInMillis: () => endsAt - Date.now() } as Context;
      const work = invoke(() => handler(event, context));
      try {
        const done = await within(
          ms,
          work.then((result) => ({ result })),
        );
        if (!done) throw new InvocationError('timed out', name);
        return done.result;
      } finally {
        this.#running.end(name);
      }
    };
  }
}

const THROTTLED_PAUSE_MS = 100;

/** Invokes again while the invocation is throttled, as Lambda does for a queue or a schedule, but not for a request. */
export async function whileThrottled<Result>(
  run: () => Promise<Result>,
  { msMax, signal }: { msMax: number; signal: AbortSignal },
): Promise<Result> {
  for (const giveUpAt = Date.now() + msMax; ; await sleep(THROTTLED_PAUSE_MS, undefined, { signal })) {
    try {
      return await run();
    } catch (error) {
      const isThrottled = error instanceof InvocationError && error.kind === 'throttled';
      if (!isThrottled || Date.now() >= giveUpAt) throw error;
    }
  }
}
