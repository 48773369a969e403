import { timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';
import { SECOND } from '../../domain/time.ts';
import { plainSignature, standardSignature } from '../webhooks/sign-event.ts';

/** How far a signed timestamp may be from our clock, either way. */
export const TIMESTAMP_TOLERANCE_SECONDS = 300;

/** A request as it was signed: the body's bytes, or its text where it is UTF-8. */
export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export type Proof =
  /** `requestId` where the signature covers one: it may be used once. */
  | { readonly kind: 'proven'; readonly requestId?: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong' }
  /** Genuine, and too old or from the future. */
  | { readonly kind: 'stale' }
  /** Without id and timestamp, where only signatures with both are taken. */
  | { readonly kind: 'untimed' };

/**
 * Whether a request is signed by one of these secrets, in either form in which our own events are signed. The form with
 * an id and a timestamp has precedence: whoever sends any of its headers is held to it. Comparisons are of whole texts
 * in constant time, so another encoding of a genuine signature is refused.
 */
export function checkSignature(
  { headers, body }: Signed,
  secrets: readonly string[],
  { at, needsTimestamp }: { at: Instant; needsTimestamp: boolean },
): Proof {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  const plain = headers['x-airtime-signature'];
  if (id === undefined && timestamp === undefined && signature === undefined) {
    if (plain === undefined) return { kind: 'missing' };
    if (needsTimestamp) return { kind: 'untimed' };
    return isOne([plain], secrets, (secret) => plainSignature(secret, body)) ? { kind: 'proven' } : { kind: 'wrong' };
  }
  if (id === undefined || timestamp === undefined || signature === undefined) return { kind: 'wrong' };
  if (!REQUEST_ID.test(id) || !TIMESTAMP.test(timestamp)) return { kind: 'wrong' };
  const expected = (secret: string) => standardSignature(secret, { id, timestamp, body });
  if (!isOne(signature.split(' ').slice(0, SIGNATURES_MAX), secrets, expected)) return { kind: 'wrong' };
  const ageSeconds = Math.abs(Date.parse(at) / SECOND - Number(timestamp));
  return ageSeconds <= TIMESTAMP_TOLERANCE_SECONDS ? { kind: 'proven', requestId: id } : { kind: 'stale' };
}

/** Without a dot: dots separate id, timestamp and body in the signed text, and one inside would make it ambiguous. */
const REQUEST_ID = /^[\x21-\x2d\x2f-\x7e]{1,128}$/;
const TIMESTAMP = /^\d{1,12}$/;
/** Senders need one for each overlapping secret. */
const SIGNATURES_MAX = 10;

/** Compares all pairs, so that the time taken does not reveal which one matches. */
function isOne(given: readonly string[], secrets: readonly string[], expected: (secret: string) => string): boolean {
  const texts = secrets.map((secret) => Buffer.from(expected(secret)));
  const fits = given.flatMap((each) => texts.map((text) => isSame(Buffer.from(each), text)));
  return fits.includes(true);
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
