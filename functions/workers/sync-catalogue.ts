import { worker } from '../../shared/aws/worker.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import { formatAmount } from '../../shared/domain/money.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import type { World } from '../../shared/world.ts';

/**
 * Makes the catalogue say what the upstreams sell, and publishes what our accounts there hold. An upstream that cannot
 * tell keeps what it had; the others go on.
 */
export async function syncCatalogue(world: World): Promise<void> {
  const failures: unknown[] = [];
  for (const name of PROVIDERS) {
    if (name === 'sandbox') continue;
    try {
      const differences = await saveCatalogue(world, name, await world.provider(name).catalogue());
      for (const float of await world.provider(name).balances()) {
        const balance = Number(formatAmount(float.balanceMinor, float.currency));
        world.log.metric(METRICS.prefundedBalance, balance, { provider: name, account: float.account });
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
