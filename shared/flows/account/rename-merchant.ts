import type { Origin } from '../../domain/act.ts';
import { recordAct } from '../../store/audit.ts';
import type { Merchant } from '../../store/merchants.ts';
import { findMerchant, renamePut } from '../../store/merchants.ts';
import { Retry, withRetries, write } from '../../store/write.ts';
import type { World } from '../../world.ts';

/**
 * Gives a merchant another name; decides again whenever somebody else was first. The name that it has, also after a
 * lost answer, is not written again and is no act. The act is in the log of live mode, like those on the team.
 */
export function renameMerchant(world: World, merchantId: string, name: string, origin: Origin): Promise<Merchant> {
  return withRetries(world, async () => {
    const current = await findMerchant(world, merchantId);
    if (current.name === name) return current;
    const facts = { before: { name: current.name }, after: { name } };
    const act = { action: 'merchant.renamed', subject: merchantId, ...facts } as const;
    const puts = [renamePut(current, name), recordAct(world, { merchantId, mode: 'live' }, origin, act)];
    const written = await write(world, puts);
    return written.kind === 'done' ? { ...current, name } : new Retry('the name keeps changing');
  });
}
