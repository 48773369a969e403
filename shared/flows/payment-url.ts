import { createHmac, timingSafeEqual } from 'node:crypto';
import type { World } from '../world.ts';

/**
 * Where the payment gateway may say that there is news of one top-up. The URL carries a code that only we can make.
 * What is posted there proves nothing, so nothing in it is read: the gateway is asked.
 */
export async function paymentUrl(world: World, topupId: string): Promise<string> {
  return `${world.publicUrl ?? 'https://localhost'}/payments/result/${topupId}.${await codeOf(world, topupId)}`;
}

/** The top-up that a payment URL's token names, if we made it. */
export async function readPaymentToken(world: World, token: string): Promise<string | undefined> {
  const [topupId = '', code = ''] = token.split('.');
  const expected = Buffer.from(await codeOf(world, topupId));
  const given = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected) ? topupId : undefined;
}

async function codeOf(world: World, topupId: string): Promise<string> {
  const key = await world.secret('signing');
  return createHmac('sha256', key).update(`payment#${topupId}`).digest('base64url');
}
