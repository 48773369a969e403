import { defined } from '../domain/defined.ts';
import { REFUSALS } from '../manifest/refusals.ts';
import type { Refusal } from './refusal.ts';

/**
 * The body of a refusal: RFC 9457 problem details, and our own members. `type` is an absolute URL if the public URL is
 * known; otherwise it is relative to the request, which RFC 9457 allows too.
 */
export function problem(refusal: Refusal, requestId: string, publicUrl = ''): Record<string, unknown> {
  const { status, title, retryable } = REFUSALS[refusal.code];
  const { code, detail, param, fix, errors } = refusal;
  return {
    type: `${publicUrl}/docs/errors#${code}`,
    title,
    status,
    detail,
    code,
    ...defined({ param }),
    fix,
    ...defined({ errors }),
    retryable,
    request_id: requestId,
  };
}
