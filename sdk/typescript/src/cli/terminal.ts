/** What a command has to do with the world around it, so that tests can stand in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line of the result. */
  out(line: string): void;
  /** A line beside the result: progress and errors. */
  note(line: string): void;
  /** A line of input that is not shown, such as a key. */
  secret(prompt: string): Promise<string>;
  /** Ends with Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What went wrong in the command line itself. */
export class UsageError extends Error {}

/** There is no key to call the API with. */
export class NoKeyError extends Error {}

export const EXIT = {
  done: 0,
  /** Refused, or the order failed: nothing was sent, or the money is back. */
  refused: 1,
  usage: 2,
  /** No key, or one that may not do this. */
  key: 3,
  /** It may have been accepted: repeat it with the same reference. */
  unclear: 4,
  /** Accepted, and not decided yet. */
  open: 5,
} as const;
