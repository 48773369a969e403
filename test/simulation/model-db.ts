import type { IndexShape, TableName, TableShape } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Db } from '../../shared/world.ts';
import type { Item, Placeholders } from './expressions.ts';
import { compare, matches, updated } from './expressions.ts';

interface CommandInput extends Placeholders {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly UpdateExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  readonly IndexName?: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
}

type Action = { readonly [Name in 'Put' | 'Update' | 'ConditionCheck']?: CommandInput };

/** Called for every committed write, with all items of a transaction together. */
export type OnCommit = (writes: readonly { table: TableName; before: Item | undefined; after: Item }[]) => void;

/** How far indexes lag behind the tables, by the caller's clock. Reads of tables are always consistent. */
export interface IndexLag {
  now(): number;
  readonly ms: number;
}

/**
 * A model of DynamoDB in memory. It runs the commands and expressions that the store sends, each as one atomic step,
 * and has no faults of its own. A test sends random commands to it and to a real engine, and the answers must be equal.
 * Items are plain objects, as the document client returns them.
 */
export class ModelDb {
  /** Rows that indexes may not show yet, each with the row before it. */
  readonly #recent = new Map<Item, { before: Item | undefined; at: number }>();
  readonly #lag: IndexLag | undefined;
  readonly #tables = new Map<string, Map<string, Item>>();
  /** The rows of each partition of each table, by their sort keys. */
  readonly #partitions = new Map<string, Map<unknown, Item[]>>();
  /** By index and partition, the keys of rows that are in it, or were in it until recently. */
  readonly #members = new Map<IndexShape, Map<unknown, Set<string>>>();
  readonly #onCommit: OnCommit;

  constructor(onCommit: OnCommit = () => {}, lag?: IndexLag) {
    this.#onCommit = onCommit;
    this.#lag = lag;
    for (const name of Object.keys(tables)) this.#tables.set(name, new Map());
  }

  /** In the form of the document client. */
  get client(): Db {
    const send = async (command: { constructor: { name: string }; input: unknown }) => this.execute(command);
    return { send } as unknown as Db;
  }

  /** Every item of a table. */
  items(table: TableName): Item[] {
    return [...this.#rows(table).values()];
  }

  /** Whether an index shows such a row in any of its partitions, or is about to. */
  showsIn(table: TableName, indexName: string, isSuch: (row: Item) => boolean): boolean {
    const index = shapeOf(table).indexes.find((each) => each.name === indexName);
    const partitions = index && this.#members.get(index);
    if (!partitions) return false;
    const rows = this.#rows(table);
    for (const keys of partitions.values()) {
      for (const key of keys) {
        const row = rows.get(key);
        const seen = row && this.#lagging(row);
        if ([row, seen].some((each) => each && isIn(index, each) && isSuch(each))) return true;
      }
    }
    return false;
  }

  /** Runs one command as one atomic step. Throws the errors of DynamoDB. */
  execute(command: { constructor: { name: string }; input: unknown }): unknown {
    const input = command.input as CommandInput;
    switch (command.constructor.name) {
      case 'GetCommand':
        return { Item: clone(this.#read(input.TableName, input.Key ?? {})) };
      case 'BatchGetCommand':
        return this.#batchGet(command.input as { RequestItems: Record<string, { Keys: Item[] }> });
      case 'QueryCommand':
        return this.#query(input);
      case 'PutCommand':
        this.#single({ Put: input });
        return {};
      case 'UpdateCommand':
        return { Attributes: clone(this.#single({ Update: input })) };
      case 'BatchWriteCommand':
        return this.#delete(
          (command.input as { RequestItems: Record<string, { DeleteRequest: { Key: Item } }[]> }).RequestItems,
        );
      case 'TransactWriteCommand':
        return this.#transact((command.input as { TransactItems: Action[] }).TransactItems);
      default:
        throw new Error(`the model does not support ${command.constructor.name}`);
    }
  }

  #single(action: Action): Item | undefined {
    const step = this.#prepare(action);
    if (!step.holds) {
      throw databaseError('ConditionalCheckFailedException', 'The conditional request failed', {
        ...(step.returns ? { Item: marshal(step.before) } : {}),
      });
    }
    this.#commit([step]);
    return step.after;
  }

  #transact(actions: readonly Action[]): object {
    const steps = actions.map((action) => this.#prepare(action));
    if (new Set(steps.map((step) => `${step.table} ${step.key}`)).size < steps.length) {
      throw databaseError(
        'ValidationException',
        'Transaction request cannot include multiple operations on one item',
        {},
      );
    }
    if (steps.some((step) => !step.holds)) {
      const CancellationReasons = steps.map((step) => {
        if (step.holds) return { Code: 'None' };
        return { Code: 'ConditionalCheckFailed', ...(step.returns ? { Item: marshal(step.before) } : {}) };
      });
      throw databaseError('TransactionCanceledException', 'Transaction cancelled', { CancellationReasons });
    }
    this.#commit(steps);
    return {};
  }

  #prepare(action: Action) {
    const input = action.Put ?? action.Update ?? action.ConditionCheck;
    if (!input) throw new Error('the model supports puts, updates and condition checks in a transaction');
    const table = input.TableName as TableName;
    const key = keyOf(table, input.Item ?? input.Key ?? {});
    requireWritable(input.Item ?? input.ExpressionAttributeValues);
    const before = this.#rows(table).get(key);
    const holds = matches(input.ConditionExpression, before ?? {}, input);
    const after = action.Put
      ? clone(input.Item)
      : action.Update
        ? clone(updated(input.UpdateExpression, { ...before, ...input.Key }, input))
        : undefined;
    return { table, key, before, holds, after, returns: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  }

  #commit(
    steps: readonly { table: TableName; key: string; before: Item | undefined; after: Item | undefined }[],
  ): void {
    const writes = steps.flatMap(({ table, before, after }) => (after ? [{ table, before, after }] : []));
    this.#forgetCaughtUp();
    for (const { table, key, before, after } of steps) {
      if (!after) continue;
      const { partition, sort, indexes } = shapeOf(table);
      if (this.#lag) this.#recent.set(after, { before, at: this.#lag.now() });
      this.#rows(table).set(key, after);
      for (const index of indexes) if (isIn(index, after)) this.#membersOf(index, after[index.partition.name]).add(key);
      const rows = entryOf(this.#partitionsOf(table), after[partition.name], (): Item[] => []);
      const place = sort ? placeOf(after, rows, sort.name) : 0;
      rows.splice(place, before ? 1 : 0, after);
    }
    this.#onCommit(writes);
  }

  /** An index shows these rows as they are. */
  #forgetCaughtUp(): void {
    const lag = this.#lag;
    for (const [row, { at }] of this.#recent) {
      if (!lag || lag.now() - at < lag.ms) return;
      this.#recent.delete(row);
    }
  }

  /** A batch of deletes, in tables without indexes. */
  #delete(requests: Record<string, { DeleteRequest: { Key: Item } }[]>): object {
    for (const [table, deletes] of Object.entries(requests)) {
      for (const { DeleteRequest } of deletes) {
        const key = keyOf(table as TableName, DeleteRequest.Key);
        const deleted = this.#rows(table).get(key);
        if (!deleted) continue;
        this.#rows(table).delete(key);
        const { partition } = shapeOf(table as TableName);
        const rows = this.#partitionsOf(table as TableName).get(deleted[partition.name]) ?? [];
        rows.splice(rows.indexOf(deleted), 1);
      }
    }
    return { UnprocessedItems: {} };
  }

  #batchGet({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }): object {
    const Responses = Object.fromEntries(
      Object.entries(RequestItems).map(([table, { Keys }]) => [
        table,
        Keys.flatMap((key) => clone(this.#read(table, key)) ?? []),
      ]),
    );
    return { Responses, UnprocessedKeys: {} };
  }

  #query(input: CommandInput): object {
    const table = input.TableName as TableName;
    const shape = shapeOf(table);
    const index = shape.indexes.find((each) => each.name === input.IndexName);
    const wanted = partitionIn(input, (index ?? shape).partition.name);
    const rows = index ? this.#indexed(table, index, wanted) : (this.#partitionsOf(table).get(wanted) ?? []);
    if (rows.length === 0) return { Items: [], ScannedCount: 0, Count: 0 };
    const page = pageOf(table, rows, input);
    const isMore = input.Limit !== undefined && page.length === input.Limit;
    const found = page.filter((row) => matches(input.FilterExpression, row, input));
    const last = page.at(-1);
    return {
      Items: found.map((row) => clone(index ? projected(row, shape, index) : row)),
      ScannedCount: page.length,
      Count: found.length,
      ...(isMore && last ? { LastEvaluatedKey: keysOf(last, shape, index) } : {}),
    };
  }

  /** The rows of one partition of an index, as it shows them now. */
  #indexed(table: TableName, index: IndexShape, wanted: unknown): Item[] {
    const members = this.#membersOf(index, wanted);
    if (members.size === 0) return [];
    const sort = index.sort.name;
    const rows = this.#rows(table);
    const found: Item[] = [];
    for (const key of members) {
      const row = rows.get(key);
      const seen = row && this.#lagging(row);
      if (seen && isIn(index, seen) && seen[index.partition.name] === wanted) found.push(seen);
      // The index has caught up, and the row is no longer in this partition.
      else if (row && seen === row) members.delete(key);
    }
    return found.sort((a, b) => compare(a[sort], b[sort]) || compare(a.pk, b.pk));
  }

  #membersOf(index: IndexShape, partition: unknown): Set<string> {
    const partitions = entryOf(this.#members, index, () => new Map<unknown, Set<string>>());
    return entryOf(partitions, partition, () => new Set<string>());
  }

  #partitionsOf(table: string): Map<unknown, Item[]> {
    return entryOf(this.#partitions, table, () => new Map<unknown, Item[]>());
  }

  /** A row as a lagging index still shows it. */
  #lagging(row: Item): Item | undefined {
    const lag = this.#lag;
    let seen: Item | undefined = row;
    while (lag && seen) {
      const recent = this.#recent.get(seen);
      if (!recent || lag.now() - recent.at >= lag.ms) break;
      seen = recent.before;
    }
    return seen;
  }

  #rows(table: string): Map<string, Item> {
    const rows = this.#tables.get(table);
    if (!rows) throw databaseError('ResourceNotFoundException', `there is no table ${table}`, {});
    return rows;
  }

  #read(table: string, key: Item): Item | undefined {
    return this.#rows(table).get(keyOf(table as TableName, key));
  }
}

function shapeOf(table: TableName): TableShape {
  return tables[table];
}

/** The value of a map's key, which is made when it is first asked for. */
function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Where a row is, or belongs, among rows that are in the order of their sort keys. */
function placeOf(row: Item, rows: readonly Item[], sort: string): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(rows[middle]?.[sort], row[sort]) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The partition that a query reads. Its key condition begins with it. */
function partitionIn(
  { KeyConditionExpression: condition = '', ExpressionAttributeValues }: CommandInput,
  name: string,
) {
  const start = `${name} = `;
  if (!condition.startsWith(start)) throw new Error(`the model does not support a query of "${condition}"`);
  const end = condition.indexOf(' ', start.length);
  return ExpressionAttributeValues?.[condition.slice(start.length, end < 0 ? undefined : end)];
}

/** Rows that a query reads: in its direction, from its start on, up to its limit. */
function pageOf(table: TableName, rows: readonly Item[], input: CommandInput): Item[] {
  const { ExclusiveStartKey: start, KeyConditionExpression, Limit = rows.length } = input;
  const isBackward = input.ScanIndexForward === false;
  const inOrder = (step: number) => rows[isBackward ? rows.length - 1 - step : step];
  const page: Item[] = [];
  let first = 0;
  if (start) {
    const place = rows.findIndex((row) => keyOf(table, row) === keyOf(table, start));
    if (place >= 0) first = (isBackward ? rows.length - 1 - place : place) + 1;
  }
  for (let step = first; step < rows.length && page.length < Limit; step += 1) {
    const row = inOrder(step);
    if (row && matches(KeyConditionExpression, row, input)) page.push(row);
  }
  return page;
}

function isIn(index: IndexShape, row: Item): boolean {
  return row[index.partition.name] !== undefined && row[index.sort.name] !== undefined;
}

function keyOf(table: TableName, item: Item): string {
  const { partition, sort } = shapeOf(table);
  const isWhole = item[partition.name] !== undefined && (!sort || item[sort.name] !== undefined);
  if (!isWhole) throw databaseError('ValidationException', 'The provided key element does not match the schema', {});
  return sort ? `${item[partition.name]}\u0000${item[sort.name]}` : String(item[partition.name]);
}

function keysOf(item: Item, shape: TableShape, index: IndexShape | undefined): Item {
  const names = [shape.partition, shape.sort, index?.partition, index?.sort].flatMap((key) => key?.name ?? []);
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

function projected(item: Item, shape: TableShape, index: IndexShape): Item {
  const names = [...Object.keys(keysOf(item, shape, index)), ...index.includes];
  return Object.fromEntries(names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));
}

/** Items are plain JSON, and bytes that nobody changes. `structuredClone` would take most of a simulation's time. */
function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(clone) as T;
  const copy: Item = {};
  for (const name in value) copy[name] = clone(value[name]);
  return copy as T;
}

function databaseError(name: string, message: string, extra: object): Error {
  return Object.assign(new Error(message), { name }, extra);
}

/** Errors carry items in marshalled form, as those of DynamoDB do. */
function marshal(value: unknown): never {
  if (value === undefined) return undefined as never;
  return marshalMap(value as Item) as never;
}

function marshalMap(item: Item): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (value === undefined ? [] : [[name, marshalValue(value)]])),
  );
}

function marshalValue(value: unknown): object {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(marshalValue) };
  return { M: marshalMap(value as Item) };
}

/** DynamoDB stores UTF-8, in which half a surrogate pair cannot be written. */
function requireWritable(value: unknown): void {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw databaseError('SerializationException', 'a text is not well-formed', {});
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(requireWritable);
}
