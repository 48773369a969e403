import { DISPATCH_QUEUES } from '../access.ts';
import type { OpenRoute, Route } from '../route.ts';

/** Orders, the products and targets they are for, and callbacks of providers. */

export const ordersRoutes = {
  createOrder: {
    name: 'create-order',
    method: 'POST',
    path: '/api/v1/orders',
    scope: 'orders:write',
    access: {
      tables: { orders: 'write', ledger: 'write', merchants: 'read', catalogue: 'read' },
      queues: [...DISPATCH_QUEUES, 'webhooks'],
    },
    summary: 'Send a recharge. Idempotent on agent_reference.',
  },
  listOrders: {
    name: 'list-orders',
    method: 'GET',
    path: '/api/v1/orders',
    scope: 'orders:read',
    access: { tables: { orders: 'read', merchants: 'read' } },
    summary: 'Orders, newest first.',
  },
  getOrder: {
    name: 'get-order',
    method: 'GET',
    path: '/api/v1/orders/{agent_reference}',
    scope: 'orders:read',
    access: { tables: { orders: 'read', merchants: 'read' } },
    summary: 'One order, with its timeline.',
  },
  getTarget: {
    name: 'get-target',
    method: 'GET',
    path: '/api/v1/targets/{target}',
    scope: 'products:read',
    access: { tables: { catalogue: 'read', health: 'read', merchants: 'read' }, secrets: ['hotrecharge'] },
    summary: 'Whose number or meter it is, and what can be sent to it.',
  },
  listProducts: {
    name: 'list-products',
    method: 'GET',
    path: '/api/v1/products',
    scope: 'products:read',
    access: { tables: { catalogue: 'read', health: 'read', merchants: 'read' } },
    summary: 'The catalogue: what can be sent, where, in which amounts.',
  },
} as const satisfies Record<string, Route>;

export const ordersOpenRoutes = {
  receiveCallback: {
    name: 'receive-callback',
    method: 'POST',
    path: '/callbacks/{provider}/{token}',
    access: {
      tables: { orders: 'write', ledger: 'write', campaigns: 'write' },
      queues: ['webhooks'],
      secrets: ['hotrecharge', 'pesaway', 'signing'],
    },
    summary: 'Where an upstream says how an order ended. The URL itself is the secret.',
  },
} as const satisfies Record<string, OpenRoute>;
