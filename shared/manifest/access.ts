import type { ProviderName } from '../domain/catalogue.ts';
import type { TableName } from './tables.ts';

/** What functions may touch, and how what they touch is named: one line gives a grant and its environment variable. */

/** What a function may touch. A grant and its environment variable come from the same line. */
export interface Access {
  readonly tables?: Readonly<Partial<Record<TableName, 'read' | 'write'>>>;
  readonly queues?: readonly QueueName[];
  readonly secrets?: readonly SecretName[];
  /** `write` is needed for links to upload, which are signed with what the function itself may do. */
  readonly files?: 'read' | 'write';
}

export type QueueName = `dispatch-${ProviderName}` | 'bulk' | 'webhooks';

/** How often a queue hands out one message before it becomes a dead letter. */
export const RECEIVES_MAX = 5;

export const QUEUES = {
  'dispatch-hotrecharge': { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  'dispatch-pesaway': { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  'dispatch-sandbox': { attemptsMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 5 },
  // A message is a chunk of rows, so this bounds what batches ask of providers; single orders have queues of their own.
  bulk: { attemptsMax: RECEIVES_MAX, batchSize: 1, concurrencyMax: 10 },
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

export const DISPATCH_QUEUES: readonly QueueName[] = ['dispatch-hotrecharge', 'dispatch-pesaway', 'dispatch-sandbox'];

export const PAYMENT_SECRETS = ['pesepay', 'pesepaytest'] as const;
