import type { Key } from '../domain/key.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { HOUR, plus } from '../domain/time.ts';
import { readActiveKey, readActiveKeyByHash } from '../store/keys.ts';
import type { World } from '../world.ts';
import { nameInToken, urlCode } from './url-code.ts';

/**
 * Short-lived tokens in place of a key, for clients that log in before they call. A token holds its key's hash and its
 * expiry, signed by a code that only we can make; nothing is stored. The key is read on each use, so revoking it ends
 * its tokens too.
 */

const LIFE_MS = HOUR;

/** A token for the key with this id and text; `undefined` when they do not match or the key does not work. */
export async function issueToken(
  world: World,
  { id, text, address }: { id: string; text: string; address: string | undefined },
): Promise<{ token: string; expiresAt: Instant } | undefined> {
  const key = await readActiveKey(world, text, address);
  if (key?.id !== id) return undefined;
  const expiresAt = plus(world.now(), LIFE_MS);
  const name = Buffer.from(JSON.stringify([sha256(text), expiresAt])).toString('base64url');
  return { token: `${name}.${await urlCode(world, 'access', name)}`, expiresAt };
}

/** The key behind a token, while both are valid. */
export async function keyOfToken(world: World, token: string, address: string | undefined): Promise<Key | undefined> {
  const name = await nameInToken(world, 'access', token);
  if (name === undefined) return undefined;
  const [hash, expiresAt] = JSON.parse(Buffer.from(name, 'base64url').toString('utf8'));
  return expiresAt > world.now() ? readActiveKeyByHash(world, hash, address) : undefined;
}
