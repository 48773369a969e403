import type { ProviderName } from './domain/catalogue.ts';
import type { Scope } from './domain/key.ts';
import type { TableName } from './tables.ts';

/**
 * Every endpoint, worker and schedule, as data. CDK makes the functions, routes, queues, schedules and grants from this
 * table; `npm start` serves the same handlers from it; OpenAPI and the tests read it. So they cannot disagree.
 */

/** What a function may touch. A grant and its environment variable come from the same line. */
export interface Access {
  readonly tables?: Readonly<Partial<Record<TableName, 'read' | 'write'>>>;
  readonly queues?: readonly QueueName[];
  readonly secrets?: readonly SecretName[];
  /** `write` is needed for links to upload, which are signed with what the function itself may do. */
  readonly files?: 'read' | 'write';
}

export interface Route {
  /** File in `functions/`, and the name of the function. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As API Gateway writes it; every path is served with and without a trailing slash. */
  readonly path: string;
  /** What a key must be allowed to do. */
  readonly scope: Scope;
  readonly access: Access;
  readonly summary: string;
}

/** An endpoint without a key: its caller proves itself in another way. */
export interface OpenRoute {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
}

export interface Worker {
  readonly name: string;
  /** File in `functions/` whose `handler` it runs. */
  readonly file: string;
  readonly access: Access;
  readonly timeoutSeconds: number;
  /** The queue it consumes. */
  readonly queue?: QueueName;
  /** How often it also runs by itself. */
  readonly everyMinutes?: number;
}

export type QueueName = `dispatch-${ProviderName}` | 'webhooks';

/** How often a queue hands out one message before it becomes a dead letter. */
export const RECEIVES_MAX = 5;

export const QUEUES = {
  'dispatch-hotrecharge': { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  'dispatch-pesaway': { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  'dispatch-sandbox': { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 5 },
  webhooks: { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
} as const satisfies Record<QueueName, { attemptsMax: number; batchSize: number; concurrencyMax: number }>;

/**
 * Secrets Manager entries: a JSON object per upstream, `pesepaytest` being for what test keys pay; `signing` is the
 * random key that webhook secrets and the URLs of callbacks are derived from.
 */
export const SECRETS = ['hotrecharge', 'pesaway', 'pesepay', 'pesepaytest', 'signing'] as const;
export type SecretName = (typeof SECRETS)[number];

/** How many days a file is kept. It may be found for some hours more. */
export const FILE_DAYS = 7;

/** The queue on which a provider's orders wait. */
export function dispatchQueue(provider: ProviderName): QueueName {
  return `dispatch-${provider}`;
}

/** Environment variables that carry names from infrastructure to runtime. */
export const environment = {
  table: (name: TableName) => `${name.toUpperCase()}_TABLE`,
  queueUrl: (name: QueueName) => `${name.toUpperCase().replaceAll('-', '_')}_QUEUE_URL`,
  secretArn: (name: SecretName) => `${name.toUpperCase()}_SECRET_ARN`,
  filesBucket: 'FILES_BUCKET',
} as const;

const DISPATCH_QUEUES: readonly QueueName[] = ['dispatch-hotrecharge', 'dispatch-pesaway', 'dispatch-sandbox'];

const PAYMENT_SECRETS = ['pesepay', 'pesepaytest'] as const;

export const routes = {
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
  listEndpoints: {
    name: 'list-endpoints',
    method: 'GET',
    path: '/api/v1/webhooks/endpoints',
    scope: 'webhooks:read',
    access: { tables: { merchants: 'read' } },
    summary: 'Webhook endpoints, and how each does.',
  },
  createEndpoint: {
    name: 'create-endpoint',
    method: 'POST',
    path: '/api/v1/webhooks/endpoints',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'write' }, secrets: ['signing'] },
    summary: 'A new webhook endpoint; answers with its secret, once.',
  },
  getEndpoint: {
    name: 'get-endpoint',
    method: 'GET',
    path: '/api/v1/webhooks/endpoints/{endpoint_id}',
    scope: 'webhooks:read',
    access: { tables: { merchants: 'read' } },
    summary: 'One webhook endpoint.',
  },
  updateEndpoint: {
    name: 'update-endpoint',
    method: 'PATCH',
    path: '/api/v1/webhooks/endpoints/{endpoint_id}',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'write' } },
    summary: 'Another URL, other events, or enabled and disabled.',
  },
  deleteEndpoint: {
    name: 'delete-endpoint',
    method: 'DELETE',
    path: '/api/v1/webhooks/endpoints/{endpoint_id}',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'write' } },
    summary: 'Nothing is sent to it any more.',
  },
  rotateSecret: {
    name: 'rotate-secret',
    method: 'POST',
    path: '/api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'write' }, secrets: ['signing'] },
    summary: 'A new secret, shown once; the old one signs beside it for a while.',
  },
  testEndpoint: {
    name: 'test-endpoint',
    method: 'POST',
    path: '/api/v1/webhooks/endpoints/{endpoint_id}/test',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'write', deliveries: 'write' }, secrets: ['signing'] },
    summary: 'Sends a test event now and answers how it went.',
  },
  recoverDeliveries: {
    name: 'recover-deliveries',
    method: 'POST',
    path: '/api/v1/webhooks/endpoints/{endpoint_id}/recover',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'read', deliveries: 'write' } },
    summary: 'Sends again all that an endpoint has not taken since a moment.',
  },
  listDeliveries: {
    name: 'list-deliveries',
    method: 'GET',
    path: '/api/v1/webhooks/deliveries',
    scope: 'webhooks:read',
    access: { tables: { merchants: 'read', deliveries: 'read' } },
    summary: 'Webhook deliveries, newest first.',
  },
  getDelivery: {
    name: 'get-delivery',
    method: 'GET',
    path: '/api/v1/webhooks/deliveries/{delivery_id}',
    scope: 'webhooks:read',
    access: { tables: { merchants: 'read', deliveries: 'read' } },
    summary: 'One delivery: what was sent, each attempt, the next try.',
  },
  resendDelivery: {
    name: 'resend-delivery',
    method: 'POST',
    path: '/api/v1/webhooks/deliveries/{delivery_id}/resend',
    scope: 'webhooks:write',
    access: { tables: { merchants: 'write', deliveries: 'write' }, secrets: ['signing'] },
    summary: 'Sends one delivery again now and answers how it went.',
  },
} as const satisfies Record<string, Route>;

export const openRoutes = {
  receiveCallback: {
    name: 'receive-callback',
    method: 'POST',
    path: '/callbacks/{provider}/{token}',
    access: {
      tables: { orders: 'write', ledger: 'write' },
      queues: ['webhooks'],
      secrets: ['hotrecharge', 'pesaway', 'signing'],
    },
    summary: 'Where an upstream says how an order ended. The URL itself is the secret.',
  },
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

/**
 * The path parameter that catches what stands behind a slash at the end of a path; nothing, or it is no path of ours.
 */
export const AFTER_SLASH = 'rest';

/** Answers every path that is not a route, in our shape. */
export const NOT_FOUND_FUNCTION = 'not-found';

export const workers = {
  dispatchHotrecharge: {
    name: 'dispatch-hotrecharge',
    file: 'dispatch',
    access: {
      tables: { orders: 'write', ledger: 'write', health: 'write' },
      queues: ['webhooks'],
      secrets: ['hotrecharge', 'signing'],
    },
    timeoutSeconds: 120,
    queue: 'dispatch-hotrecharge',
  },
  dispatchPesaway: {
    name: 'dispatch-pesaway',
    file: 'dispatch',
    access: {
      tables: { orders: 'write', ledger: 'write', health: 'write' },
      queues: ['webhooks'],
      secrets: ['pesaway', 'signing'],
    },
    timeoutSeconds: 120,
    queue: 'dispatch-pesaway',
  },
  dispatchSandbox: {
    name: 'dispatch-sandbox',
    file: 'dispatch',
    access: { tables: { orders: 'write', ledger: 'write', health: 'write' }, queues: ['webhooks'] },
    timeoutSeconds: 120,
    queue: 'dispatch-sandbox',
  },
  reconcile: {
    name: 'reconcile',
    file: 'reconcile',
    access: {
      tables: { orders: 'write', ledger: 'write', health: 'write', topups: 'write' },
      queues: [...DISPATCH_QUEUES, 'webhooks'],
      secrets: ['hotrecharge', 'pesaway', ...PAYMENT_SECRETS],
    },
    timeoutSeconds: 110,
    everyMinutes: 2,
  },
  webhookSender: {
    name: 'webhook-sender',
    file: 'webhook-sender',
    access: {
      tables: {
        orders: 'write',
        ledger: 'read',
        topups: 'write',
        watches: 'write',
        merchants: 'write',
        deliveries: 'write',
      },
      secrets: ['signing'],
    },
    timeoutSeconds: 60,
    queue: 'webhooks',
    everyMinutes: 2,
  },
  syncCatalogue: {
    name: 'sync-catalogue',
    file: 'sync-catalogue',
    access: { tables: { catalogue: 'write' }, secrets: ['hotrecharge', 'pesaway'] },
    timeoutSeconds: 60,
    everyMinutes: 60,
  },
} as const satisfies Record<string, Worker>;
