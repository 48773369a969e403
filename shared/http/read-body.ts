import type * as z from 'zod/mini';
import { defined } from '../domain/defined.ts';
import { parseJson } from './json.ts';
import { Refusal } from './refusal.ts';

/** The largest body of a route that does not name another limit. */
export const BODY_BYTES_MAX = 16 * 1024;

/** A JSON body, checked by its schema. For open routes, which receive the request unread. */
export function readBody<T>(schema: z.ZodMiniType<T>, body: string): T {
  requireSize(body, BODY_BYTES_MAX);
  return check(schema, parseBody(body));
}

export function requireSize(body: string, bytesMax: number, fix?: string): void {
  if (Buffer.byteLength(body) <= bytesMax) return;
  const detail = `The request body is larger than ${bytesMax / 1024} kB.`;
  throw new Refusal('body_too_large', { detail, ...defined({ fix }) });
}

/** No body counts as an empty object, so that a required field is reported by name. */
export function parseBody(body: string): unknown {
  return body === '' ? {} : parseJson(body);
}

/** Checks input by its schema. Schemas are strict: a misspelt field is refused, not ignored. */
export function check<T>(schema: z.ZodMiniType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw issue ? refusalOf(issue, input) : new Refusal('invalid_request');
}

function refusalOf(issue: z.core.$ZodIssue, input: unknown): Refusal {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const [first = ''] = issue.keys;
    const param = path ? `${path}.${first}` : first;
    return new Refusal('invalid_request', { param, detail: `${param} is not a known field; check its spelling.` });
  }
  if (path === '') return new Refusal('invalid_request', { detail: 'The body must be one JSON object.' });
  const isTypeWrong = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  const isMissing = isTypeWrong && valueAt(input, issue.path) === undefined;
  return new Refusal('invalid_request', {
    param: path,
    detail: `${path} ${isMissing ? 'is missing.' : issue.message}`,
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name], input);
}
