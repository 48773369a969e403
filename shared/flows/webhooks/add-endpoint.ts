import type { Origin } from '../../domain/act.ts';
import type { Caller } from '../../domain/caller.ts';
import { defined } from '../../domain/defined.ts';
import type { Owner } from '../../domain/ledger.ts';
import { FIRST_SECRET } from '../../domain/rotation.ts';
import { limitsOf } from '../../domain/terms.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import { changedBy, newlySent } from '../../domain/webhook.ts';
import { Refusal } from '../../http/refusal.ts';
import { endpointFacts } from '../../http/views/act-views.ts';
import { newId } from '../../id.ts';
import { recordAct } from '../../store/audit.ts';
import { createEndpoint } from '../../store/endpoints.ts';
import { readTerms } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { standing, standingLost } from '../people/standing.ts';
import { signingVersion } from '../signing-keys.ts';
import { requireEventScopes } from './require-event-scopes.ts';
import { newestSecret } from './signing-secrets.ts';

interface EndpointInput {
  readonly url: string;
  readonly events?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

/**
 * A new webhook endpoint with its secret, which is shown here and when it is rotated only. Refuses a URL that nothing
 * may be sent to, and more endpoints than the limit. `maker` is the key or the person that makes it, if one
 * does: it needs the scopes of the events, and one that lost its powers since it was read is refused, however far its
 * request has come.
 */
export async function addEndpoint(
  world: World,
  owner: Owner,
  { url, events = [], description }: EndpointInput,
  origin: Origin,
  maker?: Caller,
): Promise<{ endpoint: Endpoint; secret: string }> {
  requireUrl(world, url);
  const made: Endpoint = {
    id: newId(world, 'whe'),
    ...owner,
    url,
    ...defined({ description }),
    events,
    ...FIRST_SECRET,
    keyVersion: await signingVersion(world, 'webhook'),
    createdAt: world.now(),
    createdBy: origin.by,
    revision: 1,
  };
  const endpoint = changedBy(made, origin);
  if (maker) requireEventScopes(maker, newlySent(undefined, endpoint));
  const created = { action: 'endpoint.created', subject: endpoint.id, after: endpointFacts(endpoint) } as const;
  const companions = [recordAct(world, owner, origin, created), ...(maker ? [standing(maker)] : [])];
  const max = limitsOf(await readTerms(world, owner.merchantId), owner.mode).counts.endpoints;
  const written = await createEndpoint(world, endpoint, max, companions);
  if (written === 'full') {
    throw new Refusal('endpoint_limit_reached', { detail: `There are ${max} ${owner.mode} endpoints.` });
  }
  if (written === 'taken') {
    throw maker ? standingLost(maker) : new Error('the act of a new endpoint was there already');
  }
  return { endpoint, secret: await newestSecret(world, 'webhook', endpoint) };
}

/** Refuses a URL that nothing may be sent to: not public, not HTTPS. */
export function requireUrl(world: World, url: string): void {
  const problem = world.problemOfUrl(url);
  if (problem !== undefined) throw new Refusal('invalid_request', { param: 'url', detail: `url ${problem}.` });
}
