import { createHmac } from 'node:crypto';
import { assert } from '../../domain/assert.ts';
import type { Instant } from '../../domain/time.ts';
import { SECOND } from '../../domain/time.ts';

const PREFIX = 'whsec_';

/**
 * The headers that prove a delivery to be ours, signed over the bytes that are sent. `secrets` are the active ones,
 * newest first: one, or two while a rotation overlaps. Standard Webhooks 1.0.0 carries a signature by each, so either
 * secret verifies. The plain header holds one signature: by the oldest secret, until the overlap ends.
 */
export function signEvent(
  event: { readonly id: string; readonly body: string },
  secrets: readonly string[],
  at: Instant,
): Record<string, string> {
  const oldest = secrets.at(-1);
  assert(oldest !== undefined, 'an event without a secret cannot be signed');
  const timestamp = String(Math.floor(Date.parse(at) / SECOND));
  return {
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => standardSignature(secret, { ...event, timestamp })).join(' '),
    'x-airtime-signature': plainSignature(oldest, event.body),
  };
}

/**
 * The header of a result in PesaWay's protocol: one signature, over the body alone, by a secret's text as it is. By the
 * oldest secret that the merchant was shown, until its overlap ends; none where the merchant never asked for one.
 */
export function signResult(body: string, shown: readonly string[]): Record<string, string> {
  const oldest = shown.at(-1);
  return oldest === undefined ? {} : { signature: createHmac('sha256', oldest).update(body).digest('base64') };
}

/** The plain form: over the body alone, by the secret's text as it is. */
export function plainSignature(secret: string, body: string | Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** One signature of Standard Webhooks: over id, timestamp and body, by the bytes that the secret encodes. */
export function standardSignature(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: string; body: string | Uint8Array },
): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** The bytes that a secret encodes. Any other text would decode to a key that is easy to guess. */
function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  assert(secret.startsWith(PREFIX) && key.length === 32, 'a webhook secret is whsec_ and the base64 of 32 bytes');
  return key;
}
