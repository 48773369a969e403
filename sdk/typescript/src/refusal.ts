import type { Problem } from './api.ts';
import type { AirtimeErrorCode } from './errors.ts';
import { AirtimeError } from './errors.ts';
import { isPassing } from './repeats.ts';
import type { FetchAnswer } from './web.ts';

/** Makes the error of an answer that is not 2xx. */
export function refusalOf(answer: FetchAnswer, text: string): AirtimeError {
  const problem = problemIn(text);
  const shared = { status: answer.status, retryAfterSeconds: secondsIn(answer.headers.get('retry-after')) };
  const requestId = answer.headers.get('x-request-id') ?? undefined;
  if (!problem) return noAnswerOfOurs(answer.status, shared, requestId);
  const { code, param, fix, detail, title, retryable, request_id, errors } = problem;
  return new AirtimeError({
    ...shared,
    ...{ code, param, fix, errors },
    message: `${code}: ${detail ?? title ?? `the answer was ${answer.status}`}`,
    retryable: retryable ?? isPassing(answer.status),
    requestId: request_id ?? requestId,
    // A 5xx that is not a refusal may come after the work was done.
    unclear: code === 'internal_error' || (answer.status >= 500 && retryable === undefined),
  });
}

/**
 * A gateway's answer says neither that the request was accepted nor that it was not, whatever its status: a proxy that
 * passed a request on may then answer 408 or 403 itself.
 */
function noAnswerOfOurs(
  status: number,
  shared: { status: number; retryAfterSeconds: number | undefined },
  requestId: string | undefined,
): AirtimeError {
  return new AirtimeError({
    ...shared,
    requestId,
    code: 'unclear_answer',
    message: `unclear_answer: something on the way to Airtime answered ${status}`,
    fix: 'Send the same request again after a short wait. Check the base URL if it goes on.',
    retryable: isPassing(status),
    unclear: true,
  });
}

/** The body of an answer of ours: a gateway's own may have a `code`, too. PesaWay's protocol has one and words. */
function problemIn(text: string): (Partial<Omit<Problem, 'code'>> & { code: AirtimeErrorCode }) | undefined {
  try {
    const value = JSON.parse(text);
    if (typeof value?.code !== 'string') return undefined;
    if (typeof value.retryable === 'boolean') return value;
    const { code, ResponseDescription: title } = value;
    return typeof title === 'string' ? { code, title } : undefined;
  } catch {
    return undefined;
  }
}

/** The seconds of a `Retry-After`, which is a number of them or a date. */
export function secondsIn(header: string | null): number | undefined {
  if (!header) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
