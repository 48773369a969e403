import type { PlainResponse } from '../http/route.ts';

/**
 * Whoever reads again what still changes, such as a page that shows an open order, sends back the `ETag` of the answer
 * that it has, and gets 304 without a body while that is the same. Nothing is kept by anybody on the way: an answer is
 * made for each request, and `Cache-Control: no-store` stays on it.
 */

/** A shorter answer is hardly longer than what says that it is the same. */
const BYTES_MIN = 256;

/** What says how to take a body. */
const OF_A_BODY = ['content-type', 'x-content-type-options', 'content-security-policy', 'strict-transport-security'];

/** The answer with its `ETag`, or 304 for a caller that has it. */
export function unlessUnchanged(
  response: PlainResponse,
  method: string,
  ifNoneMatch: string | undefined,
): PlainResponse {
  const { status, headers, body } = response;
  const isJson = headers['content-type'] === 'application/json';
  if (method !== 'GET' || status !== 200 || !isJson || body.length < BYTES_MIN) return response;
  const etag = etagOf(body);
  const isKnown = ifNoneMatch?.split(',').some((each) => each.trim() === etag) ?? false;
  if (!isKnown) return { ...response, headers: { ...headers, etag } };
  const kept = Object.entries(headers).filter(([name]) => !OF_A_BODY.includes(name));
  return { status: 304, headers: { ...Object.fromEntries(kept), etag }, body: '' };
}

/** Weak: the same text may be compressed in one way or another. */
function etagOf(body: string): string {
  // Asked for when it is needed, not imported: a function that only takes orders never loads it.
  const { hash } = process.getBuiltinModule('node:crypto');
  return `W/"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
}
