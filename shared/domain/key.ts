import type { Mode } from './ledger.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';

/**
 * API keys: `atk_`, the mode, 160 random bits and a 6-character checksum, by which a typo is found without a read and a
 * secret scanner has no false positives. Only the SHA-256 is stored; 160 random bits need no slow hash.
 */

export const SCOPES = [
  'orders:write',
  'orders:read',
  'products:read',
  'wallet:read',
  'wallet:write',
  'webhooks:read',
  'webhooks:write',
  'campaigns:read',
  'campaigns:write',
  'account:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export interface Key {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly revokedAt?: Instant;
}

/** Without letters that look like digits. 32 characters, so 5 bits each without bias. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CHECKSUM_LENGTH = 6;
export const KEY_RANDOM_BYTES = 20;
export const KEY_PATTERN = /^atk_(live|test)_([0-9a-hjkmnp-tv-z]{32})([0-9a-hjkmnp-tv-z]{6})$/;

/** Bytes as lower-case base32 text: 5 bits a character, the last one padded with zero bits. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** The key's text from its random bytes. It is shown once and only its hash is stored. */
export function composeKey(mode: Mode, random: Uint8Array): string {
  const body = `atk_${mode}_${base32(random)}`;
  return body + checksum(body);
}

/** The mode of a key; `undefined` when the text cannot be one of our keys, such as after a typo or a truncation. */
export function modeOfKey(text: string): Mode | undefined {
  const match = KEY_PATTERN.exec(text);
  if (!match) return undefined;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return checksum(body) === text.slice(-CHECKSUM_LENGTH) ? (match[1] as Mode) : undefined;
}

function checksum(body: string): string {
  const bytes = Uint8Array.from(sha256(body).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return base32(bytes).slice(0, CHECKSUM_LENGTH);
}

/** The key in an `Authorization` header of our own protocol; empty if there is none. */
export function keyOfAuthorization(authorization: string): string {
  return /^Api-Key +(\S+)$/i.exec(authorization.trim())?.[1] ?? '';
}

/**
 * What is wrong with how a request carries its key, in a sentence; `undefined` if that is right. It depends on the form
 * of the headers alone, never on which keys exist, and repeats nothing of them.
 */
export function schemeProblem(headers: Readonly<Record<string, string>>): string | undefined {
  const [scheme = '', ...keys] = (headers.authorization?.trim() ?? '').split(/\s+/);
  if (scheme === '') {
    const isElsewhere = headers['x-api-key'] !== undefined;
    return isElsewhere ? 'The key is in X-Api-Key; send it in Authorization.' : 'There is no Authorization header.';
  }
  if (/^Api-Key$/i.test(scheme)) return keys.length === 0 ? 'Authorization has no key behind Api-Key.' : undefined;
  if (keys.length === 0) return 'Authorization has no scheme; write Api-Key and a blank before the key.';
  return `Authorization has ${/^Bearer$/i.test(scheme) ? 'the scheme Bearer' : 'another scheme'}; ours is Api-Key.`;
}
