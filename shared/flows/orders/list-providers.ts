import { PROVIDERS } from '../../domain/catalogue.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readHealth } from '../../store/health.ts';
import type { World } from '../../world.ts';

/** Each provider as an operator needs to see it: whether it is on, whether it takes our orders, what it sells. */
export async function listProviders(world: World) {
  const products = [...(await readCatalogue(world)).values()];
  const names = PROVIDERS.filter((name) => name !== 'sandbox');
  return Promise.all(
    names.map(async (name) => {
      const { offSince, openSince, reason } = await readHealth(world, name);
      return {
        provider: name,
        state: offSince === undefined ? 'on' : 'off: its secret is not set',
        off_since: offSince ?? null,
        down_since: openSince ?? null,
        refuses_us: reason ?? null,
        products: products.filter(({ provider, available }) => provider === name && available).length,
      };
    }),
  );
}
