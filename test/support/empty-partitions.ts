import { DUE_INDEX } from '../../shared/manifest/tables.ts';

/** What is read of a command. */
interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
  readonly Item?: { readonly dueShard?: unknown };
  readonly TransactItems?: readonly Record<string, Input>[];
  readonly RequestItems?: Record<string, readonly { readonly PutRequest?: { readonly Item: Input['Item'] } }[]>;
}

const PARTITION = /^dueShard = (:\w+)(?: AND |$)/;

/**
 * Knows which partitions of the due indexes nothing was ever written to, by watching the writes to tables that it has
 * seen being created. Sweeps ask for each, so most commands of a test that sweeps would be such queries.
 */
export class EmptyPartitions {
  /** By table, what was ever written, for each table that was empty when it was first seen. */
  readonly #written = new Map<string, Set<unknown>>();
  /** Tables whose due partitions changed by more than a whole item. */
  readonly #unknown = new Set<string>();
  /** Queries that the engine has understood. */
  readonly #understood = new Set<string>();

  /** Call it for each command before it is sent. True for a query whose answer is empty. */
  isKnownEmpty(name: string, input: Input): boolean {
    const { TableName = '' } = input;
    if (name === 'Query') return this.#isEmpty(TableName, input);
    if (name === 'CreateTable') this.#written.set(TableName, new Set());
    this.#watch(input);
    for (const action of input.TransactItems ?? []) for (const each of Object.values(action)) this.#watch(each);
    for (const [table, requests] of Object.entries(input.RequestItems ?? {})) {
      if (name !== 'BatchWrite') continue;
      for (const { PutRequest } of requests) this.#written.get(table)?.add(PutRequest?.Item?.dueShard);
    }
    return false;
  }

  #watch({ TableName = '', Item, UpdateExpression = '', ExpressionAttributeNames = {} }: Input): void {
    if (Item) this.#written.get(TableName)?.add(Item.dueShard);
    const names = [UpdateExpression, ...Object.values(ExpressionAttributeNames)];
    if (UpdateExpression && names.some((text) => text.includes('dueShard'))) this.#unknown.add(TableName);
  }

  #isEmpty(table: string, input: Input): boolean {
    const { ExpressionAttributeValues: values = {}, ...rest } = input;
    const partition = input.IndexName === DUE_INDEX && PARTITION.exec(input.KeyConditionExpression ?? '')?.[1];
    const written = this.#written.get(table);
    if (!partition || !written || this.#unknown.has(table) || written.has(values[partition])) return false;
    const types = Object.entries(values).map(([name, value]) => `${name} ${typeof value}`);
    const query = JSON.stringify({ ...rest, types, ExclusiveStartKey: undefined });
    if (this.#understood.has(query)) return true;
    this.#understood.add(query);
    return false;
  }
}
