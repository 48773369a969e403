import type { KeyRequest, NewKey } from '../../shared/store/keys.ts';
import { composeNewKey, insertKey } from '../../shared/store/keys.ts';
import type { World } from '../../shared/world.ts';

/** A key that is simply there, whatever the limit and unrecorded. */
export async function createKey(world: World, request: KeyRequest): Promise<NewKey> {
  const made = composeNewKey(world, request);
  await insertKey(world, made.key, Number.MAX_SAFE_INTEGER);
  return made;
}
