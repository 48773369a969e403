import type { Provider } from '../../providers/provider.ts';
import type { OrderKey } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { nameInToken, urlCode } from '../url-code.ts';

/**
 * Where an upstream may report one order's outcome. The URL names the order and carries a code that only we can make,
 * so nobody can guess one, and one order's URL reveals nothing about another's.
 */
export async function callbackUrl(
  world: World,
  provider: Provider,
  order: OrderKey,
): Promise<{ callbackUrl?: string }> {
  if (!provider.readCallback || world.publicUrl === undefined) return {};
  const name = Buffer.from(JSON.stringify([order.merchantId, order.mode, order.agentReference])).toString('base64url');
  return {
    callbackUrl: `${world.publicUrl}/callbacks/${provider.name}/${name}.${await urlCode(world, 'callback', name)}`,
  };
}

/** The order that a callback URL's token names, if the token is ours. */
export async function readCallbackToken(world: World, token: string): Promise<OrderKey | undefined> {
  const name = await nameInToken(world, 'callback', token);
  if (name === undefined) return undefined;
  const [merchantId, mode, agentReference] = JSON.parse(Buffer.from(name, 'base64url').toString('utf8'));
  return { merchantId, mode, agentReference };
}
