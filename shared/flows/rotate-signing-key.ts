import type { KeyRing } from '../domain/key-ring.ts';
import { acceptedKeys, newestVersion, parseKeyRing, signingKey, withNewKey } from '../domain/key-ring.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { DAY, HOUR } from '../domain/time.ts';
import type { SigningPurpose } from '../manifest/access.ts';
import type { World } from '../world.ts';

/** Where signing keys are kept, as an operator may use it. No function may write there. */
export interface SecretStore {
  /** The text as it is now, not as a cache has it. */
  read(purpose: SigningPurpose): Promise<string>;
  /**
   * Replaces the text. The first text under a token stays: false if there is another under it. The same text again
   * changes nothing, so a call whose answer was lost may be repeated.
   */
  replace(purpose: SigningPurpose, text: string, token: string): Promise<boolean>;
}

/** How long an old key is accepted unless an operator says otherwise: as long as what was made with it may be used. */
export const OVERLAPS_MS: Readonly<Record<SigningPurpose, number>> = {
  // Merchants hold what is made from these two: each has to change a secret at its end.
  webhook: 30 * DAY,
  campaign: 30 * DAY,
  // A token lives for an hour, and the old key makes some for ten minutes more.
  access: 2 * HOUR,
  // For as long as upstreams still report orders and payments. Later they are queried by us, as without any callback.
  callback: 7 * DAY,
  payment: 7 * DAY,
};

const KEY_BYTES = 32;

/**
 * Replaces the key of a purpose; the old one is accepted until the overlap ends. Of two operators at once, one does it:
 * the text that comes after a version can be written once. Throws while an earlier overlap is not over.
 */
export async function rotateSigningKey(
  world: World,
  store: SecretStore,
  purpose: SigningPurpose,
  overlapMs: number,
): Promise<SigningKeyView[]> {
  const before = await store.read(purpose);
  const ring = parseKeyRing(before);
  const key = Buffer.from(world.bytes(KEY_BYTES)).toString('base64');
  const next = withNewKey(ring, { key, overlapMs, at: world.now() });
  if (next === undefined) {
    throw new Error(`an overlap of ${purpose} is not over; an overlap of 0 hours ends it with this rotation`);
  }
  return replace(store, purpose, before, next, world.now());
}

/** Ends an overlap before its time: only the key that signs is accepted. Throws while the new key does not sign yet. */
export async function endOverlap(world: World, store: SecretStore, purpose: SigningPurpose): Promise<SigningKeyView[]> {
  const before = await store.read(purpose);
  const ring = parseKeyRing(before);
  const at = world.now();
  const signing = signingKey(ring, at);
  if (signing.version !== newestVersion(ring))
    throw new Error(`the new key of ${purpose} signs from ${ring.keys[0]?.from}`);
  return replace(store, purpose, before, { keys: [signing] }, at);
}

/** The token names the text that is replaced, so that nothing that somebody else wrote meanwhile is lost. */
async function replace(
  store: SecretStore,
  purpose: SigningPurpose,
  before: string,
  next: KeyRing,
  at: Instant,
): Promise<SigningKeyView[]> {
  const isOurs = await store.replace(purpose, JSON.stringify(next), sha256(`${purpose}#${before}`));
  if (!isOurs) throw new Error(`somebody else is changing the key of ${purpose}: look at it again`);
  return viewSigningKeys(next, at);
}

/** A key as operators see it: when it signs and is accepted, and nothing of the key itself. */
export interface SigningKeyView {
  readonly version: number;
  readonly state: 'signs' | 'signs later' | 'is accepted' | 'has ended';
  readonly from?: Instant;
  readonly until?: Instant;
}

export function viewSigningKeys(ring: KeyRing, at: Instant): SigningKeyView[] {
  const signing = signingKey(ring, at).version;
  const accepted = new Set(acceptedKeys(ring, at));
  return ring.keys.map((each) => {
    const { key: _hidden, ...shown } = each;
    const isLater = each.version > signing;
    const other = accepted.has(each) ? 'is accepted' : 'has ended';
    return { ...shown, state: each.version === signing ? 'signs' : isLater ? 'signs later' : other };
  });
}
