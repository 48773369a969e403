import { assert } from './assert.ts';
import type { Instant } from './time.ts';
import { MINUTE, plus } from './time.ts';

/**
 * The keys of one purpose, as its secret holds them. A key is replaced in two steps, so that no process ever meets what
 * it cannot verify: a new key is accepted at once and signs later, when every process has read it; the old one is
 * accepted until the overlap ends.
 */
export interface KeyRing {
  /** Newest first: one, or two while they overlap. */
  readonly keys: readonly RingKey[];
}

interface RingKey {
  readonly version: number;
  readonly key: string;
  /** It does not sign before; absent for a key that always could. */
  readonly from?: Instant;
  /** It is not accepted from then on; absent while nothing ends it. */
  readonly until?: Instant;
}

/** When a new key begins to sign: processes keep what they read of a secret for five minutes. */
export const KEY_SPREAD_MS = 10 * MINUTE;

/** What a secret's text holds. A text that is no JSON is a key that was never rotated, as CloudFormation made it. */
export function parseKeyRing(text: string): KeyRing {
  if (!text.startsWith('{')) return { keys: [{ version: 1, key: text }] };
  const { keys } = JSON.parse(text) as KeyRing;
  assert(Array.isArray(keys) && keys.length > 0 && keys.every(isKey), 'a signing secret is a ring of keys');
  return { keys };
}

function isKey({ version, key }: RingKey): boolean {
  return Number.isInteger(version) && typeof key === 'string' && key.length > 0;
}

/** The key that signs: the newest whose time has come. */
export function signingKey({ keys }: KeyRing, at: Instant): RingKey {
  const found = keys.find(({ from }) => from === undefined || from <= at) ?? keys.at(-1);
  assert(found !== undefined, 'a ring has a key');
  return found;
}

/** The keys that are accepted, newest first. The newest always is: somebody's clock may be ahead of ours. */
export function acceptedKeys({ keys }: KeyRing, at: Instant): readonly RingKey[] {
  return keys.filter(({ until }, place) => place === 0 || until === undefined || until > at);
}

/** The key of a version; the one that signs, where that version is no longer accepted. */
export function keyOfVersion(ring: KeyRing, version: number, at: Instant): RingKey {
  return acceptedKeys(ring, at).find((each) => each.version === version) ?? signingKey(ring, at);
}

/**
 * The ring with a new key. Without an overlap, as after a leak, the new key signs at once and is the only one.
 * `undefined` while an overlap is not over: a third key would end it.
 */
export function withNewKey(
  ring: KeyRing,
  { key, overlapMs, at }: { key: string; overlapMs: number; at: Instant },
): KeyRing | undefined {
  const version = newestVersion(ring) + 1;
  if (overlapMs === 0) return { keys: [{ version, key }] };
  const [current, ...earlier] = acceptedKeys(ring, at);
  if (current === undefined || earlier.length > 0) return undefined;
  const until = plus(at, overlapMs);
  return {
    keys: [
      { version, key, from: plus(at, KEY_SPREAD_MS) },
      { ...current, until },
    ],
  };
}

export function newestVersion({ keys }: KeyRing): number {
  return Math.max(...keys.map(({ version }) => version));
}
