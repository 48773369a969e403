import type { MemberCaller } from '../../domain/caller.ts';
import type { Choices } from '../../domain/notification.ts';
import type { Member, Team } from '../../domain/team.ts';
import { withChoices } from '../../domain/team.ts';
import { Refusal } from '../../http/refusal.ts';
import { readTeam, saveTeam } from '../../store/teams.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';

/** What is mailed to a member is theirs alone to choose: others neither see nor change it. */

/** Who asks, as their team has them. */
export async function readOwnMember(world: World, caller: MemberCaller): Promise<Member> {
  return ownMember(await readTeam(world, caller.merchantId), caller);
}

/**
 * Chooses for who asks, in the mode of the request. Two who choose at once, or one from two places, lose nothing of
 * each other; of who is removed meanwhile nothing stays, because that is a change of the team, too.
 */
export function chooseNotifications(world: World, caller: MemberCaller, choices: Choices): Promise<Member> {
  const { id, mode, merchantId } = caller;
  return withRetries(world, async () => {
    const team = await readTeam(world, merchantId);
    const before = ownMember(team, caller);
    const chosen = before.notifications?.[mode] ?? {};
    const names = Object.keys(choices) as (keyof Choices)[];
    if (names.every((name) => chosen[name] === choices[name])) return before;
    const next = withChoices(team, { id, mode, choices }, world.now());
    return (await saveTeam(world, next, [])) ? ownMember(next, caller) : new Retry('the team keeps changing');
  });
}

function ownMember({ members }: Team, { id }: MemberCaller): Member {
  const member = members.find((each) => each.id === id);
  if (!member) throw new Refusal('not_a_member', { param: 'Airtime-Merchant' });
  return member;
}
