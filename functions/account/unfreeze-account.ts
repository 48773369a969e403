import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { unfreezeMerchant } from '../../shared/flows/account/freeze-merchant.ts';
import { mayUnfreeze } from '../../shared/flows/keys/may-unfreeze.ts';
import { makerOf } from '../../shared/flows/people/standing.ts';
import { reason } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewAccount } from '../../shared/http/views/account-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { findMerchant } from '../../shared/store/merchants.ts';

const body = z.strictObject({ reason });

/**
 * Lifts the merchant's own freeze in the mode of the key, and shows its account. Not with a key that can spend or
 * comes from one, which would else spend in spite of the freeze if it leaked.
 */
export const unfreezeAccount = route({
  ...routes.unfreezeAccount,
  body,
  async run(world, { owner, caller, origin, body }) {
    if (!(await mayUnfreeze(world, caller))) {
      const detail = 'A key with orders:write, or that comes from one, may not unfreeze the account.';
      throw new Refusal('unfreeze_not_allowed', { detail });
    }
    const owners = { merchantId: owner.merchantId, modes: [owner.mode] };
    const terms = await unfreezeMerchant(world, owners, origin, body.reason, makerOf(caller));
    return { status: 200, body: viewAccount(await findMerchant(world, owner.merchantId), owner, terms) };
  },
});

export const handler = lambda(unfreezeAccount);
