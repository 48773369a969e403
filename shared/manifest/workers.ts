import type { Access, QueueName, SecretName } from './access.ts';
import { DISPATCH_QUEUES, MONEY, PAYMENT_SECRETS } from './access.ts';
import { WAITING_MEMORY_MB } from './memory.ts';

/** Every function that a queue or a schedule starts, and no request. */

export interface Worker {
  readonly name: string;
  /** File in `functions/workers/` whose `handler` it runs. */
  readonly file: string;
  readonly access: Access;
  readonly timeoutSeconds: number;
  /** The queue it consumes. */
  readonly queue?: QueueName;
  /** For a worker that feeds its own queue, which AWS would else stop after 16 rounds. */
  readonly mayRecurse?: true;
  /** Memory, if not `MEMORY_MB`. */
  readonly memoryMb?: number;
  /** The interval of its schedule. */
  readonly everyMinutes?: number;
  /** Only where the stage has the canary. */
  readonly isCanary?: true;
}

/** Every dispatcher of a live provider may do the same, but for the secrets of the provider it calls. */
function dispatchAccess(...secrets: SecretName[]): Access {
  return {
    tables: { ...MONEY, health: 'write', merchants: 'read' },
    queues: ['webhooks'],
    secrets,
  };
}

/** Three minutes in which it takes messages, and two for the last of them. */
const DISPATCH_SECONDS = 300;

export const workers = {
  dispatchHotrecharge: {
    name: 'dispatch-hotrecharge',
    file: 'dispatch',
    access: dispatchAccess('hotrecharge'),
    timeoutSeconds: DISPATCH_SECONDS,
    queue: 'dispatch-hotrecharge',
    memoryMb: WAITING_MEMORY_MB,
  },
  dispatchPesaway: {
    name: 'dispatch-pesaway',
    file: 'dispatch',
    access: dispatchAccess('pesaway', 'callback'),
    timeoutSeconds: DISPATCH_SECONDS,
    queue: 'dispatch-pesaway',
    memoryMb: WAITING_MEMORY_MB,
  },
  dispatchSandbox: {
    name: 'dispatch-sandbox',
    file: 'dispatch',
    // Of the sandbox no health is kept: what a tester provokes there says nothing about others.
    access: { tables: { ...MONEY, merchants: 'read' }, queues: ['dispatch-sandbox', 'webhooks'], sandbox: true },
    timeoutSeconds: DISPATCH_SECONDS,
    queue: 'dispatch-sandbox',
    // Each answer of the sandbox is a message that waited for it; no order has more than six.
    mayRecurse: true,
    memoryMb: WAITING_MEMORY_MB,
  },
  runBulk: {
    name: 'run-bulk',
    file: 'run-bulk',
    access: {
      tables: { ...MONEY, health: 'write', merchants: 'read' },
      queues: ['bulk', 'dispatch-sandbox', 'webhooks'],
      secrets: ['hotrecharge', 'pesaway', 'callback'],
    },
    timeoutSeconds: 300,
    queue: 'bulk',
    mayRecurse: true,
    everyMinutes: 2,
  },
  reconcile: {
    name: 'reconcile',
    file: 'reconcile',
    access: {
      tables: { ...MONEY, health: 'write', merchants: 'read' },
      queues: [...DISPATCH_QUEUES, 'webhooks'],
      secrets: ['hotrecharge', 'pesaway', ...PAYMENT_SECRETS],
    },
    // It waits for what becomes due before its next run, and may then wait for an upstream as well.
    timeoutSeconds: 170,
    everyMinutes: 2,
  },
  webhookSender: {
    name: 'webhook-sender',
    file: 'webhook-sender',
    access: {
      tables: {
        orders: 'write',
        ledger: 'read',
        campaigns: 'write',
        topups: 'write',
        batches: 'write',
        watches: 'write',
        merchants: 'write',
        deliveries: 'write',
        notices: 'write',
      },
      secrets: ['webhook'],
      egress: true,
    },
    timeoutSeconds: 60,
    queue: 'webhooks',
    everyMinutes: 2,
  },
  // It puts entries of the request log, and reads none.
  keepRequests: {
    name: 'keep-requests',
    file: 'keep-requests',
    access: { tables: { requests: 'append' } },
    timeoutSeconds: 30,
    queue: 'requests',
  },
  verifyLedgers: {
    name: 'verify-ledgers',
    file: 'verify-ledgers',
    access: { tables: { wallets: 'write', ledger: 'read' }, heads: 'read' },
    timeoutSeconds: 60,
    everyMinutes: 10,
  },
  // It writes nothing but heads, so that whoever may sign one cannot make what it signs.
  signHeads: {
    name: 'sign-heads',
    file: 'sign-heads',
    access: { tables: { wallets: 'read', ledger: 'read' }, heads: 'sign' },
    timeoutSeconds: 300,
    everyMinutes: 30,
  },
  eraseOld: {
    name: 'erase-old',
    file: 'erase-old',
    access: {
      tables: { orders: 'write', topups: 'write', batches: 'write', erasures: 'write', merchants: 'scan' },
      secrets: ['privacy'],
    },
    timeoutSeconds: 300,
    everyMinutes: 60,
  },
  // It reads orders and writes figures, so nothing that it gets wrong can be of money.
  countFigures: {
    name: 'count-figures',
    file: 'count-figures',
    access: { tables: { orders: 'read', figures: 'write', merchants: 'scan' } },
    timeoutSeconds: 300,
    everyMinutes: 10,
  },
  // It reads what is in review and who is in a team, and writes nothing but what it has mailed.
  mailNotices: {
    name: 'mail-notices',
    file: 'mail-notices',
    access: { tables: { notices: 'write', merchants: 'read', orders: 'read', topups: 'read' }, mail: true },
    timeoutSeconds: 60,
    everyMinutes: 2,
  },
  syncCatalogue: {
    name: 'sync-catalogue',
    file: 'sync-catalogue',
    access: { tables: { catalogue: 'write', health: 'write' }, secrets: ['hotrecharge', 'pesaway'] },
    timeoutSeconds: 60,
    everyMinutes: 60,
  },
  // It may make its own merchant and key at the first run, and calls nobody but us.
  canaryOrder: {
    name: 'canary-order',
    file: 'canary-order',
    access: { tables: { merchants: 'write', limits: 'append', health: 'write' }, secrets: ['canary'], egress: true },
    timeoutSeconds: 240,
    memoryMb: WAITING_MEMORY_MB,
    everyMinutes: 5,
    isCanary: true,
  },
} as const satisfies Record<string, Worker>;

/** The worker that consumes a queue. */
export function consumerOf(queue: QueueName): Worker {
  const all: readonly Worker[] = Object.values(workers);
  const consumer = all.find((worker) => worker.queue === queue);
  if (!consumer) throw new Error(`queue ${queue} has no worker`);
  return consumer;
}

/** The visibility timeout of a queue: as AWS recommends, six times that of its worker. */
export function visibilitySeconds(queue: QueueName): number {
  return 6 * consumerOf(queue).timeoutSeconds;
}
