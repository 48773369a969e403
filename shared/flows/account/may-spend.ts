import type { Owner } from '../../domain/ledger.ts';
import { freezesOf } from '../../domain/terms.ts';
import { Refusal } from '../../http/refusal.ts';
import { readTerms } from '../../store/terms.ts';
import type { World } from '../../world.ts';

/**
 * Refuses what spends, or lets others spend, while the merchant is frozen or, in live mode, is not live. `ageMsMax`:
 * for who has prepared for long and writes next.
 */
export async function requireMaySpend(world: World, owner: Owner, ageMsMax?: number): Promise<void> {
  const refusal = await spendingRefusal(world, owner, ageMsMax);
  if (refusal) throw refusal;
}

/** The refusal of what such a merchant may not, for callers that still answer what was accepted before. */
export async function spendingRefusal(
  world: World,
  { merchantId, mode }: Owner,
  ageMsMax?: number,
): Promise<Refusal | undefined> {
  const terms = await readTerms(world, merchantId, ageMsMax);
  const [since] = freezesOf(terms, mode)
    .map(({ at }) => at)
    .toSorted();
  if (since !== undefined) {
    const detail = `The ${mode} account is frozen since ${since}: nothing new is accepted or sent.`;
    return new Refusal('account_frozen', { detail });
  }
  return mode === 'live' && !terms.isLive ? new Refusal('account_not_live') : undefined;
}
