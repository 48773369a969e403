import { SECOND } from '../../shared/domain/time.ts';
import { RunningInvocations } from '../../shared/local/lambda.ts';
import { CONCURRENCY } from '../../shared/manifest/concurrency.ts';
import type { World } from '../../shared/world.ts';
import type { Life } from './simulated-world.ts';
import type { SimulationContext } from './simulation-context.ts';

/** A function of the manifest, as far as it is limited. */
export interface Limited {
  readonly name: string;
  readonly timeoutSeconds: number;
}

export interface Invocation {
  readonly world: World;
  /** Ends it when its process dies. */
  readonly end: () => void;
  /** Takes the work of the invocation, which ends with it, and returns that work. */
  until<Result>(work: Promise<Result>): Promise<Result>;
}

interface Context extends SimulationContext {
  readonly process: (name: string, life: Life) => World;
  readonly report: (violation: string) => void;
}

/** What a throttled message or schedule waits before it is tried again. */
export const THROTTLED_PAUSE_MS = SECOND;

/** The part of invocations that are cut whose process dies. Others go on: one that had answered may wake up later. */
const DIES = 0.5;

/**
 * Lambda: of a function no more invocations run at once than the stage's table says, and none for longer than its
 * timeout. It is a violation where nothing was delayed: each function must end in time by itself. In a run without
 * deaths a process that is cut goes on.
 */
export class SimulatedLambda {
  readonly #context: Context;
  readonly #running: RunningInvocations;

  constructor(context: Context, stage: keyof typeof CONCURRENCY) {
    this.#context = context;
    this.#running = new RunningInvocations(CONCURRENCY[stage]);
  }

  /** A new invocation and its process; `undefined` when it is throttled. */
  begin({ name, timeoutSeconds }: Limited, process: string): Invocation | undefined {
    const { chance, clock, faults } = this.#context;
    if (!this.#running.begin(name)) {
      faults.follows('invocation throttled');
      return undefined;
    }
    let isRunning = true;
    const end = () => {
      if (isRunning) this.#running.end(name);
      isRunning = false;
    };
    const ms = timeoutSeconds * SECOND;
    const isCut = faults.mayKill && chance.fork(`fate of ${process}`).happens(DIES);
    const life: Life = { endsAt: isCut ? clock.now + ms : Number.POSITIVE_INFINITY, onDeath: end };
    const world = this.#context.process(process, life);
    clock.at(ms, () => {
      if (!isRunning) return;
      end();
      faults.follows('invocation cut');
      if (faults.isPromptSince(clock.now - ms))
        this.#context.report(`${process}: ${name} ran for longer than ${timeoutSeconds} s`);
    });
    return {
      world,
      end,
      until(work) {
        work.then(end, end);
        return work;
      },
    };
  }
}
