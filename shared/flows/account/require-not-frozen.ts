import type { Owner } from '../../domain/ledger.ts';
import { Refusal } from '../../http/refusal.ts';
import { readFreeze } from '../../store/terms.ts';
import type { World } from '../../world.ts';

/** Refuses what spends, or lets others spend, while the merchant is frozen. */
export async function requireNotFrozen(world: World, owner: Owner): Promise<void> {
  const refusal = await frozenRefusal(world, owner);
  if (refusal) throw refusal;
}

/** The refusal of what a frozen merchant may not, for callers that still answer what was accepted before. */
export async function frozenRefusal(world: World, owner: Owner): Promise<Refusal | undefined> {
  const freeze = await readFreeze(world, owner);
  if (!freeze) return undefined;
  const detail = `The ${owner.mode} account is frozen since ${freeze.at}: nothing new is accepted or sent.`;
  return new Refusal('account_frozen', { detail });
}
