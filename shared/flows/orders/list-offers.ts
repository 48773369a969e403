import type { Product, ProviderName } from '../../domain/catalogue.ts';
import type { Mode } from '../../domain/ledger.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readHealth } from '../../store/health.ts';
import type { World } from '../../world.ts';

/**
 * The catalogue with current availability: a product whose provider is down shows as unavailable since then. Orders for
 * it are still accepted, and wait; only a product that its provider withdrew is refused. The sandbox always sells.
 */
export async function listOffers(world: World, mode: Mode): Promise<ReadonlyMap<number, Product>> {
  const catalogue = await readCatalogue(world, mode);
  if (mode === 'test') return catalogue;
  const names = [...new Set([...catalogue.values()].map((product) => product.provider))];
  const down = new Map<ProviderName, string>();
  for (const name of names) {
    const { openSince } = await readHealth(world, name);
    if (openSince !== undefined) down.set(name, openSince);
  }
  const offers = [...catalogue].map(([id, product]): [number, Product] => {
    const since = down.get(product.provider);
    return [id, since && product.available ? { ...product, available: false, unavailableSince: since } : product];
  });
  return new Map(offers);
}
