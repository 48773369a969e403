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

/** JSON of the given shape; `undefined` for anything else. Its texts can be stored: an escape may name half a pair. */
export function parse<T>(
  text: string,
  schema: z.ZodMiniType<T>,
  reviver: Reviver = (_, value) => value,
): T | undefined {
  const storable: Reviver = (name, value, context) => {
    const read = reviver(name, value, context);
    return typeof read === 'string' ? read.toWellFormed() : read;
  };
  try {
    const result = schema.safeParse(JSON.parse(text, storable));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
