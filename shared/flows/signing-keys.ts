import { createHmac } from 'node:crypto';
import type { KeyRing } from '../domain/key-ring.ts';
import { acceptedKeys, keyOfVersion, parseKeyRing, signingKey } from '../domain/key-ring.ts';
import type { SigningPurpose } from '../manifest/access.ts';
import type { World } from '../world.ts';

/** What is derived from our signing keys. Each purpose has keys of its own: one that leaks opens nothing else. */

async function ringOf(world: World, purpose: SigningPurpose): Promise<KeyRing> {
  return parseKeyRing(await world.secret(purpose));
}

/** The version of the key that new secrets of this purpose are derived from. It is stored beside their own version. */
export async function signingVersion(world: World, purpose: SigningPurpose): Promise<number> {
  return signingKey(await ringOf(world, purpose), world.now()).version;
}

/** A name's digest by the key of a version, or by the one that signs where that version has ended. */
export async function digestBy(world: World, purpose: SigningPurpose, version: number, name: string): Promise<Buffer> {
  return digest(keyOfVersion(await ringOf(world, purpose), version, world.now()), name);
}

/** A name's digest by the key that signs. */
export async function newestDigest(world: World, purpose: SigningPurpose, name: string): Promise<Buffer> {
  return digest(signingKey(await ringOf(world, purpose), world.now()), name);
}

/** A name's digests by every key that is accepted. */
export async function acceptedDigests(world: World, purpose: SigningPurpose, name: string): Promise<Buffer[]> {
  return acceptedKeys(await ringOf(world, purpose), world.now()).map((each) => digest(each, name));
}

function digest({ key }: { key: string }, name: string): Buffer {
  return createHmac('sha256', key).update(name).digest();
}
