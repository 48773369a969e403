import type { Caller } from '../../domain/caller.ts';
import { isMember } from '../../domain/caller.ts';
import type { Key } from '../../domain/key.ts';
import { canSpend } from '../../domain/key.ts';
import { readKey } from '../../store/keys.ts';
import type { World } from '../../world.ts';

/**
 * Whether a key may lift its merchant's freeze: it cannot spend, nor could any key that it comes from, which are those
 * that made it, that it replaced, and so on. Else one key that leaked would spend again by a second one that it makes.
 * A key that cannot be found counts as one that could. A person whose role may unfreeze signed in: no key is one.
 */
export async function mayUnfreeze(world: World, caller: Caller): Promise<boolean> {
  if (isMember(caller)) return true;
  const seen = new Set([caller.id]);
  let line: readonly (Key | undefined)[] = [caller];
  while (line.length > 0) {
    if (line.some((each) => !each || canSpend(each))) return false;
    const parents = line.flatMap((each) => (each ? parentsOf(each) : [])).filter((id) => !seen.has(id));
    for (const id of parents) seen.add(id);
    line = await Promise.all([...new Set(parents)].map((id) => readKey(world, caller.merchantId, id)));
  }
  return true;
}

function parentsOf({ createdBy, replaces }: Key): string[] {
  return createdBy?.kind === 'key' ? [createdBy.id, ...replaces] : [...replaces];
}
