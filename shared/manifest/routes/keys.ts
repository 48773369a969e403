import type { Route } from '../route.ts';

/** API keys, and the audit log. */

export const keysRoutes = {
  createKey: {
    name: 'create-key',
    method: 'POST',
    path: '/api/v1/keys',
    scope: 'keys:write',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: 'Creates an API key with a part of the powers of the calling one. It is shown once.',
  },
  listKeys: {
    name: 'list-keys',
    method: 'GET',
    path: '/api/v1/keys',
    scope: 'keys:write',
    access: { tables: { merchants: 'read' } },
    summary: 'Lists API keys, never their secret.',
  },
  revokeKey: {
    name: 'revoke-key',
    method: 'POST',
    path: '/api/v1/keys/{key_id}/revoke',
    scope: 'keys:write',
    access: { tables: { audit: 'append', merchants: 'write', campaigns: 'write' } },
    summary: 'Revokes an API key, pauses its campaigns, and lists what it made.',
  },
  rollKey: {
    name: 'roll-key',
    method: 'POST',
    path: '/api/v1/keys/{key_id}/roll',
    scope: 'keys:write',
    access: { tables: { audit: 'append', merchants: 'write' } },
    summary: 'Replaces an API key by a new one, which is shown once; the old one works during the overlap.',
  },
  listAudit: {
    name: 'list-audit',
    method: 'GET',
    path: '/api/v1/audit',
    scope: 'audit:read',
    access: { tables: { merchants: 'read', audit: 'read' } },
    summary: 'Lists what was changed, by whom and from where, newest first.',
  },
} as const satisfies Record<string, Route>;
