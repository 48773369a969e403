import { MONEY, PAYMENT_SECRETS } from '../access.ts';
import type { OpenRoute, Route } from '../route.ts';

/** Wallets, their ledgers, and payments into them. */

export const walletRoutes = {
  getWallet: {
    name: 'get-wallet',
    method: 'GET',
    path: '/api/v1/wallet',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', orders: 'read', watches: 'read', wallets: 'read', merchants: 'read' } },
    summary: 'Returns the balance of each currency.',
  },
  listLedger: {
    name: 'list-ledger',
    method: 'GET',
    path: '/api/v1/wallet/ledger',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'Lists ledger entries, newest first.',
  },
  exportLedger: {
    name: 'export-ledger',
    method: 'GET',
    path: '/api/v1/wallet/ledger/export',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'Exports ledger entries as CSV, oldest first.',
  },
  verifyLedger: {
    name: 'verify-ledger',
    method: 'GET',
    path: '/api/v1/wallet/ledger/verify',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' }, heads: 'read' },
    summary: 'Verifies the hash chain of a wallet against the last signed head, or names its first invalid entry.',
  },
  listHeads: {
    name: 'list-heads',
    method: 'GET',
    path: '/api/v1/wallet/ledger/heads',
    scope: 'wallet:read',
    access: { tables: { merchants: 'read' }, heads: 'read' },
    summary: "Lists the signed heads of a wallet's ledger, oldest first, with what anybody needs to check them.",
  },
  getStatement: {
    name: 'get-statement',
    method: 'GET',
    path: '/api/v1/wallet/statement',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' } },
    summary: 'Returns a monthly statement: opening and closing balance, totals by kind.',
  },
  startTopup: {
    name: 'start-topup',
    method: 'POST',
    path: '/api/v1/wallet/topup',
    scope: 'wallet:write',
    access: {
      tables: { topups: 'write', merchants: 'read' },
      secrets: [...PAYMENT_SECRETS, 'payment'],
      egress: true,
    },
    summary: 'Starts a top-up and returns the payment page. Idempotent on reference.',
    spends: true,
  },
  listTopups: {
    name: 'list-topups',
    method: 'GET',
    path: '/api/v1/wallet/topup',
    scope: 'wallet:read',
    access: { tables: { topups: 'read', merchants: 'read' } },
    summary: 'Lists top-ups, newest first.',
  },
  getTopup: {
    name: 'get-topup',
    method: 'GET',
    path: '/api/v1/wallet/topup/{topup_id}',
    scope: 'wallet:read',
    access: { tables: { topups: 'read', merchants: 'read' } },
    summary: 'Returns one top-up with its timeline.',
  },
  updateWallet: {
    name: 'update-wallet',
    method: 'PATCH',
    path: '/api/v1/wallet/{currency}',
    scope: 'wallet:write',
    access: { tables: { audit: 'append', watches: 'write', ledger: 'read', merchants: 'read' } },
    summary: 'Sets the threshold of the low-balance warning.',
  },
  setTestBalance: {
    name: 'set-test-balance',
    method: 'PUT',
    path: '/api/v1/test/wallet',
    scope: 'wallet:write',
    // It writes an entry of its own behind the last one, and never leads a line.
    access: { tables: { ledger: 'write', wallets: 'write', audit: 'append', merchants: 'read' } },
    summary: 'Sets the balance of a test wallet, by an adjustment in its ledger.',
    isTestOnly: true,
  },
} as const satisfies Record<string, Route>;

export const walletOpenRoutes = {
  receivePayment: {
    name: 'receive-payment',
    method: 'POST',
    path: '/payments/result/{token}',
    access: {
      tables: MONEY,
      queues: ['webhooks'],
      secrets: [...PAYMENT_SECRETS, 'payment'],
    },
    summary: 'Receives a notification of the payment gateway, which is then queried.',
  },
  showPaymentEnd: {
    name: 'show-payment-end',
    method: 'GET',
    path: '/payments/end',
    access: {},
    summary: 'The default page after a payment.',
  },
} as const satisfies Record<string, OpenRoute>;
