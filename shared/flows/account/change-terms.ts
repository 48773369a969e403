import type { Terms } from '../../domain/terms.ts';
import { readTermsNow, saveTerms } from '../../store/terms.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';

/** Changes a merchant's terms; decides again whenever somebody else changed them first. */
export function changeTerms(world: World, merchantId: string, decide: (current: Terms) => Terms): Promise<Terms> {
  return withRetries(world, async () => {
    const current = await readTermsNow(world, merchantId);
    const next = { ...decide(current), version: current.version + 1 };
    return (await saveTerms(world, next)) ? next : new Retry('the terms keep changing');
  });
}
