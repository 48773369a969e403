import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { removeMember as remove } from '../../shared/flows/people/change-team.ts';
import { leftBehindBy } from '../../shared/flows/people/left-behind.ts';
import { route } from '../../shared/http/route.ts';
import { memberParams } from '../../shared/http/team-fields.ts';
import { viewRemoved } from '../../shared/http/views/team-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

/**
 * Removes a member, or lets the caller leave: from the next request on they are refused. What they made goes on, and
 * they may know its secrets, so it is listed to be looked at.
 */
export const removeMember = route({
  ...routes.removeMember,
  params: memberParams,
  async run(world, { owner: { merchantId }, caller, origin, params }) {
    const { id } = await remove(world, requireMember(caller), params.member_id, origin);
    return { status: 200, body: viewRemoved(id, await leftBehindBy(world, merchantId, id)) };
  },
});

export const handler = lambda(removeMember);
