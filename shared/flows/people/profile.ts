import { Refusal } from '../../http/refusal.ts';
import { HttpFailure } from '../../outbound-http.ts';
import type { People, World } from '../../world.ts';

const TIMEOUT_MS = 5_000;
const EMAIL_CHARACTERS_MAX = 254;

/**
 * The verified e-mail address of whoever has a token, as the issuer says it: no request of a person says so itself.
 * Asked for only where somebody joins a business, so that no other request waits for the issuer.
 */
export async function verifiedEmail(
  world: World,
  { subject, token, people }: { subject: string; token: string; people: People },
): Promise<string> {
  const { sub, email, email_verified: isVerified } = await ask(world, people, token);
  // An answer about somebody else proves nothing about who has the token.
  if (sub !== subject) throw new Error('the issuer says who somebody else is');
  // Some issuers write it as a text.
  if (typeof email === 'string' && (isVerified === true || isVerified === 'true') && isAddress(email)) return email;
  throw new Refusal('email_not_verified', { param: 'Authorization' });
}

function isAddress(email: string): boolean {
  return email.length <= EMAIL_CHARACTERS_MAX && /^[^\s@]+@[^\s@]+$/.test(email);
}

async function ask(world: World, { userinfoUrl, http }: People, token: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  try {
    const { status, body } = await http({ method: 'GET', url: userinfoUrl, headers, timeoutMs: TIMEOUT_MS });
    // The token is right by itself: it was ended by a sign-out.
    if (status === 401 || status === 403) throw new Refusal('token_expired', { param: 'Authorization' });
    if (status === 200) return JSON.parse(body) as Record<string, unknown>;
    world.log.error('people.userinfo_failed', { status });
  } catch (error) {
    if (!(error instanceof HttpFailure || error instanceof SyntaxError)) throw error;
    // Not its message: a text that is no JSON is quoted in it.
    world.log.error('people.userinfo_failed', { reason: error.name });
  }
  const detail = 'Your e-mail address cannot be looked up: the sign-in service does not answer.';
  throw new Refusal('busy', { detail, headers: { 'retry-after': '2' } });
}
