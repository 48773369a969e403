/**
 * The tables, as data: CDK creates them from here on AWS, the local engine on a laptop, so both have the same keys
 * and indexes. Items are documented where they are written, in `shared/store`.
 */

interface Key {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface IndexShape {
  readonly name: string;
  readonly partition: Key;
  readonly sort: Key;
  /** Attributes copied beside the keys; the rest is read from the table, consistently. */
  readonly includes: readonly string[];
}

export interface TableShape {
  readonly partition: Key;
  readonly sort?: Key;
  readonly indexes: readonly IndexShape[];
  /** The attribute that says when an item may be forgotten, in seconds since 1970. Absent: items are kept for ever. */
  readonly expiry?: string;
}

/** What a merchant lists, newest first. Its keys never change, so an item pays for it once. */
export const LISTED_INDEX = 'listed';
/** Sparse: holds only the items on which something is still owed, ordered by when to look at them next. */
export const DUE_INDEX = 'due';
/** Sparse: holds only the items with events that were not handed on to webhooks yet. */
export const OUTBOX_INDEX = 'outbox';

/** Sparse: the orders that pay the respondents of a campaign, as in the list of all. */
export const CAMPAIGN_INDEX = 'campaign';

const text = (name: string): Key => ({ name, type: 'S' });
const number = (name: string): Key => ({ name, type: 'N' });

export const tables = {
  orders: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: ['productId', 'msisdn'] },
      {
        name: DUE_INDEX,
        partition: number('dueShard'),
        sort: text('dueAt'),
        includes: ['status', 'createdAt', 'amountMinor', 'currency'],
      },
      { name: OUTBOX_INDEX, partition: number('outboxShard'), sort: text('outboxAt'), includes: [] },
      { name: CAMPAIGN_INDEX, partition: text('campaignPk'), sort: text('listSk'), includes: [] },
    ],
  },
  ledger: { partition: text('pk'), sort: number('seq'), indexes: [] },
  merchants: { partition: text('pk'), sort: text('sk'), indexes: [] },
  deliveries: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: ['endpointId', 'orderId'] },
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: ['lane'] },
    ],
    expiry: 'expiresAt',
  },
  topups: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: [] },
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: [] },
      { name: OUTBOX_INDEX, partition: number('outboxShard'), sort: text('outboxAt'), includes: [] },
    ],
  },
  batches: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: [] },
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: [] },
      { name: OUTBOX_INDEX, partition: number('outboxShard'), sort: text('outboxAt'), includes: [] },
    ],
  },
  campaigns: {
    partition: text('pk'),
    indexes: [{ name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: [] }],
  },
  watches: {
    partition: text('pk'),
    indexes: [{ name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: [] }],
  },
  catalogue: { partition: text('pk'), sort: text('sk'), indexes: [] },
  health: { partition: text('pk'), indexes: [] },
} as const satisfies Record<string, TableShape>;

export type TableName = keyof typeof tables;
