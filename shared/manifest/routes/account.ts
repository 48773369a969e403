import type { Route } from '../route.ts';

/** The merchant itself: its state and its limits, its freeze, and its request log. */

export const accountRoutes = {
  getAccount: {
    name: 'get-account',
    method: 'GET',
    path: '/api/v1/account',
    scope: 'account:read',
    access: { tables: { merchants: 'read' } },
    summary: "Returns the merchant's state and limits.",
  },
  updateAccount: {
    name: 'update-account',
    method: 'PATCH',
    path: '/api/v1/account',
    scope: 'team:write',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: 'Gives the business another name.',
    isForPeople: true,
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
  listRequests: {
    name: 'list-requests',
    method: 'GET',
    path: '/api/v1/requests',
    scope: 'requests:read',
    access: { tables: { merchants: 'read', requests: 'read' } },
    summary: 'Lists requests that were refused, failed or changed settings, newest first.',
  },
  getRequest: {
    name: 'get-request',
    method: 'GET',
    path: '/api/v1/requests/{request_id}',
    scope: 'requests:read',
    access: { tables: { merchants: 'read', requests: 'read' } },
    summary: 'Returns a request of the log with what was sent and answered, without secrets.',
  },
} as const satisfies Record<string, Route>;
