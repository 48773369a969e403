import type * as z from 'zod/mini';
import { defined } from '../domain/defined.ts';
import { problemsIn, withoutNulls } from './field-problems.ts';
import type { FieldProblem } from './input-problem.ts';
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

/**
 * Checks input by its schema. Schemas are strict: a misspelt field is refused, not ignored. `null` for an optional
 * field is the field left out, as in our own answers.
 */
export function check<T>(schema: z.ZodMiniType<T>, input: unknown): T {
  const given = withoutNulls(schema, input);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw refusalOf(problemsIn(schema, given, result.error.issues));
}

/** The first problem is the refusal's own, and all of them are listed, so that a client corrects them at once. */
function refusalOf([first, ...others]: readonly FieldProblem[]): Refusal {
  if (!first) return new Refusal('invalid_request', { detail: 'The body must be one JSON object.' });
  const { param, detail } = first;
  return new Refusal('invalid_request', { param, detail, errors: [first, ...others] });
}
