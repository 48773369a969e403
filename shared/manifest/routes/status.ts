import type { OpenRoute } from '../route.ts';

/** The state of the service, for everybody. */

export const statusOpenRoutes = {
  getHealth: {
    name: 'get-health',
    method: 'GET',
    path: '/health',
    access: { tables: { health: 'read' } },
    summary: 'Says whether the API and its database answer.',
  },
  getStatus: {
    name: 'get-status',
    method: 'GET',
    path: '/status',
    access: { tables: { catalogue: 'read', health: 'read' } },
    summary: 'Returns the state of each provider, since when it is so, and the networks that it serves.',
  },
  receiveCanary: {
    name: 'receive-canary',
    method: 'POST',
    path: '/callbacks/canary',
    access: { tables: { merchants: 'read' }, secrets: ['webhook'] },
    summary: 'Receives the webhooks of our own test orders. A right signature is the credential.',
  },
} as const satisfies Record<string, OpenRoute>;
