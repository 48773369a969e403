import { timingSafeEqual } from 'node:crypto';
import type { World } from '../world.ts';
import { acceptedDigests, newestDigest } from './signing-keys.ts';

/** Codes that only we can make, for the URLs that upstreams call and for access tokens. Nobody can guess one. */

type Purpose = 'access' | 'callback' | 'payment';

export async function urlCode(world: World, purpose: Purpose, name: string): Promise<string> {
  return (await newestDigest(world, purpose, `${purpose}#${name}`)).toString('base64url');
}

/** The name in a `name.code` token, if the code is ours; `undefined` for any other token. */
export async function nameInToken(world: World, purpose: Purpose, token: string): Promise<string | undefined> {
  const [name = '', code = '', ...more] = token.split('.');
  if (more.length > 0) return undefined;
  const given = Buffer.from(code);
  const digests = await acceptedDigests(world, purpose, `${purpose}#${name}`);
  const codes = digests.map((each) => Buffer.from(each.toString('base64url')));
  const fits = codes.map((expected) => given.length === expected.length && timingSafeEqual(given, expected));
  return fits.includes(true) ? name : undefined;
}
