import * as z from 'zod/mini';
import { SCOPES, TEAM_SCOPES } from '../../../domain/key.ts';
import { NOTIFICATION_KINDS } from '../../../domain/notification.ts';
import { ROLES } from '../../../domain/role.ts';
import type { viewNotifications } from '../../views/notification-views.ts';
import type {
  viewInvitation,
  viewInvitationPreview,
  viewMember,
  viewMembership,
  viewRemoved,
} from '../../views/team-views.ts';
import type { Contract } from '../schema.ts';
import { BODY, named, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** People: who is signed in, their businesses, and the team of each. */

export const scope = named('Scope', z.enum([...SCOPES, ...TEAM_SCOPES]));
const role = named('Role', z.enum(ROLES));

const membership = viewOf<ReturnType<typeof viewMembership>>()(
  'Membership',
  z.strictObject({
    merchant_id: c.text,
    business_name: c.text,
    live: z.boolean(),
    member_id: c.text,
    role,
    scopes: z.array(scope),
    joined_at: c.instant,
  }),
);
const me = named('Me', z.strictObject({ person_id: c.text, memberships: z.array(membership) }));

const member = viewOf<ReturnType<typeof viewMember>>()(
  'Member',
  z.strictObject({ id: c.text, email: c.text, role, joined_at: c.instant, you: z.boolean() }),
);
const own = { id: c.text, mode: c.mode };
const ownKey = z.strictObject({ ...own, name: c.text, prefix: c.text });
const ownEndpoint = z.strictObject({ ...own, url: c.text, enabled: z.boolean() });
const ownCampaign = z.strictObject({ ...own, name: c.text, paused: z.boolean() });
const removed = viewOf<ReturnType<typeof viewRemoved>>()(
  'RemovedMember',
  z.strictObject({
    id: c.text,
    removed: z.literal(true),
    keys: z.array(named('KeyOfMember', ownKey)),
    endpoints: z.array(named('EndpointOfMember', ownEndpoint)),
    campaigns: z.array(named('CampaignOfMember', ownCampaign)),
  }),
);

const invitationFields = {
  id: c.text,
  email: c.text,
  role,
  created_at: c.instant,
  created_by: z.nullable(c.actor),
  expires_at: c.instant,
};
const invitation = viewOf<ReturnType<typeof viewInvitation>>()('Invitation', z.strictObject(invitationFields));
const invitationPreview = viewOf<ReturnType<typeof viewInvitationPreview>>()(
  'InvitationPreview',
  z.strictObject({
    business_name: c.text,
    email: c.text,
    role,
    invited_by: c.maybeText,
    expires_at: c.instant,
  }),
);
const newInvitation = named(
  'NewInvitation',
  z.strictObject({ ...invitationFields, mailed: z.boolean(), link: c.maybeText }),
);
const revoked = named('RevokedInvitation', z.strictObject({ id: c.text, revoked: z.literal(true) }));

const isMailed = Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, z.boolean()])) as Record<
  (typeof NOTIFICATION_KINDS)[number],
  z.ZodMiniBoolean
>;
const notifications = viewOf<ReturnType<typeof viewNotifications>>()(
  'Notifications',
  z.strictObject({ email: c.text, mail_from: c.maybeText, ...isMailed }),
);

/** Of every route whose caller is a person and need be a member of nothing. */
const PERSON = ['token_invalid', 'token_expired', 'person_required', 'rate_limited'] as const;
const JOINS = [...PERSON, ...BODY, 'invalid_request', 'email_not_verified'] as const;

export const peopleContract = {
  'get-me': { answers: { 200: { says: 'Who is signed in, and their businesses.', body: me } }, refusals: PERSON },
  'create-business': {
    answers: {
      201: { says: 'The new business.', body: membership },
      200: { says: 'The business that is there.', body: membership, headers: ['Idempotent-Replayed'] },
    },
    refusals: [...JOINS, 'business_limit_reached'],
  },
  'preview-invitation': {
    answers: { 200: { says: 'What the invitation is to.', body: invitationPreview } },
    refusals: [...JOINS, 'invitation_not_found', 'invitation_for_another'],
  },
  'accept-invitation': {
    answers: { 200: { says: 'The business that was joined.', body: membership } },
    refusals: [...JOINS, 'invitation_not_found', 'invitation_for_another', 'already_member'],
  },
  'list-members': { answers: { 200: { says: 'All members.', body: c.pageOf('MemberPage', member) } } },
  'update-member': {
    answers: { 200: { says: 'The member.', body: member } },
    refusals: [...BODY, 'member_not_found', 'role_not_allowed', 'last_owner'],
  },
  'remove-member': {
    answers: { 200: { says: 'The removal, and what is left of theirs.', body: removed } },
    // Of who removes another one.
    refusals: ['scope_missing', 'member_not_found', 'role_not_allowed', 'last_owner'],
  },
  'list-invitations': {
    answers: { 200: { says: 'All invitations that wait.', body: c.pageOf('InvitationPage', invitation) } },
  },
  'create-invitation': {
    answers: { 201: { says: 'The invitation.', body: newInvitation } },
    refusals: [...BODY, 'role_not_allowed', 'already_member', 'member_limit_reached'],
  },
  'revoke-invitation': {
    answers: { 200: { says: 'The revocation.', body: revoked } },
    refusals: ['invitation_not_found', 'role_not_allowed'],
  },
  'get-notifications': { answers: { 200: { says: 'What is mailed to who asks.', body: notifications } } },
  'update-notifications': {
    answers: { 200: { says: 'What is mailed to who asks, from now on.', body: notifications } },
    refusals: BODY,
  },
} as const satisfies Record<string, Contract>;
