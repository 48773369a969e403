import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3Files } from '../../shared/aws/files.ts';
import { signedHeads } from '../../shared/aws/heads.ts';
import { problemOfUrl } from '../../shared/aws/outbound.ts';
import type { Product, ProviderName } from '../../shared/domain/catalogue.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import type { Key, Scope } from '../../shared/domain/key.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { plus, SECOND } from '../../shared/domain/time.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import { startEngine } from '../../shared/local/engine.ts';
import type { LocalFiles } from '../../shared/local/files.ts';
import { startFiles } from '../../shared/local/files.ts';
import { startKms } from '../../shared/local/kms.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import { sandbox } from '../../shared/providers/sandbox.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import { createMerchant } from '../../shared/store/merchants.ts';
import { within } from '../../shared/timers.ts';
import type { Db, QueueMessage, World } from '../../shared/world.ts';
import { createKey } from './create-key.ts';
import { EngineDb } from './engine-db.ts';
import { airtimeUsd } from './products.ts';
import { ScriptedGateway } from './scripted-gateway.ts';
import { ScriptedProvider } from './scripted-provider.ts';
import { withTablesWhenUsed } from './tables-when-used.ts';

/** What a test may do to a command on its way: throw before it, or let it happen and throw after it. */
type Fault = (command: string, input: unknown) => 'before' | 'after' | Error | undefined;

export interface TestWorld extends World {
  /** Commands sent since the last reset, by name. */
  readonly calls: string[];
  /** The live upstream. */
  readonly upstream: ScriptedProvider;
  readonly messages: { queue: string; message: QueueMessage }[];
  /** Those that were sent to be received later. */
  readonly delayed: { queue: string; message: QueueMessage; until: Instant }[];
  fault: Fault | undefined;
  /** Where merchants pay in. */
  readonly gateway: ScriptedGateway;
  /** What merchants' endpoints answer. */
  outboundAnswer: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;
  advance(ms: number): void;
  /** Runs the worker of every waiting message, also of those whose delay is over. */
  dispatchAll(): Promise<void>;
  /** Advances the clock and runs what the schedules run on orders and batches. */
  sweep(minutes?: number): Promise<void>;
  /** What was left to the background, in order. It waits here until a test runs it. */
  readonly background: { readonly what: string; run(): Promise<void> }[];
  close(): Promise<void>;
}

interface Options {
  /**
   * `manual` moves when a test advances it. For many callers at once: `real`, or `slow`, on which a busy machine does
   * not use up the time that the code waits for something.
   */
  clock?: keyof typeof CLOCK_SPEEDS;
  /** Whether workers run messages at once, as on a running system. */
  dispatches?: boolean;
  /** Real adapters, instead of the scripted upstream. */
  providers?: (now: () => Instant) => Partial<Record<ProviderName, Provider>>;
  publicUrl?: string;
}

/** How fast a clock runs by itself. */
const CLOCK_SPEEDS = { manual: 0, slow: 0.01, real: 1 };

const LOCAL = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** An engine takes longer to create a table the more it has. */
const WORLDS_PER_ENGINE = 12;

/** The last one is that of new worlds. */
const engines: { db: EngineDb; stop(): Promise<void> }[] = [];
let worlds = 0;
let files: LocalFiles | undefined;
let kms: Awaited<ReturnType<typeof startKms>> | undefined;
/** Worker runs in any world that have not ended: they end before the engine does. */
const running = new Set<Promise<void>>();

/** Stops what all tests of one file share; call it in `afterAll`. */
export async function stopEngine(): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running);
  await Promise.all([files, kms, ...engines.splice(0)].map((each) => each?.stop()));
  files = undefined;
  kms = undefined;
}

async function dbForNewWorld(): Promise<EngineDb> {
  worlds += 1;
  const last = engines.at(-1);
  if (last && worlds % WORLDS_PER_ENGINE !== 0) return last.db;
  const engine = await startEngine({});
  const db = new EngineDb(engine.endpoint);
  const stop = () => {
    db.destroy();
    return engine.stop();
  };
  engines.push({ db, stop });
  return db;
}

/** A World on a real local engine with tables of its own, a clock of its own and a scripted upstream. */
export async function testWorld(options: Options = {}): Promise<TestWorld> {
  const db = await dbForNewWorld();
  files ??= await startFiles({ secretAccessKey: LOCAL.credentials.secretAccessKey });
  kms ??= await startKms();
  // Random, because the engine of DYNAMODB_ENDPOINT is shared with other runs.
  const prefix = `w${randomBytes(5).toString('hex')}-`;
  const s3 = { ...LOCAL, endpoint: files.endpoint, forcePathStyle: true };
  const kept = {
    files: s3Files({ bucket: () => `${prefix}files`, client: s3 }),
    heads: signedHeads({
      bucket: () => `${prefix}heads`,
      keyId: () => 'heads',
      s3,
      kms: { ...LOCAL, endpoint: kms.endpoint },
    }),
  };
  return buildWorld(options, withTablesWhenUsed(db, prefix), kept, prefix);
}

function buildWorld(options: Options, db: Db, kept: Pick<World, 'files' | 'heads'>, prefix: string): TestWorld {
  const speed = CLOCK_SPEEDS[options.clock ?? 'manual'];
  const startedAt = Date.now();
  let clock = speed === CLOCK_SPEEDS.manual ? Date.parse('2026-05-07T08:00:00.000Z') : startedAt;
  const now = () => new Date(Math.round(clock + speed * (Date.now() - startedAt))).toISOString();
  const pause = async (ms: number) => {
    if (speed === 0) clock += ms;
    await sleep(speed === 0 ? 0 : ms);
  };
  const upstream = new ScriptedProvider(now);
  const providers: Partial<Record<ProviderName, Provider>> = {
    hotrecharge: upstream,
    sandbox: sandbox({ sleep: pause, now }),
    ...options.providers?.(now),
  };
  const world: TestWorld = {
    calls: [],
    messages: [],
    delayed: [],
    upstream,
    fault: undefined,
    db: watched(db, () => world),
    table: (name: TableName) => prefix + name,
    queues: {
      async send(queue, messages) {
        for (const message of messages) {
          const { delaySeconds } = message;
          if (delaySeconds === undefined) world.messages.push({ queue, message });
          else world.delayed.push({ queue, message, until: plus(world.now(), delaySeconds * SECOND) });
        }
        if (!options.dispatches) return;
        // As on a running system, nobody catches the error of a failed message: the sweep finds its order.
        const run = sleep(1)
          .then(() => world.dispatchAll())
          .catch(() => undefined);
        running.add(run);
        run.finally(() => running.delete(run));
      },
    },
    ...kept,
    provider(name) {
      const provider = providers[name];
      if (!provider) throw new Error(`no provider ${name}`);
      return provider;
    },
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    secret: async (name) => `secret of ${name}`,
    outbound: async (request) => world.outboundAnswer(request),
    payments: () => world.gateway,
    gateway: new ScriptedGateway(),
    isDebug: false,
    providersOn: () => PROVIDERS,
    auditDays: 30,
    retentionDays: 400,
    problemOfUrl: (url) => problemOfUrl(url, { isLocal: false }),
    outboundAnswer: () => ({ status: 200, headers: {}, body: '' }),
    now,
    sleep: pause,
    // By the real clock: this world's is moved on by what sleeps.
    within,
    background: [],
    inBackground: (what, work) => void world.background.push({ what, run: work }),
    random: () => Math.random(),
    bytes: (count) => randomBytes(count),
    log: { info() {}, warn() {}, error() {}, metric() {} },
    memo: new Map(),
    advance(ms) {
      clock += ms;
    },
    async dispatchAll() {
      // Imported here, so that suites without workers do not load them.
      const { runMessages } = await import('./workers.ts');
      const delayed = world.delayed.splice(0);
      for (const each of delayed) (each.until <= world.now() ? world.messages : world.delayed).push(each);
      await runMessages(world, world.messages.splice(0));
    },
    async sweep(minutes = 2) {
      clock += minutes * 60_000;
      const { runSchedules } = await import('./workers.ts');
      await runSchedules(world);
    },
    async close() {
      await Promise.allSettled(running);
    },
  };
  return world;
}

/** Counts commands and plays faults. */
function watched(db: Db, world: () => TestWorld): Db {
  const send = async (command: { constructor: { name: string }; input: unknown }) => {
    const name = command.constructor.name;
    world().calls.push(name);
    const fault = world().fault?.(name, command.input);
    if (fault instanceof Error) throw fault;
    if (fault === 'before') throw lostAnswer();
    const answer = await (db.send as (command: unknown) => Promise<unknown>)(command);
    if (fault === 'after') throw lostAnswer();
    return answer;
  };
  return { send } as unknown as Db;
}

/** What the SDK throws when no answer came: the write may have happened or not. */
export function lostAnswer(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
}

/** What DynamoDB throws when another transaction holds one of the items; local engines never do. */
export function transactionConflict(): Error {
  return Object.assign(new Error('Transaction cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  });
}

export interface TestMerchant {
  readonly id: string;
  readonly liveKey: string;
  readonly testKey: string;
  readonly keys: { live: Key; test: Key };
  headers(mode?: Mode): Record<string, string>;
}

/** A merchant with a live and a test key, and money in both modes. */
export async function aMerchant(
  world: World,
  funds: Partial<Record<Currency, number>> = { USD: 10_000 },
  scopes: readonly Scope[] = SCOPES,
): Promise<TestMerchant> {
  const merchant = await createMerchant(world, 'Acme');
  const live = await createKey(world, { merchantId: merchant.id, mode: 'live', name: 'live', scopes });
  const test = await createKey(world, { merchantId: merchant.id, mode: 'test', name: 'test', scopes });
  for (const mode of ['live', 'test'] as const) {
    for (const [currency, amountMinor] of Object.entries(funds)) {
      const wallet = { merchantId: merchant.id, mode, currency: currency as Currency };
      await adjustWallet(world, wallet, { amountMinor, reason: 'Deposit', by: 'test' });
    }
  }
  return {
    id: merchant.id,
    liveKey: live.text,
    testKey: test.text,
    keys: { live: live.key, test: test.key },
    headers: (mode = 'live') => ({ authorization: `Api-Key ${mode === 'live' ? live.text : test.text}` }),
  };
}

/** Puts products into the catalogue; the seed's "Airtime USD" by default. */
export async function sell(world: World, ...products: Product[]): Promise<void> {
  await saveCatalogue(world, 'hotrecharge', products.length > 0 ? products : [airtimeUsd]);
}
