import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import type { Order } from '../../shared/domain/order.ts';
import { accept, refuse } from '../../shared/domain/order-life.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { fund, toOrder } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';
import { Chance } from '../simulation/chance.ts';
import { Clock } from '../simulation/clock.ts';
import type { OnCommit } from '../simulation/model-db.ts';
import { ModelDb } from '../simulation/model-db.ts';
import { OverlappingDb } from '../simulation/overlapping-db.ts';
import { SAMPLE_PRODUCT } from '../simulation/sample-product.ts';
import { NO_HEADS } from '../simulation/simulated-world.ts';

const LATENCIES = { heldMs: 22, putMs: 7.5, readMs: 5 };

/** A database in which transactions conflict, on virtual time, and the processes that use it. */
export interface BusyWorld {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly model: ModelDb;
  readonly db: OverlappingDb;
  /** When each order was written, by its reference. */
  readonly fundedAt: ReadonlyMap<string, number>;
  /** Rows that were put into lines. */
  rows: number;
  /** The events that were logged as errors. */
  readonly errors: readonly string[];
  /** A process: what it remembers is its own. */
  process(): World;
  /** Runs a request in the idle process that was used last, or in a new one. */
  inProcess<T>(run: (world: World) => Promise<T>): Promise<T>;
  /** Runs the clock until the work is done. */
  finish<T>(work: Promise<T>): Promise<T>;
}

/** A wallet that many want at once. */
export const BUSY_WALLET = { merchantId: 'mer_busy', mode: 'live', currency: 'USD' } as const;

/** Places an order of one dollar, or of another amount. */
export function place(
  world: World,
  agentReference: string,
  { currency = BUSY_WALLET.currency, amountMinor = 100, id = `ord_${agentReference}` }: Partial<Placed> = {},
): Promise<{ order: Order; isNew: boolean }> {
  const { id: productId, provider, providerProductId, kind, country, network } = SAMPLE_PRODUCT;
  const request = { agentReference, productId, target: '0772279099', msisdn: '+263772279099' };
  const fulfilment = { provider, providerProductId, kind, country, network };
  const initial = { ...BUSY_WALLET, currency, id, ...request, ...fulfilment, amountMinor };
  const refused = refuse(initial, 'insufficient_funds', world.now());
  return fund(world, { ...accept(initial, world.now()), refused });
}

type Placed = Pick<Order, 'id' | 'currency' | 'amountMinor'>;

/** `onCommit` is called for every committed write. */
export function busyWorld(seed: number, onCommit: OnCommit = () => {}): BusyWorld {
  const clock = new Clock();
  const chance = new Chance(seed);
  const fundedAt = new Map<string, number>();
  const model = new ModelDb((writes) => {
    onCommit(writes);
    for (const { table, before, after } of writes) {
      if (table === 'lines' && after.sk !== 'lead') busy.rows += 1;
      if (table === 'orders' && !before) fundedAt.set(toOrder(after).agentReference, clock.now);
    }
  });
  const db = new OverlappingDb(model.client, clock, LATENCIES);
  const errors: string[] = [];
  const idle: World[] = [];
  const process = () => processOf(clock, chance, db, errors);
  const busy: BusyWorld = {
    clock,
    chance,
    rows: 0,
    model,
    db,
    fundedAt,
    errors,
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
      const end = clock.now + HOUR;
      while (!isDone && clock.now < end) await clock.runUntil(clock.now + 50);
      if (!isDone) throw new Error('the work does not end');
      return done;
    },
  };
  return busy;
}

function processOf(clock: Clock, chance: Chance, db: OverlappingDb, errors: string[]): World {
  return {
    db: db.client,
    table: (name) => name,
    queues: { send: async () => {} },
    files: { write: unused, read: unused, uploadUrl: unused, downloadUrl: unused },
    heads: NO_HEADS,
    provider: unused,
    secret: async () => 'secret',
    outbound: unused,
    payments: unused,
    isDebug: false,
    providersOn: () => PROVIDERS,
    auditDays: 30,
    retentionDays: 400,
    problemOfUrl: () => undefined,
    now: () => clock.iso,
    sleep: (ms) => clock.sleep(ms),
    within: (ms, work) => clock.within(ms, work),
    inBackground: () => {},
    random: () => chance.next(),
    bytes: (length) => new Uint8Array(length).map(() => chance.below(256)),
    log: { info() {}, warn() {}, error: (event) => errors.push(event), metric() {} },
    memo: new Map(),
  };
}

function unused(): never {
  throw new Error('not part of this test');
}
