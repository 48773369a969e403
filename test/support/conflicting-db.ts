import type { TableName } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Db } from '../../shared/world.ts';
import type { Clock } from '../simulation/clock.ts';

/** How long a transaction holds its items, as DynamoDB does between its two phases. */
const TRANSACTION_MS = 12;

interface Put {
  readonly TableName: string;
  readonly Item: Readonly<Record<string, unknown>>;
}

/**
 * A database in which writes conflict by their overlap and not by chance: a transaction that wants an item which
 * another one holds is cancelled with `TransactionConflict`. Local engines and the model never do that.
 */
export class ConflictingDb {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #held = new Set<string>();
  conflicts = 0;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** In the form of the document client. */
  get client(): Db {
    const send = (command: { constructor: { name: string }; input: unknown }) => this.#send(command);
    return { send } as unknown as Db;
  }

  async #send(command: { constructor: { name: string }; input: unknown }): Promise<unknown> {
    const send = this.#db.send as (command: unknown) => Promise<unknown>;
    if (command.constructor.name !== 'TransactWriteCommand') return send(command);
    const { TransactItems } = command.input as { TransactItems: { Put: Put }[] };
    const keys = TransactItems.map(({ Put }) => keyOf(Put));
    if (keys.some((key) => this.#held.has(key))) {
      this.conflicts += 1;
      throw Object.assign(new Error('Transaction cancelled'), {
        name: 'TransactionCanceledException',
        CancellationReasons: keys.map((key) => ({ Code: this.#held.has(key) ? 'TransactionConflict' : 'None' })),
      });
    }
    for (const key of keys) this.#held.add(key);
    try {
      await this.#clock.sleep(TRANSACTION_MS);
      return await send(command);
    } finally {
      for (const key of keys) this.#held.delete(key);
    }
  }
}

function keyOf({ TableName, Item }: Put): string {
  const shape = tables[TableName as TableName];
  const sort = 'sort' in shape ? String(Item[shape.sort.name]) : '';
  return `${TableName} ${Item.pk} ${sort}`;
}
