import { lambda } from '../../shared/aws/lambda.ts';
import { route } from '../../shared/http/route.ts';
import { viewAccount } from '../../shared/http/views/account-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readMerchant } from '../../shared/store/merchants.ts';
import { readTerms } from '../../shared/store/terms.ts';

/** The merchant of the key, with the limits and the state of its mode. They are at most five seconds old. */
export const getAccount = route({
  ...routes.getAccount,
  async run(world, { owner }) {
    const [merchant, terms] = await Promise.all([
      readMerchant(world, owner.merchantId),
      readTerms(world, owner.merchantId),
    ]);
    if (!merchant) throw new Error(`merchant ${owner.merchantId} has a key and no profile`);
    return { status: 200, body: viewAccount(merchant, owner, terms) };
  },
});

export const handler = lambda(getAccount);
