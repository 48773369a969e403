import type { World } from '../../shared/world.ts';
import { Chance } from '../simulation/chance.ts';
import { Clock } from '../simulation/clock.ts';
import { ModelDb } from '../simulation/model-db.ts';
import { ConflictingDb } from './conflicting-db.ts';

const LATENCIES = { transactionMs: 22, putMs: 7.5, readMs: 5 };

/** A database in which transactions conflict, on virtual time, and the processes that use it. */
export interface BusyWorld {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly model: ModelDb;
  readonly db: ConflictingDb;
  /** When each order was written, by its reference. */
  readonly fundedAt: ReadonlyMap<string, number>;
  /** A process: what it remembers is its own. */
  process(): World;
  /** Runs a request in the idle process that was used last, or in a new one. */
  inProcess<T>(run: (world: World) => Promise<T>): Promise<T>;
  /** Runs the clock until the work is done. */
  finish<T>(work: Promise<T>): Promise<T>;
}

export function busyWorld(seed: number, latencies = LATENCIES): BusyWorld {
  const clock = new Clock();
  const chance = new Chance(seed);
  const fundedAt = new Map<string, number>();
  const model = new ModelDb((writes) => {
    for (const { table, before, after } of writes) {
      if (table === 'orders' && !before) fundedAt.set(String(after.agentReference), clock.now);
    }
  });
  const db = new ConflictingDb(model.client, clock, latencies);
  const idle: World[] = [];
  const process = () => processOf(clock, chance, db);
  return {
    clock,
    chance,
    model,
    db,
    fundedAt,
    process,
    async inProcess(run) {
      const world = idle.pop() ?? process();
      try {
        return await run(world);
      } finally {
        idle.push(world);
      }
    },
    async finish(work) {
      let isDone = false;
      const done = work.finally(() => {
        isDone = true;
      });
      while (!isDone) await clock.runUntil(clock.now + 50);
      return done;
    },
  };
}

function processOf(clock: Clock, chance: Chance, db: ConflictingDb): World {
  return {
    db: db.client,
    table: (name) => name,
    queues: { send: async () => {} },
    files: { write: unused, read: unused, uploadUrl: unused, downloadUrl: unused },
    provider: unused,
    secret: async () => 'secret',
    outbound: unused,
    payments: unused,
    isDebug: false,
    problemOfUrl: () => undefined,
    now: () => clock.iso,
    sleep: (ms) => clock.sleep(ms),
    random: () => chance.next(),
    bytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
    log: { info() {}, warn() {}, error() {}, metric() {} },
    memo: new Map(),
  };
}

function unused(): never {
  throw new Error('not part of this test');
}
