import type { ScheduledEvent } from 'aws-lambda';
import { invoke } from './crashes.ts';

/** EventBridge schedules on this machine: each calls a handler at an interval, unless its last run has not ended. */
export class Schedules {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Set<Promise<unknown>>();

  every(name: string, minutes: number, handler: (event: ScheduledEvent) => Promise<unknown>): void {
    let isRunning = false;
    const fire = async () => {
      if (isRunning) return;
      isRunning = true;
      await this.now(name, handler);
      isRunning = false;
    };
    this.#timers.push(setInterval(fire, minutes * 60_000));
  }

  /** Calls a handler once. A failure is logged, and the next run finds the same work. */
  now(name: string, handler: (event: ScheduledEvent) => Promise<unknown>): Promise<void> {
    const work = invoke(() => handler(scheduledEvent(name))).then(
      () => undefined,
      (error: unknown) => console.error(`schedule ${name} failed: ${error}`),
    );
    this.#running.add(work);
    work.finally(() => this.#running.delete(work));
    return work;
  }

  async stop(): Promise<void> {
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
