import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { personRoute } from '../../shared/http/person-route.ts';
import { viewMembership } from '../../shared/http/views/team-views.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { findMerchant } from '../../shared/store/merchants.ts';
import { listMemberships } from '../../shared/store/teams.ts';
import { readTerms } from '../../shared/store/terms.ts';

/** Who is signed in, and what they are a member of, in the order in which they joined. */
export const getMe = personRoute({
  ...openRoutes.getMe,
  async run(world, { person }) {
    const memberships = await Promise.all(
      (await listMemberships(world, person.subject)).map(async (membership) => {
        const { merchantId } = membership;
        const [merchant, terms] = await Promise.all([findMerchant(world, merchantId), readTerms(world, merchantId)]);
        return viewMembership(membership, merchant, terms);
      }),
    );
    return { status: 200, body: { person_id: person.subject, memberships } };
  },
});

export const handler = lambdaOpen(getMe);
