/** Outbound HTTP: what the World sends with, and what provider adapters send through. */

/** An outbound HTTPS call: to a provider, to a URL that a merchant gave us, or to ourselves. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One deadline for the name lookup, the connection and the whole answer. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends once. Follows no redirect and retries nothing. Throws `HttpFailure` when there is no complete answer. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/** No complete answer. `sent` is false only if it is certain that no byte of the request left this machine. */
export class HttpFailure extends Error {
  readonly sent: boolean;
  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'HttpFailure';
    this.sent = sent;
  }
}
