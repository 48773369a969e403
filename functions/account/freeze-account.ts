import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { freezeMerchant } from '../../shared/flows/account/freeze-merchant.ts';
import { reason } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewAccount } from '../../shared/http/views/account-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { findMerchant } from '../../shared/store/merchants.ts';

const body = z.strictObject({ reason });

/**
 * Freezes the merchant in the mode of the key, where it is not yet frozen, and shows its account. A key
 * that can do this and nothing else can be kept where an alarm uses it.
 */
export const freezeAccount = route({
  ...routes.freezeAccount,
  body,
  async run(world, { owner, origin, body }) {
    const owners = { merchantId: owner.merchantId, modes: [owner.mode] };
    const terms = await freezeMerchant(world, owners, origin, body.reason);
    return { status: 200, body: viewAccount(await findMerchant(world, owner.merchantId), owner, terms) };
  },
});

export const handler = lambda(freezeAccount);
