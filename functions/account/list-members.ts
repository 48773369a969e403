import { lambda } from '../../shared/aws/lambda.ts';
import { route } from '../../shared/http/route.ts';
import { viewMember } from '../../shared/http/views/team-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTeam } from '../../shared/store/teams.ts';

/** The people of a business, in the order in which they joined; they are few, so there is one page. */
export const listMembers = route({
  ...routes.listMembers,
  async run(world, { owner, caller }) {
    const { members } = await readTeam(world, owner.merchantId);
    return { status: 200, body: { data: members.map((each) => viewMember(each, caller.id)), next_cursor: null } };
  },
});

export const handler = lambda(listMembers);
