import type { Key } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import { Refusal } from '../../http/refusal.ts';
import { readKey } from '../../store/keys.ts';
import type { World } from '../../world.ts';

/** A merchant's own key, revoked or not; one of another merchant or of the other mode looks missing. */
export async function findKey(world: World, { merchantId, mode }: Owner, id: string): Promise<Key> {
  const key = KEY_ID.test(id) ? await readKey(world, merchantId, id) : undefined;
  if (key?.mode !== mode) throw new Refusal('key_not_found', { param: 'key_id' });
  return key;
}

/** The answer to a key that was revoked while its request was on its way. */
export function unauthenticated(): Refusal {
  return new Refusal('unauthenticated', { param: 'Authorization' });
}

/** For a write that failed together with a check that its key still works: says whether that was why. */
export async function requireUnrevoked(world: World, { merchantId, id }: Key): Promise<void> {
  if ((await readKey(world, merchantId, id))?.revokedAt !== undefined) throw unauthenticated();
}

const KEY_ID = /^key_[0-9a-z]{20}$/;
