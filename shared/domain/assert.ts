/**
 * Stops a wrong number before it is written. For our own mistakes only: it stays on in production and turns into
 * a failed request; what a caller did wrong is a refusal instead.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Makes a switch exhaustive: compiles only when no case is left, and throws if the data lied about its type. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
