import type { Scope } from '../domain/key.ts';
import { Refusal } from './refusal.ts';

/** Refuses a key that lacks one of the scopes, and names those that it lacks. */
export function requireScopes(given: readonly Scope[], needed: readonly Scope[]): void {
  const missing = needed.filter((scope) => !given.includes(scope));
  if (missing.length === 0) return;
  const named = `${missing.length === 1 ? 'scope' : 'scopes'} ${missing.join(' and ')}`;
  throw new Refusal('scope_missing', { detail: `This key does not have the ${named}.` });
}
