import type { Origin } from '../../domain/act.ts';
import type { Caller } from '../../domain/caller.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Listener } from '../../domain/listener.ts';
import { LISTENS_MS, listenerId } from '../../domain/listener.ts';
import { FIRST_SECRET } from '../../domain/rotation.ts';
import { limitsOf } from '../../domain/terms.ts';
import { plus } from '../../domain/time.ts';
import { changedBy, newlySent } from '../../domain/webhook.ts';
import { Refusal } from '../../http/refusal.ts';
import { endpointFacts } from '../../http/views/act-views.ts';
import { newId } from '../../id.ts';
import { recordAct } from '../../store/audit.ts';
import { createEndpoint, freeListenerPlace } from '../../store/endpoints.ts';
import { readTerms } from '../../store/terms.ts';
import { Contention } from '../../transient-error.ts';
import type { World } from '../../world.ts';
import { requireStanding, standing } from '../people/standing.ts';
import { signingVersion } from '../signing-keys.ts';
import { requireEventScopes } from './require-event-scopes.ts';
import { newestSecret } from './signing-secrets.ts';

const TRIES_MAX = 5;

/**
 * A new listener with its secret, which is shown here only. It counts towards the limit of endpoints until it ends.
 * `maker` needs the scopes of the events, as for an endpoint.
 */
export async function startListener(
  world: World,
  owner: Owner,
  events: readonly string[],
  origin: Origin,
  maker: Caller,
): Promise<{ listener: Listener; secret: string }> {
  const keyVersion = await signingVersion(world, 'webhook');
  const max = limitsOf(await readTerms(world, owner.merchantId), owner.mode).counts.endpoints;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (tries > 0) await requireStanding(world, maker);
    const { place, revision } = await freeListenerPlace(world, owner);
    const at = world.now();
    const made: Listener = {
      id: listenerId(newId(world, 'whl'), place),
      ...owner,
      url: '',
      events,
      ...FIRST_SECRET,
      keyVersion,
      createdAt: at,
      createdBy: origin.by,
      listensUntil: plus(at, LISTENS_MS),
      revision: revision + 1,
    };
    const listener = { ...changedBy(made, origin), listensUntil: made.listensUntil };
    requireEventScopes(maker, newlySent(undefined, listener));
    const created = { action: 'endpoint.created', subject: listener.id, after: endpointFacts(listener) } as const;
    const companions = [recordAct(world, owner, origin, created), standing(maker)];
    const written = await createEndpoint(world, listener, max, companions);
    if (written === 'done') return { listener, secret: await newestSecret(world, 'webhook', listener) };
    if (written === 'full') {
      throw new Refusal('endpoint_limit_reached', { detail: `There are ${max} ${owner.mode} endpoints.` });
    }
  }
  throw new Contention('the places of listeners keep changing');
}
