import { setImmediate } from 'node:timers/promises';
import { convertToAttr, convertToNative } from '@aws-sdk/util-dynamodb';
import type { Db } from '../../shared/world.ts';
import { EmptyPartitions } from './empty-partitions.ts';
import { LeanHttp } from './lean-http.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** The engine wants to see a signature, and does not check it. */
const HEADERS =
  'content-type: application/x-amz-json-1.0\r\nx-amz-date: 20260101T000000Z\r\n' +
  'authorization: AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, ' +
  'SignedHeaders=host, Signature=0\r\n';

/** The document client's commands whose names differ from DynamoDB's actions. */
const ACTIONS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  BatchGet: 'BatchGetItem',
  BatchWrite: 'BatchWriteItem',
  TransactWrite: 'TransactWriteItems',
};

/** Fields that are items, or lists of them, wherever they stand in a command or an answer. */
const ITEMS = new Set([
  'Item',
  'Items',
  'Key',
  'Keys',
  'Attributes',
  'ExpressionAttributeValues',
  'ExclusiveStartKey',
  'LastEvaluatedKey',
]);

/**
 * Sends the commands of the document client to a local engine, with the same answers and errors, but without the
 * middleware of the SDK: that takes three quarters of the time of a command, and tests send hundreds of thousands.
 */
export class EngineDb implements Db {
  readonly #http: LeanHttp;
  readonly #partitions = new EmptyPartitions();
  /** In the form that the SDK's types ask for. */
  readonly send = ((command: Command) => this.#run(command)) as unknown as Db['send'];

  constructor(endpoint: string) {
    this.#http = new LeanHttp(endpoint);
  }

  destroy(): void {
    this.#http.destroy();
  }

  async #run(command: Command): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '');
    if (this.#partitions.isKnownEmpty(name, command.input)) {
      await setImmediate();
      return { Items: [], Count: 0, ScannedCount: 0 };
    }
    const input = translate(command.input, mapToAttributes);
    const target = `x-amz-target: DynamoDB_20120810.${ACTIONS[name] ?? name}\r\n`;
    const { status, text } = await this.#http.post(HEADERS + target, JSON.stringify(input));
    if (status !== 200) throw errorOf(JSON.parse(text, toBinary));
    const { Responses, ...answer } = JSON.parse(text);
    const read = translate(answer, plain) as object;
    return Responses ? { ...read, Responses: mapped(Responses, (found: AnyItem[]) => found.map(plain)) } : read;
  }
}

type AnyItem = Record<string, never>;

/** Applies a change to every item inside a command or an answer. */
function translate(value: unknown, change: (item: AnyItem) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => translate(each, change));
  if (value === null || typeof value !== 'object') return value;
  return mapped(value as Record<string, unknown>, (part, name) => {
    if (!ITEMS.has(name) || part === undefined) return translate(part, change);
    return Array.isArray(part) ? part.map(change) : change(part as AnyItem);
  });
}

function mapped<T, R>(record: Record<string, T>, change: (value: T, name: string) => R): Record<string, R> {
  const result: Record<string, R> = {};
  for (const name in record) result[name] = change(record[name] as T, name);
  return result;
}

function mapToAttributes(item: Record<string, unknown>): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const name in item) if (item[name] !== undefined) attributes[name] = toAttribute(item[name]);
  return attributes;
}

/** The values that items mostly have; the SDK's converter, which is slower, takes all others. */
function toAttribute(value: unknown): unknown {
  if (typeof value === 'string') return { S: value };
  if (Number.isSafeInteger(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.filter((each) => each !== undefined).map(toAttribute) };
  // Bytes are in base64 on their way, under the name of their type.
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  const isMap = value !== null && typeof value === 'object' && value.constructor?.name === 'Object';
  if (isMap) return { M: mapToAttributes(value as Record<string, unknown>) };
  return convertToAttr(value, { removeUndefinedValues: true });
}

function plain(attributes: Record<string, Record<string, never>>): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const name in attributes) item[name] = fromAttribute(attributes[name] as Record<string, never>);
  return item;
}

function fromAttribute(attribute: Record<string, never>): unknown {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (Number.isSafeInteger(Number(attribute.N))) return Number(attribute.N);
  if (attribute.M !== undefined) return plain(attribute.M);
  if (attribute.L !== undefined) return (attribute.L as Record<string, never>[]).map(fromAttribute);
  if (attribute.B !== undefined) return new Uint8Array(Buffer.from(attribute.B, 'base64'));
  return convertToNative(attribute as never);
}

/** Items in errors stay in DynamoDB's form, but for their bytes. */
function toBinary(name: string, value: unknown): unknown {
  return name === 'B' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

/** As the SDK throws it: its name is the last part of the type, and items in it stay in DynamoDB's form. */
function errorOf({ __type, message, Message, ...rest }: Record<string, string>): Error {
  return Object.assign(new Error(message ?? Message), { ...rest, name: __type?.split('#').at(-1) });
}
