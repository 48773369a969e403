import { worker } from '../../shared/aws/worker.ts';
import { syncProducts } from '../../shared/flows/orders/sync-products.ts';
import type { World } from '../../shared/world.ts';

/**
 * Updates the catalogue to what the upstreams sell that are on. If one does not answer, its products stay as they were;
 * all are asked at once, so that one that hangs does not use up the time of the others.
 */
export async function syncCatalogue(world: World): Promise<void> {
  const failures: unknown[] = [];
  const synced = world
    .providersOn()
    .filter((name) => name !== 'sandbox')
    .map(async (name) => {
      try {
        await syncProducts(world, name);
      } catch (error) {
        world.log.error('catalogue.not_synced', { provider: name }, error);
        failures.push(error);
      }
    });
  await Promise.all(synced);
  if (failures.length > 0) throw new AggregateError(failures, 'a catalogue could not be synced');
}

export const handler = worker({ schedule: 'sync-catalogue', onSchedule: syncCatalogue });
