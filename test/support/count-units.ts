import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { IndexShape, TableName, TableShape } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Db, World } from '../../shared/world.ts';

/**
 * Counts what DynamoDB would charge for the commands that go through a database, by the rules of its developer guide:
 * a write costs a unit for each started KB of the larger of the item before and after, twice that in a transaction, and
 * also if its condition fails; a row of an index costs a unit for each KB to put, to delete, or to change what it
 * projects, and two if its key changes; a consistent read costs a unit for each started 4 KB, others half of it.
 */

type Item = Readonly<Record<string, unknown>>;

interface Action {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

interface Input extends Action {
  readonly ConsistentRead?: boolean;
  readonly IndexName?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly TransactItems?: readonly Readonly<Record<string, Action>>[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Input;
}

interface BatchWriteAction {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

export interface Units {
  readonly read: number;
  readonly write: number;
}

export interface CountedDb {
  /** What to send commands to; each is answered by the database below. */
  readonly db: Db;
  units(): Units;
  reset(): void;
}

/** What one write put, for a test that is about its size. */
export interface CountedPut {
  readonly table: TableName;
  readonly item: Item;
  readonly bytes: number;
}

/** The same for all commands of a world, from now on: its client is replaced. */
export class UnitCounter {
  readonly puts: CountedPut[] = [];
  /** Written so far, by table. */
  readonly byTable = new Map<TableName, number>();
  readonly #counted: CountedDb;

  constructor(world: World) {
    this.#counted = countUnits(world.db, ({ table, units, item }) => {
      this.byTable.set(table, (this.byTable.get(table) ?? 0) + units);
      if (item) this.puts.push({ table, item, bytes: sizeOf(item) });
    });
    Object.assign(world, { db: this.#counted.db });
  }

  /** What some work costs. */
  async during(work: () => Promise<unknown>): Promise<Units> {
    const before = this.#counted.units();
    await work();
    const { read, write } = this.#counted.units();
    return { read: read - before.read, write: write - before.write };
  }
}

type Send = (command: unknown) => Promise<Record<string, unknown>>;

/** What one write cost, and the item that it left. */
export interface CountedWrite {
  readonly table: TableName;
  readonly units: number;
  readonly item: Item | undefined;
}

export function countUnits(below: Db, onWrite: (write: CountedWrite) => void = () => {}): CountedDb {
  const send = below.send as unknown as Send;
  const counted = { read: 0, write: 0 };
  const stored = async ({ TableName, Key, Item }: Action) => {
    const key = keyOf(shapeOf(TableName), Key ?? Item ?? {});
    return (await send(new GetCommand({ TableName, Key: key, ConsistentRead: true }))).Item as Item | undefined;
  };
  const writes = async (actions: readonly Action[], times: number, run: () => Promise<Record<string, unknown>>) => {
    const before = await Promise.all(actions.map(stored));
    try {
      const answer = await run();
      const after = await Promise.all(actions.map(stored));
      actions.forEach(({ TableName }, index) => {
        const units = unitsOfWrite(shapeOf(TableName), before[index], after[index], times);
        counted.write += units;
        onWrite({ table: nameOf(TableName), units, item: after[index] });
      });
      return answer;
    } catch (error) {
      if (isCharged(error)) for (const item of before) counted.write += times * kilobytes(item);
      throw error;
    }
  };
  const counting = async (command: Command) => {
    const { input } = command;
    const run = () => send(command);
    const { TransactItems = [], RequestItems = {} } = input;
    switch (command.constructor.name) {
      case 'PutCommand':
      case 'UpdateCommand':
      case 'DeleteCommand':
        return writes([input], 1, run);
      case 'TransactWriteCommand':
        return writes(TransactItems.flatMap(Object.values), 2, run);
      case 'BatchWriteCommand':
        return writes(batchWrites(RequestItems), 1, run);
      default: {
        const answer = await run();
        counted.read += await unitsOfRead(command, answer, send);
        return answer;
      }
    }
  };
  return {
    db: { send: counting } as unknown as Db,
    units: () => ({ ...counted }),
    reset: () => Object.assign(counted, { read: 0, write: 0 }),
  };
}

function batchWrites(requests: Readonly<Record<string, unknown>>): Action[] {
  return Object.entries(requests).flatMap(([TableName, actions]) =>
    (actions as readonly BatchWriteAction[]).map(({ PutRequest, DeleteRequest }) =>
      PutRequest ? { TableName, Item: PutRequest.Item } : { TableName, Key: DeleteRequest?.Key ?? {} },
    ),
  );
}

function unitsOfWrite(shape: TableShape, before: Item | undefined, after: Item | undefined, times: number): number {
  const table = times * Math.max(kilobytes(before), kilobytes(after));
  return shape.indexes.reduce((sum, index) => sum + unitsOfIndex(shape, index, before, after), table);
}

function unitsOfIndex(shape: TableShape, index: IndexShape, before: Item | undefined, after: Item | undefined): number {
  const [old, now] = [rowOf(shape, index, before), rowOf(shape, index, after)];
  if (!old || !now) return kilobytes(old, 0) + kilobytes(now, 0);
  const isMoved = [index.partition.name, index.sort.name].some((name) => old[name] !== now[name]);
  if (isMoved) return kilobytes(old) + kilobytes(now);
  return JSON.stringify(old) === JSON.stringify(now) ? 0 : Math.max(kilobytes(old), kilobytes(now));
}

/** The row of an item in an index: its keys and what is projected, if it has the keys. */
function rowOf(shape: TableShape, index: IndexShape, item: Item | undefined): Item | undefined {
  if (item?.[index.partition.name] === undefined || item[index.sort.name] === undefined) return undefined;
  const keys = [shape.partition, shape.sort, index.partition, index.sort].flatMap((key) => key?.name ?? []);
  return Object.fromEntries([...keys, ...index.includes].map((name) => [name, item[name]]));
}

async function unitsOfRead(command: Command, answer: Item, send: Send): Promise<number> {
  const { input } = command;
  switch (command.constructor.name) {
    case 'GetCommand':
      return pages(sizeOf((answer.Item ?? {}) as Item), input.ConsistentRead);
    case 'TransactGetCommand':
      return (answer.Responses as { Item?: Item }[]).reduce(
        (sum, { Item = {} }) => sum + 2 * pages(sizeOf(Item), true),
        0,
      );
    case 'BatchGetCommand': {
      const requests = input.RequestItems as Record<string, { Keys: unknown[]; ConsistentRead?: boolean }>;
      const found = (answer.Responses ?? {}) as Record<string, Item[]>;
      return Object.entries(requests).reduce((sum, [table, { Keys, ConsistentRead }]) => {
        const items = found[table] ?? [];
        const missing = (Keys.length - items.length) * pages(0, ConsistentRead);
        return items.reduce((all, item) => all + pages(sizeOf(item), ConsistentRead), sum + missing);
      }, 0);
    }
    case 'QueryCommand': {
      // What a filter or a projection leaves out is read and charged as well.
      const { FilterExpression, ProjectionExpression, ...rest } = input;
      const isWhole = FilterExpression === undefined && ProjectionExpression === undefined;
      const read = isWhole ? answer : await send(new QueryCommand(onlyKeyValues(rest) as never));
      const bytes = ((read.Items ?? []) as Item[]).reduce((sum, item) => sum + sizeOf(item), 0);
      return pages(bytes, input.ConsistentRead);
    }
    default:
      throw new Error(`${command.constructor.name} is not counted yet`);
  }
}

/** DynamoDB refuses names and values that no expression uses. */
function onlyKeyValues(input: object): object {
  const { KeyConditionExpression = '' } = input as { KeyConditionExpression?: string };
  const used = new Set(KeyConditionExpression.match(/[:#][\w]+/g));
  const kept = Object.entries(input).map(([name, value]) => {
    if (!/^ExpressionAttribute/.test(name)) return [name, value];
    return [name, Object.fromEntries(Object.entries(value as object).filter(([each]) => used.has(each)))];
  });
  return Object.fromEntries(kept.filter(([, value]) => typeof value !== 'object' || Object.keys(value).length > 0));
}

function isCharged(error: unknown): boolean {
  const { name } = error as { name?: string };
  return name === 'ConditionalCheckFailedException' || name === 'TransactionCanceledException';
}

function kilobytes(item: Item | undefined, least = 1): number {
  return item ? Math.ceil(sizeOf(item) / 1024) : least;
}

function pages(bytes: number, isConsistent = false): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * (isConsistent ? 1 : 0.5);
}

/** The size of an item as DynamoDB reckons it for units, in bytes. */
export function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => (value === undefined ? sum : sum + Buffer.byteLength(name) + sizeOfValue(value)),
    0,
  );
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return sizeOfNumber(value);
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + sizeOfValue(each), 3);
  if (value instanceof Set) return [...value].reduce((sum: number, each) => sum + sizeOfValue(each), 0);
  const parts = Object.values(value as Item).filter((each) => each !== undefined);
  return 3 + parts.length + sizeOf(value as Item);
}

/** A byte for two significant digits, one more for all of them, and one for a minus. */
function sizeOfNumber(value: number): number {
  const digits = String(Math.abs(value))
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}

function keyOf(shape: TableShape, item: Item): Item {
  return Object.fromEntries([shape.partition, shape.sort].flatMap((key) => (key ? [[key.name, item[key.name]]] : [])));
}

/** Test worlds put a prefix before the names of their tables. */
function nameOf(table: string): TableName {
  const name = Object.keys(tables).find((each) => table === each || table.endsWith(`-${each}`));
  if (!name) throw new Error(`there is no table ${table}`);
  return name as TableName;
}

function shapeOf(table: string): TableShape {
  return tables[nameOf(table)];
}
