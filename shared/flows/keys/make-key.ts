import type { Origin } from '../../domain/act.ts';
import type { Caller } from '../../domain/caller.ts';
import { nameOfCaller } from '../../domain/caller.ts';
import type { Key, Powers } from '../../domain/key.ts';
import { canSpend, problemOfPowers } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import { limitsOf } from '../../domain/terms.ts';
import type { Instant } from '../../domain/time.ts';
import { Refusal } from '../../http/refusal.ts';
import { keyFacts } from '../../http/views/act-views.ts';
import { recordAct } from '../../store/audit.ts';
import type { NewKey } from '../../store/keys.ts';
import { composeNewKey, insertKey } from '../../store/keys.ts';
import { readTerms } from '../../store/terms.ts';
import type { Check, Put } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { standing, standingLost } from '../people/standing.ts';
import { mayUnfreeze } from './may-unfreeze.ts';

interface KeyInput extends Powers {
  readonly name: string;
}

/**
 * A new key of a merchant, with its text, which is shown here only. `maker` is the key or the person that makes it,
 * if one does: it gives a part of what it has, and what it does not say is as its own. One that lost its powers since
 * it was read is refused, however far its request has come: else a key would be left that no answer lists.
 */
export async function makeKey(
  world: World,
  { merchantId, mode }: Owner,
  { name, ...wanted }: KeyInput,
  { origin, maker }: { origin: Origin; maker?: Caller },
): Promise<NewKey> {
  const powers = maker ? await inherit(world, maker, wanted) : wanted;
  requireFuture(powers.endsAt, world.now());
  const made = composeNewKey(world, { merchantId, mode, name, ...powers, createdBy: origin.by });
  const after = keyFacts(made.key, world.now());
  const act = recordAct(world, made.key, origin, { action: 'key.created', subject: made.key.id, after });
  const isAdded = await addKey(world, made.key, [act, ...(maker ? [standing(maker)] : [])]);
  if (!isAdded) throw maker ? standingLost(maker) : new Error('the act of a new key was there already');
  return made;
}

/** Stores a new key, if its merchant may have one more. False when a companion was written first, or a check fails. */
export async function addKey(world: World, key: Key, companions: readonly (Put | Check)[]): Promise<boolean> {
  const max = limitsOf(await readTerms(world, key.merchantId), key.mode).counts.keys;
  const inserted = await insertKey(world, key, max, companions);
  if (inserted === 'full') throw new Refusal('key_limit_reached', { detail: `There are ${max} ${key.mode} keys.` });
  return inserted === 'done';
}

async function inherit(world: World, maker: Caller, { scopes, endsAt, allowedRanges }: Powers): Promise<Powers> {
  const powers = {
    scopes,
    endsAt: endsAt ?? maker.endsAt,
    allowedRanges: allowedRanges ?? maker.allowedRanges,
  };
  await requirePowers(world, maker, powers);
  return powers;
}

/**
 * Refuses what a caller may not give, because it does not have it: a power that it lacks, or to unfreeze, which it has
 * the scope for and may not. That is looked for in a freeze too; here its owner learns of it in time.
 */
export async function requirePowers(world: World, maker: Caller, powers: Powers): Promise<void> {
  const problem = problemOfPowers(maker, powers, nameOfCaller(maker));
  if (problem) throw new Refusal('powers_exceeded', problem);
  if (!powers.scopes.includes('account:write') || canSpend(powers) || (await mayUnfreeze(world, maker))) return;
  const detail = 'A key with orders:write, or that comes from one, may not make a key that unfreezes.';
  throw new Refusal('powers_exceeded', { param: 'scopes', detail });
}

export function requireFuture(endsAt: Instant | undefined, at: Instant): void {
  if (endsAt === undefined || endsAt > at) return;
  throw new Refusal('invalid_request', { param: 'expires_at', detail: 'expires_at must be in the future.' });
}
