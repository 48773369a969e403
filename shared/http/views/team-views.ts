import { scopesOfRole } from '../../domain/role.ts';
import type { Invitation, Member, Membership, Team } from '../../domain/team.ts';
import { isOpen } from '../../domain/team.ts';
import type { Terms } from '../../domain/terms.ts';
import type { Instant } from '../../domain/time.ts';
import type { Merchant } from '../../store/merchants.ts';
import { viewActor } from './actor-views.ts';

/** People as each other see them: never by the subject of their tokens. */

export function viewMember({ id, email, role, joinedAt }: Member, callerId: string) {
  return { id, email, role, joined_at: joinedAt, you: id === callerId };
}

export function viewInvitation({ id, email, role, createdAt, createdBy, endsAt }: Invitation) {
  return { id, email, role, created_at: createdAt, created_by: viewActor(createdBy), expires_at: endsAt };
}

export function openInvitations({ invitations }: Team, at: Instant): Invitation[] {
  return invitations.filter((each) => isOpen(each, at));
}

/** A business as one of its people sees it. */
export function viewMembership(membership: Membership, { name }: Pick<Merchant, 'name'>, { isLive }: Terms) {
  const { id, merchantId, role, joinedAt } = membership;
  const scopes = scopesOfRole(role);
  const who = { member_id: id, role, scopes, joined_at: joinedAt };
  return { merchant_id: merchantId, business_name: name, live: isLive, ...who };
}
