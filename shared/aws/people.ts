import { environment } from '../manifest/access.ts';
import type { People } from '../world.ts';
import { nodeHttp } from './http.ts';

/** The issuer of people's tokens, where the environment names one. Read at its first use. */
export function peopleOf(options: { isLocal: boolean }): People | undefined {
  const text = process.env[environment.people];
  if (!text) return undefined;
  return { ...(JSON.parse(text) as Omit<People, 'http'>), http: nodeHttp({ loopbackOnly: options.isLocal }) };
}
