import { defined } from '../../domain/defined.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import { ENDPOINTS_MAX } from '../../domain/webhook.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { listEndpoints, saveEndpoint } from '../../store/endpoints.ts';
import type { World } from '../../world.ts';
import { newestSecret } from './endpoint-secrets.ts';

interface EndpointInput {
  readonly url: string;
  readonly events?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

/**
 * A new webhook endpoint with its secret, which is told here and nowhere else. Refuses an address that nothing must
 * ever be sent to, and one endpoint too many.
 */
export async function addEndpoint(
  world: World,
  owner: Owner,
  { url, events = [], description }: EndpointInput,
): Promise<{ endpoint: Endpoint; secret: string }> {
  requireUrl(world, url);
  if ((await listEndpoints(world, owner)).length >= ENDPOINTS_MAX) {
    throw new Refusal('endpoint_limit_reached', { detail: `There are ${ENDPOINTS_MAX} ${owner.mode} endpoints.` });
  }
  const { merchantId, mode } = owner;
  const endpoint: Endpoint = {
    id: newId(world, 'whe'),
    merchantId,
    mode,
    url,
    ...defined({ description }),
    events,
    secretVersion: 1,
    retiring: [],
    createdAt: world.now(),
    revision: 1,
  };
  await saveEndpoint(world, endpoint);
  return { endpoint, secret: await newestSecret(world, endpoint) };
}

/** Refuses an address that nothing must ever be sent to, in a sentence. */
export function requireUrl(world: World, url: string): void {
  const flaw = world.problemOfUrl(url);
  if (flaw !== undefined) throw new Refusal('invalid_request', { param: 'url', detail: `url ${flaw}.` });
}
