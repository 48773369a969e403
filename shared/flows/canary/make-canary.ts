import { createHmac } from 'node:crypto';
import { CANARY_MERCHANT } from '../../domain/canary.ts';
import { composeKey, KEY_RANDOM_BYTES } from '../../domain/key.ts';
import { limitsOf } from '../../domain/terms.ts';
import { composeNewKey, insertKey } from '../../store/keys.ts';
import { createMerchant } from '../../store/merchants.ts';
import { readTerms } from '../../store/terms.ts';
import type { World } from '../../world.ts';

/**
 * The canary's merchant and its test key. The key is made from a random text in Secrets Manager, so that every process
 * has the same one, and no table and no person has it at all.
 */

const SCOPES = [
  'orders:read',
  'orders:write',
  'wallet:read',
  'wallet:write',
  'webhooks:read',
  'webhooks:write',
] as const;

async function randomOf(world: World): Promise<Buffer> {
  const secret = await world.secret('canary');
  return createHmac('sha256', secret).update('test key').digest().subarray(0, KEY_RANDOM_BYTES);
}

export async function canaryKey(world: World): Promise<string> {
  return composeKey('test', await randomOf(world));
}

/** Makes what is missing of the two. A key that was revoked stays so: a new text of the secret makes another one. */
export async function makeCanary(world: World): Promise<void> {
  await createMerchant(world, 'Canary (ours)', undefined, CANARY_MERCHANT);
  const request = { merchantId: CANARY_MERCHANT, mode: 'test', name: 'Canary', scopes: SCOPES } as const;
  const { key } = composeNewKey(world, request, await randomOf(world));
  const max = limitsOf(await readTerms(world, CANARY_MERCHANT), 'test').counts.keys;
  const written = await insertKey(world, key, max);
  if (written !== 'done') throw new Error('its key does not work, though it was made: it was revoked');
}
