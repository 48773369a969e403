import type { Owner } from '../../domain/ledger.ts';
import type { Rotating, SecretVersion } from '../../domain/rotation.ts';
import { activeVersions, FIRST_SECRET, newestVersion } from '../../domain/rotation.ts';
import { RESULTS_ENDPOINT } from '../../domain/webhook.ts';
import type { World } from '../../world.ts';
import { digestBy } from '../signing-keys.ts';

/**
 * The secrets of webhook endpoints and campaigns, derived from an id, a version and a key in Secrets Manager. No table
 * holds one, and a new version is a new secret. Access to the database alone is not enough to sign anything.
 */
interface Holder extends Owner, Rotating {
  readonly id: string;
}

type Purpose = 'webhook' | 'campaign';

/** The one that its merchant is shown, once. */
export async function newestSecret(world: World, purpose: Purpose, holder: Holder): Promise<string> {
  return secretOf(world, purpose, holder, newestVersion(holder));
}

/** All that are valid now, newest first. */
export async function activeSecrets(world: World, purpose: Purpose, holder: Holder): Promise<string[]> {
  const versions = activeVersions(holder, world.now());
  return Promise.all(versions.map((version) => secretOf(world, purpose, holder, version)));
}

/** Those that its merchant was shown. The first of the results' endpoint never is: it exists without being created. */
export async function shownSecrets(world: World, holder: Holder): Promise<string[]> {
  const shown = activeVersions(holder, world.now()).filter(({ version }) => version > FIRST_SECRET.secretVersion);
  return Promise.all(shown.map((version) => secretOf(world, 'webhook', holder, version)));
}

/** Where the key that it was derived from has ended, the text is another one, which nobody was shown. */
async function secretOf(
  world: World,
  purpose: Purpose,
  { id, merchantId, mode }: Holder,
  { version, keyVersion = 1 }: SecretVersion,
): Promise<string> {
  // Every merchant has an endpoint with this id.
  const name = id === RESULTS_ENDPOINT ? `${id}#${merchantId}#${mode}` : id;
  return `whsec_${(await digestBy(world, purpose, keyVersion, `${name}#${version}`)).toString('base64')}`;
}
