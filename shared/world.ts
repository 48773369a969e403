import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { QueueName, SecretName } from './access.ts';
import type { ProviderName } from './domain/catalogue.ts';
import type { Mode } from './domain/ledger.ts';
import type { Instant } from './domain/time.ts';
import type { PaymentGateway } from './providers/payment-gateway.ts';
import type { Provider } from './providers/provider.ts';
import type { TableName } from './tables.ts';

/**
 * Everything that is not a decision: time, chance, storage, queues, providers, logging. An entry point is handed one
 * World; production, `npm start`, the tests and the simulator differ only in the one they build.
 */
export interface World {
  readonly db: Db;
  /** The table a name stands for here. */
  table(name: TableName): string;
  readonly queues: Queues;
  provider(name: ProviderName): Provider;
  /** A secret's text. Never logged, never part of an error. */
  secret(name: SecretName): Promise<string>;
  /** Where upstreams reach us, without a slash at the end; absent where they cannot. */
  readonly publicUrl?: string;
  /** For addresses that merchants name: reaches the public internet only. */
  readonly outbound: Http;
  /** Where merchants pay into their wallets; a test key's payments are play money. */
  payments(mode: Mode): PaymentGateway;
  /** Whether this deployment charges one cent for every top-up, whatever it is of. */
  readonly isDebug: boolean;
  /** What is wrong with an address that a merchant names, to be put after its name; `undefined` when nothing is. */
  flawOfUrl(url: string): string | undefined;
  now(): Instant;
  sleep(ms: number): Promise<void>;
  /** Evenly distributed in [0, 1), for jitter; never for secrets. */
  random(): number;
  /** Cryptographically random bytes, for keys and ids. */
  bytes(count: number): Uint8Array;
  readonly log: Log;
  /** What this process last saw; only ever a guess that a condition in the store checks again. */
  readonly memo: Map<string, unknown>;
}

/** The DynamoDB document client: the SDK's, or a model that evaluates the same commands. */
export type Db = Pick<DynamoDBDocumentClient, 'send'>;

export interface Queues {
  /** At least once, in any order, maybe never: what must not be lost is owed in the due index too. */
  send(queue: QueueName, messages: readonly QueueMessage[]): Promise<void>;
}

export interface QueueMessage {
  readonly body: unknown;
  /** Fairness between merchants: one merchant's backlog does not delay another's message. */
  readonly group: string;
}

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One wide line per thing that happened: a dotted event name and ids. Never bodies, keys, tokens or full numbers. */
export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields, cause?: unknown): void;
  /** A number to alarm on. Units are `Count` unless the name ends in `Seconds`. */
  metric(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
}

/** An outbound HTTPS call to a provider. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One deadline over name lookup, connection and the whole answer. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends once, follows nothing, retries nothing. Throws `HttpFailure` when there is no complete answer. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/** No complete answer. `sent` is false only where it is certain that no byte of the request left this machine. */
export class HttpFailure extends Error {
  readonly sent: boolean;
  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'HttpFailure';
    this.sent = sent;
  }
}
