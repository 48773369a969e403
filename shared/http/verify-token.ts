import type { JSONWebKeySet, JWTPayload } from 'jose';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { MINUTE, SECOND } from '../domain/time.ts';
import type { People, World } from '../world.ts';

/**
 * Checks a person's access token: signed with a key of the issuer, by the issuer, for our client, not yet expired, and
 * no other kind of token. The keys are fetched once and kept; a token with a key that is not among them makes us look
 * again, at most twice a minute, so that nobody makes us ask by inventing keys. What is wrong is a value and no error:
 * beside a function this is a file of its own, which shares no class with it.
 */

export type Verified =
  | { readonly kind: 'person'; readonly subject: string }
  /** `detail` is a sentence for the caller. */
  | { readonly kind: 'invalid'; readonly detail: string }
  | { readonly kind: 'expired' }
  /** The issuer does not answer, so nobody can tell. */
  | { readonly kind: 'unavailable' };

/** The issuer's clock and ours. */
const CLOCK_SECONDS = 5;
/** After that they are fetched again, so that a key that the issuer has withdrawn ends. */
const KEYS_MS_MAX = 60 * MINUTE;
/** Between two fetches for a key that is not there. */
const AGAIN_MS_MIN = 30 * SECOND;
/** Between two where none is known and the issuer does not answer. */
const FAILED_MS_MIN = SECOND;
const FETCH_MS_MAX = 3 * SECOND;
/** What a key of the database may hold. */
const SUBJECT = /^[\x21\x22\x24-\x7e]{1,128}$/;

/** The keys of the issuer, as this process knows them. */
interface Keys {
  resolve: ReturnType<typeof createLocalJWKSet> | undefined;
  fetchedAt: number;
  triedAt: number;
  asking: Promise<void> | undefined;
}

export async function verifyToken(world: World, people: People, token: string): Promise<Verified> {
  const keys = keysOf(world, people);
  if (!keys.resolve || age(world, keys.fetchedAt) > KEYS_MS_MAX) await refresh(world, people, keys, FAILED_MS_MIN);
  const verified = await verifyBy(world, people, keys, token);
  if (verified !== 'unknown key') return verified;
  await refresh(world, people, keys, AGAIN_MS_MIN);
  const again = await verifyBy(world, people, keys, token);
  return again === 'unknown key' ? invalid('The token is signed with a key that its issuer does not have.') : again;
}

async function verifyBy(
  world: World,
  people: People,
  { resolve }: Keys,
  token: string,
): Promise<Verified | 'unknown key'> {
  if (!resolve) return { kind: 'unavailable' };
  try {
    const { payload } = await jwtVerify(token, resolve, {
      algorithms: ['RS256'],
      issuer: people.issuer,
      currentDate: new Date(world.now()),
      clockTolerance: CLOCK_SECONDS,
      requiredClaims: ['exp', 'sub'],
    });
    return personOf(people, payload);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown key';
    if (error instanceof errors.JWTExpired) return { kind: 'expired' };
    if (!(error instanceof errors.JOSEError)) throw error;
    return invalid(sentenceOf(error));
  }
}

/** Its signature, issuer and end are right: whether it is an access token for us. */
function personOf({ clientId, audience }: People, payload: JWTPayload): Verified {
  const { sub = '', aud = [], client_id, token_use } = payload;
  if (token_use !== 'access') return invalid('The token is no access token.');
  if (client_id !== clientId) return invalid('The token is for another client.');
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (audiences.length > 0 && !audiences.some((each) => each === clientId || each === audience)) {
    return invalid('The token is for another API.');
  }
  return SUBJECT.test(sub) ? { kind: 'person', subject: sub } : invalid('The token names nobody.');
}

function sentenceOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'iss' ? 'The token is of another issuer.' : `The token has no valid ${error.claim}.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is not signed with RS256.';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the token is wrong.';
  return 'The token cannot be read.';
}

function invalid(detail: string): Verified {
  return { kind: 'invalid', detail };
}

/** Fetches the keys, once for all who wait, and not again so soon. What is known stays where that fails. */
async function refresh(world: World, people: People, keys: Keys, againMs: number): Promise<void> {
  if (keys.asking) return keys.asking;
  if (age(world, keys.triedAt) < againMs) return;
  keys.triedAt = Date.parse(world.now());
  keys.asking = fetchKeys(world, people, keys).finally(() => {
    keys.asking = undefined;
  });
  await keys.asking;
}

async function fetchKeys(world: World, { keysUrl, http }: People, keys: Keys): Promise<void> {
  try {
    const { status, body } = await http({ method: 'GET', url: keysUrl, timeoutMs: FETCH_MS_MAX });
    if (status !== 200) throw new Error(`the keys of people's tokens: status ${status}`);
    keys.resolve = createLocalJWKSet(JSON.parse(body) as JSONWebKeySet);
    keys.fetchedAt = Date.parse(world.now());
  } catch (error) {
    world.log.error('people.keys_not_fetched', {}, error);
  }
}

function keysOf(world: World, { keysUrl }: People): Keys {
  const memo = `keys at ${keysUrl}`;
  const known = world.memo.get(memo) as Keys | undefined;
  const never = Number.NEGATIVE_INFINITY;
  const keys = known ?? { resolve: undefined, fetchedAt: never, triedAt: never, asking: undefined };
  world.memo.set(memo, keys);
  return keys;
}

/** A clock that was set back makes nothing young. */
function age(world: World, at: number): number {
  return Math.abs(Date.parse(world.now()) - at);
}
