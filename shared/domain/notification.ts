import type { Scope } from './key.ts';
import type { Mode } from './ledger.ts';
import type { Role } from './role.ts';
import { scopesOfRole } from './role.ts';
import { HOUR } from './time.ts';

/**
 * What the members of a merchant may be notified of by e-mail, and who is if they never chose. A kind that asks nothing
 * of anybody is for nobody until somebody wants it, and so is everything of test mode.
 */

export const NOTIFICATION_KINDS = [
  'low_balance',
  'endpoint_failing',
  'batch_finished',
  'orders_under_review',
  'topup_problem',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

interface Kind {
  /** What a role needs to see it anywhere else, too. */
  readonly scope: Scope;
  /** Who is notified in live mode without having chosen. */
  readonly roles: readonly Role[];
  /** So long nothing more is mailed about the same thing: what happens meanwhile is in one mail after it. */
  readonly gapMs: number;
}

export const KINDS: Readonly<Record<NotificationKind, Kind>> = {
  low_balance: { scope: 'wallet:read', roles: ['owner', 'admin', 'finance'], gapMs: 6 * HOUR },
  endpoint_failing: { scope: 'webhooks:read', roles: ['owner', 'admin', 'developer'], gapMs: 6 * HOUR },
  batch_finished: { scope: 'orders:read', roles: [], gapMs: HOUR },
  orders_under_review: { scope: 'orders:read', roles: ['owner', 'admin', 'finance'], gapMs: HOUR },
  topup_problem: { scope: 'wallet:read', roles: ['owner', 'admin', 'finance'], gapMs: HOUR },
};

/** What somebody chose; what is not in it follows from their role. */
export type Choices = Readonly<Partial<Record<NotificationKind, boolean>>>;
export type ChoicesByMode = Readonly<Partial<Record<Mode, Choices>>>;

/** A member, as far as it decides what they are notified of. */
interface Chooser {
  readonly role: Role;
  readonly notifications?: ChoicesByMode;
}

/** Whether a member is notified of this kind in this mode. */
export function isNotified({ role, notifications }: Chooser, kind: NotificationKind, mode: Mode): boolean {
  const { scope, roles } = KINDS[kind];
  const chosen = notifications?.[mode]?.[kind];
  return scopesOfRole(role).includes(scope) && (chosen ?? (mode === 'live' && roles.includes(role)));
}

/** Choices after some of them were changed; the others stay as they are. */
export function chosen(before: ChoicesByMode | undefined, mode: Mode, choices: Choices): ChoicesByMode {
  return { ...before, [mode]: { ...before?.[mode], ...choices } };
}
