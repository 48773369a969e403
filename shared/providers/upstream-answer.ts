import type * as z from 'zod/mini';
import type { FailureCode, Outcome } from '../domain/order.ts';
import { evidence } from './provider.ts';

/** What adapters share when they read an upstream's answer. */

/** The upstream answered, and refused our credentials. */
export class LoginRefused extends Error {}

/** A certain failure: nothing was delivered. */
export function rejected(failure: FailureCode, text: string): Extract<Outcome, { kind: 'rejected' }> {
  return { kind: 'rejected', failure, evidence: evidence(text) };
}

type Reviver = (name: string, value: unknown, context?: { source?: string }) => unknown;

/** JSON of the given shape; `undefined` for anything else. */
export function parse<T>(text: string, schema: z.ZodMiniType<T>, reviver?: Reviver): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(text, reviver));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
