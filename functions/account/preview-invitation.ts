import * as z from 'zod/mini';
import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { findInvitation } from '../../shared/flows/people/change-team.ts';
import { verifiedEmail } from '../../shared/flows/people/profile.ts';
import { personRoute } from '../../shared/http/person-route.ts';
import { invitationToken } from '../../shared/http/team-fields.ts';
import { viewInvitationPreview } from '../../shared/http/views/team-views.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { findMerchant } from '../../shared/store/merchants.ts';

const body = z.strictObject({ token: invitationToken });

/** What an invitation is to, and by whom, before it is accepted. The token is in the body: paths are logged. */
export const previewInvitation = personRoute({
  ...openRoutes.previewInvitation,
  body,
  async run(world, { person, body: { token } }) {
    const { team, invitation } = await findInvitation(world, token, () => verifiedEmail(world, person));
    const { merchantId } = team;
    const merchant = await findMerchant(world, merchantId);
    return { status: 200, body: viewInvitationPreview(invitation, team, merchant), log: { merchantId } };
  },
});

export const handler = lambdaOpen(previewInvitation);
