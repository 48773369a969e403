import type { Caller } from '../domain/caller.ts';
import { nameOfCaller } from '../domain/caller.ts';
import type { Scope } from '../domain/key.ts';
import { Refusal } from './refusal.ts';

/** Refuses a caller that lacks one of the scopes, and names those that it lacks. */
export function requireScopes(caller: Caller, needed: readonly Scope[]): void {
  const missing = needed.filter((scope) => !caller.scopes.includes(scope));
  if (missing.length === 0) return;
  const named = `${missing.length === 1 ? 'scope' : 'scopes'} ${missing.join(' and ')}`;
  throw new Refusal('scope_missing', { detail: `${nameOfCaller(caller)} does not have the ${named}.` });
}
