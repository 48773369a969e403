import type { MemberCaller } from '../domain/caller.ts';
import { memberCaller } from '../domain/caller.ts';
import type { Mode } from '../domain/ledger.ts';
import { readMembership } from '../store/teams.ts';
import type { People, World } from '../world.ts';
import { Refusal } from './refusal.ts';
import type { PlainRequest } from './route.ts';

/**
 * Requests of people: `Authorization: Bearer <access token>` of the issuer, with the merchant and the mode in headers
 * of their own. A membership is read for every request, so who is removed is refused from the next one on.
 */

/** A person who proves who they are. */
export interface Person {
  readonly subject: string;
  readonly token: string;
  readonly people: People;
}

/** A JSON Web Token; API keys and PesaWay's tokens have no dots. */
const BEARER_JWT = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i;
const RETRY_AFTER_SECONDS = 2;
const CHALLENGE = { 'www-authenticate': 'Bearer' };

/** The token of a person in an `Authorization` header; `undefined` if it is none, whatever else it is. */
export function tokenOfAuthorization(authorization = ''): string | undefined {
  return BEARER_JWT.exec(authorization.trim())?.[1];
}

/** The person of a token. Refuses one that is not theirs, not for us or no longer valid, and says which. */
export async function readPerson(world: World, token: string): Promise<Person> {
  const { people } = world;
  if (!people) {
    const detail = 'Nobody signs in here: this deployment knows API keys only.';
    throw new Refusal('token_invalid', { param: 'Authorization', detail, headers: CHALLENGE });
  }
  // Loaded by the first request of a person.
  const { verifyToken } = await import('./verify-token.ts');
  const verified = await verifyToken(world, people, token);
  switch (verified.kind) {
    case 'person':
      return { subject: verified.subject, token, people };
    case 'expired':
      throw new Refusal('token_expired', { param: 'Authorization', headers: CHALLENGE });
    case 'invalid':
      throw new Refusal('token_invalid', { param: 'Authorization', detail: verified.detail, headers: CHALLENGE });
    default: {
      const detail = 'Who signed in cannot be checked: the sign-in service does not answer.';
      throw new Refusal('busy', { detail, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } });
    }
  }
}

/** A person as a member of the merchant that the request names. Another merchant looks like one that never was. */
export async function readMember(world: World, token: string, request: PlainRequest): Promise<MemberCaller> {
  const { subject } = await readPerson(world, token);
  const merchantId = merchantOf(request);
  const mode = modeOf(request);
  const membership = await readMembership(world, subject, merchantId);
  if (!membership) throw new Refusal('not_a_member', { param: 'Airtime-Merchant' });
  return memberCaller(membership, { merchantId, mode });
}

const MERCHANT_ID = /^mer_[0-9a-z]{20}$/;

function merchantOf({ headers }: PlainRequest): string {
  const id = headers['airtime-merchant']?.trim();
  if (id === undefined) throw headerMissing('Airtime-Merchant', 'the id of a business of yours, from GET /api/v1/me');
  // Nothing of ours has such an id, so nobody is a member of it.
  if (!MERCHANT_ID.test(id)) throw new Refusal('not_a_member', { param: 'Airtime-Merchant' });
  return id;
}

function modeOf({ headers }: PlainRequest): Mode {
  const mode = headers['airtime-mode']?.trim();
  if (mode === 'test' || mode === 'live') return mode;
  throw headerMissing('Airtime-Mode', 'test or live');
}

function headerMissing(param: string, value: string): Refusal {
  return new Refusal('invalid_request', { param, detail: `The header ${param} must be ${value}.` });
}
