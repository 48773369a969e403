import type { ProviderName } from '../../shared/domain/catalogue.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import type { PaymentGateway } from '../../shared/providers/payment-gateway.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import type { Db, QueueMessage, World } from '../../shared/world.ts';
import type { Chance, Clock } from './clock.ts';

/**
 * A World on virtual time. A process can be killed or frozen at any of its inputs and outputs, its clock can be wrong,
 * and its database can lose answers, throttle, conflict and cut pages short.
 */

/** How likely each thing is to go wrong, each time it could. */
export const RATES = {
  'lost before commit': 0.004,
  'lost after commit': 0.006,
  throttle: 0.004,
  'internal error': 0.002,
  'transaction conflict': 0.03,
  'page cut short': 0.1,
  'killed before an effect': 0.004,
  'killed after an effect': 0.004,
  'process frozen': 0.001,
  'clock wrong by minutes': 0.05,
  'message dropped': 0.04,
  'message doubled': 0.08,
  'message late': 0.05,
  'message days late': 0.003,
  'message failed for good': 0.3,
  'poison beside a message': 0.03,
  'two sweeps at once': 0.2,
  'provider outage': 0.3,
  'merchant does not answer': 0.1,
  'merchant is in trouble': 0.08,
  "merchant's answer lost": 0.05,
  'request doubled': 0.15,
  'other content under one reference': 0.2,
  'key rotated in flight': 0.3,
  'no answer to a look': 0.1,
  'gateway down': 0.1,
  'payment page lost': 0.1,
  'callback lost': 0.3,
  'callback early': 0.15,
  'callback late': 0.15,
  'callback doubled': 0.2,
  'callback forged': 0.1,
  'callback about another order': 0.05,
  'callback about another amount': 0.05,
} as const;
export type Fault = keyof typeof RATES;

/**
 * Draws every fault, so that all are counted, and a run can be repeated with only some of them: whatever else would
 * have gone wrong then does not.
 */
export class Faults {
  isOn = false;
  /** Whether processes may die. A truth that only a dead one heard is lost, so some runs do without. */
  isDeadly = true;
  readonly fired: string[] = [];
  readonly #freezes: { from: number; to: number }[] = [];
  readonly counts = new Map<string, number>();
  readonly #only: ReadonlySet<string> | undefined;
  readonly #tell: (line: string) => void;

  constructor(only: ReadonlySet<string> | undefined, tell: (line: string) => void) {
    this.#only = only;
    this.#tell = tell;
  }

  /** Whether this goes wrong now, by the chance of whom it would happen to. */
  happens(chance: Chance, fault: Fault): boolean {
    return this.isOn && chance.happens(RATES[fault]) && this.allow(chance, `fault: ${fault}`);
  }

  /** Notes something drawn elsewhere that is not the plain course of things; false when this run is without it. */
  allow(chance: Chance, what: string): boolean {
    const id = `${chance.name}, draw ${chance.draws}: ${what}`;
    if (this.#only && !this.#only.has(id)) return false;
    this.fired.push(id);
    this.count(what);
    this.#tell(`! ${chance.name}: ${what}`);
    return true;
  }

  /** How long a process stands still before its next effect. */
  freeze(chance: Chance, clock: Clock): number {
    if (!this.happens(chance, 'process frozen')) return 0;
    const ms = chance.below(FROZEN_MS_MAX);
    this.#freezes.push({ from: clock.now, to: clock.now + ms });
    return ms;
  }

  /** Since when a request that took `ms` without standing still may have been under way. */
  begunSince(now: number, ms: number): number {
    let since = now - ms;
    for (const { from, to } of this.#freezes.toReversed()) {
      if (to >= since && from < since + ms) since = Math.min(since, from - ms);
    }
    return since;
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

export interface SimulationContext {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly db: Db;
  readonly send: (queue: QueueName, messages: readonly QueueMessage[], by: Chance) => void;
  readonly provider: (name: ProviderName) => Provider;
  readonly outbound: World['outbound'];
  readonly payments: PaymentGateway;
  /** Told of each moment at which a process could die; true kills it there. */
  readonly isKilledHere: () => boolean;
  /** One line of what happens, where somebody wants to read it. */
  readonly tell: (line: string) => void;
}

const FROZEN_MS_MAX = 3 * MINUTE;
const CLOCK_WRONG_MS_MAX = 5 * MINUTE;

/** The World of one process. Once killed, nothing it awaits ever answers, and nothing it does has an effect. */
export function processWorld(context: SimulationContext, name: string, memo = new Map<string, unknown>()): World {
  const { clock, faults, payments } = context;
  const chance = context.chance.fork(name);
  const life = { isOver: false };
  const isWrong = faults.happens(chance, 'clock wrong by minutes');
  const skewMs = isWrong ? chance.below(2 * CLOCK_WRONG_MS_MAX) - CLOCK_WRONG_MS_MAX : 0;
  const never = new Promise<never>(() => {});
  const dies = (fault: 'killed before an effect' | 'killed after an effect') => {
    const isChosen = context.isKilledHere();
    life.isOver = isChosen || (faults.isDeadly && faults.happens(chance, fault));
    if (isChosen) context.tell(`! ${name}: ${fault}`);
    if (life.isOver) memo.clear();
    return life.isOver;
  };
  const effect = async <T>(run: () => Promise<T> | T): Promise<T> => {
    if (life.isOver) return never;
    await clock.sleep(1 + chance.below(8));
    const frozenMs = faults.freeze(chance, clock);
    if (frozenMs > 0) await clock.sleep(frozenMs);
    if (life.isOver || dies('killed before an effect')) return never;
    const result = await run();
    return dies('killed after an effect') ? never : result;
  };
  return {
    db: { send: (command: never) => effect(() => faulty(context, chance, command)) } as unknown as Db,
    table: (table: TableName) => table,
    queues: { send: (queue, messages) => effect(() => context.send(queue, messages, chance)) },
    files: { write: noFiles, read: noFiles, uploadUrl: noFiles, downloadUrl: noFiles },
    provider: (provider) => context.provider(provider),
    secret: async (secret) => `simulated ${secret}`,
    publicUrl: 'https://api.example',
    outbound: (request) => effect(() => context.outbound(request)),
    payments: () => ({
      name: payments.name,
      currencies: payments.currencies,
      start: (request) => effect(() => payments.start(request)),
      check: (gatewayRef) => effect(() => payments.check(gatewayRef)),
    }),
    isDebug: false,
    problemOfUrl: () => undefined,
    now: () => (skewMs === 0 ? clock.iso : new Date(clock.now + skewMs).toISOString()),
    sleep: async (ms) => {
      await clock.sleep(ms);
      if (life.isOver) await never;
    },
    random: () => chance.next(),
    bytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
    log: { info() {}, warn() {}, error() {}, metric: (metric) => faults.count(`metric ${metric}`) },
    memo,
  };
}

async function noFiles(): Promise<never> {
  throw new Error('the simulation has no files');
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: unknown;
}

async function faulty({ clock, db, faults }: SimulationContext, chance: Chance, command: Command): Promise<unknown> {
  if (faults.happens(chance, 'lost before commit')) throw named('TimeoutError');
  if (faults.happens(chance, 'throttle')) throw named('ThrottlingException');
  if (faults.happens(chance, 'internal error')) throw named('InternalServerError');
  if (command.constructor.name === 'TransactWriteCommand' && faults.happens(chance, 'transaction conflict')) {
    throw Object.assign(named('TransactionCanceledException'), {
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });
  }
  const send = db.send as unknown as (command: Command) => Promise<unknown>;
  const isCut = command.constructor.name === 'QueryCommand' && faults.happens(chance, 'page cut short');
  const answer = await send(isCut ? shortened(command, chance) : command);
  await clock.sleep(1 + chance.below(4));
  if (faults.happens(chance, 'lost after commit')) throw named('TimeoutError');
  return answer;
}

/** A page ends where the database has read a megabyte, whatever was asked for. */
function shortened(command: Command, chance: Chance): Command {
  const input = command.input as { Limit?: number };
  const { name } = command.constructor;
  return { constructor: { name }, input: { ...input, Limit: 1 + chance.below(Math.min(input.Limit ?? 5, 5)) } };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
