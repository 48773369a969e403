import { PAYMENT_SECRETS } from '../access.ts';
import type { OpenRoute, Route } from '../route.ts';

/** Wallets, their ledgers, and payments into them. */

export const walletRoutes = {
  getWallet: {
    name: 'get-wallet',
    method: 'GET',
    path: '/api/v1/wallet',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', orders: 'read', watches: 'read', merchants: 'read' } },
    summary: 'Balances, one per currency.',
  },
  listLedger: {
    name: 'list-ledger',
    method: 'GET',
    path: '/api/v1/wallet/ledger',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'Append-only ledger entries, newest first.',
  },
  exportLedger: {
    name: 'export-ledger',
    method: 'GET',
    path: '/api/v1/wallet/ledger/export',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'Ledger entries as CSV, oldest first.',
  },
  verifyLedger: {
    name: 'verify-ledger',
    method: 'GET',
    path: '/api/v1/wallet/ledger/verify',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'Proves the chain of a wallet, or names its first broken entry.',
  },
  getStatement: {
    name: 'get-statement',
    method: 'GET',
    path: '/api/v1/wallet/statement',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'A month of a wallet: opening and closing balance, and what moved it.',
  },
  startTopup: {
    name: 'start-topup',
    method: 'POST',
    path: '/api/v1/wallet/topup',
    scope: 'wallet:write',
    access: {
      tables: { topups: 'write', merchants: 'read' },
      secrets: [...PAYMENT_SECRETS, 'signing'],
    },
    summary: 'Starts a payment into a wallet; answers with the page to pay on. Idempotent on reference.',
  },
  listTopups: {
    name: 'list-topups',
    method: 'GET',
    path: '/api/v1/wallet/topup',
    scope: 'wallet:read',
    access: { tables: { topups: 'read', merchants: 'read' } },
    summary: 'Top-ups, newest first.',
  },
  getTopup: {
    name: 'get-topup',
    method: 'GET',
    path: '/api/v1/wallet/topup/{topup_id}',
    scope: 'wallet:read',
    access: { tables: { topups: 'read', merchants: 'read' } },
    summary: 'One top-up, with its timeline.',
  },
  updateWallet: {
    name: 'update-wallet',
    method: 'PATCH',
    path: '/api/v1/wallet/{currency}',
    scope: 'wallet:write',
    access: { tables: { watches: 'write', ledger: 'read', merchants: 'read' } },
    summary: 'Below which balance to be warned.',
  },
} as const satisfies Record<string, Route>;

export const walletOpenRoutes = {
  receivePayment: {
    name: 'receive-payment',
    method: 'POST',
    path: '/payments/result/{token}',
    access: {
      tables: { topups: 'write', ledger: 'write' },
      queues: ['webhooks'],
      secrets: [...PAYMENT_SECRETS, 'signing'],
    },
    summary: 'Where the payment gateway says that there is news of a payment. It is then asked.',
  },
  showPaymentEnd: {
    name: 'show-payment-end',
    method: 'GET',
    path: '/payments/end',
    access: {},
    summary: 'The page a payer comes back to where the merchant named none.',
  },
} as const satisfies Record<string, OpenRoute>;
