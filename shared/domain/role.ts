import type { Scope } from './key.ts';
import { SCOPES, TEAM_SCOPES } from './key.ts';

/** The roles of people, and what each may do. This is the one table of it: the API, its pages and the tests read it. */

export const ROLES = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const VIEWER = [
  ...(['orders:read', 'products:read', 'wallet:read', 'webhooks:read', 'campaigns:read', 'account:read'] as const),
  'team:read',
] as const satisfies readonly Scope[];

const DEVELOPER = [
  ...VIEWER,
  ...(['orders:write', 'wallet:write', 'webhooks:write', 'campaigns:write', 'keys:write'] as const),
  ...(['audit:read', 'requests:read', 'account:freeze'] as const),
] as const satisfies readonly Scope[];

/** What a role may do. Only an owner lifts a freeze; `team:write` is for people: no key has a scope of the team. */
const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  owner: [...SCOPES, ...TEAM_SCOPES],
  admin: [...DEVELOPER, 'team:write'],
  developer: DEVELOPER,
  finance: [...VIEWER, 'wallet:write', 'audit:read', 'account:freeze'],
  viewer: VIEWER,
};

export function scopesOfRole(role: Role): readonly Scope[] {
  return SCOPES_OF[role];
}

/** Whether one role may give another, take it, and remove who has it: nobody makes or unmakes who is above them. */
export function mayManage(role: Role, other: Role): boolean {
  return SCOPES_OF[role].includes('team:write') && (role === 'owner' || other !== 'owner');
}
