import type { Route } from '../route.ts';

/** The merchant itself: its state and its limits. */

export const accountRoutes = {
  getAccount: {
    name: 'get-account',
    method: 'GET',
    path: '/api/v1/account',
    scope: 'account:read',
    access: { tables: { merchants: 'read' } },
    summary: "Returns the merchant's state and limits.",
  },
} as const satisfies Record<string, Route>;
