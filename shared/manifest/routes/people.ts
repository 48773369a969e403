import type { OpenRoute, Route } from '../route.ts';

/** People: who is signed in, their businesses, and the team of each. */

export const peopleRoutes = {
  listMembers: {
    name: 'list-members',
    method: 'GET',
    path: '/api/v1/members',
    scope: 'team:read',
    access: { tables: { merchants: 'read' } },
    summary: 'Lists the people of the business with their roles.',
    isForPeople: true,
  },
  updateMember: {
    name: 'update-member',
    method: 'PATCH',
    path: '/api/v1/members/{member_id}',
    scope: 'team:write',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: 'Gives a member another role.',
    isForPeople: true,
  },
  removeMember: {
    name: 'remove-member',
    method: 'DELETE',
    path: '/api/v1/members/{member_id}',
    // Everybody may leave; to remove another one needs `team:write`.
    scope: 'team:read',
    access: { tables: { audit: 'append', merchants: 'write', campaigns: 'write' } },
    summary: 'Removes a member, or lets the caller leave; lists what they made.',
    isForPeople: true,
  },
  listInvitations: {
    name: 'list-invitations',
    method: 'GET',
    path: '/api/v1/invitations',
    scope: 'team:write',
    access: { tables: { merchants: 'read' } },
    summary: 'Lists the invitations that wait.',
    isForPeople: true,
  },
  createInvitation: {
    name: 'create-invitation',
    method: 'POST',
    path: '/api/v1/invitations',
    scope: 'team:write',
    access: { tables: { audit: 'append', merchants: 'write' }, mail: true },
    summary: 'Invites somebody by e-mail to a role; where no mail can be sent, the link is in the answer.',
    isForPeople: true,
  },
  revokeInvitation: {
    name: 'revoke-invitation',
    method: 'DELETE',
    path: '/api/v1/invitations/{invitation_id}',
    scope: 'team:write',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: 'Revokes an invitation.',
    isForPeople: true,
  },
  getNotifications: {
    name: 'get-notifications',
    method: 'GET',
    path: '/api/v1/notifications',
    // Everybody chooses for themselves, and every role has this scope.
    scope: 'team:read',
    access: { tables: { merchants: 'read' }, mail: 'address' },
    summary: 'Returns what is mailed to whoever is signed in, in this mode, and to which address.',
    isForPeople: true,
  },
  updateNotifications: {
    name: 'update-notifications',
    method: 'PATCH',
    path: '/api/v1/notifications',
    scope: 'team:read',
    access: { tables: { merchants: 'write' }, mail: 'address' },
    summary: 'Turns mails to whoever is signed in on or off, in this mode.',
    isForPeople: true,
  },
} as const satisfies Record<string, Route>;

/** Of people who need be a member of nothing: they say who they are by their token alone. */
export const peopleOpenRoutes = {
  getMe: {
    name: 'get-me',
    method: 'GET',
    path: '/api/v1/me',
    access: { tables: { merchants: 'read' } },
    summary: 'Returns the businesses of whoever is signed in, with their role in each.',
    takesPerson: true,
  },
  createBusiness: {
    name: 'create-business',
    method: 'POST',
    path: '/api/v1/businesses',
    access: { tables: { audit: 'append', ledger: 'write', merchants: 'write', wallets: 'write' } },
    summary: 'Signs up: a new business in test mode, with play money, whose owner is who is signed in.',
    takesPerson: true,
  },
  previewInvitation: {
    name: 'preview-invitation',
    method: 'POST',
    path: '/api/v1/invitations/preview',
    access: { tables: { merchants: 'read' } },
    summary: 'Shows what an invitation is to, by its token, to whoever may accept it.',
    takesPerson: true,
  },
  acceptInvitation: {
    name: 'accept-invitation',
    method: 'POST',
    path: '/api/v1/invitations/accept',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: 'Makes whoever is signed in a member, by the token of an invitation to their address.',
    takesPerson: true,
  },
} as const satisfies Record<string, OpenRoute>;
