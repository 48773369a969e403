import type { Caller } from '../../domain/caller.ts';
import { nameOfCaller } from '../../domain/caller.ts';
import { SCOPES } from '../../domain/key.ts';
import { EVENT_SCOPES } from '../../domain/webhook.ts';
import { Refusal } from '../../http/refusal.ts';

/** Refuses a caller who would send events of these types to somebody, with fields that they may not see themselves. */
export function requireEventScopes(caller: Caller, types: readonly string[]): void {
  const missing = SCOPES.filter((scope) => !caller.scopes.includes(scope)).flatMap((scope) => {
    const needing = types.filter((type) => EVENT_SCOPES[type]?.includes(scope));
    if (needing.length === 0) return [];
    return [`${scope}, which ${needing.join(' and ')} ${needing.length === 1 ? 'needs' : 'need'}`];
  });
  if (missing.length === 0) return;
  throw new Refusal('scope_missing', {
    detail: `${nameOfCaller(caller)} does not have the scope ${missing.join('; nor ')}.`,
  });
}
