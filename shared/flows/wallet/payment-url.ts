import type { World } from '../../world.ts';
import { nameInToken, urlCode } from '../url-code.ts';

/**
 * Where the payment gateway may say that there is news of one top-up. What is posted there proves nothing, so nothing
 * in it is read: the gateway is asked.
 */
export async function paymentPath(world: World, topupId: string): Promise<string> {
  return `/payments/result/${topupId}.${await urlCode(world, 'payment', topupId)}`;
}

/** The top-up that a payment path's token names, if we made it. */
export function readPaymentToken(world: World, token: string): Promise<string | undefined> {
  return nameInToken(world, 'payment', token);
}
