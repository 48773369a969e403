import * as z from 'zod/mini';
import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { createBusiness as create, findBusiness } from '../../shared/flows/people/create-business.ts';
import { verifiedEmail } from '../../shared/flows/people/profile.ts';
import { requireSignUp } from '../../shared/http/limits.ts';
import { personRoute } from '../../shared/http/person-route.ts';
import { businessName } from '../../shared/http/team-fields.ts';
import { viewMembership } from '../../shared/http/views/team-views.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { findMerchant } from '../../shared/store/merchants.ts';
import { readTerms } from '../../shared/store/terms.ts';

const body = z.strictObject({ name: businessName });

/**
 * Signs up: a business with its first owner, in test mode at once. The same name of the same person again is the same
 * business, and counts against no limit.
 */
export const createBusiness = personRoute({
  ...openRoutes.createBusiness,
  body,
  async run(world, { person, origin, address, body: { name } }) {
    const { subject } = person;
    const isKnown = (await findBusiness(world, subject, name)) !== undefined;
    if (!isKnown) await requireSignUp(world, address);
    const membership = await create(world, { subject, email: () => verifiedEmail(world, person), origin }, name);
    const { merchantId } = membership;
    const [merchant, terms] = await Promise.all([findMerchant(world, merchantId), readTerms(world, merchantId)]);
    return {
      status: isKnown ? 200 : 201,
      body: viewMembership(membership, merchant, terms),
      log: { merchantId },
      headers: isKnown ? { 'idempotent-replayed': 'true' } : {},
    };
  },
});

export const handler = lambdaOpen(createBusiness);
