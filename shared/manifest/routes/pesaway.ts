import { MONEY } from '../access.ts';
import type { OpenRoute, Route } from '../route.ts';

/** The API that is compatible with PesaWay's. */

export const pesawayRoutes = {
  sendAirtime: {
    name: 'send-airtime',
    method: 'POST',
    path: '/api/v1/airtime/send-airtime',
    scope: 'orders:write',
    access: {
      tables: { ...MONEY, merchants: 'read', catalogue: 'read' },
      // HotRecharge sells in none of its regions.
      queues: ['dispatch-pesaway', 'dispatch-sandbox', 'webhooks'],
      secrets: ['access', 'privacy'],
      egress: true,
    },
    summary: 'PesaWay-compatible send-airtime for ke, ug and tz. Idempotent on ExternalReference.',
    spends: true,
  },
  queryTransaction: {
    name: 'query-transaction',
    method: 'POST',
    otherMethod: 'GET',
    path: '/api/v1/mobile-money/transaction-query',
    scope: 'orders:read',
    access: { tables: { orders: 'read', ledger: 'read', merchants: 'read' }, secrets: ['access'] },
    summary: 'PesaWay-compatible transaction query.',
  },
  getAccountBalance: {
    name: 'get-account-balance',
    method: 'GET',
    otherMethod: 'POST',
    path: '/api/v1/account-balance',
    scope: 'wallet:read',
    access: { tables: { ledger: 'read', merchants: 'read' }, secrets: ['access'] },
    summary: 'PesaWay-compatible account balance.',
  },
} as const satisfies Record<string, Route>;

export const pesawayOpenRoutes = {
  issueToken: {
    name: 'issue-token',
    method: 'POST',
    path: '/api/v1/token',
    access: { tables: { merchants: 'read' }, secrets: ['access'] },
    takesKey: true,
    summary: "PesaWay-compatible log-in: exchanges a key's id and the key for a bearer token valid for an hour.",
  },
} as const satisfies Record<string, OpenRoute>;
