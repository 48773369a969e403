import type { Route } from '../route.ts';

/** The merchant itself: its state and its limits, and its freeze. */

export const accountRoutes = {
  getAccount: {
    name: 'get-account',
    method: 'GET',
    path: '/api/v1/account',
    scope: 'account:read',
    access: { tables: { merchants: 'read' } },
    summary: "Returns the merchant's state and limits.",
  },
  freezeAccount: {
    name: 'freeze-account',
    method: 'POST',
    path: '/api/v1/account/freeze',
    scope: 'account:freeze',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: "Freezes the merchant in the key's mode: nothing new is accepted, and nothing is sent.",
  },
  unfreezeAccount: {
    name: 'unfreeze-account',
    method: 'POST',
    path: '/api/v1/account/unfreeze',
    scope: 'account:write',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: "Unfreezes the merchant in the key's mode: what was held is sent.",
  },
} as const satisfies Record<string, Route>;
