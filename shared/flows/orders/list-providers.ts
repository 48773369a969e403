import type { ProviderName } from '../../domain/catalogue.ts';
import { PROVIDERS } from '../../domain/catalogue.ts';
import type { Health } from '../../domain/health.ts';
import type { Mode } from '../../domain/ledger.ts';
import { formatAmount } from '../../domain/money.ts';
import { PREFUNDED_ACCOUNTS } from '../../manifest/metrics.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readHealth } from '../../store/health.ts';
import type { World } from '../../world.ts';
import { isLow } from './prefunded-balance.ts';

const OFF = 'off: its secret is not set';

/** Each provider as an operator needs to see it: whether it is on, whether it takes our orders, what it sells. */
export async function listProviders(world: World) {
  const products = [...(await readCatalogue(world, 'live')).values()];
  const gateways = await Promise.all((['live', 'test'] as const).map((mode) => gatewayOf(world, mode)));
  const names = PROVIDERS.filter((name) => name !== 'sandbox');
  const providers = await Promise.all(
    names.map(async (name) => {
      const health = await readHealth(world, name);
      const { offSince, openSince, reason } = health;
      return {
        provider: name,
        state: world.providersOn().includes(name) ? stateOf(name, health) : 'off: its stage has it off',
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

/** An account of ours that is low holds back only the orders that it does not cover. */
function stateOf(name: ProviderName, { offSince, openSince, reason, balances }: Health): string {
  if (offSince !== undefined) return OFF;
  if (openSince !== undefined) return reason === undefined ? 'down' : `refuses us: ${reason}`;
  const low = PREFUNDED_ACCOUNTS.filter((each) => each.provider === name).flatMap(({ account, currency }) => {
    const { balanceMinor } = balances.get(account) ?? {};
    if (balanceMinor === undefined || !isLow(balanceMinor, currency)) return [];
    return [`${account} ${formatAmount(balanceMinor, currency)}`];
  });
  return low.length === 0 ? 'on' : `on, but low: ${low.join(', ')}`;
}
