import type { Owner } from './ledger.ts';
import type { Instant } from './time.ts';
import { DAY } from './time.ts';

/** The request log: what a merchant sent and was answered, where it was refused, failed, or changed a setting. */

export const REQUEST_KEPT_MS = 30 * DAY;

/** So long an answer waits for the log: a queue that takes longer, or the table of limits, is not waited for. */
export const KEEP_MS_MAX = 300;

/** So much of each body is kept, in bytes: more than an order or the answer to a management request has. */
export const BODY_KEPT_BYTES = 8 * 1024;

/** A text as it was, without secrets, or its beginning. */
export interface KeptText {
  readonly text: string;
  /** Of all of it, as it was sent. */
  readonly bytes: number;
  readonly isCut: boolean;
}

export interface KeptRequest extends Owner {
  /** The id of the request, which its answer has as `X-Request-Id`. */
  readonly id: string;
  /** When it arrived. */
  readonly createdAt: Instant;
  /**
   * Who sent it: the id of a key, or of a member. One index has both under this name. Absent where it was proven to be
   * its merchant's by a signature, or not proven at all.
   */
  readonly keyId?: string;
  /** The name of its route. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** The path of its route, with the names of what varies. */
  readonly template: string;
  readonly statusCode: number;
  /** `4xx` and so on. */
  readonly statusClass: string;
  /** Of a refusal. */
  readonly code?: string;
  readonly ms: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** As JSON: an object of texts. */
  readonly query: KeptText;
  readonly request: KeptText;
  readonly response: KeptText;
  /** How many requests of its merchant the same process had left out since the one that it kept before. */
  readonly leftOutBefore: number;
  readonly erasedAt?: Instant;
}

export function statusClassOf(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}

/** A status such as `422`, or a class of them such as `4xx`. */
export const STATUS_OR_CLASS = /^[2-5](\d\d|xx)$/;

/** What a filter by such a text looks for. */
export function statusFilterOf(text: string): { statusClass: string } | { statusCode: number } {
  return text.endsWith('xx') ? { statusClass: text } : { statusCode: Number(text) };
}

/** The texts of a kept request in which somebody may be named. */
export function textsOf({ path, query, request, response, requestHeaders, responseHeaders }: KeptRequest): string[] {
  const headers = [requestHeaders, responseHeaders].flatMap((each) => Object.values(each));
  return [path, query.text, request.text, response.text, ...headers];
}

/** What is left of it once a number in it is erased: who asked for what when, and how it ended. */
export function eraseRequest(kept: KeptRequest, at: Instant): KeptRequest {
  const gone = ({ bytes }: KeptText): KeptText => ({ text: '', bytes, isCut: true });
  return {
    ...kept,
    path: kept.template,
    query: gone(kept.query),
    request: gone(kept.request),
    response: gone(kept.response),
    requestHeaders: {},
    responseHeaders: {},
    erasedAt: at,
  };
}

/** What is kept of a text, where `bare` is its beginning without secrets. */
export function keptText(whole: string, bare = whole): KeptText {
  const bytes = Buffer.byteLength(whole);
  const text = beginningOf(bare.toWellFormed(), BODY_KEPT_BYTES);
  return { text, bytes, isCut: bytes > BODY_KEPT_BYTES || text.length < bare.length };
}

/** The beginning of a text, so many bytes of UTF-8 at most, cut between characters. */
export function beginningOf(text: string, bytesMax: number): string {
  // A character has one byte at least, so no more are looked at.
  const bytes = Buffer.from(text.slice(0, bytesMax));
  if (bytes.length <= bytesMax) return text.slice(0, bytesMax);
  let end = bytesMax;
  // The bytes of a character after its first begin with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
