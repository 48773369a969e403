import { createHmac, timingSafeEqual } from 'node:crypto';
import type { World } from '../world.ts';

/** Codes that only we can make, for the URLs that upstreams call and for access tokens. Nobody can guess one. */

type Purpose = 'callback' | 'payment' | 'access';

export async function urlCode(world: World, purpose: Purpose, name: string): Promise<string> {
  const key = await world.secret('signing');
  return createHmac('sha256', key).update(`${purpose}#${name}`).digest('base64url');
}

/** The name in a `name.code` token, if the code is ours; `undefined` for any other token. */
export async function nameInToken(world: World, purpose: Purpose, token: string): Promise<string | undefined> {
  const [name = '', code = ''] = token.split('.');
  const expected = Buffer.from(await urlCode(world, purpose, name));
  const given = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected) ? name : undefined;
}
