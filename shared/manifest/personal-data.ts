import type { LoggedField } from './logged-fields.ts';
import type { ItemKind } from './personal-data/item-kind.ts';
import { MERCHANTS } from './personal-data/merchants.ts';
import { ORDERS } from './personal-data/orders.ts';
import { OTHERS } from './personal-data/others.ts';

/**
 * Which stored and logged fields tell something of a person, as data: `docs/privacy.md` is made of it, and a test fails
 * when an attribute is stored or a field is logged that is not here. A name that ends in `*` stands for all that begin
 * so.
 */

export const ITEM_KINDS: readonly ItemKind[] = [...ORDERS, ...MERCHANTS, ...OTHERS];

/** What is logged that may tell something of a person, and what; all other fields of a line do not. */
export const PERSONAL_IN_LOGS: Readonly<Partial<Record<LoggedField, string>>> = {
  agentReference: "the merchant's own reference, of events that were not enqueued",
  item: 'the key of an item that fails, which of an order has that reference',
  left: 'a count, never what was left',
  error: 'the message of an error, with long numbers masked; of an endpoint, why there was no answer',
  reason: 'the same',
  keyId: 'the id of a key, which its merchant may have given to one person',
  memberId: 'the id of a member, which tells who it is to their business only',
};

/** Places that are no table: what lies there, and how long. */
export const OTHER_PLACES: readonly (readonly [place: string, what: string, until: string])[] = [
  [
    'S3, `previews/…` and `uploads/…`',
    'files of rows: numbers, texts',
    '7 days, then a rule of the bucket deletes them',
  ],
  ['S3, heads of ledgers', 'wallets, numbers of entries, hashes: nothing personal', 'for ever'],
  [
    'SQS',
    "keys of orders, with the merchant's reference; ids; requests on their way to the request log, within seconds",
    '4 days; dead letters 14 days',
  ],
  ['Logs of functions', 'the fields below', 'dev a week, staging a month, live a year'],
  [
    'Access log of the API',
    "the address of each connection (CloudFront's, for what comes by it), with route and status",
    'the same',
  ],
  ['Metrics', 'counts, ages, and whether something is low or down: nothing personal', '15 months'],
  [
    'Backups',
    'all tables, as they were; in live also in the region for copies',
    '35 days, in vaults as by point-in-time recovery; staging 7 in its vault',
  ],
  ['S3, exports of the ledger', 'entries, as in the table `ledger`', '35 days, staging 7: then a rule deletes them'],
  [
    'Providers, payment gateway',
    'numbers, amounts and texts of the orders they deliver; payers',
    'as their own terms say',
  ],
  [
    'Cognito, the user pool',
    'of people who sign in: mail address, hash of the password, secret of the authenticator',
    'an operator deletes the person',
  ],
  [
    'SES',
    'mail address and text of what is sent, on its way; addresses that bounced',
    'bounced ones until they are taken off the list',
  ],
  ['Secrets Manager', 'the key `privacy`, which makes the hashes', 'for ever: it is never rotated'],
];
