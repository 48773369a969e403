import type { Campaign } from '../../domain/campaign.ts';
import type { Key } from '../../domain/key.ts';
import { scopesOfRole } from '../../domain/role.ts';
import type { Invitation, Member, Membership, Team } from '../../domain/team.ts';
import { isOpen } from '../../domain/team.ts';
import type { Terms } from '../../domain/terms.ts';
import type { Instant } from '../../domain/time.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import type { Merchant } from '../../store/merchants.ts';
import { viewActor } from './actor-views.ts';

/** People as each other see them: never by the subject of their tokens. */

export function viewMember({ id, email, role, joinedAt }: Member, callerId: string) {
  return { id, email, role, joined_at: joinedAt, you: id === callerId };
}

interface LeftBehind {
  readonly keys: readonly Key[];
  readonly endpoints: readonly Endpoint[];
  readonly campaigns: readonly Campaign[];
}

/** Who was removed, with what of theirs goes on. */
export function viewRemoved(id: string, { keys, endpoints, campaigns }: LeftBehind) {
  return {
    id,
    removed: true as const,
    keys: keys.map(({ id, mode, name, prefix }) => ({ id, mode, name, prefix })),
    endpoints: endpoints.map(({ id, mode, url, disabled }) => ({ id, mode, url, enabled: disabled === undefined })),
    campaigns: campaigns.map(({ id, mode, name, isPaused }) => ({ id, mode, name, paused: isPaused })),
  };
}

export function viewInvitation({ id, email, role, createdAt, createdBy, endsAt }: Invitation) {
  return { id, email, role, created_at: createdAt, created_by: viewActor(createdBy), expires_at: endsAt };
}

/** An invitation as whoever it is for sees it. Who invited is shown by address, for as long as they are a member. */
export function viewInvitationPreview(
  { email, role, createdBy, endsAt }: Invitation,
  { members }: Team,
  { name }: Pick<Merchant, 'name'>,
) {
  const inviter = members.find(({ id }) => createdBy.kind === 'person' && id === createdBy.id);
  return { business_name: name, email, role, invited_by: inviter?.email ?? null, expires_at: endsAt };
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
