import type { OperationId } from './api.ts';
import { OPERATIONS } from './api.ts';
import type { AirtimeError } from './errors.ts';

/**
 * Writes that may be repeated, and the field that makes the repeat the same request. Everything else that writes is
 * sent once: if its answer is lost, only a person knows whether to do it again.
 */
export const IDEMPOTENCY_FIELDS: Partial<Record<OperationId, string>> = {
  createOrder: 'agent_reference',
  startTopup: 'reference',
  createBulk: 'batch_reference',
  createPayout: 'respondent_id',
  sendAirtime: 'ExternalReference',
};

/** A batch is named by its file, unless the caller does. */
const NAMED_BY_CONTENT: readonly OperationId[] = ['createBulk'];

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 10_000;
const RETRY_AFTER_MAX_SECONDS = 60;

export function isRepeatable(id: OperationId, body: unknown, headers: Readonly<Record<string, string>>): boolean {
  if (OPERATIONS[id][0] === 'GET') return true;
  const field = IDEMPOTENCY_FIELDS[id];
  if (!field) return false;
  const hasHeader = Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key');
  const hasField = typeof body === 'object' && body !== null && Reflect.get(body, field) !== undefined;
  return hasField || hasHeader || NAMED_BY_CONTENT.includes(id);
}

/**
 * How long to wait before the next try; undefined if there is none. It doubles, with chance in it, so that many clients
 * do not come back at once. It is never shorter than the answer asked for; one that asks for minutes ends the call.
 */
export function nextWaitMs(error: AirtimeError, tries: number, isUnclear: boolean): number | undefined {
  const { code, status, retryable } = error;
  if (code === 'aborted') return undefined;
  const mayPass = retryable && (status === undefined || isPassing(status));
  // A repeat under the same reference finds out what an unclear answer did not say.
  if (!mayPass && !isUnclear) return undefined;
  const { retryAfterSeconds = 0 } = error;
  if (retryAfterSeconds > RETRY_AFTER_MAX_SECONDS) return undefined;
  const longest = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
  return Math.round(retryAfterSeconds * 1000 + longest * (0.5 + Math.random() / 2));
}

/** 2xx: an answer that could not be read. The other 4xx with a code are decided, also if they may succeed one day. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500 || (status >= 200 && status < 300);
}
