import type { TableName } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Db } from '../../shared/world.ts';
import type { Clock } from '../simulation/clock.ts';

/** How long each kind of call takes. A transaction holds its items as long, as DynamoDB does between its two phases. */
export interface Latencies {
  readonly transactionMs: number;
  readonly putMs: number;
  readonly readMs: number;
}

interface Action {
  readonly TableName: string;
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly Key?: Readonly<Record<string, unknown>>;
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: unknown;
}

const READS = /^(Get|BatchGet|Query)Command$/;

/**
 * A database in which writes conflict by their overlap and not by chance: a write that wants an item which a
 * transaction holds is refused with a conflict. Local engines and the model never do that.
 */
export class ConflictingDb {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #latencies: Latencies;
  readonly #held = new Set<string>();
  conflicts = 0;
  transactions = 0;

  constructor(db: Db, clock: Clock, latencies: Latencies = { transactionMs: 12, putMs: 0, readMs: 0 }) {
    this.#db = db;
    this.#clock = clock;
    this.#latencies = latencies;
  }

  /** In the form of the document client. */
  get client(): Db {
    const send = (command: Command) => this.#send(command);
    return { send } as unknown as Db;
  }

  async #send(command: Command): Promise<unknown> {
    const send = this.#db.send as (command: unknown) => Promise<unknown>;
    const { name } = command.constructor;
    const { transactionMs, putMs, readMs } = this.#latencies;
    if (name === 'TransactWriteCommand') return this.#transact(command, transactionMs);
    await this.#clock.sleep(READS.test(name) ? readMs : putMs);
    if (name === 'PutCommand' && this.#held.has(keyOf(command.input as Action))) {
      this.conflicts += 1;
      throw named('TransactionConflictException');
    }
    return send(command);
  }

  async #transact(command: Command, takesMs: number): Promise<unknown> {
    const send = this.#db.send as (command: unknown) => Promise<unknown>;
    const { TransactItems } = command.input as { TransactItems: Record<string, Action>[] };
    const keys = TransactItems.flatMap((item) => Object.values(item)).map(keyOf);
    this.transactions += 1;
    if (keys.some((key) => this.#held.has(key))) {
      this.conflicts += 1;
      const CancellationReasons = keys.map((key) => ({ Code: this.#held.has(key) ? 'TransactionConflict' : 'None' }));
      await this.#clock.sleep(this.#latencies.putMs);
      throw Object.assign(named('TransactionCanceledException'), { CancellationReasons });
    }
    for (const key of keys) this.#held.add(key);
    try {
      await this.#clock.sleep(takesMs);
      return await send(command);
    } finally {
      for (const key of keys) this.#held.delete(key);
    }
  }
}

function keyOf({ TableName, Item, Key }: Action): string {
  const shape = tables[TableName as TableName];
  const item = Item ?? Key ?? {};
  const sort = 'sort' in shape ? String(item[shape.sort.name]) : '';
  return `${TableName} ${item.pk} ${sort}`;
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
