import { lambda } from '../../shared/aws/lambda.ts';
import { route } from '../../shared/http/route.ts';
import { openInvitations, viewInvitation } from '../../shared/http/views/team-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTeam } from '../../shared/store/teams.ts';

/** The invitations that wait, without their links; they are few, so there is one page. */
export const listInvitations = route({
  ...routes.listInvitations,
  async run(world, { owner }) {
    const open = openInvitations(await readTeam(world, owner.merchantId), world.now());
    return { status: 200, body: { data: open.map(viewInvitation), next_cursor: null } };
  },
});

export const handler = lambda(listInvitations);
