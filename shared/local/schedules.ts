import type { ScheduledEvent } from 'aws-lambda';
import { whileThrottled } from './lambda.ts';

/** As on AWS, where a run that hangs does not keep the next from beginning. */
const RUNS_AT_ONCE_MAX = 2;
/** So long Lambda keeps an event whose invocation is throttled. */
const THROTTLED_MS_MAX = 6 * 60 * 60_000;

/** EventBridge schedules on this machine: each calls a handler at an interval. */
export class Schedules {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  every(name: string, minutes: number, handler: (event: ScheduledEvent) => Promise<unknown>): void {
    let runs = 0;
    const fire = async () => {
      if (runs >= RUNS_AT_ONCE_MAX) return;
      runs += 1;
      await this.now(name, handler);
      runs -= 1;
    };
    this.#timers.push(setInterval(fire, minutes * 60_000));
  }

  /** Calls a handler once. A failure is logged, and the next run finds the same work. */
  now(name: string, handler: (event: ScheduledEvent) => Promise<unknown>): Promise<void> {
    const patience = { msMax: THROTTLED_MS_MAX, signal: this.#stopping.signal };
    const work = whileThrottled(() => handler(scheduledEvent(name)), patience).then(
      () => undefined,
      (error: unknown) => console.error(`schedule ${name} failed: ${error}`),
    );
    this.#running.add(work);
    work.finally(() => this.#running.delete(work));
    return work;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.allSettled(this.#running);
  }
}

/** The event that EventBridge sends. */
export function scheduledEvent(name: string): ScheduledEvent {
  return {
    version: '0',
    id: name,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: 'local',
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [`arn:aws:events:us-east-1:local:rule/${name}`],
    detail: {},
  };
}
