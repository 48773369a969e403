import type { ProviderName } from '../../domain/catalogue.ts';
import { mayWithdraw } from '../../domain/catalogue.ts';
import { messageOf } from '../../domain/message-of.ts';
import { METRICS } from '../../manifest/metrics.ts';
import type { Provider } from '../../providers/provider.ts';
import { NotSetUp } from '../../providers/provider.ts';
import { saveCatalogue } from '../../store/catalogue.ts';
import { setOff } from '../../store/health.ts';
import type { World } from '../../world.ts';
import { isLow, recordLow } from './prefunded-balance.ts';

export interface Synced {
  /** A provider without credentials is off: none of its products is sold. */
  readonly isOff: boolean;
  readonly changes: number;
  /** How many products its answer no longer has, which stay until an operator allows their withdrawal. */
  readonly keptBack: number;
}

/**
 * Updates our catalogue to what one provider sells, and records our balances there. An empty answer is an error, and
 * one that lacks many products withdraws none of them: a fault there must not stop our sales in silence.
 */
export async function syncProducts(
  world: World,
  name: ProviderName,
  { allowsWithdrawals = false }: { allowsWithdrawals?: boolean } = {},
): Promise<Synced> {
  const provider = world.provider(name);
  let offered: Awaited<ReturnType<Provider['catalogue']>>;
  try {
    offered = await provider.catalogue();
  } catch (error) {
    if (error instanceof NotSetUp) return switchOff(world, name);
    throw error;
  }
  await setOff(world, name, false);
  world.log.metric(METRICS.providerOff, 0, { provider: name });
  const shrinks = (count: number) => world.log.metric(METRICS.catalogueShrunk, count, { provider: name });
  if (offered.length === 0) {
    shrinks(1);
    throw new Error(`${name} answered that it sells nothing; its products stay as they were`);
  }
  const may = allowsWithdrawals ? undefined : mayWithdraw;
  const { differences, keptBack } = await saveCatalogue(world, name, offered, may);
  shrinks(keptBack.length > 0 ? 1 : 0);
  if (keptBack.length > 0) {
    const ids = keptBack.map(({ id }) => id).slice(0, 20);
    world.log.error('catalogue.shrank', { provider: name, keptBack: keptBack.length, ids: ids.join(' ') });
  }
  for (const { change, product } of differences) {
    world.log.info(`catalogue.${change}`, { provider: name, productId: product.id, name: product.name });
  }
  await recordBalances(world, provider);
  return { isOff: false, changes: differences.length, keptBack: keptBack.length };
}

async function switchOff(world: World, name: ProviderName): Promise<Synced> {
  const { differences } = await saveCatalogue(world, name, []);
  await setOff(world, name, true);
  world.log.metric(METRICS.providerOff, 1, { provider: name });
  world.log.warn('provider.off', { provider: name, withdrawn: differences.length });
  return { isOff: true, changes: differences.length, keptBack: 0 };
}

/** Balances that cannot be read do not undo the sync; the alarm on a balance has its own data. */
async function recordBalances(world: World, provider: Provider): Promise<void> {
  try {
    for (const { account, balanceMinor, currency } of await provider.balances()) {
      recordLow(world, provider, account, isLow(balanceMinor, currency));
    }
  } catch (error) {
    world.log.error('catalogue.balances_not_read', { provider: provider.name, reason: messageOf(error) }, error);
    throw error;
  }
}
