import type { TableName } from '../tables.ts';

/** What a kind of item stores of people, and what the kinds of items have in common. */

export interface Personal {
  /** What it tells of whom. */
  readonly what: string;
  readonly why: string;
  /** What is left of it, and from when on. */
  readonly after: string;
}

export interface ItemKind {
  readonly table: TableName;
  readonly kind: string;
  /** Its keys, as `<pk> / <sk>`. */
  readonly keys: RegExp;
  readonly personal: Readonly<Record<string, Personal>>;
  /** What tells nothing of a person. */
  readonly plain: readonly string[];
}

export const words = (text: string) => text.split(/\s+/).filter(Boolean);

export const NOTHING = 'nothing, after the term';
export const HASHED = 'its keyed hash, after the term';
export const MASKED = '`…` and the last three digits, after the term';

export const REFERENCE: Personal = {
  what: 'whatever a merchant puts in: nothing personal, we ask',
  why: 'the key of the order, and what its money is accounted by',
  after: 'everything: it never expires',
};
export const ACTOR: Personal = {
  what: 'the identity of an operator of ours, or the id of a key or a member',
  why: 'every act has a name',
  after: 'everything, as long as the item is kept',
};
export const NOTE: Personal = {
  what: 'in the note of a decision by hand, the name of an operator and a reason',
  why: 'the merchant sees who decided and why',
  after: 'everything: reasons name no customers, we ask of operators',
};

export const OWNED = 'id merchantId mode createdAt';
export const LISTED = 'pk listPk listSk writeId version';
export const DUE = 'dueAt dueShard dueFor putOffFrom sweepFailures';
export const OUTBOX = 'outbox[].at outbox[].sequence outbox[].type outbox[].shown.* outbox[]';
export const FULFILMENT = 'provider providerProductId providerProductCode kind country network';
