import type { ProviderName } from '../domain/catalogue.ts';
import type { TableName } from './tables.ts';

/** `append`: may put items and read none. `scan`: may read all items, as no request may. */
export type TableAccess = 'read' | 'write' | 'append' | 'scan';

/** What a function may use. A grant and the environment variable that names the resource come from the same line. */
export interface Access {
  readonly tables?: Readonly<Partial<Record<TableName, TableAccess>>>;
  readonly queues?: readonly QueueName[];
  readonly secrets?: readonly SecretName[];
  /** Links are signed with the permissions of the function: who only makes those to upload has `upload`. */
  readonly files?: 'read' | 'write' | 'upload';
  /** Signed heads of ledgers. Who signs may create them; nobody may who writes anything else. */
  readonly heads?: 'read' | 'sign';
  /** Has the sandbox, and no secret of any other provider. */
  readonly sandbox?: true;
  /** May call addresses that merchants name, or check them. */
  readonly egress?: true;
  /** May send mail, where the stage can; `address`: only knows who mail is from, and so whether any is sent. */
  readonly mail?: true | 'address';
}

/** Whether a function has the adapters of providers: it can then log in to one of them. */
export function mayCallProviders({ secrets = [] }: Access): boolean {
  return secrets.includes('hotrecharge') || secrets.includes('pesaway');
}

/** Whether a function must know which providers are on: it calls them, or shows or sells what they have. */
export function needsProvidersOn(access: Access): boolean {
  return mayCallProviders(access) || access.tables?.catalogue !== undefined;
}

/** Whether a function has adapters at all: who has the sandbox alone can log in nowhere. */
export function hasProviders(access: Access): boolean {
  return access.sandbox === true || mayCallProviders(access);
}

/** Whether a function has the adapter of the payment gateway. */
export function mayCallGateways({ secrets = [] }: Access): boolean {
  return PAYMENT_SECRETS.some((name) => secrets.includes(name));
}

/**
 * What whoever moves money writes: it may lead a wallet's line, and then posts the orders, refunds, top-ups, batches
 * and adjustments of others.
 */
export const MONEY = {
  orders: 'write',
  ledger: 'write',
  lines: 'write',
  campaigns: 'write',
  batches: 'write',
  topups: 'write',
  wallets: 'write',
  // What operators do waits in a line too, with its entry of the audit log.
  audit: 'append',
} as const satisfies Access['tables'];

export type QueueName = `dispatch-${ProviderName}` | 'bulk' | 'webhooks' | 'requests';

/** How often a message is received before it becomes a dead letter. */
export const RECEIVES_MAX = 5;

export const QUEUES = {
  'dispatch-hotrecharge': { receivesMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  'dispatch-pesaway': { receivesMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  'dispatch-sandbox': { receivesMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 5 },
  // A message is a chunk of rows, so this bounds the load of batches on providers; single orders have other queues.
  bulk: { receivesMax: RECEIVES_MAX, batchSize: 1, concurrencyMax: 10 },
  webhooks: { receivesMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 20 },
  // Nobody waits for the request log, and it never takes much of what others need.
  requests: { receivesMax: RECEIVES_MAX, batchSize: 10, concurrencyMax: 3 },
} as const satisfies Record<QueueName, { receivesMax: number; batchSize: number; concurrencyMax: number }>;

/**
 * Our own random keys, one for each purpose, and what is made from it: the secrets of webhook endpoints, the secrets of
 * campaigns, PesaWay's access tokens, the URLs for callbacks of providers, and those for news of payments.
 */
export const SIGNING_PURPOSES = ['webhook', 'campaign', 'access', 'callback', 'payment'] as const;
export type SigningPurpose = (typeof SIGNING_PURPOSES)[number];

/**
 * All random keys of ours. `privacy` turns numbers and texts of people into hashes, which are stored and compared for
 * years: with another key they would be hashes of nobody. The canary's API key is made from `canary`, and another text
 * makes another one. So neither is a purpose that can be rotated with an overlap.
 */
export const OWN_KEYS = [...SIGNING_PURPOSES, 'privacy', 'canary'] as const;
export type OwnKey = (typeof OWN_KEYS)[number];

/** Secrets Manager entries: a JSON object per upstream, `pesepaytest` for payments of test keys; and our own keys. */
export const SECRETS = ['hotrecharge', 'pesaway', 'pesepay', 'pesepaytest', ...OWN_KEYS] as const;
export type SecretName = (typeof SECRETS)[number];

/** How many days a file is kept. It may remain readable for some hours more. */
export const FILE_DAYS = 7;

/** The queue of a provider's orders. */
export function dispatchQueue(provider: ProviderName): QueueName {
  return `dispatch-${provider}`;
}

/** Names of the environment variables that name a function's resources. */
export const environment = {
  table: (name: TableName) => `${name.toUpperCase()}_TABLE`,
  queueUrl: (name: QueueName) => `${name.toUpperCase().replaceAll('-', '_')}_QUEUE_URL`,
  secretArn: (name: SecretName) => `${name.toUpperCase()}_SECRET_ARN`,
  filesBucket: 'FILES_BUCKET',
  auditDays: 'AUDIT_DAYS',
  retentionDays: 'RETENTION_DAYS',
  /** Of the stage's accounts at providers, as JSON by the provider's name; absent, an adapter's own count. */
  callRates: 'CALL_RATES',
  /** The providers that are on, with commas between them; the sandbox always is. */
  providersOn: 'PROVIDERS_ON',
  /** The issuer of people's tokens, as JSON: `issuer`, `clientId`, `audience`, `keysUrl`, `userinfoUrl`. */
  people: 'PEOPLE',
  headsBucket: 'HEADS_BUCKET',
  headsKeyArn: 'HEADS_KEY_ARN',
  /** Who mail is from; absent: none is sent. */
  mailFrom: 'MAIL_FROM',
} as const;

export const DISPATCH_QUEUES: readonly QueueName[] = ['dispatch-hotrecharge', 'dispatch-pesaway', 'dispatch-sandbox'];

export const PAYMENT_SECRETS = ['pesepay', 'pesepaytest'] as const;
