import type { Caller } from '../../domain/caller.ts';
import { isMember } from '../../domain/caller.ts';
import { Refusal } from '../../http/refusal.ts';
import { unrevoked } from '../../store/keys.ts';
import { readMembership, unchangedMembership } from '../../store/teams.ts';
import type { Check } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { requireUnrevoked, unauthenticated } from '../keys/find-key.ts';

/**
 * Whoever was let in may have lost their powers since: a key that was revoked, a person who was removed or has another
 * role. What gives power to others is written together with a check that this has not happened.
 */

/** Who makes a change, with what its write checks of them. Where nobody was let in there is none, and no check. */
export interface Maker<Who extends Caller = Caller> {
  readonly caller: Who;
  readonly check: Check;
  /** For a write that failed together with the check. */
  require(world: World): Promise<void>;
}

export function makerOf<Who extends Caller>(caller: Who): Maker<Who> {
  return { caller, check: standing(caller), require: (world) => requireStanding(world, caller) };
}

export function standing(caller: Caller): Check {
  return isMember(caller) ? unchangedMembership(caller.membership) : unrevoked(caller);
}

/** For a write that failed together with that check: says whether that was why. */
export async function requireStanding(world: World, caller: Caller): Promise<void> {
  if (!isMember(caller)) return requireUnrevoked(world, caller);
  const { subject, merchantId, revision } = caller.membership;
  const now = await readMembership(world, subject, merchantId);
  if (!now || now.revision !== revision) throw standingLost(caller);
}

/** The answer to who lost it while their request was on its way. With a new role, the same request may succeed. */
export function standingLost(caller: Caller): Refusal {
  if (!isMember(caller)) return unauthenticated();
  const detail = 'Your role was changed, or you were removed, while the request was on its way.';
  return new Refusal('busy', { detail, headers: { 'retry-after': '1' } });
}
