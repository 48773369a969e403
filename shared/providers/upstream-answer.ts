import type * as z from 'zod/mini';
import type { RefusalReason } from '../domain/health.ts';
import type { FailureCode, Outcome } from '../domain/order.ts';
import { evidence } from './provider.ts';

/** What adapters share when they read an upstream's answer. */

/** The upstream answered, and refused our credentials. */
export class LoginRefused extends Error {}

/** Whether a secret is still as it was created: empty, or the random text of the deployment. */
export function isUnset(secret: string): boolean {
  return /^(\{\s*\}|[A-Za-z0-9]{64})?$/.test(secret.trim());
}

/** A certain failure: nothing was delivered. */
export function rejected(failure: FailureCode, text: string): Extract<Outcome, { kind: 'rejected' }> {
  return { kind: 'rejected', failure, evidence: evidence(text) };
}

/** A refusal of us, not of the order: nothing was sold. */
export function refusesUs(reason: RefusalReason, text: string): Extract<Outcome, { kind: 'refuses_us' }> {
  return { kind: 'refuses_us', reason, evidence: evidence(text) };
}

/** How an upstream refuses a login. Any other answer says nothing about our credentials. */
export const LOGIN_REFUSALS: ReadonlySet<number> = new Set([400, 401, 403]);

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
