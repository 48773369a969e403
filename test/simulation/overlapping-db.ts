import type { TableName } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Db } from '../../shared/world.ts';
import type { Clock } from './clock.ts';

/**
 * How long a transaction holds its items, as DynamoDB does between its two phases. With the way there and back, which
 * every command takes (`simulated-world.ts`), a transaction lasts some 22 ms, a put or a read some 7.
 */
const HELD_MS = 15;
const READS = /^(Get|BatchGet|Query)Command$/;

interface Options {
  /** How long a transaction holds its items, and how long puts and reads take beside what the caller waits. */
  readonly heldMs?: number;
  readonly putMs?: number;
  readonly readMs?: number;
  readonly onConflict?: () => void;
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: unknown;
}

interface Write {
  readonly TableName: string;
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly Key?: Readonly<Record<string, unknown>>;
}

/**
 * A database in which writes conflict by their overlap and not by chance: a transaction that wants an item which
 * another one holds is cancelled with `TransactionConflict`, and a single write to such an item is refused. Local
 * engines and the model never do that.
 */
export class OverlappingDb {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #options: Required<Options>;
  readonly #held = new Set<string>();
  /** How many transactions were tried. */
  transactions = 0;

  constructor(db: Db, clock: Clock, options: Options = {}) {
    this.#db = db;
    this.#clock = clock;
    this.#options = { heldMs: HELD_MS, putMs: 0, readMs: 0, onConflict: () => {}, ...options };
  }

  /** In the form of the document client. */
  get client(): Db {
    return { send: (command: Command) => this.#send(command) } as unknown as Db;
  }

  async #send(command: Command): Promise<unknown> {
    const send = this.#db.send as unknown as (command: Command) => Promise<unknown>;
    const { name } = command.constructor;
    if (name === 'TransactWriteCommand') return this.#transact(command, send);
    const { putMs, readMs } = this.#options;
    const takesMs = READS.test(name) ? readMs : putMs;
    if (takesMs > 0) await this.#clock.sleep(takesMs);
    const isWrite = name === 'PutCommand' || name === 'UpdateCommand';
    if (isWrite && this.#held.size > 0 && this.#held.has(keyOf(command.input as Write))) {
      this.#options.onConflict();
      throw Object.assign(new Error('a transaction holds the item'), { name: 'TransactionConflictException' });
    }
    return send(command);
  }

  async #transact(command: Command, send: (command: Command) => Promise<unknown>): Promise<unknown> {
    const { TransactItems } = command.input as { TransactItems: Readonly<Record<string, Write>>[] };
    const keys = TransactItems.flatMap((item) => Object.values(item).map(keyOf));
    const { heldMs, putMs, onConflict } = this.#options;
    this.transactions += 1;
    if (keys.some((key) => this.#held.has(key))) {
      onConflict();
      const CancellationReasons = keys.map((key) => ({ Code: this.#held.has(key) ? 'TransactionConflict' : 'None' }));
      if (putMs > 0) await this.#clock.sleep(putMs);
      throw Object.assign(new Error('Transaction cancelled'), {
        name: 'TransactionCanceledException',
        CancellationReasons,
      });
    }
    for (const key of keys) this.#held.add(key);
    try {
      await this.#clock.sleep(heldMs);
      return await send(command);
    } finally {
      for (const key of keys) this.#held.delete(key);
    }
  }
}

function keyOf({ TableName, Item, Key }: Write): string {
  const shape = tables[TableName as TableName];
  const key = Item ?? Key ?? {};
  const sort = 'sort' in shape ? String(key[shape.sort.name]) : '';
  return `${TableName} ${key.pk} ${sort}`;
}
