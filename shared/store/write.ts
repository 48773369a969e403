import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { defined } from '../domain/defined.ts';
import { newId } from '../id.ts';
import type { TableName } from '../manifest/tables.ts';
import { APPENDED } from '../manifest/tables.ts';
import { Contention, isTransient } from '../transient-error.ts';
import type { World } from '../world.ts';

/**
 * The two kinds of write: one conditional put, or several in one transaction. The SDK does not retry a cancelled
 * transaction, so `withRetries` does, with jitter and a bound. After a lost answer it is unknown whether the write
 * happened; if it did, the retry's condition fails on our own row, which callers recognise by its id or write id.
 */

export type Item = Record<string, unknown>;

export interface Put {
  readonly table: TableName;
  readonly item: Item;
  readonly condition: string;
  readonly names?: Record<string, string>;
  readonly values?: Item;
}

/** A change of some attributes of an item, where what else it holds is not known or not ours to write. */
export interface Update {
  readonly table: TableName;
  readonly key: Item;
  readonly update: string;
  readonly condition: string;
  readonly values: Item;
}

/** A condition on an item that the transaction does not write. */
export interface Check {
  readonly table: TableName;
  readonly key: Item;
  readonly condition: string;
  readonly values?: Item;
}

export type Written =
  | { readonly kind: 'done' }
  /** Conditions failed: the current rows, in the order of the puts; `undefined` for a put whose condition held. */
  | { readonly kind: 'refused'; readonly rows: readonly (Item | undefined)[] }
  /** A conflict, a throttle or a lost answer: try again. */
  | { readonly kind: 'again'; readonly reason: string };

/** More tries than a busy wallet needs, few enough that the caller gets an error within seconds. */
export const WRITE_ATTEMPTS_MAX = 8;
const BACK_OFF_MS = 20;
const BACK_OFF_MS_MAX = 800;

/** Repeats a decision and its write until it is done. Each try reads and decides again. */
export async function withRetries<T>(world: World, attempt: (tries: number) => Promise<T | Retry>): Promise<T> {
  let reason = '';
  for (let tries = 0; tries < WRITE_ATTEMPTS_MAX; tries += 1) {
    if (tries > 0) await world.sleep(Math.min(BACK_OFF_MS * 2 ** tries, BACK_OFF_MS_MAX) * (0.2 + world.random()));
    const result = await once(() => attempt(tries));
    if (!(result instanceof Retry)) return result;
    reason = result.reason;
  }
  throw new Contention(`gave up after ${WRITE_ATTEMPTS_MAX} attempts: ${reason}`);
}

/** Also retries when a read before the write fails: the outcome to be written may never be reported again. */
export async function once<T>(attempt: () => Promise<T | Retry>): Promise<T | Retry> {
  try {
    return await attempt();
  } catch (error) {
    if (isTransient(error)) return new Retry(error instanceof Error ? error.name : 'unknown');
    throw error;
  }
}

/** The result of an attempt that is to be retried. */
export class Retry {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Writes all puts or none. One put is a plain conditional write, at a third of a transaction's price and latency, but
 * in a table that takes entries in transactions only.
 */
export async function write(world: World, puts: readonly (Put | Update | Check)[]): Promise<Written> {
  const [only] = puts;
  try {
    const isAlone = only && 'item' in only && puts.length === 1 && !APPENDED.has(only.table);
    if (isAlone) await world.db.send(new PutCommand(putInput(world, only)));
    else await world.db.send(new TransactWriteCommand({ TransactItems: puts.map((put) => actionOf(world, put)) }));
    return { kind: 'done' };
  } catch (error) {
    return classify(error, puts.length);
  }
}

/** One update by itself. Answers with the item after it. */
export async function writeUpdate(
  world: World,
  update: Update,
): Promise<{ kind: 'done'; item: Item } | Exclude<Written, { kind: 'done' }>> {
  try {
    const input = { ...updateInput(world, update), ReturnValues: 'ALL_NEW' as const };
    return { kind: 'done', item: (await world.db.send(new UpdateCommand(input))).Attributes ?? {} };
  } catch (error) {
    const written = classify(error, 1);
    if (written.kind === 'done') throw error;
    return written;
  }
}

function actionOf(world: World, put: Put | Update | Check) {
  if ('item' in put) return { Put: putInput(world, put) };
  if ('update' in put) return { Update: updateInput(world, put) };
  const { table, key, condition, values } = put;
  const check = { TableName: world.table(table), Key: key, ConditionExpression: condition };
  return { ConditionCheck: { ...check, ...defined({ ExpressionAttributeValues: values }) } };
}

function putInput(world: World, { table, item, condition, names, values }: Put) {
  return {
    TableName: world.table(table),
    Item: item,
    ConditionExpression: condition,
    ...defined({ ExpressionAttributeNames: names, ExpressionAttributeValues: values }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

function updateInput(world: World, { table, key, update, condition, values }: Update) {
  return {
    TableName: world.table(table),
    Key: key,
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeValues: values,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/**
 * Puts the next version (or revision) of an item, on the condition that the stored one is the version before; 1: that
 * none is stored. The companions are written with it or not at all. True for exactly one of concurrent writers, and for
 * that one also when its answer was lost.
 */
export function saveNext(world: World, next: Next, companions: readonly (Put | Check)[] = []): Promise<boolean> {
  const writeId = newId(world, 'wri');
  const put = nextPut({ ...next, item: { ...next.item, writeId } });
  return withRetries(world, async () => {
    const written = await write(world, [put, ...companions]);
    if (written.kind === 'again') return new Retry(written.reason);
    return written.kind === 'done' || written.rows[0]?.writeId === writeId;
  });
}

interface Next {
  readonly table: TableName;
  readonly item: Item;
  readonly counter: 'version' | 'revision';
}

/** The same as one put, for a transaction. */
export function nextPut({ table, item, counter }: Next): Put {
  const place = Number(item[counter]);
  if (place === 1) return { table, item, condition: 'attribute_not_exists(pk)' };
  return { table, item, condition: `${counter} = :before`, values: { ':before': place - 1 } };
}

interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly Item?: Parameters<typeof unmarshall>[0];
  readonly CancellationReasons?: readonly { Code?: string; Item?: Parameters<typeof unmarshall>[0] }[];
}

function classify(error: unknown, count: number): Written {
  if (!isAwsError(error)) throw error;
  if (error.name === 'ConditionalCheckFailedException') {
    return { kind: 'refused', rows: [plain(error.Item) ?? {}] };
  }
  if (error.name === 'TransactionCanceledException') {
    const reasons = error.CancellationReasons ?? [];
    if (reasons.some((reason) => reason.Code === 'ConditionalCheckFailed')) {
      const rows = Array.from({ length: count }, (_, index) =>
        reasons[index]?.Code === 'ConditionalCheckFailed' ? (plain(reasons[index]?.Item) ?? {}) : undefined,
      );
      return { kind: 'refused', rows };
    }
    if (reasons.some((reason) => reason.Code === 'ValidationError')) throw error;
    return { kind: 'again', reason: reasons.map((reason) => reason.Code ?? 'None').join(',') };
  }
  if (isTransient(error)) return { kind: 'again', reason: error.name };
  throw error;
}

function isAwsError(error: unknown): error is AwsError {
  return error instanceof Error;
}

function plain(item: Parameters<typeof unmarshall>[0] | undefined): Item | undefined {
  return item ? unmarshall(item) : undefined;
}
