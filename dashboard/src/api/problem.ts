/** A problem of one field. */
export interface FieldRefusal {
  readonly param?: string | undefined;
  readonly detail: string;
}

/** What the API answers when it refuses: `application/problem+json`, and a sentence that says what to do. */
export interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly fix?: string;
  readonly param?: string;
  /** Of several fields, or of rows of a file. */
  readonly errors?: readonly Partial<FieldRefusal>[];
  readonly request_id?: string;
  readonly retryable?: boolean;
}

/** An answer that is no success, or none at all: then the status is zero, and whether it was done is not known. */
export class Problem extends Error {
  readonly status: number;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `The answer was ${status}.`);
    this.status = status;
    this.body = body;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

/** Refusals that come before anything is looked up: no session, no right, too many requests. */
const UNREAD: readonly number[] = [401, 403, 429];

/**
 * Whether an answer says that nothing was done under a reference. After any other failure that is to be found out. A
 * repeat that was turned away before its reference was looked up says nothing of the request whose answer was lost.
 */
export function isRefused(error: Error, { isRepeat = false } = {}): boolean {
  if (!(error instanceof Problem) || error.status < 400 || error.status >= 500 || error.status === 408) return false;
  return !(isRepeat && UNREAD.includes(error.status));
}
