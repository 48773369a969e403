/** What a person may do for which business, as `GET /api/v1/me` answers. */
export type Role = 'owner' | 'admin' | 'developer' | 'finance' | 'viewer';
export type Mode = 'test' | 'live';

export interface Membership {
  readonly merchant_id: string;
  readonly business_name: string;
  readonly role: Role;
  readonly live: boolean;
  readonly scopes: readonly string[];
}

export interface Me {
  readonly person_id: string;
  readonly email: string | null;
  readonly memberships: readonly Membership[];
}
