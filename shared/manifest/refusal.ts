/** A refusal as data. */
export interface RefusalText {
  readonly status: number;
  /** Nothing in the request is wrong: the same content may succeed later. As `retryable` of an order's failure. */
  readonly retryable: boolean;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
}
