import type { Membership } from '../../session/membership.ts';
import { shellTexts } from '../../texts/shell.ts';

export type { Member } from '../../../../sdk/typescript/src/api.ts';
export type Role = 'owner' | 'admin' | 'developer' | 'finance' | 'viewer';

const ROLES = Object.keys(shellTexts.roles) as Role[];

/** As the API has it: nobody makes, changes or removes who is above them. */
export function mayManage({ role, scopes }: Pick<Membership, 'role' | 'scopes'>, other: string): boolean {
  return scopes.includes('team:write') && (role === 'owner' || other !== 'owner');
}

/** The roles that somebody may give. */
export function rolesToGive(membership: Pick<Membership, 'role' | 'scopes'>): readonly Role[] {
  return ROLES.filter((role) => mayManage(membership, role));
}
