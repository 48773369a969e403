import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Actor } from '../domain/act.ts';
import { defined } from '../domain/defined.ts';
import type { Key, Powers } from '../domain/key.ts';
import {
  composeKey,
  hourToNote,
  isActive,
  isCounted,
  isUsable,
  KEY_RANDOM_BYTES,
  modeOfKey,
  prefixOfKey,
  uncounted,
} from '../domain/key.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, MINUTE } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Counted, CountedWrite } from './counts.ts';
import { writeCounted } from './counts.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { merchantPk, readMerchant } from './merchants.ts';
import { queryAll } from './read-items.ts';
import type { Check, Put } from './write.ts';
import { nextPut, saveNext } from './write.ts';

/**
 * API keys, in the table of merchants: `key#<sha256>` / `key`, a key by the hash of its text; and `merchant#<id>` /
 * `key#<key id>`, its pointer, which holds the hash, so that a merchant's keys can be listed, and what orders the list.
 */

const KEY: Shape<StoredKey> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  scopes: 'object',
  prefix: 'string',
  createdAt: 'string',
  replaces: 'object',
  revision: 'number',
};

/** How soon a process notes a use again that it still finds unnoted. */
const NOTE_AGAIN_MS = MINUTE;

/** The hash is the key of the item. */
type StoredKey = Omit<Key, 'hash'>;

export interface KeyRequest extends Powers {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly name: string;
  readonly createdBy?: Actor;
  readonly replaces?: readonly string[];
}

/** A key that is not stored yet, with its text. Only this has the text; the store keeps its hash. */
export interface NewKey {
  readonly key: Key;
  readonly text: string;
}

export function composeNewKey(
  world: World,
  { replaces = [], ...request }: KeyRequest,
  random = world.bytes(KEY_RANDOM_BYTES),
): NewKey {
  const text = composeKey(request.mode, random);
  const { merchantId, mode, name, scopes, createdBy, endsAt, allowedRanges } = request;
  const key: Key = {
    id: newId(world, 'key'),
    merchantId,
    mode,
    name,
    scopes,
    ...defined({ createdBy, endsAt, allowedRanges }),
    hash: sha256(text),
    prefix: prefixOfKey(text),
    createdAt: world.now(),
    replaces,
    revision: 1,
  };
  return { key, text };
}

/** Writes a new key, with companions, unless its merchant has as many as it may have. */
export async function insertKey(
  world: World,
  key: Key,
  max: number,
  companions: readonly (Put | Check)[] = [],
): Promise<CountedWrite> {
  const { id, hash, merchantId, mode, createdAt } = key;
  const pk = merchantPk(merchantId);
  const actions = [
    keyPut(key, newId(world, 'wri')),
    {
      table: 'merchants',
      item: { pk, sk: pointerSk(id), id, hash, mode, createdAt },
      condition: 'attribute_not_exists(pk)',
    },
    { table: 'merchants', key: { pk, sk: 'profile' }, condition: 'attribute_exists(pk)' },
    ...companions,
  ] as const;
  const counted = keysOf(world, key);
  const inserted = await writeCounted(world, counted, { max }, actions);
  if (inserted === 'taken' && !(await readMerchant(world, merchantId))) {
    throw new Error(`there is no merchant ${merchantId}`);
  }
  if (inserted !== 'full' || !(await uncountExpired(world, key))) return inserted;
  return writeCounted(world, counted, { max }, actions);
}

/** Takes the keys that have expired out of the count, each once. False if there are none. */
async function uncountExpired(world: World, owner: Owner): Promise<boolean> {
  const at = world.now();
  const expired = (await listCounted(world, owner)).filter((key) => !isActive(key, at));
  for (const key of expired) {
    // Where it is taken, somebody else has uncounted or revoked it.
    await writeCounted(world, keysOf(world, owner), 'one fewer', [keyPut(uncounted(key), newId(world, 'wri'))]);
  }
  return expired.length > 0;
}

function keysOf(world: World, { merchantId, mode }: Owner): Counted {
  const owner = { merchantId, mode };
  return { owner, kind: 'keys', countNow: async () => (await listCounted(world, owner)).length };
}

async function listCounted(world: World, owner: Owner): Promise<Key[]> {
  return (await listKeys(world, owner)).filter(isCounted);
}

/**
 * Writes a key that is revoked now, and the companions in the same transaction. False when another writer was first;
 * our own write whose answer was lost counts as done.
 */
export async function saveRevoked(world: World, key: Key, companions: readonly Put[]): Promise<boolean> {
  // One that was uncounted when it expired has no place left to give up.
  if (key.isUncounted)
    return saveNext(world, { table: 'merchants', item: itemOf(key), counter: 'revision' }, companions);
  const actions = [keyPut(key, newId(world, 'wri')), ...companions];
  return (await writeCounted(world, keysOf(world, key), 'one fewer', actions)) === 'done';
}

/** The next revision of a key, as one put of a transaction. */
export function keyPut(key: Key, writeId?: string): Put {
  return nextPut({ table: 'merchants', item: { ...itemOf(key), ...defined({ writeId }) }, counter: 'revision' });
}

/** A check, for a transaction, that this key was not revoked since it was read. */
export function unrevoked({ hash }: Key): Check {
  return { table: 'merchants', key: { pk: keyPk(hash), sk: 'key' }, condition: 'attribute_not_exists(revokedAt)' };
}

/**
 * The key with this text, if it works now and from this address: read consistently, so that a revocation takes effect
 * at once. A text that cannot be one of our keys causes no read.
 */
export async function readActiveKey(world: World, text: string, address: string | undefined): Promise<Key | undefined> {
  const mode = modeOfKey(text);
  const key = mode && (await readActiveKeyByHash(world, sha256(text), address));
  return key?.mode === mode ? key : undefined;
}

/** The same by the key's hash. */
export async function readActiveKeyByHash(
  world: World,
  hash: string,
  address: string | undefined,
): Promise<Key | undefined> {
  const key = await readKeyByHash(world, hash);
  if (!key || !isUsable(key, { at: world.now(), address })) return undefined;
  noteUse(world, key);
  return key;
}

/**
 * Notes the hour in which a key is used, in the background: the key itself was just read and says whether that hour is
 * noted, so all requests but the first ones of an hour write nothing. A process tries once a minute until it is.
 */
function noteUse(world: World, key: Key): void {
  const at = world.now();
  const hour = hourToNote(key, at);
  const memo = `use of ${key.id} noted`;
  const triedAt = world.memo.get(memo);
  if (hour === undefined || (typeof triedAt === 'string' && elapsed(triedAt, at) < NOTE_AGAIN_MS)) return;
  world.memo.set(memo, at);
  world.inBackground('key use', async () => {
    try {
      await world.db.send(noteOfUse(world, key.hash, hour));
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  });
}

/** It names no other attribute than `usedAt`, because a function that only reads keys is granted no other. */
function noteOfUse(world: World, hash: string, hour: string): UpdateCommand {
  return new UpdateCommand({
    TableName: world.table('merchants'),
    Key: { pk: keyPk(hash), sk: 'key' },
    UpdateExpression: 'SET usedAt = :hour',
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(usedAt) OR usedAt < :hour)',
    ExpressionAttributeValues: { ':hour': hour },
  });
}

/** What lists a key without being read for it. */
interface Pointer {
  readonly id: string;
  readonly hash: string;
  readonly mode: Mode;
  readonly createdAt: Instant;
}

const POINTER: Shape<Pointer> = { id: 'string', hash: 'string', mode: 'string', createdAt: 'string' };

/** A merchant's keys of one mode, revoked ones included, the oldest first. */
export async function listKeys(world: World, owner: Owner): Promise<Key[]> {
  return (await pageOfKeys(world, owner, {})).keys;
}

/** One page of them: `next` is what it continues after. Absent `limit`: all. */
export async function pageOfKeys(
  world: World,
  { merchantId, mode }: Owner,
  { after = '', limit = Number.POSITIVE_INFINITY }: { after?: string | undefined; limit?: number | undefined },
): Promise<{ keys: Key[]; next?: string }> {
  const items = await queryAll(world, 'merchants', {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': merchantPk(merchantId), ':prefix': pointerSk('') },
  });
  const pointers = items
    .map((item) => fromItem<Pointer>('pointer of a key', POINTER, item))
    .filter((each) => each.mode === mode);
  const rest = pointers.filter((each) => placeOf(each) > after).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const page = rest.slice(0, limit);
  const keys = await Promise.all(page.map(({ hash }) => readKeyByHash(world, hash)));
  const last = page.at(-1);
  return {
    keys: keys.flatMap((key) => key ?? []),
    ...(last && rest.length > page.length ? { next: placeOf(last) } : {}),
  };
}

function placeOf({ createdAt, id }: Pointer): string {
  return `${createdAt} ${id}`;
}

/** One of a merchant's keys by its id, revoked or not. */
export async function readKey(world: World, merchantId: string, keyId: string): Promise<Key | undefined> {
  const pointer = await world.db.send(
    new GetCommand({
      TableName: world.table('merchants'),
      Key: { pk: merchantPk(merchantId), sk: pointerSk(keyId) },
      ConsistentRead: true,
    }),
  );
  return pointer.Item && readKeyByHash(world, String(pointer.Item.hash));
}

async function readKeyByHash(world: World, hash: string): Promise<Key | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('merchants'), Key: { pk: keyPk(hash), sk: 'key' }, ConsistentRead: true }),
  );
  return answer.Item && { ...fromItem('key', KEY, answer.Item), hash };
}

function itemOf({ hash, ...key }: Key): Record<string, unknown> {
  return { pk: keyPk(hash), sk: 'key', ...key };
}

function keyPk(hash: string): string {
  return `key#${hash}`;
}

function pointerSk(keyId: string): string {
  return `key#${keyId}`;
}
