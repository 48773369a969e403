import type { ProviderName } from '../domain/catalogue.ts';
import type { CallRates } from '../domain/order.ts';
import { environment } from '../manifest/access.ts';
import { hotrecharge, parseHotrechargeCredentials } from '../providers/hotrecharge.ts';
import { parsePesawayCredentials, pesaway } from '../providers/pesaway.ts';
import type { Provider } from '../providers/provider.ts';
import { NotSetUp } from '../providers/provider.ts';
import { sandbox } from '../providers/sandbox.ts';
import type { World } from '../world.ts';
import { nodeHttp } from './http.ts';
import { providersOn } from './providers-on.ts';
import { readSecret } from './secrets.ts';

type Means = Pick<World, 'now' | 'sleep'> & { readonly isLocal: boolean };

/** The adapter of a provider, at the pace of this stage's account. Local mode reaches this machine only. */
export function makeProvider(name: ProviderName, means: Means): Provider {
  const provider = onlyOnSells(adapterOf(name, means));
  const rates: Partial<Record<ProviderName, CallRates>> = JSON.parse(process.env[environment.callRates] ?? '{}');
  return { ...provider, capabilities: { ...provider.capabilities, ...rates[name] } };
}

function adapterOf(name: ProviderName, { isLocal, now, sleep }: Means): Provider {
  const http = nodeHttp({ loopbackOnly: isLocal });
  switch (name) {
    case 'hotrecharge': {
      const credentials = async (isFresh?: boolean) => parseHotrechargeCredentials(await readSecret(name, isFresh));
      return hotrecharge({ http, now, credentials });
    }
    case 'pesaway': {
      const credentials = async (isFresh?: boolean) => parsePesawayCredentials(await readSecret(name, isFresh));
      return pesaway({ http, now, credentials });
    }
    case 'sandbox':
      return sandbox({ sleep, now });
  }
}

/**
 * One that is off in this stage sells nothing more. What it was sent before goes on while it has credentials: its
 * orders are queried, and its callbacks read.
 */
function onlyOnSells(provider: Provider): Provider {
  const { name, lookup } = provider;
  // The sandbox never is, and who has it alone has no list of those that are on.
  if (name === 'sandbox') return provider;
  const refusal = () => (providersOn().includes(name) ? undefined : new NotSetUp(`${name} is off in this stage`));
  const whileOn = async <T>(work: () => Promise<T>): Promise<T> => {
    const off = refusal();
    if (off) throw off;
    return work();
  };
  return {
    ...provider,
    async prepare(recharge) {
      const off = refusal();
      return off ? { kind: 'unsent', evidence: off.message } : provider.prepare(recharge);
    },
    catalogue: () => whileOn(() => provider.catalogue()),
    ...(lookup ? { lookup: (...meter) => whileOn(() => lookup(...meter)) } : {}),
  };
}
