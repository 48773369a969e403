import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { revokeInvitation as revoke } from '../../shared/flows/people/change-team.ts';
import { route } from '../../shared/http/route.ts';
import { invitationParams } from '../../shared/http/team-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** Revokes an invitation: its link leads nowhere from now on. */
export const revokeInvitation = route({
  ...routes.revokeInvitation,
  params: invitationParams,
  async run(world, { caller, origin, params: { invitation_id: id } }) {
    await revoke(world, requireMember(caller), id, origin);
    return { status: 200, body: { id, revoked: true } };
  },
});

export const handler = lambda(revokeInvitation);
