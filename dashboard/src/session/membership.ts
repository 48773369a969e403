import type { Membership } from '../../../sdk/typescript/src/api.ts';

/** What a person may do for which business. */
export type { Membership } from '../../../sdk/typescript/src/api.ts';
export type Mode = 'test' | 'live';

export interface Me {
  readonly memberships: readonly Membership[];
  readonly email: string | undefined;
}
