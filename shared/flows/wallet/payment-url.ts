import type { World } from '../../world.ts';
import { nameInToken, urlCode } from '../url-code.ts';

/**
 * Where the payment gateway notifies us of one top-up. What is posted there proves nothing and is not read: the gateway
 * is queried instead.
 */
export async function paymentPath(world: World, topupId: string): Promise<string> {
  return `/payments/result/${topupId}.${await urlCode(world, 'payment', topupId)}`;
}

/** The top-up that a payment path's token names, if the token is ours. */
export function readPaymentToken(world: World, token: string): Promise<string | undefined> {
  return nameInToken(world, 'payment', token);
}
