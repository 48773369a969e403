/** Thrown when every attempt at a write lost its race or its answer. Repeating the call finds what was written. */
export class Contention extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Contention';
  }
}

const TRANSIENT = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
]);
const NETWORK = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Whether the database may answer if it is asked again: a throttle, a lost answer, a fault of its own. A write may or
 * may not have happened; the condition of the repeated write decides.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const isNetwork = typeof code === 'string' && NETWORK.has(code);
  return TRANSIENT.has(error.name) || isNetwork || ($metadata?.httpStatusCode ?? 0) >= 500;
}
