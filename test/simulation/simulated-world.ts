import type { ProviderName } from '../../shared/domain/catalogue.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import type { PaymentGateway } from '../../shared/providers/payment-gateway.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import type { Db, QueueMessage, World } from '../../shared/world.ts';
import type { Chance } from './chance.ts';
import type { SimulationContext } from './simulation-context.ts';

/** What the processes of one simulation reach. */
export interface ProcessContext extends SimulationContext {
  readonly db: Db;
  readonly send: (queue: QueueName, messages: readonly QueueMessage[], by: Chance) => void;
  readonly provider: (name: ProviderName) => Provider;
  /** Of a process of this name. */
  readonly outbound: (request: HttpRequest, process: string) => Promise<HttpAnswer>;
  readonly payments: PaymentGateway;
  /** Called at each point at which a process could die; true kills it there. */
  readonly isKilledHere: () => boolean;
}

/** How long a process may live. */
export interface Life {
  /** From this moment it is dead. */
  readonly endsAt: number;
  /** Called when it is killed before. */
  readonly onDeath: () => void;
}

const IMMORTAL: Life = { endsAt: Number.POSITIVE_INFINITY, onDeath: () => {} };

export const CLOCK_WRONG_MS_MAX = 5 * MINUTE;

/**
 * The World of one process, on virtual time. The process can be killed or frozen at each of its inputs and outputs, its
 * clock can be wrong, and its database can lose answers, throttle and cut pages short. Once it is killed,
 * nothing it awaits ever resolves, and nothing it does has an effect.
 */
export function simulatedWorld(
  context: ProcessContext,
  name: string,
  memo = new Map<string, unknown>(),
  life = IMMORTAL,
): World {
  const { clock, faults, payments } = context;
  const chance = context.chance.fork(name);
  let isKilled = false;
  const isDead = () => isKilled || clock.now >= life.endsAt;
  const isWrong = faults.happens(chance, 'clock wrong by minutes');
  const skewMs = isWrong ? chance.below(2 * CLOCK_WRONG_MS_MAX) - CLOCK_WRONG_MS_MAX : 0;
  const never = new Promise<never>(() => {});
  const dies = (fault: 'killed before an effect' | 'killed after an effect') => {
    // Another effect of this process may have died meanwhile: a dead process does not come back.
    if (isDead()) return true;
    const isChosen = context.isKilledHere();
    isKilled = isChosen || (faults.mayKill && faults.happens(chance, fault));
    if (isChosen) context.trace(`! ${name}: ${fault}`);
    if (isKilled) {
      memo.clear();
      // Others in its container may wait for what it had begun.
      faults.delay(clock.now);
      life.onDeath();
    }
    return isKilled;
  };
  const effect = async <T>(run: () => Promise<T> | T): Promise<T> => {
    if (isDead()) return never;
    await clock.sleep(1 + chance.below(8));
    const frozenMs = faults.freeze(chance, clock);
    if (frozenMs > 0) await clock.sleep(frozenMs);
    if (isDead() || dies('killed before an effect')) return never;
    const result = await run();
    return dies('killed after an effect') ? never : result;
  };
  return {
    db: { send: (command: never) => effect(() => faulty(context, chance, command)) } as unknown as Db,
    table: (table: TableName) => table,
    queues: { send: (queue, messages) => effect(() => context.send(queue, messages, chance)) },
    files: { write: noFiles, read: noFiles, uploadUrl: noFiles, downloadUrl: noFiles },
    heads: NO_HEADS,
    provider: (provider) => context.provider(provider),
    secret: async (secret) => `simulated ${secret}`,
    publicUrl: 'https://api.example',
    outbound: (request) => effect(() => context.outbound(request, name)),
    payments: () => ({
      name: payments.name,
      currencies: payments.currencies,
      start: (request) => effect(() => payments.start(request)),
      check: (gatewayRef) => effect(() => payments.check(gatewayRef)),
    }),
    isDebug: false,
    providersOn: () => PROVIDERS,
    auditDays: 30,
    retentionDays: 400,
    problemOfUrl: () => undefined,
    now: () => (skewMs === 0 ? clock.iso : new Date(clock.now + skewMs).toISOString()),
    sleep: async (ms) => {
      await clock.sleep(ms);
      if (isDead()) await never;
    },
    within: async (ms, work) => {
      const result = await clock.within(ms, work);
      return isDead() ? never : result;
    },
    // What may be lost always is.
    inBackground: () => {},
    random: () => chance.next(),
    bytes: (length) => new Uint8Array(length).map(() => chance.below(256)),
    log: { info() {}, warn() {}, error() {}, metric: (metric) => faults.count(`metric ${metric}`) },
    memo,
  };
}

async function noFiles(): Promise<never> {
  throw new Error('the simulation has no files');
}

/** Whatever reads heads goes on without them. */
export const NO_HEADS: World['heads'] = {
  create: noFiles,
  read: noFiles,
  list: noFiles,
  sign: noFiles,
  isSigned: noFiles,
  publicKey: noFiles,
};

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: unknown;
}

async function faulty({ clock, db, faults }: ProcessContext, chance: Chance, command: Command): Promise<unknown> {
  if (faults.happens(chance, 'lost before commit')) throw named('TimeoutError');
  if (faults.happens(chance, 'throttle')) throw named('ThrottlingException');
  if (faults.happens(chance, 'internal error')) throw named('InternalServerError');
  const send = db.send as unknown as (command: Command) => Promise<unknown>;
  if (command.constructor.name === 'BatchGetCommand' && faults.happens(chance, 'keys left unprocessed')) {
    return answeredInPart(db, command as unknown as BatchGet, chance);
  }
  const isCut =
    command.constructor.name === 'QueryCommand' && faults.happens(chance, 'page cut short', pageOf(command));
  const answer = await send(isCut ? shortened(command, chance) : command);
  await clock.sleep(1 + chance.below(4));
  if (faults.happens(chance, 'lost after commit')) throw named('TimeoutError');
  return answer;
}

interface BatchGet extends Command {
  readonly input: { readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly object[] }>> };
}

/** DynamoDB answers some of the keys, even none, and names the others. */
async function answeredInPart(db: Db, command: BatchGet, chance: Chance): Promise<unknown> {
  const taken: Record<string, object> = {};
  const left: Record<string, object> = {};
  for (const [table, request] of Object.entries(command.input.RequestItems)) {
    const count = chance.below(request.Keys.length);
    if (count > 0) taken[table] = { ...request, Keys: request.Keys.slice(0, count) };
    left[table] = { ...request, Keys: request.Keys.slice(count) };
  }
  const send = db.send as unknown as (command: object) => Promise<{ Responses: object }>;
  const { name } = command.constructor;
  const answer = await send({ constructor: { name }, input: { RequestItems: taken } });
  return { ...answer, UnprocessedKeys: left };
}

/** The partition of an index or a table that a query reads. */
function pageOf({ input }: Command): string {
  const {
    TableName,
    IndexName,
    ExpressionAttributeValues: values,
  } = input as {
    TableName: string;
    IndexName?: string;
    ExpressionAttributeValues: Record<string, unknown>;
  };
  return `${TableName} ${IndexName} ${values[':partition']}`;
}

/** DynamoDB ends a page after one megabyte, also below the limit of the query. */
function shortened(command: Command, chance: Chance): Command {
  const input = command.input as { Limit?: number };
  const { name } = command.constructor;
  return { constructor: { name }, input: { ...input, Limit: 1 + chance.below(Math.min(input.Limit ?? 5, 5)) } };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
