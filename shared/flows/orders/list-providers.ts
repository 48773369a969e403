import { PROVIDERS } from '../../domain/catalogue.ts';
import type { Mode } from '../../domain/ledger.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readHealth } from '../../store/health.ts';
import type { World } from '../../world.ts';

const OFF = 'off: its secret is not set';

/** Each provider as an operator needs to see it: whether it is on, whether it takes our orders, what it sells. */
export async function listProviders(world: World) {
  const products = [...(await readCatalogue(world)).values()];
  const gateways = await Promise.all((['live', 'test'] as const).map((mode) => gatewayOf(world, mode)));
  const names = PROVIDERS.filter((name) => name !== 'sandbox');
  const providers = await Promise.all(
    names.map(async (name) => {
      const { offSince, openSince, reason } = await readHealth(world, name);
      return {
        provider: name,
        state: offSince === undefined ? 'on' : OFF,
        off_since: offSince ?? null,
        down_since: openSince ?? null,
        refuses_us: reason ?? null,
        products: products.filter(({ provider, available }) => provider === name && available).length,
      };
    }),
  );
  return [...providers, ...gateways];
}

/** The payment gateway of a mode, which sells nothing: only whether top-ups can be paid. */
async function gatewayOf(world: World, mode: Mode) {
  const gateway = world.payments(mode);
  return { provider: `${gateway.name} (${mode} top-ups)`, state: (await gateway.isOff?.()) ? OFF : 'on' };
}
