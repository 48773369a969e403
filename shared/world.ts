import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from './domain/catalogue.ts';
import type { Mode } from './domain/ledger.ts';
import type { Instant } from './domain/time.ts';
import type { QueueName, SecretName } from './manifest/access.ts';
import type { Chain } from './manifest/chain.ts';
import type { LoggedField } from './manifest/logged-fields.ts';
import type { TableName } from './manifest/tables.ts';
import type { Http } from './outbound-http.ts';
import type { PaymentGateway } from './providers/payment-gateway.ts';
import type { Provider } from './providers/provider.ts';

/**
 * Everything that is not a decision: time, chance, storage, queues, providers, logging. Every entry point receives a
 * World; production, `npm start`, the tests and the simulation differ only in the World that they build.
 */
export interface World {
  readonly db: Db;
  /** The physical name of a table in this environment. */
  table(name: TableName): string;
  readonly queues: Queues;
  readonly files: Files;
  readonly heads: Heads;
  provider(name: ProviderName): Provider;
  /** Those of this deployment: nothing of another is sold, and it is asked only about what it was sent before. */
  providersOn(): readonly ProviderName[];
  /** The text of a secret. It is never logged and never part of an error. */
  secret(name: SecretName): Promise<string>;
  /** The base URL under which upstreams and merchants reach us, without a trailing slash; absent if they cannot. */
  readonly publicUrl?: string;
  /** For URLs that merchants give us: reaches the public internet only. */
  readonly outbound: Http;
  /** The payment gateway for top-ups; payments with a test key move no real money. */
  payments(mode: Mode): PaymentGateway;
  /** Whether this deployment charges one cent for every top-up, whatever its amount. */
  readonly isDebug: boolean;
  /** How long an entry of the audit log is kept. */
  readonly auditDays: number;
  /** How old an order, a top-up or a batch is when its personal data is erased. */
  readonly retentionDays: number;
  /** Who says who people are, for requests with a token of theirs; absent where nobody signs in. */
  readonly people?: People;
  /** Sends mail; absent where none can be sent. */
  readonly mail?: Mail;
  /** Who mail is from, for who says so; absent where none is sent. */
  readonly mailFrom?: string;
  /** What is wrong with a URL that a merchant gave us, as the end of a sentence; `undefined` if it may be called. */
  problemOfUrl(url: string): string | undefined;
  now(): Instant;
  sleep(ms: number): Promise<void>;
  /** Waits for work, at most so long: `undefined` where it takes longer. The work goes on. */
  within<T>(ms: number, work: Promise<T>): Promise<T | undefined>;
  /**
   * Starts work that nobody waits for: it delays no answer and fails none. It may be lost, for instance with the
   * process, so nothing may depend on it.
   */
  inBackground(what: string, work: () => Promise<void>): void;
  /** Uniformly distributed in [0, 1), for jitter; never for secrets. */
  random(): number;
  /** Cryptographically random bytes, for keys and ids. */
  bytes(count: number): Uint8Array;
  readonly log: Log;
  /** The operator who runs this process, by the identity that AWS confirms. Absent where no operator does. */
  readonly operator?: () => Promise<string>;
  /** What this process read last: a cache that may be stale, so a condition in the store checks every use. */
  readonly memo: Map<string, unknown>;
}

/** The issuer of people's tokens, and how it is asked. */
export interface People {
  /** As its tokens name it. */
  readonly issuer: string;
  /** The client whose tokens count. */
  readonly clientId: string;
  /** What a token may name as its audience beside the client, where the issuer names one. */
  readonly audience?: string;
  /** Its public keys, as a JWK set. */
  readonly keysUrl: string;
  /** Says the e-mail address of whoever has a token. */
  readonly userinfoUrl: string;
  /** Reaches these two. */
  readonly http: Http;
}

export interface Mail {
  /** Rejects where the mail was not taken. */
  send(message: {
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    /** A page on which whoever gets it ends that; mail programs show it. */
    readonly unsubscribeUrl?: string;
  }): Promise<void>;
}

/** The DynamoDB document client: the SDK's, or a model that evaluates the same commands. */
export type Db = Pick<DynamoDBDocumentClient, 'send'>;

export interface Queues {
  /** Delivers at least once, in any order, or never: work that must not be lost is in the due index as well. */
  send(queue: QueueName, messages: readonly QueueMessage[]): Promise<void>;
}

/**
 * Files that are too large for a request or an item, kept for `FILE_DAYS`. Names have only letters, digits, `.`, `_`
 * and `-`, in segments between slashes. A link is valid for one name, one method and a limited time; it needs no key.
 */
export interface Files {
  /** Stores a text as UTF-8 and replaces any file of that name. Every later read sees it. */
  write(name: string, text: string, contentType: string): Promise<void>;
  /**
   * The bytes as they were written; `undefined` if the file was never written, is not uploaded yet, or has expired.
   * Throws `FileTooLarge` for a file of more than `bytesMax`, without reading it.
   */
  read(name: string, bytesMax: number): Promise<Uint8Array | undefined>;
  /**
   * A link for a PUT of the file, any number of times until it expires; no header is needed beyond `content-length`.
   * If `bytes` is given, a file of another length is refused; otherwise its size is first checked when it is read.
   */
  uploadUrl(name: string, options: { expiresSeconds: number; bytes?: number }): Promise<string>;
  /** A link for a GET of the file, which a browser saves as `fileName`. It does not check that the file exists. */
  downloadUrl(name: string, options: { expiresSeconds: number; fileName: string }): Promise<string>;
}

/**
 * Signed heads of ledgers: where they are kept, and the key that signs them. Only the worker that signs may create and
 * sign; it writes nothing else. Names are as those of files.
 */
export interface Heads {
  /** Stores a text under a name that is free, and answers whether it was: nothing is ever replaced. */
  create(name: string, text: string): Promise<boolean>;
  read(name: string): Promise<string | undefined>;
  /** The names in a folder that come after a text, in order: at most a thousand. */
  list(folder: string, after: string): Promise<string[]>;
  /** The signature of a text: ECDSA on P-256 with SHA-256, as DER in base64. */
  sign(text: string): Promise<string>;
  /** Whether it is the key's signature of a text. The key is asked for, and not read where the heads are. */
  isSigned(text: string, signature: string): Promise<boolean>;
  /** What anybody can check signatures with, as PEM. */
  publicKey(): Promise<string>;
}

/** The longest validity of a link: it also ends with the credentials that signed it, which are valid for hours. */
export const LINK_SECONDS_MAX = 3_600;

/** The file has more bytes than its reader accepts. */
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
  /** Keeps queues fair: one merchant's backlog does not delay another merchant's message. */
  readonly group: string;
  /** It is received so much later: 15 minutes at most. */
  readonly delaySeconds?: number;
  /** The messages that led to this one. Set by the world of a worker that is working one, and by nobody else. */
  readonly chain?: Chain;
}

/** Whatever is logged is listed, so that nobody logs what tells who somebody is without having said so. */
type Fields = Readonly<Partial<Record<LoggedField, string | number | boolean | undefined>>>;

/** One wide line per event: a dotted event name and ids. Never bodies, keys, tokens or full phone numbers. */
export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields, cause?: unknown): void;
  /** A number that alarms watch. The unit is `Count` unless the name ends in `Seconds`. */
  metric(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
}
