import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { DISPATCH_SLOTS } from '../../../functions/workers/dispatch.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { Source } from '../../../shared/aws/message-pool.ts';
import { onBatch, onSlots } from '../../../shared/aws/worker.ts';
import type { Product, ProviderName } from '../../../shared/domain/catalogue.ts';
import { PROVIDERS } from '../../../shared/domain/catalogue.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import type { QueueName } from '../../../shared/manifest/access.ts';
import { QUEUES } from '../../../shared/manifest/access.ts';
import type { TableName } from '../../../shared/manifest/tables.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/outbound-http.ts';
import type { Provider } from '../../../shared/providers/provider.ts';
import { saveCatalogue } from '../../../shared/store/catalogue.ts';
import type { Db, Log, QueueMessage, World } from '../../../shared/world.ts';
import { Chance } from '../../simulation/chance.ts';
import { Clock } from '../../simulation/clock.ts';
import { ModelDb } from '../../simulation/model-db.ts';
import { NO_HEADS } from '../../simulation/simulated-world.ts';
import type { CountedDb } from '../../support/count-units.ts';
import { countUnits } from '../../support/count-units.ts';
import { airtimeUsd } from '../../support/products.ts';
import { ScriptedGateway } from '../../support/scripted-gateway.ts';
import { runMessages, runSchedules } from '../../support/workers.ts';
import { capturedLog } from './captured-log.ts';
import { slowDb } from './slow-db.ts';

/** How long a message is on its way, and then waits for others to share an invocation. */
const QUEUE_MS = 10;
const GATHER_MS = 5;
const VISIBILITY_MS = 12 * MINUTE;
/** How long a function that asks for more messages waits where there are none. */
const LONG_POLL_MS = 2 * SECOND;

const SILENT: Log = { info() {}, warn() {}, error() {}, metric() {} };

export interface StageOptions {
  /** Whether units and log lines are counted. */
  readonly counts?: boolean;
  readonly seed?: number;
  /** By how much the database is slower than on AWS. */
  readonly pace?: number;
}

interface Waiting {
  readonly message: QueueMessage;
  receives: number;
}

/**
 * A deployed stage on virtual time: tables that take as long and conflict as DynamoDB does, queues whose workers run
 * with the batch size and concurrency of the manifest, and the two-minute schedules. What runs in it is the code that
 * is deployed; what it reaches is what a line of the benchmark says.
 */
export class ModelledStage {
  readonly clock = new Clock();
  readonly chance: Chance;
  readonly model = new ModelDb();
  readonly units: CountedDb;
  readonly gateway = new ScriptedGateway();
  readonly logged: string[] = [];
  /** How often each command was sent. */
  readonly commands = new Map<string, number>();
  readonly #log: Log;
  readonly world: World;
  /** What the providers do. */
  providers: Partial<Record<ProviderName, Provider>> = {};
  /** What merchants' endpoints answer, after how long. */
  endpoint: (request: HttpRequest) => { status: number; afterMs: number } = () => ({ status: 200, afterMs: 100 });
  readonly #db: Db;
  readonly #files = new Map<string, Uint8Array>();
  readonly #queues = new Map<QueueName, { waiting: Waiting[]; running: number; isGathering: boolean }>();
  readonly #inFlight = new Map<string, number>();
  /** What the warm processes of a function remember. */
  readonly #memos = new Map<string, Map<string, unknown>>();
  /** Invocations of workers, and how long they took together, in ms. */
  readonly invocations = new Map<string, { count: number; ms: number }>();
  queueRequests = 0;
  /** Requests to merchants' endpoints. */
  events = 0;

  /** One that counts keeps all that is logged, and takes three times as long. */
  constructor({ counts = false, seed = 1, pace = 1 }: StageOptions = {}) {
    this.chance = new Chance(seed);
    this.units = countUnits(this.model.client);
    this.#db = slowDb(counts ? this.units.db : this.model.client, this.clock, { commands: this.commands, pace });
    this.#log = counts ? capturedLog(this.logged) : SILENT;
    this.world = this.process();
  }

  /** The World of one process: what it remembers is its own. */
  process(memo = new Map<string, unknown>()): World {
    const { clock, chance } = this;
    return {
      db: this.#db,
      table: (name: TableName) => name,
      queues: { send: async (queue, messages) => this.#send(queue, messages) },
      files: {
        write: async (name, text) => void this.#files.set(name, Buffer.from(text)),
        read: async (name) => this.#files.get(name),
        uploadUrl: async (name) => `https://files.example/${name}`,
        downloadUrl: async (name) => `https://files.example/${name}`,
      },
      heads: NO_HEADS,
      provider: (name) => {
        const provider = this.providers[name];
        if (!provider) throw new Error(`no provider ${name}`);
        return provider;
      },
      secret: async (name) => `secret of ${name}`,
      publicUrl: 'https://api.example',
      outbound: (request) => this.#outbound(request),
      payments: () => this.gateway,
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
      bytes: (count) => new Uint8Array(count).map(() => chance.below(256)),
      log: this.#log,
      memo,
    };
  }

  /** The World of a warm function. */
  warm(name: string): World {
    const memo = this.#memos.get(name) ?? new Map();
    this.#memos.set(name, memo);
    return this.process(memo);
  }

  /** The World of the API, in which every function is warm. */
  api(): World {
    return this.warm('api');
  }

  async sell(...products: Product[]): Promise<void> {
    await this.run(saveCatalogue(this.world, 'hotrecharge', products.length > 0 ? products : [airtimeUsd]));
  }

  /** Runs the clock until the work is done, and throws what it throws. */
  async run<T>(work: Promise<T>, minutesMax = 24 * 60): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    const end = this.clock.now + minutesMax * MINUTE;
    while (!isDone && this.clock.now < end) await this.clock.runUntil(this.clock.now + 100);
    if (!isDone) throw new Error(`not done after ${minutesMax} minutes`);
    return done;
  }

  /** Lets so much time pass. */
  pass(ms: number): Promise<void> {
    return this.clock.runUntil(this.clock.now + ms);
  }

  /** Runs the schedules now and every two minutes. */
  startSchedules(): void {
    const fire = () => {
      void runSchedules(this.process()).catch(() => {});
      void sendDue(this.process()).catch(() => {});
      this.clock.at(2 * MINUTE, fire);
    };
    fire();
  }

  #send(queue: QueueName, messages: readonly QueueMessage[]): void {
    this.queueRequests += Math.ceil(messages.length / 10);
    for (const message of messages) {
      this.clock.at(QUEUE_MS, () => this.#arrive(queue, { message, receives: 1 }));
    }
  }

  #arrive(name: QueueName, waiting: Waiting): void {
    const queue = this.#queues.get(name) ?? { waiting: [], running: 0, isGathering: false };
    this.#queues.set(name, queue);
    queue.waiting.push(waiting);
    if (queue.isGathering) return;
    queue.isGathering = true;
    this.clock.at(GATHER_MS, () => {
      queue.isGathering = false;
      this.#poll(name);
    });
  }

  /** Starts invocations while there are messages and concurrency. Groups with few messages in flight come first. */
  #poll(name: QueueName): void {
    const queue = this.#queues.get(name);
    const { batchSize, concurrencyMax } = QUEUES[name];
    while (queue && queue.waiting.length > 0 && queue.running < concurrencyMax) {
      queue.running += 1;
      const batch = Array.from({ length: Math.min(batchSize, queue.waiting.length) }, () => this.#next(queue.waiting));
      void this.#invoke(name, batch).finally(() => {
        queue.running -= 1;
        this.#poll(name);
      });
    }
  }

  #next(waiting: Waiting[]): Waiting {
    const inFlight = ({ message }: Waiting) => this.#inFlight.get(message.group) ?? 0;
    let best = 0;
    // The first hundred are enough to find a quiet group, and looking at all would take a square of the time.
    for (let place = 1; place < Math.min(waiting.length, 100); place += 1) {
      if (inFlight(waiting[place] as Waiting) < inFlight(waiting[best] as Waiting)) best = place;
    }
    const [next] = waiting.splice(best, 1) as [Waiting];
    this.#inFlight.set(next.message.group, inFlight(next) + 1);
    return next;
  }

  async #invoke(queue: QueueName, batch: readonly Waiting[]): Promise<void> {
    const event = { Records: batch.map(recordOf) } satisfies SQSEvent;
    const onMessage = async (world: World, body: unknown) =>
      runMessages(world, [{ queue, message: { body, group: '' } }]);
    const startedAt = this.clock.now;
    const world = this.warm(queue);
    const result = await (queue.startsWith('dispatch-')
      ? onSlots(world, { onMessage }, event, DISPATCH_SLOTS, this.#sourceOf(queue))
      : onBatch(world, { onMessage }, event));
    this.#note(queue, this.clock.now - startedAt);
    // One request received the batch, and one deletes it.
    this.queueRequests += 2;
    const failed = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    batch.forEach((each, index) => {
      if (!failed.has(String(index))) this.#leave(each);
      else this.clock.at(VISIBILITY_MS, () => this.#comesBack(queue, each));
    });
  }

  /** Where a dispatcher gets more messages for its free slots. What is not removed is received again. */
  #sourceOf(name: QueueName): Source {
    const received = new Map<string, Waiting>();
    let count = 0;
    const take = (most: number) => {
      const { waiting = [] } = this.#queues.get(name) ?? {};
      return Array.from({ length: Math.min(most, waiting.length) }, () => this.#next(waiting));
    };
    return {
      receive: async (most) => {
        this.queueRequests += 1;
        await this.clock.sleep(QUEUE_MS);
        const soon = take(most);
        if (soon.length === 0) await this.clock.sleep(LONG_POLL_MS);
        return (soon.length === 0 ? take(most) : soon).map((each) => {
          count += 1;
          const record = recordOf(each, count);
          received.set(record.messageId, each);
          this.clock.at(VISIBILITY_MS, () => {
            if (received.delete(record.messageId)) this.#comesBack(name, each);
          });
          return record;
        });
      },
      remove: async ({ messageId }) => {
        this.queueRequests += 1;
        const each = received.get(messageId);
        received.delete(messageId);
        if (each) this.#leave(each);
      },
    };
  }

  #comesBack(queue: QueueName, each: Waiting): void {
    this.#leave(each);
    const { message, receives } = each;
    if (receives < QUEUES[queue].receivesMax) this.#arrive(queue, { message, receives: receives + 1 });
  }

  #leave({ message: { group } }: Waiting): void {
    this.#inFlight.set(group, (this.#inFlight.get(group) ?? 1) - 1);
  }

  #note(name: string, ms: number): void {
    const { count, ms: before } = this.invocations.get(name) ?? { count: 0, ms: 0 };
    this.invocations.set(name, { count: count + 1, ms: before + ms });
  }

  async #outbound(request: HttpRequest): Promise<HttpAnswer> {
    this.events += 1;
    const { status, afterMs } = this.endpoint(request);
    await this.clock.sleep(afterMs);
    return { status, headers: {}, body: '' };
  }
}

function recordOf({ message, receives }: Waiting, id: number): SQSRecord {
  const attributes = { ApproximateReceiveCount: String(receives) };
  return { messageId: String(id), body: JSON.stringify(message.body), attributes } as SQSRecord;
}
