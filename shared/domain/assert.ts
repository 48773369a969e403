/**
 * Throws where one of our own invariants is broken, before a wrong value is written. It stays on in production, where
 * it fails the request. A caller's mistake is a refusal instead.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Makes a switch exhaustive: compiles only when no case is left, and throws for data that is not of its type. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
