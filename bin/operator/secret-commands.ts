import { replaceSecret } from '../../shared/aws/secret-store.ts';
import { readSecret } from '../../shared/aws/secrets.ts';
import { newestVersion, parseKeyRing } from '../../shared/domain/key-ring.ts';
import { FIRST_SECRET } from '../../shared/domain/rotation.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { RESULTS_ENDPOINT } from '../../shared/domain/webhook.ts';
import type { SecretStore, SigningKeyView } from '../../shared/flows/rotate-signing-key.ts';
import { endOverlap, OVERLAPS_MS, rotateSigningKey, viewSigningKeys } from '../../shared/flows/rotate-signing-key.ts';
import type { SigningPurpose } from '../../shared/manifest/access.ts';
import { SIGNING_PURPOSES } from '../../shared/manifest/access.ts';
import { secretHolders } from '../../shared/store/secret-holders.ts';
import type { World } from '../../shared/world.ts';
import { required, UsageError } from './arguments.ts';
import { recordOrderOfStage } from './caller.ts';

/** The operator's commands on our signing keys. None of them shows a key. */

const store: SecretStore = { read: (purpose) => readSecret(purpose, true), replace: replaceSecret };

export async function rotateSecret(world: World, purpose: SigningPurpose, hours?: number): Promise<object> {
  const overlapMs = hours === undefined ? OVERLAPS_MS[purpose] : Math.round(hours * HOUR);
  await recordOrderOfStage(world, 'secret.rotation_ordered', purpose, { overlap_hours: overlapMs / HOUR });
  return { purpose, keys: await rotateSigningKey(world, store, purpose, overlapMs) };
}

export async function endSecretOverlap(world: World, purpose: SigningPurpose): Promise<object> {
  await recordOrderOfStage(world, 'secret.overlap_end_ordered', purpose, {});
  return { purpose, keys: await endOverlap(world, store, purpose) };
}

/** Its keys and, where merchants hold secrets, those that are derived from another key than the newest. */
export async function showSecret(world: World, purpose: SigningPurpose): Promise<object> {
  const ring = parseKeyRing(await store.read(purpose));
  const keys: SigningKeyView[] = viewSigningKeys(ring, world.now());
  if (purpose !== 'webhook' && purpose !== 'campaign') return { purpose, keys };
  const newest = newestVersion(ring);
  const behind: object[] = [];
  for await (const { id, merchantId, mode, secretVersion, keyVersion = 1 } of secretHolders(world, purpose)) {
    const isShown = id !== RESULTS_ENDPOINT || secretVersion > FIRST_SECRET.secretVersion;
    if (isShown && keyVersion !== newest) behind.push({ merchantId, mode, id, keyVersion });
  }
  return { purpose, keys, by_another_key: behind };
}

export function purpose(name: string | undefined): SigningPurpose {
  const text = required(name, 'a purpose');
  const found = SIGNING_PURPOSES.find((each) => each === text);
  if (!found) throw new UsageError(`there is no purpose ${name}; purposes are ${SIGNING_PURPOSES.join(', ')}`);
  return found;
}
