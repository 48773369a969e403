import type { CanaryRuns } from '../../domain/canary.ts';
import { canaryState } from '../../domain/canary.ts';
import type { Product, ProviderName } from '../../domain/catalogue.ts';
import { ANY_NETWORK } from '../../domain/catalogue.ts';
import type { Health } from '../../domain/health.ts';
import { isSlow, timesAt } from '../../domain/send-times.ts';
import type { Instant } from '../../domain/time.ts';

/**
 * The state of the service, for everybody: nothing of any merchant, of our accounts at providers, or of why one refuses
 * us.
 */

interface KnownProvider {
  readonly provider: ProviderName;
  readonly isOn: boolean;
  readonly health: Health;
}

type Sold = Pick<Product, 'provider' | 'country' | 'network' | 'available'>;

/** Of a provider that this deployment has not on, or whose products it has not got yet. */
const OFF = { state: 'off', since: null } as const;

interface Known {
  readonly providers: readonly KnownProvider[];
  readonly products: readonly Sold[];
  readonly canary: CanaryRuns | undefined;
  readonly at: Instant;
}

/**
 * `degraded` where orders to a network wait or take long, or where our own test orders fail. A provider that is off
 * sells nothing, and delays nobody.
 */
export function viewStatus({ products, canary, at, ...known }: Known) {
  const orders = { component: 'orders' as const, ...canaryState(canary, at), checked_at: canary?.ranAt ?? null };
  const providers = known.providers.map(({ provider, isOn, health }) => {
    const its = products.filter((product) => product.provider === provider);
    const named = its.filter(({ network }) => network !== ANY_NETWORK);
    const networks = [...new Set(named.map(({ country, network }) => `${country} ${network}`))].toSorted();
    const isSold = its.some(({ available }) => available);
    return { provider, ...(isOn ? stateOf(health, isSold, at) : OFF), networks };
  });
  const isDegraded = orders.state === 'down' || providers.some(({ state }) => state === 'held' || state === 'slow');
  return { status: isDegraded ? ('degraded' as const) : ('ok' as const), at, components: [orders], providers };
}

/** `since` is `null` for what has been up for as long as is known, and for a slow one: when that began is not kept. */
function stateOf(
  health: Health,
  isSold: boolean,
  at: Instant,
): { state: 'up' | 'slow' | 'held' | 'off'; since: Instant | null } {
  if (health.offSince !== undefined) return { state: 'off', since: health.offSince };
  if (!isSold) return OFF;
  if (health.openSince !== undefined) return { state: 'held', since: health.openSince };
  if (isSlow(timesAt(health, at))) return { state: 'slow', since: null };
  return { state: 'up', since: health.upSince ?? null };
}
