import type { Actor } from './act.ts';
import type { Mode } from './ledger.ts';
import type { Choices, ChoicesByMode } from './notification.ts';
import { chosen } from './notification.ts';
import type { Role } from './role.ts';
import type { Instant } from './time.ts';
import { DAY, plus } from './time.ts';

/**
 * The people of a merchant: members with their roles, and invitations that wait. All of a merchant's are in one item,
 * and each change is written on the condition that nobody else changed it first: so the last owner stays, however many
 * leave at once, and there are never more members than there may be. Who somebody is their issuer says, by a subject;
 * everybody else knows a member by the id of the membership, which ends with it.
 */

export const INVITATION_MS = 7 * DAY;

export interface Member {
  readonly id: string;
  /** Who it is, by the issuer of their tokens. Never shown to others. */
  readonly subject: string;
  /** As the issuer knew it when they joined. It goes when they leave. */
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: Instant;
  /** The invitation that they accepted; absent for whoever made the business. */
  readonly invitationId?: string;
  /** What is mailed to them, as far as they chose. It goes with them. */
  readonly notifications?: ChoicesByMode;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  /** The SHA-256 of the secret part of its token. */
  readonly hash: string;
  readonly createdAt: Instant;
  readonly createdBy: Actor;
  readonly endsAt: Instant;
}

export interface Team {
  readonly merchantId: string;
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
  /** Increases with every change; 0: never changed, and not stored. */
  readonly version: number;
}

/** What a person is to a merchant: read for each of their requests, and known by both. */
export interface Membership {
  readonly id: string;
  readonly subject: string;
  readonly merchantId: string;
  readonly role: Role;
  readonly joinedAt: Instant;
  /** They are a member no more. */
  readonly leftAt?: Instant;
  /** Increases with every change; each write is conditional on it. */
  readonly revision: number;
}

/** Why a change of a team is refused. */
export type TeamProblem = 'last_owner' | 'member_limit_reached' | 'already_member';

export function emptyTeam(merchantId: string): Team {
  return { merchantId, members: [], invitations: [], version: 0 };
}

/** A team with this change of its members. Invitations that have ended go with every change. */
function next(team: Team, change: Partial<Pick<Team, 'members' | 'invitations'>>, at: Instant): Team {
  const invitations = (change.invitations ?? team.invitations).filter((each) => isOpen(each, at));
  return { ...team, ...change, invitations, version: team.version + 1 };
}

export function isOpen({ endsAt }: Invitation, at: Instant): boolean {
  return at < endsAt;
}

/** E-mail addresses are compared as providers do: without regard to case. */
export function isSameEmail(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/**
 * A new invitation, in place of one to the same address. Members and invitations count together. An operator may invite
 * the address of a member: whoever lost their account has another one with the same address, and is somebody else.
 */
export function invited(team: Team, invitation: Invitation, max: number, at: Instant): Team | TeamProblem {
  const isMember = team.members.some(({ email }) => isSameEmail(email, invitation.email));
  if (isMember && invitation.createdBy.kind !== 'operator') return 'already_member';
  const others = team.invitations.filter((each) => isOpen(each, at) && !isSameEmail(each.email, invitation.email));
  if (team.members.length + others.length >= max) return 'member_limit_reached';
  return next(team, { invitations: [...others, invitation] }, at);
}

export function uninvited(team: Team, id: string, at: Instant): Team {
  return next(team, { invitations: team.invitations.filter((each) => each.id !== id) }, at);
}

/** A team with one more member; their invitation is used up. */
export function joined(team: Team, member: Member, at: Instant): Team | TeamProblem {
  if (team.members.some(({ subject }) => subject === member.subject)) return 'already_member';
  const invitations = team.invitations.filter(({ id }) => id !== member.invitationId);
  return next(team, { members: [...team.members, member], invitations }, at);
}

export function withRole(team: Team, id: string, role: Role, at: Instant): Team | TeamProblem {
  const members = team.members.map((each) => (each.id === id ? { ...each, role } : each));
  return keepsOwner(team, members) ? next(team, { members }, at) : 'last_owner';
}

/** A team of which a member chose what is mailed to them in a mode. */
export function withChoices(
  team: Team,
  { id, mode, choices }: { id: string; mode: Mode; choices: Choices },
  at: Instant,
): Team {
  const members = team.members.map((each) =>
    each.id === id ? { ...each, notifications: chosen(each.notifications, mode, choices) } : each,
  );
  return next(team, { members }, at);
}

export function without(team: Team, id: string, at: Instant): Team | TeamProblem {
  const members = team.members.filter((each) => each.id !== id);
  return keepsOwner(team, members) ? next(team, { members }, at) : 'last_owner';
}

/** A team that never had an owner, because an operator made the merchant, has none to keep. */
function keepsOwner({ members: before }: Team, members: readonly Member[]): boolean {
  return members.some(isOwner) || !before.some(isOwner);
}

function isOwner({ role }: Member): boolean {
  return role === 'owner';
}

export function endOfInvitation(at: Instant): Instant {
  return plus(at, INVITATION_MS);
}
