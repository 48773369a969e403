import type { ProviderName } from '../domain/catalogue.ts';
import { PROVIDERS } from '../domain/catalogue.ts';
import { environment } from '../manifest/access.ts';
import { requireEnv } from './env.ts';

/** The providers that this deployment has on, as its stage says. */
export function providersOn(): readonly ProviderName[] {
  const names = requireEnv(environment.providersOn).split(',');
  return PROVIDERS.filter((name) => names.includes(name));
}
