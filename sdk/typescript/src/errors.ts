import type { FieldProblem, Problem, RowError } from './api.ts';

/** What went wrong, of which the document of the API has no code. */
export type SdkErrorCode =
  /** No connection, or it broke before the answer was read. */
  | 'connection_failed'
  /** No answer in time. */
  | 'timed_out'
  /** Your own signal stopped the call. */
  | 'aborted'
  /** An answer that does not come from the API: of a gateway or a proxy on the way. */
  | 'unclear_answer'
  /** `waitForFinal` waited for as long as you said. */
  | 'wait_timed_out'
  | 'webhook_not_verified';

export type AirtimeErrorCode = Problem['code'] | SdkErrorCode;

export interface ErrorFacts {
  readonly code: AirtimeErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly unclear?: boolean;
  readonly fix?: string | undefined;
  readonly param?: string | undefined;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly reference?: string | undefined;
  readonly errors?: ReadonlyArray<RowError | FieldProblem> | undefined;
  readonly cause?: unknown;
}

/** Everything that a call can fail with. Decide by `code`; texts may change. */
export class AirtimeError extends Error {
  override readonly name: string = 'AirtimeError';
  readonly code: AirtimeErrorCode;
  /** The field or parameter with the problem. */
  readonly param: string | undefined;
  /** What to do about it. */
  readonly fix: string | undefined;
  /** Name it to support. */
  readonly requestId: string | undefined;
  /** Whether the same content may succeed later. */
  readonly retryable: boolean;
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** How long to wait at least before the same request. */
  readonly retryAfterSeconds: number | undefined;
  /**
   * Whether the request may have been accepted all the same, because an answer was lost. Then repeat it under the same
   * reference, or look the order up. Never take another reference.
   */
  readonly unclear: boolean;
  /** The reference of the order or top-up that the call was about, also where the SDK made it. */
  readonly reference: string | undefined;
  /** All problems, where there are several. */
  readonly errors: ReadonlyArray<RowError | FieldProblem>;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.param = facts.param;
    this.fix = facts.fix;
    this.requestId = facts.requestId;
    this.retryable = facts.retryable;
    this.status = facts.status;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.unclear = facts.unclear ?? false;
    this.reference = facts.reference;
    this.errors = facts.errors ?? [];
  }
}

/** Whether something thrown is ours, and has this code if one is named. */
export function isAirtimeError(thrown: unknown, code?: AirtimeErrorCode): thrown is AirtimeError {
  return thrown instanceof AirtimeError && (code === undefined || thrown.code === code);
}
