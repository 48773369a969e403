import type { Actor } from './act.ts';
import { isInRanges, isWithinRanges } from './address-range.ts';
import { defined } from './defined.ts';
import type { Mode, Owner } from './ledger.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { earlier, plus } from './time.ts';

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
  'keys:write',
  'audit:read',
  'requests:read',
  'account:freeze',
  'account:write',
] as const;
/** Scopes of people alone: whoever holds a key could else make people, who outlive it. */
export const TEAM_SCOPES = ['team:read', 'team:write'] as const;
export type Scope = (typeof SCOPES)[number] | (typeof TEAM_SCOPES)[number];

/** What a key may do, from where and until when. */
export interface Powers {
  readonly scopes: readonly Scope[];
  /** It ends at this instant. Absent: never by itself. */
  readonly endsAt?: Instant | undefined;
  /** The only addresses that it works from. Absent: from anywhere. */
  readonly allowedRanges?: readonly string[] | undefined;
}

export interface Key extends Owner, Powers {
  readonly id: string;
  readonly name: string;
  /** The SHA-256 of its text, under which it is stored. Never shown. */
  readonly hash: string;
  /** The beginning of its text, by which its owner recognises it. */
  readonly prefix: string;
  readonly createdAt: Instant;
  /** Absent where it was made together with its merchant. */
  readonly createdBy?: Actor;
  /** The hour of its last use. */
  readonly usedAt?: Instant;
  readonly revokedAt?: Instant;
  /** The keys before it, the first one first, each of which the next one replaced. */
  readonly replaces: readonly string[];
  /** The key that replaces it. */
  readonly replacedBy?: string;
  /** It has expired and no longer counts among its merchant's keys. */
  readonly isUncounted?: boolean;
  /** When it would end by itself, where it is replaced: `endsAt` is then the end of the overlap. Absent: never. */
  readonly ownEndsAt?: Instant;
  /** Increases with every change but of `usedAt`; each write is conditional on it. */
  readonly revision: number;
}

/** Whether it can spend, or let others spend: a campaign that pays needs this scope too. */
export function canSpend({ scopes }: Pick<Powers, 'scopes'>): boolean {
  return scopes.includes('orders:write');
}

/** Whether a key works now, from this address. A key with ranges does not work where no address is known. */
export function isUsable(key: Key, { at, address }: { at: Instant; address: string | undefined }): boolean {
  const { allowedRanges } = key;
  return isActive(key, at) && (allowedRanges === undefined || isInRanges(address ?? '', allowedRanges));
}

/** Neither revoked nor expired. */
export function isActive({ revokedAt, endsAt }: Key, at: Instant): boolean {
  return revokedAt === undefined && (endsAt === undefined || at < endsAt);
}

/** Whether it counts among its merchant's keys. One that has expired does until somebody needs its place. */
export function isCounted({ revokedAt, isUncounted = false }: Key): boolean {
  return revokedAt === undefined && !isUncounted;
}

/** What of these powers a caller does not have itself and so cannot give; `undefined` if it has all of them. */
export function problemOfPowers(
  has: Powers,
  { scopes, endsAt, allowedRanges }: Powers,
  name = 'This key',
): { param: string; detail: string } | undefined {
  const missing = scopes.filter((scope) => !has.scopes.includes(scope));
  if (missing.length > 0) return { param: 'scopes', detail: `${name} does not have ${missing.join(' and ')} itself.` };
  if (has.endsAt !== undefined && (endsAt === undefined || endsAt > has.endsAt)) {
    return { param: 'expires_at', detail: `This key itself ends at ${has.endsAt}.` };
  }
  const { allowedRanges: own } = has;
  if (own && !(allowedRanges?.every((range) => isWithinRanges(range, own)) ?? false)) {
    return { param: 'allowed_ranges', detail: `This key itself works from ${own.join(', ')} only.` };
  }
  return undefined;
}

/** A key that another one replaces, which ends with the overlap or, if it would end sooner by itself, as before. */
export function replaced(key: Key, by: string, overlapMs: number, at: Instant): Key {
  const endsAt = earlier(key.endsAt, plus(at, overlapMs));
  const ownEndsAt = ownEndOf(key);
  return { ...key, endsAt, ...defined({ ownEndsAt }), replacedBy: by, revision: key.revision + 1 };
}

/** When a key ends by itself; `undefined`: never. */
export function ownEndOf({ replacedBy, ownEndsAt, endsAt }: Key): Instant | undefined {
  return replacedBy === undefined ? endsAt : ownEndsAt;
}

/** An expired key that gives up its place among its merchant's keys. */
export function uncounted(key: Key): Key {
  return { ...key, isUncounted: true, revision: key.revision + 1 };
}

export function revoked(key: Key, at: Instant): Key {
  return { ...key, revokedAt: at, revision: key.revision + 1 };
}

/** The hour in which a key is used, as far as it is to be noted: once for each hour. */
export function hourToNote({ usedAt }: Key, at: Instant): Instant | undefined {
  const hour = `${at.slice(0, 13)}:00:00.000Z`;
  return usedAt !== undefined && usedAt >= hour ? undefined : hour;
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

/** What a key's owner sees of it: too little to guess the rest, enough to find it. */
const PREFIX_CHARACTERS = 15;

export function prefixOfKey(text: string): string {
  return text.slice(0, PREFIX_CHARACTERS);
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
