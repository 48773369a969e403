/**
 * The tables, as data: CDK creates them on AWS and `npm start` on a laptop, so both have the same keys and indexes.
 * Items are documented where they are written, in `shared/store`.
 */

interface Key {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface IndexShape {
  readonly name: string;
  readonly partition: Key;
  readonly sort: Key;
  /** Attributes that are copied in addition to the keys. Others are read from the table, consistently. */
  readonly includes: readonly string[];
}

export interface TableShape {
  readonly partition: Key;
  readonly sort?: Key;
  readonly indexes: readonly IndexShape[];
  /** The attribute with the time after which an item may be deleted, in seconds since 1970. Without it none ever is. */
  readonly expiry?: string;
}

/** What a merchant lists, newest first. Its keys never change, so each item is written to it once. */
export const LISTED_INDEX = 'listed';
/** Sparse: only the items with pending work or unpublished events, ordered by when it is due. */
export const DUE_INDEX = 'due';
/** Sparse: the orders of each merchant that are in doubt, written only when one becomes unknown or goes to review. */
export const DOUBT_INDEX = 'doubt';
/** Sparse: the orders that pay a campaign's respondents, newest first. */
export const CAMPAIGN_INDEX = 'campaign';

const text = (name: string): Key => ({ name, type: 'S' });
const number = (name: string): Key => ({ name, type: 'N' });

/** What lists are filtered by, and what makes two orders look like one. None of it ever changes. */
const LISTED_ORDER = ['productId', 'msisdn', 'amountMinor', 'currency'];

export const tables = {
  orders: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: LISTED_ORDER },
      // No status: each change of it would be a write of the index.
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: ['dueFor', 'listSk'] },
      { name: DOUBT_INDEX, partition: text('doubtPk'), sort: text('listSk'), includes: ['amountMinor', 'currency'] },
      { name: CAMPAIGN_INDEX, partition: text('campaignPk'), sort: text('listSk'), includes: [] },
    ],
  },
  ledger: { partition: text('pk'), sort: number('seq'), indexes: [] },
  lines: { partition: text('pk'), sort: text('sk'), indexes: [], expiry: 'expiresAt' },
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
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: ['dueFor'] },
    ],
  },
  batches: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: [] },
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: [] },
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
  wallets: {
    partition: text('pk'),
    indexes: [
      { name: LISTED_INDEX, partition: text('listPk'), sort: text('listSk'), includes: [] },
      { name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: [] },
    ],
  },
  // How far personal data was erased: of its own, so that who erases writes neither keys nor endpoints.
  erasures: { partition: text('pk'), indexes: [] },
  // Can be made again from the orders. Of its own: who counts writes nothing else.
  figures: { partition: text('pk'), sort: text('sk'), indexes: [] },
  // What is to be mailed. Of its own: who mails writes nothing else.
  notices: {
    partition: text('pk'),
    indexes: [{ name: DUE_INDEX, partition: number('dueShard'), sort: text('dueAt'), includes: [] }],
    expiry: 'expiresAt',
  },
  audit: { partition: text('pk'), sort: text('sk'), indexes: [], expiry: 'expiresAt' },
  requests: {
    partition: text('pk'),
    indexes: [
      {
        name: LISTED_INDEX,
        partition: text('listPk'),
        sort: text('listSk'),
        includes: ['keyId', 'operation', 'statusCode', 'statusClass'],
      },
    ],
    expiry: 'expiresAt',
  },
  catalogue: { partition: text('pk'), sort: text('sk'), indexes: [] },
  health: { partition: text('pk'), indexes: [] },
  // Of its own: every route writes here, but for one attribute at a time, and what is leased is of no use in an hour.
  limits: { partition: text('pk'), indexes: [], expiry: 'expiresAt' },
} as const satisfies Record<string, TableShape>;

export type TableName = keyof typeof tables;

/** Tables whose items are only ever put, in transactions: the tables deny all else to everybody. */
export const APPENDED: ReadonlySet<TableName> = new Set(['ledger', 'audit']);
