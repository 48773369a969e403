import { assert } from './assert.ts';
import type { Key, Powers } from './key.ts';
import type { Owner } from './ledger.ts';
import type { Role } from './role.ts';
import { scopesOfRole } from './role.ts';
import type { Membership } from './team.ts';

/** Who calls for a merchant in one mode: an API key, or a person who is a member. */
export type Caller = Key | MemberCaller;

/** A person, with the scopes of their role. */
export interface MemberCaller extends Owner, Powers {
  /** The id of the membership, by which everybody else knows the person. */
  readonly id: string;
  readonly membership: Membership;
  readonly role: Role;
}

export function memberCaller(membership: Membership, { merchantId, mode }: Owner): MemberCaller {
  const { id, role } = membership;
  return { id, merchantId, mode, membership, role, scopes: scopesOfRole(role) };
}

export function isMember(caller: Caller): caller is MemberCaller {
  return 'membership' in caller;
}

/** The beginning of a sentence about what somebody may not do. */
export function nameOfCaller(caller: Caller): string {
  return isMember(caller) ? `The role ${caller.role}` : 'This key';
}

/** The person of a route that is for people: the pipeline has refused everybody else. */
export function requireMember(caller: Caller): MemberCaller {
  assert(isMember(caller), 'only people come to a route for people');
  return caller;
}
