// Made by `npm run docs` from the code of the functions, by bin/writes.ts.
import type { TableName } from './tables.ts';

/** Actions on a table. */
export type Writes = Readonly<Partial<Record<TableName, readonly string[]>>>;

/** How each function writes each table, by the name of its bundle. It is granted these writes and no others. */
export const WRITES: Readonly<Record<string, Writes>> = {
  'accept-invitation': {
    merchants: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'advance-order': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'canary-order': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    health: ['UpdateItem'],
    limits: ['UpdateItem'],
  },
  'cancel-bulk': {
    batches: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'count-figures': {
    figures: ['PutItem'],
  },
  'create-bulk': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-business': {
    ledger: ['PutItem'],
    merchants: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-campaign': {
    campaigns: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-endpoint': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-invitation': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-key': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-listener': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-order': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-payout': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'create-upload': {
    limits: ['UpdateItem'],
  },
  'delete-endpoint': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  dispatch: {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    health: ['UpdateItem'],
  },
  'erase-old': {
    orders: ['PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    erasures: ['PutItem'],
  },
  'export-ledger': {
    limits: ['UpdateItem'],
  },
  'freeze-account': {
    merchants: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'get-account': {
    limits: ['UpdateItem'],
  },
  'get-account-balance': {
    limits: ['UpdateItem'],
  },
  'get-bulk': {
    limits: ['UpdateItem'],
  },
  'get-bulk-template': {
    limits: ['UpdateItem'],
  },
  'get-campaign': {
    limits: ['UpdateItem'],
  },
  'get-delivery': {
    limits: ['UpdateItem'],
  },
  'get-endpoint': {
    limits: ['UpdateItem'],
  },
  'get-figures': {
    limits: ['UpdateItem'],
  },
  'get-me': {
    limits: ['UpdateItem'],
  },
  'get-notifications': {
    limits: ['UpdateItem'],
  },
  'get-order': {
    limits: ['UpdateItem'],
  },
  'get-preview': {
    limits: ['UpdateItem'],
  },
  'get-request': {
    limits: ['UpdateItem'],
  },
  'get-statement': {
    limits: ['UpdateItem'],
  },
  'get-target': {
    limits: ['UpdateItem'],
  },
  'get-topup': {
    limits: ['UpdateItem'],
  },
  'get-wallet': {
    limits: ['UpdateItem'],
  },
  'issue-token': {
    limits: ['UpdateItem'],
  },
  'keep-requests': {
    requests: ['PutItem'],
  },
  'list-audit': {
    limits: ['UpdateItem'],
  },
  'list-bulk': {
    limits: ['UpdateItem'],
  },
  'list-bulk-rows': {
    limits: ['UpdateItem'],
  },
  'list-campaigns': {
    limits: ['UpdateItem'],
  },
  'list-deliveries': {
    limits: ['UpdateItem'],
  },
  'list-endpoints': {
    limits: ['UpdateItem'],
  },
  'list-heads': {
    limits: ['UpdateItem'],
  },
  'list-invitations': {
    limits: ['UpdateItem'],
  },
  'list-keys': {
    limits: ['UpdateItem'],
  },
  'list-ledger': {
    limits: ['UpdateItem'],
  },
  'list-members': {
    limits: ['UpdateItem'],
  },
  'list-orders': {
    limits: ['UpdateItem'],
  },
  'list-payouts': {
    limits: ['UpdateItem'],
  },
  'list-products': {
    limits: ['UpdateItem'],
  },
  'list-requests': {
    limits: ['UpdateItem'],
  },
  'list-topups': {
    limits: ['UpdateItem'],
  },
  'mail-notices': {
    notices: ['PutItem'],
  },
  'not-found': {
    limits: ['UpdateItem'],
  },
  'poll-deliveries': {
    limits: ['UpdateItem'],
  },
  'preview-bulk': {
    limits: ['UpdateItem'],
  },
  'preview-invitation': {
    limits: ['UpdateItem'],
  },
  'query-transaction': {
    limits: ['UpdateItem'],
  },
  'receive-callback': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
  },
  'receive-payment': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
  },
  reconcile: {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    health: ['UpdateItem'],
  },
  'recover-deliveries': {
    deliveries: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'remove-member': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    campaigns: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'resend-delivery': {
    merchants: ['PutItem'],
    deliveries: ['PutItem'],
    notices: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'retry-bulk': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'revoke-invitation': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'revoke-key': {
    merchants: ['PutItem'],
    campaigns: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'roll-key': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'rotate-campaign-secret': {
    campaigns: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'rotate-secret': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'run-bulk': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    health: ['UpdateItem'],
  },
  'send-airtime': {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'set-test-balance': {
    ledger: ['PutItem'],
    wallets: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'start-topup': {
    topups: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'sync-catalogue': {
    catalogue: ['PutItem'],
    health: ['UpdateItem'],
  },
  'test-endpoint': {
    merchants: ['PutItem'],
    deliveries: ['PutItem'],
    notices: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'unfreeze-account': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'update-account': {
    merchants: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'update-campaign': {
    campaigns: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'update-endpoint': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'update-member': {
    merchants: ['ConditionCheckItem', 'PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'update-notifications': {
    merchants: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'update-wallet': {
    watches: ['PutItem'],
    audit: ['PutItem'],
    limits: ['UpdateItem'],
  },
  'verify-ledger': {
    limits: ['UpdateItem'],
  },
  'verify-ledgers': {
    wallets: ['PutItem'],
  },
  'webhook-sender': {
    orders: ['PutItem'],
    merchants: ['PutItem'],
    deliveries: ['PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    watches: ['PutItem'],
    notices: ['PutItem'],
  },
  operator: {
    orders: ['PutItem'],
    ledger: ['ConditionCheckItem', 'PutItem'],
    lines: ['BatchWriteItem', 'PutItem'],
    merchants: ['ConditionCheckItem', 'PutItem'],
    deliveries: ['PutItem'],
    topups: ['PutItem'],
    batches: ['PutItem'],
    campaigns: ['PutItem'],
    wallets: ['PutItem'],
    erasures: ['PutItem'],
    audit: ['PutItem'],
    requests: ['PutItem'],
    catalogue: ['PutItem'],
    health: ['UpdateItem'],
    limits: ['UpdateItem'],
  },
};
