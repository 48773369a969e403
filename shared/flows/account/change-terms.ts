import type { Origin } from '../../domain/act.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Terms } from '../../domain/terms.ts';
import { isUnchanged } from '../../domain/versioned.ts';
import { termsFacts } from '../../http/views/act-views.ts';
import { recordAct } from '../../store/audit.ts';
import { readTermsNow, saveTerms } from '../../store/terms.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';

/**
 * Changes a merchant's terms, in one mode; decides again whenever somebody else changed them first. What changes
 * nothing is not written, and is no act.
 */
export function changeTerms(
  world: World,
  owner: Owner,
  origin: Origin,
  decide: (current: Terms) => Terms,
): Promise<Terms> {
  return withRetries(world, async () => {
    const current = await readTermsNow(world, owner.merchantId);
    const next = { ...decide(current), version: current.version + 1 };
    if (isUnchanged(current, next, ['version'])) return current;
    const facts = { before: termsFacts(current, owner), after: termsFacts(next, owner) };
    const act = recordAct(world, owner, origin, { action: 'terms.set', subject: owner.merchantId, ...facts });
    return (await saveTerms(world, next, [act])) ? next : new Retry('the terms keep changing');
  });
}
