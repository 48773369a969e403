import type { Action, Facts, Origin } from '../../domain/act.ts';
import type { MemberCaller } from '../../domain/caller.ts';
import { base32, KEY_RANDOM_BYTES } from '../../domain/key.ts';
import type { Role } from '../../domain/role.ts';
import { mayManage } from '../../domain/role.ts';
import { sha256 } from '../../domain/sha256.ts';
import type { Invitation, Member, Membership, Team, TeamProblem } from '../../domain/team.ts';
import {
  endOfInvitation,
  invited,
  isOpen,
  isSameEmail,
  joined,
  uninvited,
  without,
  withRole,
} from '../../domain/team.ts';
import { limitsOf } from '../../domain/terms.ts';
import type { Instant } from '../../domain/time.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { recordAct } from '../../store/audit.ts';
import { keyCampaignsPut, readKeyCampaigns } from '../../store/key-campaigns.ts';
import { membershipPut, readAnyMembership, readMembership, readTeam, saveTeam } from '../../store/teams.ts';
import { readTerms } from '../../store/terms.ts';
import type { Check, Put } from '../../store/write.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';
import type { Maker } from './standing.ts';
import { makerOf } from './standing.ts';

/**
 * Changes of a merchant's team. Each reads it, decides, and writes the next version with everything that goes with it,
 * or decides again: two owners who leave at once, a removal and a new role, an invitation that two accept. Whoever
 * changes it must still have their role when it is written.
 */

/** Who changes a team: a member, or nobody of the merchant, who is an operator or whoever joins. */
interface Change {
  readonly origin: Origin;
  readonly maker?: Maker<MemberCaller>;
}

interface Decision {
  readonly team: Team | TeamProblem;
  readonly action: Action;
  readonly subject: string;
  readonly before?: Facts;
  readonly after: Facts;
  readonly puts?: readonly (Put | Check)[];
}

/** Writes what is decided. `undefined`: there is nothing to do. */
function change(
  world: World,
  merchantId: string,
  { origin, maker }: Change,
  decide: (team: Team, at: Instant) => Decision | undefined | Promise<Decision | undefined>,
): Promise<void> {
  return withRetries(world, async (tries) => {
    if (tries > 0) await maker?.require(world);
    const decision = await decide(await readTeam(world, merchantId), world.now());
    if (!decision) return undefined;
    const { team, action, subject, before, after, puts = [] } = decision;
    if (typeof team === 'string') throw refusalOf(team);
    const facts = { action, subject, after, ...(before ? { before } : {}) };
    const act = recordAct(world, { merchantId, mode: 'live' }, origin, facts);
    const checks = maker && !puts.some((put) => isOf(put, maker.caller)) ? [maker.check] : [];
    return (await saveTeam(world, team, [...puts, act, ...checks])) ? undefined : new Retry('the team keeps changing');
  });
}

/** One transaction cannot check an item that it writes; its put has a condition of its own. */
function isOf(put: Put | Check, { membership }: MemberCaller): boolean {
  return 'item' in put && put.item.subject === membership.subject;
}

export interface NewInvitation {
  readonly invitation: Invitation;
  /** Shown once, in a link: it names where the invitation is, and proves that it was received. */
  readonly token: string;
}

/** Invites an address to a role. One invitation waits for each address: a new one replaces it, and its link. */
export async function invite(
  world: World,
  merchantId: string,
  { email, role }: Pick<Invitation, 'email' | 'role'>,
  { origin, maker }: Change,
): Promise<NewInvitation> {
  if (maker) requireMayManage(maker.caller, role);
  const secret = base32(world.bytes(KEY_RANDOM_BYTES));
  const at = world.now();
  const made = { id: newId(world, 'inv'), email, role, createdAt: at, createdBy: origin.by };
  const invitation: Invitation = { ...made, hash: sha256(secret), endsAt: endOfInvitation(at) };
  const max = limitsOf(await readTerms(world, merchantId), 'live').counts.members;
  await change(world, merchantId, { origin, ...(maker ? { maker } : {}) }, (team) => {
    // An admin replaces no invitation of an owner either.
    const before = team.invitations.find((each) => isSameEmail(each.email, email));
    if (before && maker) requireMayManage(maker.caller, before.role);
    const next = invited(team, invitation, max, at);
    return { team: next, action: 'invitation.created', subject: invitation.id, after: { role } };
  });
  return { invitation, token: `${merchantId}.${invitation.id}.${secret}` };
}

/** Revokes an invitation. One that has gone is revoked already. */
export function revokeInvitation(world: World, caller: MemberCaller, id: string, origin: Origin): Promise<void> {
  return change(world, caller.merchantId, { origin, maker: makerOf(caller) }, (team, at) => {
    const invitation = team.invitations.find((each) => each.id === id && isOpen(each, at));
    if (!invitation) throw new Refusal('invitation_not_found', { param: 'invitation_id' });
    requireMayManage(caller, invitation.role);
    const before = { role: invitation.role };
    return { team: uninvited(team, id, at), action: 'invitation.revoked', subject: id, before, after: { role: null } };
  });
}

interface Invitee {
  readonly subject: string;
  email(): Promise<string>;
  readonly origin: Omit<Origin, 'by'>;
}

const TOKEN = /^(mer_[0-9a-z]{20})\.(inv_[0-9a-z]{20})\.([0-9a-z]{32})$/;

function readToken(token: string) {
  const [, merchantId, invitationId = '', secret = ''] = TOKEN.exec(token) ?? [];
  if (merchantId === undefined) throw new Refusal('invitation_not_found', { param: 'token' });
  return { merchantId, invitationId, secret };
}

/** An invitation that waits, with its team, for whoever may accept it: who has the token and the address. */
export async function findInvitation(
  world: World,
  token: string,
  emailOf: Invitee['email'],
): Promise<{ team: Team; invitation: Invitation }> {
  const { merchantId, ...named } = readToken(token);
  const team = await readTeam(world, merchantId);
  const invitation = openInvitation(team, { ...named, at: world.now() });
  requireAddressee(invitation, await emailOf());
  return { team, invitation };
}

/**
 * Makes whoever has the token of an invitation a member, if it was sent to their verified address. It works once: the
 * same person again finds the membership that it made, and another one nothing.
 */
export async function acceptInvitation(
  world: World,
  token: string,
  { subject, email: emailOf, origin }: Invitee,
): Promise<Membership> {
  const { merchantId, invitationId, secret } = readToken(token);
  const id = newId(world, 'mem');
  let email: string | undefined;
  const by = { ...origin, by: { kind: 'person', id } } as const;
  await change(world, merchantId, { origin: by }, async (team, at) => {
    if (team.members.some((each) => each.invitationId === invitationId && each.subject === subject)) return undefined;
    const invitation = openInvitation(team, { invitationId, secret, at });
    email ??= await emailOf();
    requireAddressee(invitation, email);
    const { role } = invitation;
    const member: Member = { id, subject, email, role, joinedAt: at, invitationId };
    const puts = [membershipPut(await newMembership(world, merchantId, member))];
    return { team: joined(team, member, at), action: 'member.joined', subject: id, after: { role }, puts };
  });
  const membership = await readMembership(world, subject, merchantId);
  if (!membership) throw new Refusal('invitation_not_found', { param: 'token' });
  return membership;
}

/** One that was used, was revoked, has ended or never was looks the same, as does a wrong secret. */
function openInvitation(
  { invitations }: Team,
  { invitationId, secret, at }: { invitationId: string; secret: string; at: Instant },
): Invitation {
  const invitation = invitations.find((each) => each.id === invitationId);
  if (invitation && invitation.hash === sha256(secret) && isOpen(invitation, at)) return invitation;
  throw new Refusal('invitation_not_found', { param: 'token' });
}

function requireAddressee(invitation: Invitation, email: string): void {
  if (!isSameEmail(email, invitation.email)) throw new Refusal('invitation_for_another', { param: 'token' });
}

/** Makes somebody a member without an invitation; once, whoever asks again. For who sets up a business for others. */
export function addMember(
  world: World,
  merchantId: string,
  { subject, email, role }: Pick<Member, 'subject' | 'email' | 'role'>,
  origin: Origin,
): Promise<void> {
  return change(world, merchantId, { origin }, async (team, at) => {
    if (team.members.some((each) => each.subject === subject)) return undefined;
    const member: Member = { id: newId(world, 'mem'), subject, email, role, joinedAt: at };
    const puts = [membershipPut(await newMembership(world, merchantId, member))];
    return { team: joined(team, member, at), action: 'member.joined', subject: member.id, after: { role }, puts };
  });
}

/** What a member is who joins: the next revision of what they were, if they come back. */
async function newMembership(world: World, merchantId: string, member: Member): Promise<Membership> {
  const { id, subject, role, joinedAt } = member;
  const before = await readAnyMembership(world, subject, merchantId);
  return { id, subject, merchantId, role, joinedAt, revision: (before?.revision ?? 0) + 1 };
}

/** Gives a member another role. Takes effect with their next request. */
export async function changeRole(
  world: World,
  caller: MemberCaller,
  id: string,
  role: Role,
  origin: Origin,
): Promise<Member> {
  await change(world, caller.merchantId, { origin, maker: makerOf(caller) }, async (team, at) => {
    const member = memberOf(team, id);
    requireMayManage(caller, member.role);
    requireMayManage(caller, role);
    if (member.role === role) return undefined;
    const puts = [membershipPut({ ...(await membershipOf(world, caller.merchantId, member)), role })];
    const facts = { before: { role: member.role }, after: { role } };
    return { team: withRole(team, id, role, at), action: 'member.role_changed', subject: id, ...facts, puts };
  });
  return memberOf(await readTeam(world, caller.merchantId), id);
}

/**
 * Removes a member, who may be the caller: everybody may leave. With the membership goes their address; what is left is
 * that somebody with this id was a member, for the audit log. Answers who was removed; one who has gone is not found.
 */
export async function removeMember(world: World, caller: MemberCaller, id: string, origin: Origin): Promise<Member> {
  let removed: Member | undefined;
  await change(world, caller.merchantId, { origin, maker: makerOf(caller) }, async (team, at) => {
    const member = memberOf(team, id);
    if (id !== caller.id) requireMayRemove(caller, member.role);
    removed = member;
    const left = membershipPut({ ...(await membershipOf(world, caller.merchantId, member)), leftAt: at });
    const campaigns = await readKeyCampaigns(world, id);
    // Closed, no request of theirs that is on its way makes or widens a campaign.
    const closed = { ...campaigns, closedAt: at, isKept: true, version: campaigns.version + 1 };
    const puts = [left, keyCampaignsPut(closed)];
    const facts = { before: { role: member.role }, after: { role: null } };
    return { team: without(team, id, at), action: 'member.removed', subject: id, ...facts, puts };
  });
  if (!removed) throw new Refusal('member_not_found', { param: 'member_id' });
  return removed;
}

/** The next revision of what a member is, for the one change that is decided. */
async function membershipOf(world: World, merchantId: string, { id, subject }: Member): Promise<Membership> {
  const membership = await readMembership(world, subject, merchantId);
  if (membership?.id !== id) throw new Refusal('member_not_found', { param: 'member_id' });
  return { ...membership, revision: membership.revision + 1 };
}

function memberOf({ members }: Team, id: string): Member {
  const member = members.find((each) => each.id === id);
  if (!member) throw new Refusal('member_not_found', { param: 'member_id' });
  return member;
}

function requireMayManage({ role }: MemberCaller, other: Role): void {
  if (!mayManage(role, other)) throw new Refusal('role_not_allowed', { param: 'role' });
}

/** A route that lets everybody leave asks for no scope, so who removes others is looked at here. */
function requireMayRemove(caller: MemberCaller, other: Role): void {
  if (!caller.scopes.includes('team:write')) {
    throw new Refusal('scope_missing', { detail: `The role ${caller.role} does not have the scope team:write.` });
  }
  requireMayManage(caller, other);
}

function refusalOf(problem: TeamProblem): Refusal {
  switch (problem) {
    case 'last_owner':
      return new Refusal('last_owner', { param: 'member_id' });
    case 'already_member':
      return new Refusal('already_member');
    default:
      return new Refusal('member_limit_reached');
  }
}
