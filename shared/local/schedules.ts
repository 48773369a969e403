import type { ScheduledEvent } from 'aws-lambda';

/** EventBridge on this machine: fires a handler every so many minutes, never while its last run is still going. */
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

  /** Fires once. A failure is logged; the next firing is another chance. */
  now(name: string, handler: (event: ScheduledEvent) => Promise<unknown>): Promise<void> {
    const work = handler(scheduledEvent(name)).then(
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

/** What EventBridge sends. */
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
