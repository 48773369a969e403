import type { Owner } from './ledger.ts';
import type { Instant } from './time.ts';

/**
 * Who does something that is recorded: an API key by its id, a person by the id of their membership, or an operator by
 * the identity that AWS confirms.
 */
export interface Actor {
  readonly kind: 'key' | 'person' | 'operator';
  readonly id: string;
}

/** An operator, at no request of ours. */
export function byOperator(id: string): Origin {
  return { by: { kind: 'operator', id } };
}

/** The name of an operator in what merchants see: the last part of the identity, without the account and the role. */
export function nameOfOperator(identity: string): string {
  return identity.split(/[/:]/).at(-1) ?? identity;
}

/** Who acts, and by which request from which address, as far as there is one. */
export interface Origin {
  readonly by: Actor;
  readonly requestId?: string;
  readonly address?: string;
}

/** What is recorded: every act that changes what a merchant has set up, or decides about its money. */
export const ACTIONS = [
  'merchant.created',
  'merchant.renamed',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'invitation.created',
  'invitation.revoked',
  'merchant.frozen',
  'merchant.unfrozen',
  'terms.set',
  'key.created',
  'key.rolled',
  'key.revoked',
  'endpoint.created',
  'endpoint.updated',
  'endpoint.deleted',
  'endpoint.secret_rotated',
  'campaign.created',
  'campaign.updated',
  'campaign.paused',
  'campaign.secret_rotated',
  'wallet.threshold_set',
  'wallet.adjusted',
  'wallet.test_balance_set',
  'order.resolved',
  'order.reversed',
  'topup.resolved',
  'number.erased',
] as const;

/** Of the stage, and not of a merchant. Recorded before they are done: a secret is not part of a transaction. */
export type StageAction = 'secret.rotation_ordered' | 'secret.overlap_end_ordered' | 'catalogue.withdrawals_ordered';
export type Action = (typeof ACTIONS)[number] | StageAction;

/** Whose acts those are that concern all merchants. */
export const STAGE: Owner = { merchantId: 'stage', mode: 'live' };

/** Facts about what an act is about, as they are shown. Never a secret. */
export type Facts = Readonly<Record<string, unknown>>;

/** An entry of the audit log. It never changes. */
export interface Act extends Owner, Origin {
  readonly id: string;
  readonly at: Instant;
  readonly action: Action;
  /** The id of what it is about, such as a key or an order. */
  readonly subject: string;
  /** What of it the act changed, as it was; absent if the act made it. */
  readonly before?: Facts;
  /** The same afterwards. */
  readonly after?: Facts;
}

/** Only the facts that differ: an entry says what an act changed, and not everything that was so. */
export function differing(before: Facts, after: Facts): { before: Facts; after: Facts } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const pick = (facts: Facts) => Object.fromEntries(changed.map((name) => [name, facts[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}
