import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { renameMerchant } from '../../shared/flows/account/rename-merchant.ts';
import { route } from '../../shared/http/route.ts';
import { businessName } from '../../shared/http/team-fields.ts';
import { viewAccount } from '../../shared/http/views/account-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTerms } from '../../shared/store/terms.ts';

const body = z.strictObject({ name: businessName });

/** Gives the business another name, which is the same in both modes. */
export const updateAccount = route({
  ...routes.updateAccount,
  body,
  async run(world, { owner, origin, body }) {
    const merchant = await renameMerchant(world, owner.merchantId, body.name, origin);
    return { status: 200, body: viewAccount(merchant, owner, await readTerms(world, owner.merchantId)) };
  },
});

export const handler = lambda(updateAccount);
