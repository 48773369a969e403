import { createHmac } from 'node:crypto';
import type { Hash } from '../../domain/erasure.ts';
import type { World } from '../../world.ts';

/**
 * Keyed hashes of what identifies a person. A plain hash of a phone number hides nothing, because all numbers can be
 * tried; with our key only we can tell whether a number is the one that was stored.
 */

/** Hashes of 128 bits: no two numbers share one. */
export async function privacyHash(world: World): Promise<Hash> {
  const key = await world.secret('privacy');
  return (text) => createHmac('sha256', key).update(text).digest().subarray(0, 16).toString('base64url');
}

/** The hash of a phone number, in E.164, or of a meter. It is the same for every merchant, and for ever. */
export async function hashOfNumber(world: World, msisdn: string): Promise<string> {
  return (await privacyHash(world))(msisdn);
}
