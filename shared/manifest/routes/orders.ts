import { DISPATCH_QUEUES, MONEY } from '../access.ts';
import { WAITING_MEMORY_MB } from '../memory.ts';
import type { OpenRoute, Route } from '../route.ts';

/** Orders, the products and targets they are for, and callbacks of providers. */

export const ordersRoutes = {
  createOrder: {
    name: 'create-order',
    method: 'POST',
    path: '/api/v1/orders',
    scope: 'orders:write',
    access: {
      tables: { ...MONEY, merchants: 'read', catalogue: 'read', health: 'read' },
      queues: [...DISPATCH_QUEUES, 'webhooks'],
      secrets: ['privacy'],
    },
    memoryMb: WAITING_MEMORY_MB,
    summary: 'Sends a recharge. Idempotent on agent_reference.',
    spends: true,
  },
  listOrders: {
    name: 'list-orders',
    method: 'GET',
    path: '/api/v1/orders',
    scope: 'orders:read',
    access: { tables: { orders: 'read', batches: 'read', campaigns: 'read', merchants: 'read' } },
    summary: 'Lists orders, newest first.',
  },
  getFigures: {
    name: 'get-figures',
    method: 'GET',
    path: '/api/v1/figures',
    scope: 'orders:read',
    access: { tables: { figures: 'read', merchants: 'read' } },
    summary: 'Returns what the orders of each day came to: how many and how much, by network, kind and status.',
  },
  getOrder: {
    name: 'get-order',
    method: 'GET',
    path: '/api/v1/orders/{agent_reference}',
    scope: 'orders:read',
    access: { tables: { orders: 'read', merchants: 'read' } },
    summary: 'Returns one order with its timeline.',
  },
  advanceOrder: {
    name: 'advance-order',
    method: 'POST',
    path: '/api/v1/test/orders/{agent_reference}/advance',
    scope: 'orders:write',
    access: {
      tables: { ...MONEY, merchants: 'read' },
      queues: ['bulk', 'dispatch-sandbox', 'webhooks'],
      sandbox: true,
    },
    summary: "Makes the sandbox's next answer about a test order due, and handles it.",
    isTestOnly: true,
  },
  getTarget: {
    name: 'get-target',
    method: 'GET',
    path: '/api/v1/targets/{target}',
    scope: 'products:read',
    access: {
      tables: { catalogue: 'read', health: 'read', merchants: 'read', orders: 'read' },
      secrets: ['hotrecharge', 'privacy'],
    },
    summary: 'Looks up a phone number or meter, and the products that can be sent to it.',
  },
  listProducts: {
    name: 'list-products',
    method: 'GET',
    path: '/api/v1/products',
    scope: 'products:read',
    access: { tables: { catalogue: 'read', health: 'read', merchants: 'read' } },
    summary: 'Lists the products that can be sent, by country, with their amounts.',
  },
} as const satisfies Record<string, Route>;

export const ordersOpenRoutes = {
  receiveCallback: {
    name: 'receive-callback',
    method: 'POST',
    path: '/callbacks/{provider}/{token}',
    access: {
      tables: MONEY,
      queues: ['webhooks'],
      // Of the provider that calls back; HotRecharge does not.
      secrets: ['pesaway', 'callback', 'privacy'],
    },
    summary: "Receives an upstream's report of an order's outcome. The URL is the credential.",
  },
} as const satisfies Record<string, OpenRoute>;
