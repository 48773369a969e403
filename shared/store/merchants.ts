import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Key, Scope } from '../domain/key.ts';
import { composeKey, KEY_RANDOM_BYTES, modeOfKey } from '../domain/key.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import { limitsOf } from '../domain/terms.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Counted } from './counts.ts';
import { writeCounted } from './counts.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { queryAll } from './read-items.ts';
import { readTerms } from './terms.ts';

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

interface KeyRequest {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Makes a key, unless there are as many as there may be. Only this result has its text; the store keeps its hash. */
export async function createKey(world: World, request: KeyRequest): Promise<{ key: Key; text: string }> {
  const text = composeKey(request.mode, world.bytes(KEY_RANDOM_BYTES));
  const key: Key = { id: newId(world, 'key'), ...request, createdAt: world.now() };
  const hash = sha256(text);
  const pk = merchantPk(request.merchantId);
  const max = limitsOf(await readTerms(world, request.merchantId), request.mode).counts.keys;
  const item = { pk: keyPk(hash), sk: 'key', ...key, writeId: newId(world, 'wri') };
  const written = await writeCounted(world, keysOf(world, request), { max }, [
    { table: 'merchants', key: { pk, sk: 'profile' }, condition: 'attribute_exists(pk)' },
    { table: 'merchants', item, condition: 'attribute_not_exists(pk)' },
    { table: 'merchants', item: { pk, sk: `key#${key.id}`, hash }, condition: 'attribute_not_exists(pk)' },
  ]);
  if (written === 'full') throw new Error(`there are ${max} ${request.mode} keys, as many as there may be`);
  if (written === 'taken') throw new Error(`there is no merchant ${request.merchantId}`);
  return { key, text };
}

/** A key counts until it is revoked. */
function keysOf(world: World, { merchantId, mode }: Owner): Counted {
  const isActive = (key: Key) => key.mode === mode && key.revokedAt === undefined;
  const countNow = async () => (await listKeys(world, merchantId)).filter(isActive).length;
  return { owner: { merchantId, mode }, kind: 'keys', countNow };
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
  const key = pointer.Item && (await readKeyByHash(world, String(pointer.Item.hash)));
  if (!key) return false;
  await writeCounted(world, keysOf(world, key), 'one fewer', [
    {
      ...{ table: 'merchants', key: { pk: keyPk(String(pointer.Item?.hash)), sk: 'key' } },
      update: 'SET revokedAt = :now',
      condition: 'attribute_exists(pk) AND attribute_not_exists(revokedAt)',
      values: { ':now': world.now() },
    },
  ]);
  // Where the condition did not hold, somebody has revoked it.
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
