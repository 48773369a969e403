import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { IndexShape, TableName, TableShape } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Db, World } from '../../shared/world.ts';

/**
 * Counts what DynamoDB charges for the commands of a world, by its documented rules. Written: a unit for each started
 * KB of the larger of the old and the new item, twice that in a transaction; for each index a unit for each started KB
 * of a row that is put, deleted or changed, and both where its key changes. Read: a unit for each started 4 KB of an
 * item, or of a query's items together; half of that where the read is eventually consistent, as in an index. A refused
 * write and a read that finds nothing are charged too. Exact for callers that do not race for one item.
 */
export interface Units {
  write: number;
  read: number;
}

/** What one write put, for a test that is about its size. */
export interface CountedPut {
  readonly table: TableName;
  readonly item: Item;
  readonly bytes: number;
}

type Item = Record<string, unknown>;

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Input & { readonly TransactItems?: readonly Action[]; readonly RequestItems?: Record<string, Keys> };
}

interface Input {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly IndexName?: string;
  readonly ConsistentRead?: boolean;
}

type Action = Partial<Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck', Input>>;
type Keys = { readonly Keys?: readonly Item[]; readonly ConsistentRead?: boolean };

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

export class UnitCounter {
  /** Of everything so far. */
  readonly total: Units = { write: 0, read: 0 };
  readonly puts: CountedPut[] = [];
  /** The write units of each table, its indexes included. */
  readonly byTable = new Map<TableName, number>();
  readonly #db: Db;
  readonly #tables = new Map<string, TableName>();

  /** Counts from now on: the world's client is replaced. */
  constructor(world: World) {
    this.#db = world.db;
    for (const name of Object.keys(tables) as TableName[]) this.#tables.set(world.table(name), name);
    Object.assign(world, { db: { send: (command: Command) => this.#counted(command) } });
  }

  /** What some work costs. */
  async during(work: () => Promise<unknown>): Promise<Units> {
    const { write, read } = this.total;
    await work();
    return { write: this.total.write - write, read: this.total.read - read };
  }

  async #counted(command: Command): Promise<unknown> {
    const writes = writesOf(command);
    const befores = await Promise.all(writes.map((input) => this.#stored(input)));
    let isRefused = false;
    try {
      const answer = await this.#send(command);
      if (writes.length === 0) await this.#addRead(command, answer as Item);
      return answer;
    } catch (error) {
      isRefused = true;
      throw error;
    } finally {
      const factor = command.constructor.name === 'TransactWriteCommand' ? 2 : 1;
      for (const [place, input] of writes.entries()) await this.#addWrite(input, befores[place], factor, isRefused);
    }
  }

  async #addWrite(input: Input, before: Item | undefined, factor: number, isRefused: boolean): Promise<void> {
    const after = isRefused ? before : await this.#stored(input);
    const table = this.#tableOf(input);
    this.#add(table, factor * writeUnits(Math.max(sizeOf(before), sizeOf(after))));
    if (isRefused) return;
    if (after) this.puts.push({ table, item: after, bytes: sizeOf(after) });
    for (const index of shapeOf(table).indexes) this.#add(table, indexUnits(index, shapeOf(table), before, after));
  }

  #add(table: TableName, units: number): void {
    this.total.write += units;
    this.byTable.set(table, (this.byTable.get(table) ?? 0) + units);
  }

  async #addRead({ constructor: { name }, input }: Command, answer: Item): Promise<void> {
    const consistency = input.ConsistentRead ? 1 : 0.5;
    if (name === 'GetCommand') this.total.read += consistency * readUnits(sizeOf(answer.Item as Item | undefined));
    if (name === 'QueryCommand') this.total.read += consistency * readUnits(await this.#queriedBytes(input, answer));
    if (name !== 'BatchGetCommand') return;
    for (const [table, { Keys: keys = [], ConsistentRead: isConsistent }] of Object.entries(input.RequestItems ?? {})) {
      const found = ((answer.Responses as Record<string, Item[]>)[table] ?? []).map((item) => readUnits(sizeOf(item)));
      const units = found.reduce((sum, each) => sum + each, 0) + keys.length - found.length;
      this.total.read += (isConsistent ? 1 : 0.5) * units;
    }
  }

  /** Also of the items that a filter left out. */
  async #queriedBytes(input: Input & { readonly FilterExpression?: string }, answer: Item): Promise<number> {
    let items = answer.Items as Item[];
    if (input.FilterExpression !== undefined) {
      const { FilterExpression: _, ...unfiltered } = input;
      const names = used(unfiltered);
      items = ((await this.#db.send(new QueryCommand(names as never))).Items ?? []) as Item[];
    }
    return items.reduce((sum, item) => sum + sizeOf(item), 0);
  }

  async #stored(input: Input): Promise<Item | undefined> {
    const { partition, sort } = shapeOf(this.#tableOf(input));
    const source = input.Key ?? input.Item ?? {};
    const Key = { [partition.name]: source[partition.name], ...(sort ? { [sort.name]: source[sort.name] } : {}) };
    const answer = await this.#db.send(new GetCommand({ TableName: input.TableName, Key, ConsistentRead: true }));
    return answer.Item;
  }

  #send(command: Command): Promise<unknown> {
    return (this.#db.send as unknown as (command: Command) => Promise<unknown>).call(this.#db, command);
  }

  #tableOf({ TableName }: Input): TableName {
    const name = this.#tables.get(TableName);
    if (!name) throw new Error(`${TableName} is no table`);
    return name;
  }
}

function writesOf({ constructor: { name }, input }: Command): Input[] {
  if (name === 'PutCommand' || name === 'UpdateCommand' || name === 'DeleteCommand') return [input];
  return (input.TransactItems ?? []).flatMap((action) => Object.values(action));
}

/** A query without the values that only its filter used: a database refuses those. */
function used(query: Item): Item {
  const text = String(query.KeyConditionExpression);
  const kept = (of: unknown) => Object.fromEntries(Object.entries(of ?? {}).filter(([name]) => text.includes(name)));
  const names = kept(query.ExpressionAttributeNames);
  const { ExpressionAttributeNames: _, ...rest } = query;
  const values = { ExpressionAttributeValues: kept(query.ExpressionAttributeValues) };
  return { ...rest, ...values, ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}) };
}

function indexUnits(index: IndexShape, table: TableShape, before: Item | undefined, after: Item | undefined): number {
  const was = rowOf(index, table, before);
  const is = rowOf(index, table, after);
  if (!was || !is) return was || is ? writeUnits(sizeOf(was ?? is)) : 0;
  const keys = [index.partition.name, index.sort.name];
  if (keys.some((name) => was[name] !== is[name])) return writeUnits(sizeOf(was)) + writeUnits(sizeOf(is));
  return JSON.stringify(was) === JSON.stringify(is) ? 0 : writeUnits(Math.max(sizeOf(was), sizeOf(is)));
}

/** An item's row in an index; `undefined` where it has none. */
function rowOf(index: IndexShape, table: TableShape, item: Item | undefined): Item | undefined {
  if (item?.[index.partition.name] === undefined || item[index.sort.name] === undefined) return undefined;
  const keys = [table.partition.name, table.sort?.name ?? [], index.partition.name, index.sort.name].flat();
  const names = [...new Set([...keys, ...index.includes])].filter((name) => item[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

function shapeOf(table: TableName): TableShape {
  return tables[table];
}

function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
}

/** What DynamoDB says that an item's size is: its names and values, and 3 bytes for each list and map. */
export function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return 1 + Math.ceil(String(Math.abs(value)).length / 2) + (value < 0 ? 1 : 0);
  if (Array.isArray(value)) return 3 + value.reduce((sum, part) => sum + 1 + valueBytes(part), 0);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 1;
  const parts = Object.entries(value);
  return 3 + parts.reduce((sum, [name, part]) => sum + 1 + Buffer.byteLength(name) + valueBytes(part), 0);
}
