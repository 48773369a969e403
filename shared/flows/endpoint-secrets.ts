import { createHmac } from 'node:crypto';
import type { Endpoint } from '../domain/webhook.ts';
import { activeVersions, RESULTS_ENDPOINT } from '../domain/webhook.ts';
import type { World } from '../world.ts';

/**
 * An endpoint's secrets: derived from its id, a version and the key in Secrets Manager, so that no copy of one lies in
 * a table and a new version is a new secret. Whoever holds the database but not that key can sign nothing.
 */

/** The newest: what its merchant is shown, once. */
export async function newestSecret(world: World, endpoint: Endpoint): Promise<string> {
  return secretOf(world, endpoint, endpoint.secretVersion);
}

/** All that sign now, newest first. */
export async function activeSecrets(world: World, endpoint: Endpoint): Promise<string[]> {
  return Promise.all(activeVersions(endpoint, world.now()).map((version) => secretOf(world, endpoint, version)));
}

async function secretOf(world: World, { id, merchantId, mode }: Endpoint, version: number): Promise<string> {
  const key = await world.secret('signing');
  // Each merchant has one endpoint of this id.
  const name = id === RESULTS_ENDPOINT ? `${id}#${merchantId}#${mode}` : id;
  return `whsec_${createHmac('sha256', key).update(`${name}#${version}`).digest('base64')}`;
}
