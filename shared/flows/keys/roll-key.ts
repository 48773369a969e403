import type { Origin } from '../../domain/act.ts';
import type { Caller } from '../../domain/caller.ts';
import type { Key } from '../../domain/key.ts';
import { isActive, ownEndOf, replaced } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import { Refusal } from '../../http/refusal.ts';
import { keyFacts } from '../../http/views/act-views.ts';
import { recordAct } from '../../store/audit.ts';
import type { NewKey } from '../../store/keys.ts';
import { composeNewKey, keyPut, readKey } from '../../store/keys.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { requireStanding, standing } from '../people/standing.ts';
import { findKey } from './find-key.ts';
import { addKey, requireFuture, requirePowers } from './make-key.ts';

interface Roll {
  readonly overlapMs: number;
  /** When the new key ends; as the old one would have by itself, if absent. */
  readonly endsAt?: Instant | undefined;
}

/** More than a key is rolled, and few enough for its item. */
const REPLACES_KEPT = 100;

/**
 * Replaces a key by a new one with the same powers; the old one works until the overlap ends. Of several callers one
 * gets a key: the others find it replaced. Where the answer was lost, revoking the key that nobody knows lets the old
 * one be rolled again.
 */
export async function rollKey(
  world: World,
  owner: Owner,
  keyId: string,
  { overlapMs, endsAt }: Roll,
  { origin, maker }: { origin: Origin; maker?: Caller },
): Promise<NewKey> {
  return withRetries(world, async (tries) => {
    if (tries > 0 && maker) await requireStanding(world, maker);
    const before = await findKey(world, owner, keyId);
    const at = world.now();
    if (!isActive(before, at)) throw new Refusal('key_not_active', { param: 'key_id' });
    await requireUnreplaced(world, owner, before);
    const { merchantId, mode, name, scopes, allowedRanges } = before;
    // A key in its overlap that rolls itself gives no more than it has: it ends with the overlap.
    const inherited = maker?.id === before.id ? before.endsAt : ownEndOf(before);
    const powers = { scopes, allowedRanges, endsAt: endsAt ?? inherited };
    requireFuture(powers.endsAt, at);
    if (maker) await requirePowers(world, maker, powers);
    const replaces = [...before.replaces, before.id].slice(-REPLACES_KEPT);
    const made = composeNewKey(world, { merchantId, mode, name, ...powers, createdBy: origin.by, replaces });
    const after = replaced(before, made.key.id, overlapMs, at);
    const facts = { before: keyFacts(before, at), after: keyFacts(after, at) };
    const acts = [
      recordAct(world, owner, origin, { action: 'key.rolled', subject: before.id, ...facts }),
      recordAct(world, owner, origin, { action: 'key.created', subject: made.key.id, after: keyFacts(made.key, at) }),
    ];
    // The put of a key that rolls itself has a condition of its own.
    const checks = maker && maker.id !== before.id ? [standing(maker)] : [];
    return (await addKey(world, made.key, [keyPut(after), ...acts, ...checks]))
      ? made
      : new Retry('the key keeps changing');
  });
}

async function requireUnreplaced(world: World, { merchantId }: Owner, { replacedBy }: Key): Promise<void> {
  const successor = replacedBy === undefined ? undefined : await readKey(world, merchantId, replacedBy);
  if (!successor || !isActive(successor, world.now())) return;
  throw new Refusal('key_replaced', { param: 'key_id', detail: `The key was replaced by ${successor.id}.` });
}
