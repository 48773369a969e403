import { worker } from '../../shared/aws/worker.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import { toMajor } from '../../shared/domain/money.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import type { World } from '../../shared/world.ts';

/**
 * Updates the catalogue to what the upstreams sell, and records our prefunded balances there. If an upstream does not
 * answer, its products stay as they were; the others are still updated.
 */
export async function syncCatalogue(world: World): Promise<void> {
  const failures: unknown[] = [];
  for (const name of PROVIDERS) {
    if (name === 'sandbox') continue;
    try {
      const differences = await saveCatalogue(world, name, await world.provider(name).catalogue());
      for (const { account, balanceMinor, currency } of await world.provider(name).balances()) {
        const balance = toMajor(balanceMinor, currency);
        world.log.metric(METRICS.prefundedBalance, balance, { provider: name, account });
      }
      for (const { change, product } of differences) {
        world.log.info(`catalogue.${change}`, { provider: name, productId: product.id, name: product.name });
      }
    } catch (error) {
      world.log.error('catalogue.not_synced', { provider: name }, error);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'a catalogue could not be synced');
}

export const handler = worker({ onSchedule: syncCatalogue });
