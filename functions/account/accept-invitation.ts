import * as z from 'zod/mini';
import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { acceptInvitation as accept } from '../../shared/flows/people/change-team.ts';
import { verifiedEmail } from '../../shared/flows/people/profile.ts';
import { personRoute } from '../../shared/http/person-route.ts';
import { invitationToken } from '../../shared/http/team-fields.ts';
import { viewMembership } from '../../shared/http/views/team-views.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { findMerchant } from '../../shared/store/merchants.ts';
import { readTerms } from '../../shared/store/terms.ts';

const body = z.strictObject({ token: invitationToken });

/** Joins a business by an invitation to the caller's own verified address. The same person again: the same answer. */
export const acceptInvitation = personRoute({
  ...openRoutes.acceptInvitation,
  body,
  async run(world, { person, origin, body: { token } }) {
    const email = () => verifiedEmail(world, person);
    const membership = await accept(world, token, { subject: person.subject, email, origin });
    const { merchantId } = membership;
    const [merchant, terms] = await Promise.all([findMerchant(world, merchantId), readTerms(world, merchantId)]);
    return { status: 200, body: viewMembership(membership, merchant, terms), log: { merchantId } };
  },
});

export const handler = lambdaOpen(acceptInvitation);
