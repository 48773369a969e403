import { createHmac } from 'node:crypto';
import type { Owner } from '../../domain/ledger.ts';
import type { Rotating } from '../../domain/rotation.ts';
import { activeVersions, FIRST_SECRET } from '../../domain/rotation.ts';
import { RESULTS_ENDPOINT } from '../../domain/webhook.ts';
import type { World } from '../../world.ts';

/**
 * The secrets of webhook endpoints and campaigns, derived from an id, a version and the key in Secrets Manager. No
 * table holds one, and a new version is a new secret. Access to the database alone is not enough to sign anything.
 */
interface Holder extends Owner, Rotating {
  readonly id: string;
}

/** The one that its merchant is shown, once. */
export async function newestSecret(world: World, holder: Holder): Promise<string> {
  return secretOf(world, holder, holder.secretVersion);
}

/** All that are valid now, newest first. */
export async function activeSecrets(world: World, holder: Holder): Promise<string[]> {
  return Promise.all(activeVersions(holder, world.now()).map((version) => secretOf(world, holder, version)));
}

/** Those that its merchant was shown. The first of the results' endpoint never is: it exists without being created. */
export async function shownSecrets(world: World, holder: Holder): Promise<string[]> {
  const versions = activeVersions(holder, world.now()).filter((version) => version > FIRST_SECRET.secretVersion);
  return Promise.all(versions.map((version) => secretOf(world, holder, version)));
}

async function secretOf(world: World, { id, merchantId, mode }: Holder, version: number): Promise<string> {
  const key = await world.secret('signing');
  // Every merchant has an endpoint with this id.
  const name = id === RESULTS_ENDPOINT ? `${id}#${merchantId}#${mode}` : id;
  return `whsec_${createHmac('sha256', key).update(`${name}#${version}`).digest('base64')}`;
}
