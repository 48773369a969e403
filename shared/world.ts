import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from './domain/catalogue.ts';
import type { Mode } from './domain/ledger.ts';
import type { Instant } from './domain/time.ts';
import type { QueueName, SecretName } from './manifest/access.ts';
import type { TableName } from './manifest/tables.ts';
import type { PaymentGateway } from './providers/payment-gateway.ts';
import type { Provider } from './providers/provider.ts';

/**
 * Everything that is not a decision: time, chance, storage, queues, providers, logging. An entry point is handed one
 * World; production, `npm start`, the tests and the simulator differ only in the one they build.
 */
export interface World {
  readonly db: Db;
  /** The table a name stands for here. */
  table(name: TableName): string;
  readonly queues: Queues;
  readonly files: Files;
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
  problemOfUrl(url: string): string | undefined;
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

/**
 * Files that are too large for a request or an item, kept for `FILE_DAYS`. Names are ours: letters, digits, `.`, `_`
 * and `-`, in parts between slashes. A link is good for one name, one method and a time, and needs no key.
 */
export interface Files {
  /** Keeps a text as UTF-8, in place of whatever the name stood for. Sure to be read from then on. */
  write(name: string, text: string, contentType: string): Promise<void>;
  /**
   * The bytes as they were written, `undefined` when there are none: never written, not uploaded yet, or expired.
   * Throws `FileTooLarge`, without having read it, for a file of more than `bytesMax`.
   */
  read(name: string, bytesMax: number): Promise<Uint8Array | undefined>;
  /**
   * A link to PUT the file to, as often as it is good; no header is needed beyond the length that every client sends.
   * Where `bytes` is given, a file of any other length is refused; otherwise its size is first known when it is read.
   */
  uploadUrl(name: string, options: { expiresSeconds: number; bytes?: number }): Promise<string>;
  /** A link to GET the file, which a browser saves as `fileName`. It is made whether or not there is such a file. */
  downloadUrl(name: string, options: { expiresSeconds: number; fileName: string }): Promise<string>;
}

/** How long a link may be good for: it also ends with the credentials that signed it, which live for hours. */
export const LINK_SECONDS_MAX = 3_600;

/** A file has more bytes than its reader is ready for. */
export class FileTooLarge extends Error {
  readonly bytes: number;
  constructor(name: string, bytes: number, bytesMax: number) {
    super(`${name} has ${bytes} bytes, more than ${bytesMax}`);
    this.name = 'FileTooLarge';
    this.bytes = bytes;
  }
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
