import { GetCommand, PutCommand, ScanCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Key, Scope } from '../domain/key.ts';
import { composeKey, KEY_RANDOM_BYTES, modeOfKey } from '../domain/key.ts';
import type { Owner } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { queryAll } from './read-items.ts';

/**
 * Merchant items: `merchant#<id>` / `profile`; `key#<sha256>` / `key`, a key by its hash; and `merchant#<id>` /
 * `key#<key id>`, which holds the hash, so that a merchant's keys can be listed and revoked. Webhook endpoints are in
 * the same table (`endpoints.ts`).
 */

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
}

const MERCHANT: Shape<Merchant> = { id: 'string', name: 'string', createdAt: 'string' };
const KEY: Shape<Key> = { id: 'string', merchantId: 'string', mode: 'string', scopes: 'object', createdAt: 'string' };

export async function createMerchant(world: World, name: string): Promise<Merchant> {
  const merchant = { id: newId(world, 'mer'), name, createdAt: world.now() };
  await world.db.send(
    new PutCommand({
      TableName: world.table('merchants'),
      Item: { pk: merchantPk(merchant.id), sk: 'profile', ...merchant },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  return merchant;
}

export async function readMerchant(world: World, merchantId: string): Promise<Merchant | undefined> {
  const answer = await world.db.send(
    new GetCommand({
      TableName: world.table('merchants'),
      Key: { pk: merchantPk(merchantId), sk: 'profile' },
      ConsistentRead: true,
    }),
  );
  return answer.Item && fromItem('merchant', MERCHANT, answer.Item);
}

/** All merchants, or those whose name contains a text, oldest first. Reads the whole table: for operators only. */
export async function listMerchants(world: World, name = ''): Promise<Merchant[]> {
  const merchants: Merchant[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await world.db.send(
      new ScanCommand({
        TableName: world.table('merchants'),
        FilterExpression: 'sk = :profile',
        ExpressionAttributeValues: { ':profile': 'profile' },
        ...defined({ ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) merchants.push(fromItem('merchant', MERCHANT, item));
    start = page.LastEvaluatedKey;
  } while (start);
  const wanted = name.toLowerCase();
  const found = merchants.filter((each) => each.name.toLowerCase().includes(wanted));
  return found.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

interface KeyRequest extends Owner {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Makes a key. Only this result has its text; the store keeps its hash. */
export async function createKey(world: World, request: KeyRequest): Promise<{ key: Key; text: string }> {
  const text = composeKey(request.mode, world.bytes(KEY_RANDOM_BYTES));
  const key: Key = { id: newId(world, 'key'), ...request, createdAt: world.now() };
  const table = world.table('merchants');
  const hash = sha256(text);
  await world.db.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          ConditionCheck: {
            TableName: table,
            Key: { pk: merchantPk(request.merchantId), sk: 'profile' },
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
        {
          Put: {
            TableName: table,
            Item: { pk: keyPk(hash), sk: 'key', ...key },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        { Put: { TableName: table, Item: { pk: merchantPk(request.merchantId), sk: `key#${key.id}`, hash } } },
      ],
    }),
  );
  return { key, text };
}

/**
 * The key with this text, unless it is revoked: read consistently, so that a revocation takes effect at once. A text
 * that cannot be one of our keys causes no read.
 */
export async function readActiveKey(world: World, text: string): Promise<Key | undefined> {
  const mode = modeOfKey(text);
  const key = mode && (await readActiveKeyByHash(world, sha256(text)));
  return key?.mode === mode ? key : undefined;
}

/** The same by the key's hash. */
export async function readActiveKeyByHash(world: World, hash: string): Promise<Key | undefined> {
  const key = await readKeyByHash(world, hash);
  return key?.revokedAt === undefined ? key : undefined;
}

/** A merchant's keys, revoked ones included. */
export async function listKeys(world: World, merchantId: string): Promise<Key[]> {
  const items = await queryAll(world, 'merchants', {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': merchantPk(merchantId), ':prefix': 'key#' },
  });
  const keys = await Promise.all(items.map(({ hash }) => readKeyByHash(world, String(hash))));
  return keys.flatMap((key) => key ?? []);
}

/** Revokes a key for good. Idempotent. False when the merchant has no such key. */
export async function revokeKey(world: World, merchantId: string, keyId: string): Promise<boolean> {
  const pointer = await world.db.send(
    new GetCommand({
      TableName: world.table('merchants'),
      Key: { pk: merchantPk(merchantId), sk: `key#${keyId}` },
      ConsistentRead: true,
    }),
  );
  if (!pointer.Item) return false;
  await world.db.send(
    new UpdateCommand({
      TableName: world.table('merchants'),
      Key: { pk: keyPk(pointer.Item.hash), sk: 'key' },
      UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :now)',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':now': world.now() },
    }),
  );
  return true;
}

async function readKeyByHash(world: World, hash: string): Promise<Key | undefined> {
  const answer = await world.db.send(
    new GetCommand({
      TableName: world.table('merchants'),
      Key: { pk: keyPk(hash), sk: 'key' },
      ConsistentRead: true,
    }),
  );
  return answer.Item && fromItem('key', KEY, answer.Item);
}

function merchantPk(merchantId: string): string {
  return `merchant#${merchantId}`;
}

function keyPk(hash: string): string {
  return `key#${hash}`;
}
